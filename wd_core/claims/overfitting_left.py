"""Decay cannot remove overfitting entirely."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import CLASSIFICATION, PATH, network
from wd_core.studies.companions import kept
from wd_core.training import train_all


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = network(s)
    (h,) = train_all([e], on_progress=on_progress)
    at = np.searchsorted(h.lambdas, kept(h).lam), np.arange(len(h.seeds)), -1
    train_loss, test_loss = h.train_loss[at], h.test_loss[at]
    train_score, test_score = points(h.train_score[at]), points(h.test_score[at])
    return Trial(
        {"loss": test_loss.astype(float) - train_loss, "accuracy": train_score - test_score},
        {"training loss": train_loss, "test loss": test_loss,
         "training accuracy, %": train_score, "test accuracy, %": test_score,
         "gap in loss without decay": (h.test_loss - h.train_loss)[0, :, -1]},
        lab(e, h.lambdas[at[0][0]]),
    )  # fmt: skip


CLAIM = Claim(
    number=27,
    name="overfitting_left",
    sources=("S2",),
    says="Weight decay cannot remove overfitting entirely.",
    parts=(
        Part("loss", "test loss less training loss, at the λ of least validation loss", "nats", 0.01),
        Part("accuracy", "training accuracy less test accuracy, at that λ", margin=POINTS_MARGIN),
    ),
    arms="A network on each data set (the opening's own, or one hidden layer of 16 units), its own labels, L2, λ = "
    "0 and nine from 10⁻⁴ to 1. With wrong labels in the training part alone the two losses would be of different "
    "things.",
    rule="What is left of the gap between training and test at the λ that validation chooses, for each seed. A gap "
    "above zero is overfitting in the article's sense; that the chosen λ is best does not make it zero.",
    literature="For least squares the expected gap is 2σ²·df/n with df effective degrees of freedom (Efron, *How "
    "biased is the apparent error rate of a prediction rule?*, JASA 1986): it is zero only where df is, for a model "
    "that has learned nothing.",
    datasets=CLASSIFICATION,
    more=("spirals", "xor", "blobs"),
    lambdas=PATH,
    trial=trial,
)
