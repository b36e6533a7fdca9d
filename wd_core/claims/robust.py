"""Decay makes a model less sensitive to small changes of its input, more robust."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import PATH
from wd_core.history import History
from wd_core.studies import robustness as rob
from wd_core.studies.beyond import start, train_ends
from wd_core.studies.predictions import at_chosen, chosen

NOISE = MOVE = 0.5


def moved_a_little(h: History) -> np.ndarray:
    """(L, S): test accuracy on pictures moved by one pixel, on rows whose features' means moved."""
    if rob.is_picture(h.experiment):
        return rob.shift_scores(h, "test")
    return rob.drift_scores(h, "test", "mean", (MOVE,))[0]


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = start(s.dataset, "mlp", s.seeds).replace(label_noise=0.2, lambdas=s.lambdas)
    (h,) = train_ends([e], on_progress)
    at, zero = chosen(h), np.zeros(len(s.seeds), int)
    norm = rob.jacobian_norm(h, "test")
    clean, noisy = rob.noise_scores(h, "test", (0.0, NOISE))
    measured = {"noise": noisy, "moved": moved_a_little(h), "clean": clean}
    with_, without = ({name: points(at_chosen(v, i)) for name, v in measured.items()} for i in (at, zero))
    slope = {"without": at_chosen(norm, zero), "with": at_chosen(norm, at)}
    differences = {
        "slope": 100 * (slope["without"] - slope["with"]) / slope["without"],
        "accuracy under noise": with_["noise"] - without["noise"],
        "accuracy when moved": with_["moved"] - without["moved"],
        "loss of accuracy to noise": (without["clean"] - without["noise"]) - (with_["clean"] - with_["noise"]),
    }
    arms = {"mean slope, without decay": slope["without"], "mean slope, with decay": slope["with"]}
    for name, arm in (("without decay", without), ("with decay", with_)):
        arms |= {f"undisturbed, {name}": arm["clean"], f"under noise, {name}": arm["noise"],
                 f"moved, {name}": arm["moved"]}  # fmt: skip
    return Trial(differences, arms, lab(e.replace(seeds=e.seeds[:3]), h.lambdas[at[0]]))


CLAIM = Claim(
    number=21,
    name="robust",
    sources=("S3", "S4"),
    says="Decay makes a model less sensitive to small changes of its input.",
    parts=(
        Part("slope", "mean norm of the Jacobian, λ = 0 less chosen λ, as a share of the former", unit="%", margin=1.0),
        Part("accuracy under noise", "test accuracy under noise, chosen λ less λ = 0", margin=POINTS_MARGIN),
        Part("accuracy when moved", "test accuracy on moved examples, chosen λ less λ = 0", margin=POINTS_MARGIN),
        Part("loss of accuracy to noise", "accuracy lost to noise, λ = 0 less chosen λ", margin=POINTS_MARGIN),
    ),
    arms="An MLP on each data set (the opening's own, or 16 · 16), 20 % wrong labels, L2: λ = 0 against the λ of least "
    "validation loss, chosen for each seed. Noise: Gaussian, half a standard deviation. Moved: pictures by one pixel, "
    "rows by half a standard deviation in every feature, up or down as the seed says.",
    rule="The slope is the mean Frobenius norm of the scores' Jacobian over test examples. Accuracy under disturbance "
    "and accuracy *lost* to it are different questions: a model that is better undisturbed may lose more. λ is chosen "
    "on undisturbed validation data, 0 among the choices.",
    literature="Smaller weights bound the slope: a layer's Lipschitz constant is its spectral norm (Yoshida and "
    "Miyato, *Spectral norm regularization*, 2017). For a linear model noise on the inputs *is* L2 "
    "(Bishop 1995). Across many networks the norm of the Jacobian goes with the generalisation gap (Novak"
    " et al., *Sensitivity and generalization in neural networks*, ICLR 2018). A small slope need not "
    "mean robust: the margin to the boundary shrinks with it.",
    datasets=("moons", "iris", "wine", "breast_cancer", "digits", "fashion"),
    seeds=30,
    more=("circles", "spirals", "xor", "blobs"),
    lambdas=PATH,
    trial=trial,
)
