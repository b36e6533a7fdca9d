"""Watching the weights foretells how a model does out of sample; decay helps under drift."""

import numpy as np
from scipy.stats import spearmanr

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import PATH
from wd_core.history import History
from wd_core.studies.beyond import start, train_ends
from wd_core.studies.predictions import at_chosen, chosen
from wd_core.studies.robustness import drift_scores


def rank_correlation(h: History) -> np.ndarray:
    """(S,): Spearman's, over λ, of the weights' norm and test loss less training loss."""
    norm = np.sqrt(np.square(h.weights[:, :, -1][..., h.weight_mask], dtype=np.float64).sum(-1))
    gap = (h.test_loss - h.train_loss)[:, :, -1]
    return np.array([spearmanr(norm[:, s], gap[:, s], nan_policy="omit").statistic for s in range(len(h.seeds))])


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = start(s.dataset, "mlp", s.seeds).replace(label_noise=0.2, lambdas=s.lambdas)
    (h,) = train_ends([e], on_progress)
    along, at = drift_scores(h, "test"), chosen(h)
    stream, lost = points(along.mean(0)), points(along[0] - along.mean(0))
    differences = {
        "the norm foretells the gap": rank_correlation(h),
        "accuracy on a drifting stream": at_chosen(stream, at) - stream[0],
        "loss of accuracy to drift": lost[0] - at_chosen(lost, at),
    }
    arms = {"drifting stream, without decay": stream[0], "drifting stream, with decay": at_chosen(stream, at),
            "lost to drift, without decay": lost[0], "lost to drift, with decay": at_chosen(lost, at)}  # fmt: skip
    return Trial(differences, arms, lab(e.replace(seeds=e.seeds[:3]), h.lambdas[at[0]]))


CLAIM = Claim(
    number=35,
    name="foretells",
    sources=("S4",),
    says="Watching the weights foretells behaviour on new data, and decay helps when these drift.",
    parts=(
        Part("the norm foretells the gap", "rank correlation over λ of ‖w‖ and test loss less training loss", "ρ", 0.1),
        Part("accuracy on a drifting stream", "mean over the stream, chosen λ less λ = 0", margin=POINTS_MARGIN),
        Part("loss of accuracy to drift", "accuracy lost to drift, λ = 0 less chosen λ", margin=POINTS_MARGIN),
    ),
    arms="An MLP on each data set (the opening's own, or 16 · 16), 20 % wrong labels, L2, nine λ and 0. The stream: "
    "the test examples in 13 steps, every feature's mean moving up or down by three standard deviations in all, "
    "pictures becoming brighter or darker; the model is not trained again.",
    rule="The correlation is Spearman's over λ, one for each seed; it is about models that differ in λ alone. Accuracy "
    "on the stream and accuracy lost against its first step are different questions. λ is chosen on validation data "
    "from before the drift, 0 among the choices.",
    literature="Norms bound the gap between training and test error (Bartlett 1998; Neyshabur et al. 2015), loosely; "
    "Jiang et al. (*Fantastic generalization measures and where to find them*, ICLR 2020) find that some norms even "
    "correlate negatively with the gap where other settings vary too. For covariate shift the remedies are importance "
    "weights and new training (Quiñonero-Candela et al., *Dataset shift in machine learning*, 2009), not decay.",
    datasets=("moons", "iris", "wine", "breast_cancer", "digits", "fashion"),
    seeds=30,
    more=("circles", "spirals", "xor", "blobs"),
    lambdas=PATH,
    trial=trial,
)
