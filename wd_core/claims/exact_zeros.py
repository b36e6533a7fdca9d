"""L1 sets weights below a threshold to exactly zero; L2 does not."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import start
from wd_core.experiment import lambda_path
from wd_core.studies.zeros import exact_zeros, thresholds

PROXIMAL, SUBGRADIENT = "zeros, L1 by its prox", "zeros, L1 by its subgradient"
ORTHONORMAL, AS_IT_IS = "threshold, orthonormal inputs", "threshold, inputs as they are"


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = start(s)
    zeros = {name: points(share) for name, share in exact_zeros(e, on_progress).items()}
    differences = {
        PROXIMAL: zeros["L1, proximal"] - zeros["L2"],
        SUBGRADIENT: zeros["L1, subgradient"] - zeros["L2"],
    }
    arms = {f"weights exactly zero, {name}, %": share for name, share in zeros.items()}
    found = thresholds(e)
    for part, design in ((ORTHONORMAL, "orthonormal"), (AS_IT_IS, "as it is")):
        l1, l2 = (points(np.array([getattr(each, name) for each in found[design]])) for name in ("l1", "l2"))
        differences[part] = l1 - l2
        arms |= {f"{part}, L1, %": l1, f"{part}, L2, %": l2}
    return Trial(differences, arms, lab(e.replace(penalty="l1")))


CLAIM = Claim(
    number=13,
    name="exact_zeros",
    sources=("S0", "S2"),
    says="L1 sets weights below a threshold to exactly zero; L2 does not.",
    parts=(
        Part(PROXIMAL, "share of weights that are exactly zero, L1 by soft threshold less L2", margin=POINTS_MARGIN),
        Part(SUBGRADIENT, "share of weights that are exactly zero, L1 by its subgradient less L2",
             margin=POINTS_MARGIN),
        Part(ORTHONORMAL, "share of weights for which “zero” and “its least squares weight is within λ” agree, L1 less "
             "L2", margin=POINTS_MARGIN),
        Part(AS_IT_IS, "the same where features go together as they do", margin=POINTS_MARGIN),
    ),
    arms="*Zeros*: each data set's opening with its own model, trained with L1 by the proximal step (a soft threshold "
    "after every step), with L1 by its subgradient λ·sign(w), and with L2. *Threshold*: linear regression on the same "
    "rows, exactly solved, the target a class's number where there are classes; the inputs turned and scaled so that "
    "they are orthonormal, and as they are.",
    rule="λ is that of least validation loss above 0, for each seed and method by itself. Exactly zero means the "
    "number 0, not a small one. A threshold acts on each weight alone only if the features are orthonormal, so both "
    "are asked.",
    literature="On an orthonormal design the lasso is the soft threshold sign(w)·max(|w| − λ, 0) of least squares, "
    "and ridge w/(1 + λ) (Tibshirani, *Regression shrinkage and selection via the lasso*, JRSS B 1996, §2.2). With "
    "correlated features there is no such threshold for a weight by itself; what holds is a condition on gradients. "
    "How one trains matters as much as the penalty: a subgradient step jumps over zero and almost never lands on it "
    "(Langford, Li and Zhang, *Sparse online learning via truncated gradient*, JMLR 2009; Duchi and Singer, "
    "*Efficient online and batch learning using forward backward splitting*, JMLR 2009), a proximal one lands there "
    "exactly (Parikh and Boyd, *Proximal algorithms*, 2014, §6.5.2).",
    datasets=("sparse", "breast_cancer", "wine", "digits"),
    more=("diabetes", "iris", "moons"),
    lambdas=lambda_path(1e-3, 0.3, 6),
    trial=trial,
    seeds=30,
)  # fmt: skip
