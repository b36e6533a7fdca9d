"""For large λ the norm dominates the objective."""

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims._shared import CLASSIFICATION, network
from wd_core.training import train_all

SHARE, MARGIN = "% of the objective", 0.5
WHEN = {"before training": 0, "after training": -1}


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = network(s, "20 % wrong labels").replace(lambdas=(0.0, *s.lambdas))
    (h,) = train_all([e], on_progress=on_progress)
    share = 100 * h.penalty.astype(float) / (h.penalty + h.train_loss)  # (L, S, K)
    differences = {when: share[-1, :, k] - 50 for when, k in WHEN.items()}
    differences["more with more λ"] = share[-1, :, -1] - share[-2, :, -1]
    arms = {f"{w}, λ = {lam:g}": share[i, :, k] for w, k in WHEN.items() for i, lam in enumerate(e.lambdas) if lam}
    return Trial(differences, arms, lab(e, s.lambdas[-1], 0))


CLAIM = Claim(
    number=34,
    name="norm_dominates",
    sources=("S0",),
    says="For large λ the norm dominates the objective.",
    parts=(
        *(Part(when, "penalty's share of the objective at the largest λ, less one half", SHARE, MARGIN)
          for when in WHEN),
        Part("more with more λ", "penalty's share after training, largest λ less the one before", SHARE, MARGIN),
    ),
    arms="A network on each data set (the opening's own, or one hidden layer of 16 units), 20 % wrong labels, L2 in "
    "the objective, λ from 0.001 to 10, a factor of ten apart.",
    rule="The objective is mean loss + ½λ‖w‖². Its share is measured twice: at the first weights, which know "
    "nothing of λ, and at those that training ends with, which do. To dominate is to be more than half of it.",
    literature="Let λ grow and the minimum's weights go to zero as 1/λ, so ½λ‖w‖² goes to zero too, while the loss "
    "becomes that of a constant (Hoerl and Kennard, *Ridge regression*, Technometrics 1970, for the linear case): what "
    "grows is the penalty's pull on the weights, not its share of the objective at the end.",
    datasets=CLASSIFICATION,
    more=("spirals", "xor", "blobs"),
    lambdas=(1e-3, 1e-2, 1e-1, 1.0, 10.0),
    trial=trial,
)
