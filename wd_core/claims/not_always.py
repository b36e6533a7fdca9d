"""Decay does not always improve generalisation."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import CLASSIFICATION, LABELS, PATH, ends, opening, well_judged
from wd_core.studies.companions import kept


def trial(s: Setting, on_progress: Progress) -> Trial:
    experiments = [well_judged(opening(s, labels)) for labels in LABELS]
    differences, arms = {}, {}
    for labels, h in zip(LABELS, ends(experiments, on_progress), strict=True):
        none, well = kept(h, decay=False).score, kept(h).score
        worst = 1 + np.nan_to_num(h.validation_loss[1:, :, -1], nan=np.inf).argmax(0)
        badly = h.test_score[worst, np.arange(len(h.seeds)), -1]
        differences |= {f"λ chosen badly, {labels}": points(none - badly)}
        differences |= {f"λ chosen well, {labels}": points(none - well)}
        for name, score in (("λ = 0", none), ("λ chosen badly", badly), ("λ chosen well", well)):
            arms[f"{name}, {labels}"] = points(score)
    return Trial(differences, arms, lab(experiments[0], h.lambdas[worst[0]]))


QUANTITIES = {
    "λ chosen badly": "test accuracy, λ = 0 less the λ > 0 of greatest validation loss",
    "λ chosen well": "test accuracy, λ = 0 less the λ of least validation loss",
}

CLAIM = Claim(
    number=2,
    name="not_always",
    sources=("S2",),
    says="Weight decay does not always help: it can do harm.",
    parts=tuple(
        Part(f"{how}, {labels}", quantity, margin=POINTS_MARGIN)
        for labels in LABELS
        for how, quantity in QUANTITIES.items()
    ),
    arms="The runs of the claim that decay improves generalisation, read the other way: each data set's opening, L2, "
    "λ = 0 and nine from 10⁻⁴ to 1. "
    "Where there are more rows than the opening takes, they validate and test, up to nine for each that trains.",
    rule="Harm is an interval wholly on the side of λ = 0. Which λ is worst, and which is best, is found on validation "
    "data, for each seed; picked on test data, the worst of nine would look harmful by chance alone.",
    literature="Shrinkage trades variance for bias: Hoerl and Kennard (*Ridge regression*, Technometrics 1970) show "
    "that some λ > 0 always lowers a linear model's error, and that a larger one raises it again. Kobak, Lomond and "
    "Sanchez (*The optimal ridge penalty for real-world high-dimensional data can be zero or negative*, JMLR 2020) "
    "show that even the best λ may be nothing at all.",
    datasets=CLASSIFICATION,
    seeds=30,
    more=("spirals", "xor", "blobs"),
    lambdas=PATH,
    trial=trial,
)
