"""Decay combines well with early stopping, dropout and L1."""

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, points
from wd_core.claims._shared import together
from wd_core.experiment import lambda_path

WITH = ("early stopping", "dropout", "L1")
MORE, BESIDE = "{}: more than the sum", "{}: better than decay alone"


def trial(s: Setting, on_progress: Progress) -> Trial:
    found, link = together(s, WITH, on_progress)
    differences = {MORE.format(name): points(each.interaction) for name, each in found.items()}
    differences |= {BESIDE.format(name): points(each.both.score - each.decay.score) for name, each in found.items()}
    arms = {f"{arm}, {name}": points(k.score) for name, each in found.items() for arm, k in each.arms.items()}
    return Trial(differences, arms, link)


CLAIM = Claim(
    number=24,
    name="combines",
    sources=("S0", "S2", "S3"),
    says="Decay combines well with early stopping, dropout and L1.",
    parts=(
        *(
            Part(MORE.format(name), "test accuracy: what decay adds beside it, less what it adds without",
                 margin=POINTS_MARGIN)
            for name in WITH
        ),
        *(
            Part(BESIDE.format(name), "test accuracy with both less with decay alone", margin=POINTS_MARGIN)
            for name in WITH
        ),
    ),
    arms="A network on each data set's opening, with its own share of wrong labels, as many rows to train on, and "
    "nine times as many (or all) to judge by: nothing, decay, the companion alone, both. Early stopping keeps the "
    "recorded step of least validation loss; dropout has a rate of 0.2; L1 alone and the elastic net, half L1 and "
    "half L2, each have a λ of their own.",
    rule="“Combines well” can mean that the two add to more than each alone (the interaction (both − companion) − "
    "(decay − nothing) is above zero; at zero their effects add up), or only that both are better than decay alone. "
    "λ, and the step where one stops early, are those of least validation loss of each seed and arm, 0 among the "
    "choices.",
    literature="Early stopping of gradient descent from zero is close to ridge with λ = 1/(learning rate · steps) "
    "(Bishop, *Regularization and complexity control in feed-forward networks*, 1995; Ali, Kolter and Tibshirani, *A "
    "continuous-time view of early stopping for least squares*, AISTATS 2019), so the two are substitutes. Srivastava "
    "et al. (*Dropout*, JMLR 2014) report dropout with L2, and better with a bound on the norm, on MNIST. Zou and "
    "Hastie (*Regularization and variable selection via the elastic net*, JRSS B 2005) combine L1 and L2 because each "
    "lacks what the other has: L1 selects, L2 shares among correlated features.",
    datasets=("moons", "breast_cancer", "xor", "digits"),
    more=("circles", "blobs", "spirals", "wine", "iris"),
    lambdas=lambda_path(1e-4, 0.3, 8),
    trial=trial,
    seeds=30,
)  # fmt: skip
