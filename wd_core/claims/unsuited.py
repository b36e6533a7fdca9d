"""Decay is of no use where model or data do not suit."""

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import PATH, network
from wd_core.experiment import Experiment
from wd_core.studies.companions import kept
from wd_core.training import train_all

AMPLE = 1000


def trial(s: Setting, on_progress: Progress) -> Trial:
    arms = arms_of(s)
    found = dict(zip(arms, train_all(list(arms.values()), on_progress=on_progress), strict=True))
    without = {name: kept(h, decay=False).score for name, h in found.items()}
    gains = {name: points(kept(h).score - without[name]) for name, h in found.items()}
    return Trial(
        {name: POINTS_MARGIN - gain for name, gain in gains.items()},
        {f"accuracy without decay, {name}": points(score) for name, score in without.items()}
        | {f"gain, {name}": gain for name, gain in gains.items()},
        lab(arms["clean, ample data"]),
    )


def arms_of(s: Setting) -> dict[str, Experiment]:
    """Clean and ample data for a network that can learn them; and a model that cannot learn the pattern."""
    e = network(s)
    line = e.replace(model="logistic", label_noise=0.2)
    return {"clean, ample data": e.replace(n_samples=AMPLE, noise=0.0), "a model too simple": line}


CLAIM = Claim(
    number=33,
    name="unsuited",
    sources=("S2",),
    says="Weight decay is useless where the model or the data do not suit.",
    parts=tuple(
        Part(name, f"{POINTS_MARGIN:g} points less the gain in test accuracy, λ chosen on validation less λ = 0")
        for name in ("clean, ample data", "a model too simple")
    ),
    arms=f"Planes with two classes that no line can part. The network of the opening on {AMPLE:,} points without "
    "noise; and logistic regression, which draws a line, on the opening's points with 20 % wrong labels. L2, λ = 0 "
    "and nine from 10⁻⁴ to 1.",
    rule="Useless means that decay gains less than half a percentage point: an interval of what is missing to it "
    "wholly above zero. λ is chosen on validation data, 0 among the choices.",
    literature="Kobak, Lomond and Sanchez (*The optimal ridge penalty for real-world high-dimensional data can be "
    "zero or negative*, JMLR 2020) show data on which the best λ is zero or below. Decay trades variance for bias "
    "(Hoerl and Kennard, 1970): where there is little variance, it has little to sell, and no λ gives a model what "
    "it cannot draw.",
    datasets=("moons", "circles", "xor", "spirals"),
    lambdas=PATH,
    trial=trial,
)
