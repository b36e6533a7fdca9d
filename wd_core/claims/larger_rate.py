"""A higher λ allows a larger learning rate."""

import numpy as np

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims._shared import start
from wd_core.studies.steps import RECORDED, largest_stable

PER_DOUBLING = 4
RATES = tuple(float(f"{2 ** (i / PER_DOUBLING):.6g}") for i in range(-6 * PER_DOUBLING, 3 * PER_DOUBLING + 2))
LAMBDAS = (0.0, 0.01, 0.1, 1.0)
ORDER = ("small", "middle", "large")


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = start(s)
    rate, histories = largest_stable(e, RATES, on_progress)
    unknown = rate >= RATES[-1]
    differences = {
        f"{name} λ": np.where(unknown[0] & unknown[i], np.nan, np.log2(rate[i] / rate[0]))
        for i, name in enumerate(ORDER, start=1)
    }
    arms = {f"largest stable learning rate, λ = {lam:g}": rate[i] for i, lam in enumerate(s.lambdas)}
    return Trial(differences, arms, lab(histories[len(RATES) // 2].experiment, s.lambdas[-1]))


CLAIM = Claim(
    number=16,
    name="larger_rate",
    sources=("S2",),
    says="A higher λ allows a larger learning rate; a lower one needs a smaller.",
    parts=tuple(
        Part(f"{name} λ", f"log₂ of the largest stable learning rate, the {name} λ of the three over λ = 0: +1 is "
             "twice as large", "doublings", 0.1)
        for name in ORDER
    ),
    arms=f"Each data set's opening with its own model, gradient descent in full batches, L2 in the objective, "
    f"{RECORDED[-1]} steps; λ = {', '.join(f'{lam:g}' for lam in LAMBDAS)}, each at {len(RATES)} learning rates from "
    f"{RATES[0]:.2g} to {RATES[-1]:.2g}, {PER_DOUBLING} to a doubling.",
    rule="Stable is a rate at which loss plus penalty never rises from one look to the next, at "
    f"{len(RECORDED) - 1} steps from 1 to {RECORDED[-1]}; the largest stable one is that below the first that is not. "
    "Where all rates are stable the last one counts for it, so that a difference comes out too small, not on the wrong "
    "side; where that is so of both arms, or the first rate is not stable, the seed says nothing and is left out. "
    "Nothing is chosen on data.",
    literature="On a quadratic of curvature h plus ½λw², each step multiplies the error by 1 − η(h + λ): it is stable "
    "up to η = 2/(h + λ), which falls as λ grows (Boyd and Vandenberghe, *Convex Optimization*, 2004, §9.3; Le Cun, "
    "Kanter and Solla, *Eigenvalues of covariance matrices*, PRL 1991). Beyond quadratics λ also moves the weights to "
    "where the loss may be flatter or steeper (Cohen et al., *Gradient descent on neural networks typically occurs at "
    "the edge of stability*, ICLR 2021). And what is usable need not be stable at every step: Lewkowycz et al. (*The "
    "large learning rate phase of deep learning*, 2020) see losses that first rise and then end lower.",
    datasets=("diabetes", "moons", "wine", "digits"),
    more=("breast_cancer", "iris"),
    lambdas=LAMBDAS,
    trial=trial,
)  # fmt: skip
