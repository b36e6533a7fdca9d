"""Test accuracy rises with λ."""

from wd_core.claims._claim import POINTS_MARGIN, Article, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import ARTICLE_LAMBDAS, CLASSIFICATION, LABELS, ends, network, well_judged

STEPS = ("least to middle λ", "middle to largest λ")


def trial(s: Setting, on_progress: Progress) -> Trial:
    experiments = [well_judged(network(s, labels)) for labels in LABELS]
    differences, arms = {}, {}
    for labels, h in zip(LABELS, ends(experiments, on_progress), strict=True):
        score = points(h.test_score[:, :, -1])
        differences |= {f"{name}, {labels}": score[i + 1] - score[i] for i, name in enumerate(STEPS)}
        arms |= {f"λ = {lam:g}, {labels}": score[i] for i, lam in enumerate(s.lambdas)}
    return Trial(differences, arms, lab(experiments[-1], s.lambdas[-1]))


CLAIM = Claim(
    number=7,
    name="test_accuracy",
    sources=("S2",),
    says="The larger λ is, the higher the accuracy on test data.",
    parts=tuple(
        Part(f"{name}, {labels}", "test accuracy at the end, larger λ less smaller λ", margin=POINTS_MARGIN)
        for labels in LABELS
        for name in STEPS
    ),
    arms="A network on each data set (the opening's own, or one hidden layer of 16 units), clean labels and 20 % wrong "
    "ones, L2 with the article's 0.001, 0.01 and 0.1. "
    "Where there are more rows than the opening takes, they validate and test, up to nine for each that trains.",
    rule="Accuracy on the test data at the last step, at three λ that were fixed before: nothing is chosen.",
    literature="Error over λ is a valley with one lowest point, whose place depends on noise and number of examples "
    "(Krogh and Hertz 1991; Hastie, Tibshirani and Friedman 2009, chapter 7.3). A rise over three values says on which "
    "side of it they lie, on that data set.",
    datasets=CLASSIFICATION,
    seeds=30,
    more=("spirals", "xor", "blobs"),
    lambdas=ARTICLE_LAMBDAS,
    trial=trial,
    article=Article(
        "S2",
        "test accuracy, %",
        {"λ = 0.001, clean labels": "88", "λ = 0.01, clean labels": "90", "λ = 0.1, clean labels": "92"},
    ),
)
