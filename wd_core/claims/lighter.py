"""Decay makes inference lighter and cheaper."""

import numpy as np

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import PATH
from wd_core.history import History
from wd_core.studies import inference as inf
from wd_core.studies.beyond import start, train_ends
from wd_core.studies.predictions import at_chosen, chosen


def needed(h: History, at: np.ndarray) -> np.ndarray:
    """(S,): the least share of the weights whose validation accuracy stays within a point of all of them, at each
    seed's λ."""
    scores = np.moveaxis(inf.pruned_scores(h, "validation"), 0, -1)
    return points(inf.least_kept(at_chosen(scores, at).T))


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = start(s.dataset, "mlp", s.seeds).replace(label_noise=0.2, lambdas=s.lambdas)
    l2, l1 = train_ends([e, e.replace(penalty="l1")], on_progress)
    zero = np.zeros(len(s.seeds), int)
    share = {"without decay": needed(l2, zero), "with L2": needed(l2, chosen(l2)), "with L1": needed(l1, chosen(l1))}
    gone = {"with L2": points(at_chosen(inf.zero_share(l2), chosen(l2))),
            "with L1": points(at_chosen(inf.zero_share(l1), chosen(l1)))}  # fmt: skip
    # A usual program multiplies with every weight of the model, whatever its value: the layers say how often.
    plain, decayed = (float(inf.multiply_adds(model)) for model in (e.replace(penalty="none"), e))
    differences = {
        "usual program": np.full(len(s.seeds), 100 * (plain - decayed) / plain),
        "exactly zero, L2": gone["with L2"] - points(inf.zero_share(l2)[0]),
        "can be pruned, L2": share["without decay"] - share["with L2"],
        "can be pruned, L1": share["without decay"] - share["with L1"],
    }
    arms = {f"weights needed, {name}, %": v for name, v in share.items()}
    arms |= {f"exactly zero, {name}, %": v for name, v in gone.items()}
    return Trial(differences, arms, lab(e.replace(seeds=e.seeds[:3]), l2.lambdas[chosen(l2)[0]]))


CLAIM = Claim(
    number=29,
    name="lighter",
    sources=("S4",),
    says="A model trained with decay is lighter and cheaper to run.",
    parts=(
        Part("usual program", "multiply-adds of a program that does not skip zeros, λ = 0 less chosen λ", "%", 0.5),
        Part("exactly zero, L2", "share of the weights that are zero, chosen λ less λ = 0", margin=0.5),
        Part("can be pruned, L2", "share of the weights needed for the same accuracy, none less L2", margin=1.0),
        Part("can be pruned, L1", "share of the weights needed for the same accuracy, none less L1", margin=1.0),
    ),
    arms="An MLP on each data set (the opening's own, or 16 · 16), 20 % wrong labels: no decay, L2, and proximal L1, "
    "each at its λ of least validation loss. Pruning keeps the weights of largest size, without further training.",
    rule="Needed is the smallest share from which on validation accuracy stays within one point of the whole model's. "
    "Parameters are as many with decay as without, so a program that multiplies with all of them does the same work.",
    literature="Decay changes values, not shapes: savings come from what is done with small or zero weights "
    "afterwards. Optimal brain damage (LeCun et al. 1990) and magnitude pruning (Han et al. 2015) train with L2 and "
    "prune; Han et al. find L1 better directly after pruning and L2 better after retraining. Gale, Elsen and Hooker "
    "(*The state of sparsity in deep neural networks*, 2019) find magnitude pruning hard to beat.",
    datasets=("moons", "iris", "wine", "breast_cancer", "digits", "fashion"),
    seeds=30,
    more=("circles", "spirals", "xor", "blobs"),
    lambdas=PATH,
    trial=trial,
)
