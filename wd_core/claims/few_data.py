"""Decay is essential when data are few."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import start
from wd_core.experiment import lambda_path
from wd_core.studies.scarcity import scarce

FEW, FADES, LESS = "helps with few", "helps more with few than with many", "fewer data, more decay"


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = start(s)
    found = scarce(e, on_progress)
    lam = found.lambdas[found.chosen]
    differences = {
        FEW: points(found.gain[0]),
        FADES: points(found.gain[0] - found.gain[-1]),
        LESS: np.log10(lam[0] / lam[-1]),
    }
    arms = {}
    for i, n in enumerate(found.sizes):
        arms |= {f"gain, {n} examples": points(found.gain[i]), f"λ, {n} examples": lam[i]}
    return Trial(differences, arms, lab(e, lam[0, 0]))


CLAIM = Claim(
    number=31,
    name="few_data",
    sources=("S4",),
    says="Decay is essential when data are few.",
    parts=(
        Part(FEW, "with the fewest examples: test accuracy (or R², in hundredths) at the chosen λ less at λ = 0",
             margin=POINTS_MARGIN),
        Part(FADES, "the gain with the fewest examples less that with the most", margin=POINTS_MARGIN),
        Part(LESS, "the chosen λ with the fewest examples over that with the most", "decades of λ"),
    ),
    arms="Each data set's opening with its own model and share of wrong labels, trained on 20 examples, on as many as "
    "there are (at most 640), and on two numbers between: λ = 0 against eleven λ from 0.0001 to 10.",
    rule="For each number and seed, λ is that of least validation loss above 0; validation and test part stay as they "
    "are, however few train. A larger sample contains the smaller. That decay helps with few, and that it helps them "
    "more, are two questions; how the best λ goes with their number is a third.",
    literature="For linear regression with p true weights β and noise σ² the λ that predicts best is about "
    "pσ²/(n‖β‖²) in the convention of this app (Hoerl, Kennard and Baldwin, *Ridge regression: some simulations*, "
    "1975): it falls like 1/n. Krogh and Hertz (*A simple weight decay can improve generalization*, NeurIPS 1991) "
    "find for a linear network, too, that the best decay is set by noise against the size of the true weights. With "
    "data without end decay is still used, for other reasons: D'Angelo et al. (*Why do we need weight decay in modern "
    "deep learning?*, NeurIPS 2024) find that it steers the effective learning rate of language models that see each "
    "example once.",
    datasets=("sparse", "diabetes", "moons", "digits", "breast_cancer"),
    more=("iris", "xor", "blobs", "circles"),
    lambdas=lambda_path(1e-4, 10, 11),
    trial=trial,
    seeds=30,
)
