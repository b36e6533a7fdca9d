"""Leakage hides what decay does."""

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial
from wd_core.claims._shared import page, start
from wd_core.experiment import lambda_path
from wd_core.studies.choosing import LEAKED, cross_validate, leak

FOLDS = 5


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = start(s)
    curves = cross_validate(e, FOLDS, lambda share: on_progress(share / 2))
    found = leak(curves, lambda share: on_progress(0.5 + share / 2))
    apparent, true = found.gain(found.apparent), found.gain(found.true)
    differences, arms = {}, {}
    for i, share in enumerate(LEAKED):
        title = f"{share:.0%} leak".replace("%", " %")
        arms |= {f"true gain, {title}": true[i], f"apparent gain, {title}": apparent[i]}
        if share:
            differences[title] = true[i] - apparent[i]
    return Trial(differences, arms, page("choosing", "cv_data", s.dataset))


CLAIM = Claim(
    number=28,
    name="leakage_hides",
    sources=("S4",),
    says="Leakage from test into training data hides what decay does.",
    parts=tuple(
        Part(f"{share:.0%} leak".replace("%", " %"), "what decay gains in loss on rows that never leak, less what it "
             "seems to gain on the leaky test set", "loss")
        for share in LEAKED if share
    ),
    arms="Each data set's opening with its own model and share of wrong labels. A quarter, half or nine tenths of the "
    "test set are copied into the training part, with their true labels; λ = 0 against the λ that 5-fold "
    "cross-validation chose before anything leaked.",
    rule="A gain is the loss at λ = 0 less that at the chosen λ, of the same leaky training. *Seems to gain*: on the "
    "whole test set, leaked rows included. *Gains*: on rows that never leak, a fresh sample of 4,000 for drawn data, "
    "the validation part for real ones. Above zero, the leak hides part of decay's gain. Without a leak the two "
    "differ by chance alone: the table has that too.",
    literature="Kaufman, Rosset and Perlich (*Leakage in data mining*, ACM TKDD 2012) define leakage and how to keep "
    "it out; Kapoor and Narayanan (*Leakage and the reproducibility crisis in machine-learning-based science*, "
    "Patterns 2023) find it in studies of seventeen fields; where they repeat some without it, complex models are no "
    "better than logistic regression. A leaked row is a training row: there decay can only raise the loss, so the "
    "more of the test set leaks, the more memorising looks like learning and the less decay seems to be worth.",
    datasets=("diabetes", "breast_cancer", "wine", "moons"),
    more=("sparse", "xor", "blobs"),
    lambdas=lambda_path(1e-3, 10, 9),
    trial=trial,
    seeds=30,
)  # fmt: skip
