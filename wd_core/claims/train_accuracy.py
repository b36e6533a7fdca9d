"""Training accuracy rises with λ."""

from wd_core.claims._claim import POINTS_MARGIN, Article, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import ARTICLE_LAMBDAS, CLASSIFICATION, ends, network

NORMALISED = "least to largest λ, batch norm"


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = network(s)
    plain, normalised = ends([e, e.replace(norm="batch")], on_progress)
    score, other = points(plain.train_score[:, :, -1]), points(normalised.train_score[:, :, -1])
    return Trial(
        {
            "least to middle λ": score[1] - score[0],
            "middle to largest λ": score[2] - score[1],
            NORMALISED: other[2] - other[0],
        },
        {f"λ = {lam:g}": score[i] for i, lam in enumerate(s.lambdas)}
        | {f"λ = {lam:g}, batch norm": other[i] for i, lam in enumerate(s.lambdas)},
        lab(e, s.lambdas[-1]),
    )


CLAIM = Claim(
    number=6,
    name="train_accuracy",
    sources=("S2",),
    says="The larger λ is, the higher the accuracy on the training data.",
    parts=tuple(
        Part(name, "training accuracy at the end, larger λ less smaller λ", margin=POINTS_MARGIN)
        for name in ("least to middle λ", "middle to largest λ", NORMALISED)
    ),
    arms="A network on each data set (the opening's own, or one hidden layer of 16 units), clean labels, L2 with the "
    "article's 0.001, 0.01 and 0.1; the same with batch norm, and with the same budget of steps.",
    rule="Accuracy on the training data at the last step; nothing is chosen. Batch norm is asked apart: there λ acts "
    "as a learning rate, and where the budget is short a larger one may fit more.",
    literature="At a minimum of loss + ½λ‖w‖² the training loss cannot fall as λ grows: of two minimisers the one with "
    "the larger λ has the smaller norm and the larger loss (Tikhonov; Hastie, Tibshirani and Friedman 2009, chapter "
    "3.4). It speaks of loss, not accuracy, and of minima, not of a fixed number of steps: under normalisation decay "
    "raises the effective learning rate (van Laarhoven 2017; Zhang, Wang, Xu and Grosse, ICLR 2019).",
    datasets=CLASSIFICATION,
    seeds=30,
    more=("spirals", "xor", "blobs"),
    lambdas=ARTICLE_LAMBDAS,
    trial=trial,
    article=Article("S2", "training accuracy, %", {"λ = 0.001": "90", "λ = 0.01": "92", "λ = 0.1": "94"}),
)
