"""Decay gives better calibrated probabilities."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import LABELS, PATH
from wd_core.studies.beyond import start, train_ends
from wd_core.studies.calibration import confidence_of, reliability, right_of
from wd_core.studies.predictions import at_chosen, chosen, labels_of, probabilities


def trial(s: Setting, on_progress: Progress) -> Trial:
    first = start(s.dataset, "mlp", s.seeds).replace(lambdas=s.lambdas)
    experiments = [first.replace(label_noise=noise) for noise in LABELS.values()]
    differences, arms = {}, {}
    for labels, h in zip(LABELS, train_ends(experiments, on_progress), strict=True):
        p, at = probabilities(h, "test"), chosen(h)
        found = reliability(confidence_of(p), right_of(p, labels_of(h, "test")))
        error, over = points(found.error), points(found.overconfidence)
        differences[labels] = error[0] - at_chosen(error, at)
        arms |= {f"without decay, {labels}": error[0], f"with decay, {labels}": at_chosen(error, at),
                 f"surer than right, without decay, {labels}": over[0],
                 f"surer than right, with decay, {labels}": at_chosen(over, at)}  # fmt: skip
    return Trial(differences, arms, lab(experiments[-1].replace(seeds=s.seeds[:3]), s.lambdas[int(np.median(at))]))


CLAIM = Claim(
    number=22,
    name="calibrated",
    sources=("S4",),
    says="Decay makes a model's probabilities better calibrated.",
    parts=tuple(
        Part(labels, "expected calibration error, λ = 0 less λ chosen on validation", margin=POINTS_MARGIN)
        for labels in LABELS
    ),
    arms="An MLP on each data set (the opening's own, or 16 · 16), L2: λ = 0 against the λ of least validation loss, "
    "chosen for each seed; without and with 20 % wrong training labels.",
    rule="Expected calibration error on test data, ten bins of equal width by the confidence of the class named, each "
    "weighted with its predictions. Of few examples it is above zero even for a perfect model, in both arms. λ is "
    "chosen by validation *loss*, which asks for good probabilities itself; 0 is among the choices.",
    literature="Guo et al. (*On calibration of modern neural networks*, ICML 2017, §3) find that less weight decay "
    "goes with worse calibration, and that calibration may go on improving at λ beyond that of best "
    "accuracy. With wrong training labels the truth is seen through noise: a model that fits them well is"
    " *less* sure than it is right on clean test labels, and more decay can make it shyer still.",
    datasets=("moons", "iris", "wine", "breast_cancer", "digits", "fashion"),
    seeds=30,
    more=("circles", "spirals", "xor", "blobs"),
    lambdas=PATH,
    trial=trial,
)
