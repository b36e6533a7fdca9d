"""Decay stabilises updates."""

import numpy as np

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims._shared import network
from wd_core.studies.starts import scaled_starts
from wd_core.studies.steps import angles, pairs

LR, STEPS, LOOKS, BATCH = 0.1, 2000, 100, 10
SCALES = (0.5, 1.0, 2.0)
LATER, EACH, ANY_START, SMALLER = "from quarter to quarter", "from step to step", "whatever the start", "smaller"


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = network(s, "20 % wrong labels").replace(
        optimizer="sgd", lr=LR, schedule="constant", batch_size=BATCH, steps=STEPS, norm="batch"
    )
    histories = scaled_starts(e, SCALES, pairs(STEPS // 2, STEPS, LOOKS), on_progress)
    found = [angles(h) for h in histories]
    last = np.stack([turned[:, :, at >= 0.75 * STEPS].mean(-1) for at, turned in found])  # (scales, L, S)
    at, turned = found[SCALES.index(1.0)]
    third, fourth = turned[:, :, (at > 0) & (at < 0.75 * STEPS)], turned[:, :, at >= 0.75 * STEPS]
    drift = np.abs(np.log2(fourth.mean(-1) / third.mean(-1)))
    jitter = 100 * fourth.std(-1) / fourth.mean(-1)
    apart = np.log2(last).std(0)
    angle = fourth.mean(-1)
    shown = {"drift, doublings": drift, "jitter, %": jitter, "spread over starts, doublings": apart,
             "angle of a step, milliradians": 1000 * angle}  # fmt: skip
    return Trial(
        {LATER: drift[0] - drift[1], EACH: jitter[0] - jitter[1], ANY_START: apart[0] - apart[1],
         SMALLER: np.log2(angle[0] / angle[1])},
        {f"{name}, {arm}": its[i] for name, its in shown.items() for i, arm in enumerate(("λ = 0", "with decay"))}
        | {"√(2ηλ) with decay, milliradians": np.full(len(s.seeds), 1000 * np.sqrt(2 * LR * s.lambdas[-1]))},
        lab(e, s.lambdas[-1]),
    )  # fmt: skip


CLAIM = Claim(
    number=18,
    name="steady_updates",
    sources=("S4",),
    says="Decay makes updates of the weights steadier.",
    parts=(
        Part(LATER, "how far the mean angle of a step drifts from the third to the fourth quarter of the training, "
             "λ = 0 less with decay", "doublings", 0.02),
        Part(EACH, "standard deviation of single steps' angles in the last quarter over their mean, λ = 0 less with "
             "decay", "%", 1.0),
        Part(ANY_START, "spread of the last quarter's mean angle over starts of different size (standard deviation of "
             "its log₂), λ = 0 less with decay", "doublings", 0.02),
        Part(SMALLER, "log₂ of the last quarter's mean angle, λ = 0 over with decay: +1 is half as far", "halvings",
             0.05),
    ),
    arms="A network on each data set (the opening's own, or one hidden layer of 16 units) with batch norm, 20 % wrong "
    f"labels, gradient descent in batches of {BATCH} with a rate of {LR:g}, {STEPS:,} steps; λ = 0 against λ = 0.01. "
    "All first parameters as they are; for *whatever the start* also halved and doubled.",
    rule="Of weights before a normalisation only the direction counts, so a step is as large as the angle by which it "
    f"turns a layer's weights (mean over such layers, at {LOOKS} steps of the last half). *Steadier* can mean four "
    "things, so four are asked. No λ is chosen. √(2ηλ) in the table is what theory says of the angle with decay once "
    "its growth by gradients and its shrinking by decay balance, for gradients that are independent of each other.",
    literature="Under normalisation gradients are at right angles to the weights and lengthen them, decay shortens "
    "them, and where the two balance each step turns the weights by √(2ηλ), whatever the gradient's size or the start "
    "(van Laarhoven, 2017; Wan et al., *Spherical motion dynamics*, NeurIPS 2021; Kosson, Messmer and Jaggi, "
    "*Rotational equilibrium*, 2023, arXiv:2305.17212). Without decay the weights grow and the angle falls for ever, "
    "like a learning rate that is lowered (Arora, Li and Lyu, *Theoretical analysis of auto rate-tuning by batch "
    "normalization*, ICLR 2019).",
    datasets=("moons", "wine", "breast_cancer", "digits"),
    more=("iris", "circles", "xor"),
    lambdas=(0.0, 1e-2),
    trial=trial,
    seeds=30,
)  # fmt: skip
