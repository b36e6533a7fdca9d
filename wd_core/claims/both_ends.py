"""Too large a λ underfits, too small a one overfits."""

import numpy as np

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims._shared import CLASSIFICATION, LABELS, PATH, ends, opening, well_judged
from wd_core.studies.companions import kept


def trial(s: Setting, on_progress: Progress) -> Trial:
    experiments = [well_judged(opening(s, labels)) for labels in LABELS]
    differences, arms = {}, {}
    for labels, h in zip(LABELS, ends(experiments, on_progress), strict=True):
        middle, loss, train = kept(h).loss, h.test_loss[:, :, -1], h.train_loss[:, :, -1]
        differences[f"too large, {labels}"] = loss[-1] - middle
        differences[f"too small, {labels}"] = loss[0] - middle
        for name, values in (("least λ", loss[0]), ("chosen λ", middle), ("largest λ", loss[-1])):
            arms[f"{name}, {labels}"] = values
        arms |= {f"train loss, least λ, {labels}": train[0], f"train loss, largest λ, {labels}": train[-1]}
    return Trial(differences, arms, lab(experiments[-1], float(np.median(kept(h).lam))))


CLAIM = Claim(
    number=3,
    name="both_ends",
    sources=("S1", "S2", "S3", "S4"),
    says="Too large a λ underfits, too small a λ overfits.",
    parts=tuple(
        Part(f"{end}, {labels}", f"test loss, the {which} λ less the chosen one", unit="nats")
        for labels in LABELS
        for end, which in (("too large", "largest"), ("too small", "least"))
    ),
    arms="Each data set's opening, L2, λ = 0 and nine from 10⁻⁴ to 1: both ends of the path against the λ of least "
    "validation loss, chosen for each seed. "
    "Where there are more rows than the opening takes, they validate and test, up to nine for each that trains.",
    rule="Both ends must lose more than the chosen λ for the claim to hold. The choice is made on validation data and "
    "the losses are compared on test data: on the data that chose it, the middle would win by construction.",
    literature="The trade of bias against variance as a curve with one minimum: Hastie, Tibshirani and Friedman (*The "
    "Elements of Statistical Learning*, 2nd ed. 2009, chapters 2.9 and 7). For models with more parameters than "
    "examples the left end need not rise (Belkin et al., *Reconciling modern machine-learning practice*, PNAS 2019).",
    datasets=CLASSIFICATION,
    seeds=30,
    more=("spirals", "xor", "blobs"),
    lambdas=PATH,
    trial=trial,
)
