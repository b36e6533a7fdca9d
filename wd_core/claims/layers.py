"""Layers are affected differently; biases are left out for a reason."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import PATH, network
from wd_core.experiment import Experiment
from wd_core.studies.architectures import foretold, sizes, with_pilot
from wd_core.studies.companions import kept
from wd_core.training import train_all

SHIFT = 3.0
"""Standard deviations that the target of the regression is moved by."""
SEEN_AT = 1e-2


def trial(s: Setting, on_progress: Progress) -> Trial:
    asked = network(s, "20 % wrong labels")
    e, some = asked.replace(seeds=with_pilot(s.seeds)), len(s.seeds)
    count = len(e.decayed_layers)
    first, last = (tuple(float(j == i) for j in range(count)) for i in (0, count - 1))
    arms = [e, e.replace(decay_layers=first), e.replace(decay_layers=last), e.replace(decay_biases=True)]
    whole, only_first, only_last, biases = train_all(arms, on_progress=on_progress)
    named = {"first alone": only_first, "last alone": only_last, "all": whole, "and biases": biases}
    score = {name: points(kept(h).score) for name, h in named.items()}
    left = left_of_layers(whole)
    excluded, decayed = (shifted_target(asked, s.lambdas, decays) for decays in (False, True))
    return Trial(
        {
            "one layer": foretold({name: score[name] for name in ("first alone", "last alone")}),
            "sizes": foretold(left),
            "biases of a network": (score["all"] - score["and biases"])[:some],
            "intercept": excluded - decayed,
        },
        {f"decay in {name}": value[:some] for name, value in score.items()}
        | {f"left of the {name}, e-folds": value[:some] for name, value in left.items()}
        | {"R², intercept left out": excluded, "R², intercept decayed": decayed},
        lab(asked, kept(whole).lam[0]),
    )  # fmt: skip


def left_of_layers(h) -> dict[str, np.ndarray]:
    """(S,) logarithm of what λ nearest to SEEN_AT leaves of hidden and of output layers' weights."""
    i = int(np.abs(np.log(np.maximum(h.lambdas, 1e-12) / SEEN_AT)).argmin())
    with np.errstate(divide="ignore"):
        return {name: np.log(its[i] / its[0]) for name, its in sizes(h).items() if name in ("dense", "output")}


def shifted_target(e: Experiment, lambdas: tuple[float, ...], decays: bool) -> np.ndarray:
    """(S,) test R² of a ridge regression on the class numbers, standardised and moved by SHIFT, solved exactly; its
    intercept decays with the weights or not. λ is the one of least validation error, for each seed."""
    found = []
    for seed in e.seeds:
        d = e.data(seed)
        mean, sd = d.y_train.mean(), d.y_train.std()
        x, y = ({part: rows(getattr(d, f"X_{part}")) for part in PARTS},
                {part: (getattr(d, f"y_{part}") - mean) / sd + SHIFT for part in PARTS})  # fmt: skip
        own = np.ones(x["train"].shape[1])
        own[-1] = decays
        gram, n = x["train"].T @ x["train"], len(y["train"])
        moments = x["train"].T @ y["train"]
        fits = [np.linalg.lstsq(gram / n + lam * np.diag(own), moments / n, rcond=None)[0] for lam in lambdas]
        errors = {part: [np.square(x[part] @ w - y[part]).mean() for w in fits] for part in ("validation", "test")}
        best = int(np.argmin(errors["validation"]))
        found.append(1 - errors["test"][best] / y["test"].var())
    return np.array(found)


PARTS = ("train", "validation", "test")


def rows(x: np.ndarray) -> np.ndarray:
    """(n, …) → (n, d + 1), ones last."""
    return np.column_stack([x.reshape(len(x), -1), np.ones(len(x))])


CLAIM = Claim(
    number=26,
    name="layers",
    sources=("S3", "S2"),
    says="Decay affects layers differently; biases are left out.",
    parts=(
        Part("one layer", "test accuracy, decay in the first layer alone against the last alone", margin=POINTS_MARGIN),
        Part("sizes", f"logarithm of what λ = {SEEN_AT:g} leaves of hidden layers against the output", "e-folds", 0.05),
        Part("biases of a network", "test accuracy, biases left out less biases decayed", margin=POINTS_MARGIN),
        Part("intercept", "test R², intercept left out less intercept decayed", "R²", 0.005),
    ),
    arms="A network on each data set (the opening's own, or one hidden layer of 16 units), 20 % wrong labels, L2 in "
    "the objective: decay in all layers, in the first alone, in the last alone, in all and the biases. Beside it a "
    f"ridge regression, solved exactly, on the class numbers as a target moved {SHIFT:g} standard deviations away "
    "from zero.",
    rule="λ is chosen on validation data, for each arm and seed. Nobody says which layer is affected more: the "
    "direction is that of a pilot of four other seeds. For biases and intercept the claim is that leaving them out "
    "is right, so a difference above zero speaks for it.",
    literature="Hastie, Tibshirani and Friedman (*The elements of statistical learning*, 2009, §3.4) leave the "
    "intercept out so that a shift of the target only shifts the prediction. Jia et al. (*Highly scalable deep "
    "learning training system with mixed-precision*, 2018) report better accuracy when biases and normalisation are "
    "not decayed. Both are habits of practice more than theorems.",
    datasets=("moons", "circles", "wine", "breast_cancer", "digits"),
    more=("iris", "spirals", "xor"),
    lambdas=PATH,
    trial=trial,
)
