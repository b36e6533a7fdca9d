"""Decay slows the learning rate down."""

import numpy as np

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims._shared import network
from wd_core.studies.diagnostics import effective_rates
from wd_core.studies.steps import followed, pairs
from wd_core.training import train_all

LR, STEPS, LOOKS = 0.1, 1000, 60
PLAIN, NORMED, TURNING = "data's share, plain", "data's share, batch norm", "turning rate, batch norm"


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = network(s, "20 % wrong labels").replace(
        optimizer="sgd", lr=LR, schedule="constant", batch_size=None, steps=STEPS
    )
    # a step is the small difference of two weights: in float32 it would be rounded
    plain, normed = train_all(
        [e, e.replace(norm="batch")], dtype=np.float64, on_progress=on_progress, record_at=pairs(0, STEPS, LOOKS)
    )
    share = {PLAIN: 100 * followed(plain), NORMED: 100 * followed(normed)}
    turning = np.mean([np.exp(np.log(each).mean(-1)) for each in effective_rates(normed).values()], axis=0)
    return Trial(
        {name: its[0] - its[1] for name, its in share.items()} | {TURNING: np.log2(turning[0] / turning[1])},
        {f"{name}, {arm}, %": its[i] for name, its in share.items() for i, arm in enumerate(("λ = 0", "with decay"))}
        | {"η/‖w‖², batch norm, λ = 0": turning[0], "η/‖w‖², batch norm, with decay": turning[1]},
        lab(e, s.lambdas[-1]),
    )


CLAIM = Claim(
    number=17,
    name="slower_rate",
    sources=("S3",),
    says="Decay slows the learning rate down.",
    parts=(
        Part(PLAIN, "share of the learning rate with which weights follow the data's gradient, λ = 0 less with decay, "
             "network without normalisation", "% of the rate", 0.5),
        Part(NORMED, "the same with batch norm", "% of the rate", 0.5),
        Part(TURNING, "log₂ of the effective learning rate η/‖w‖² of normalised layers, λ = 0 over with decay: +1 is "
             "half as fast", "halvings", 0.05),
    ),
    arms="A network on each data set (the opening's own, or one hidden layer of 16 units), 20 % wrong labels, gradient "
    f"descent in full batches with a rate of {LR:g}, {STEPS} steps; λ = 0 against λ = 0.01, without normalisation and "
    "with batch norm on hidden layers.",
    rule="The number in front of the gradient is the same in both arms, so two things are measured that it stands for. "
    "A step Δw is made of the data's gradient g and of decay; −⟨Δw, g⟩/‖g‖² is the rate at which it follows g: all of "
    f"η without decay, less where decay pulls back. Sums over {LOOKS} steps of the whole training. Before a "
    "normalisation only the direction of w counts, and a step turns it as η/‖w‖² would at length 1: the mean of its "
    "logarithm over the same steps, over layers. No λ is chosen.",
    literature="Where the loss does not change with the length of w, a gradient step turns w by η/‖w‖², so decay, "
    "which shortens w, raises the effective learning rate (van Laarhoven, *L2 regularization versus batch and weight "
    "normalization*, 2017; Zhang et al., *Three mechanisms of weight decay regularization*, ICLR 2019). Li and Arora "
    "(*An exponential learning rate schedule for deep learning*, ICLR 2020) show that decay there equals a rate that "
    "grows exponentially. Without normalisation nothing of the kind holds; near the minimum of the penalised "
    "objective the data's gradient and decay cancel, and the weights no longer follow the data at all.",
    datasets=("moons", "wine", "breast_cancer", "digits"),
    more=("iris", "circles", "xor"),
    lambdas=(0.0, 1e-2),
    trial=trial,
    seeds=30,
)  # fmt: skip
