"""Decay makes weights smaller in each iteration; elsewhere: they need not become small."""

import numpy as np

from wd_core.claims._claim import Against, Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims._shared import CLASSIFICATION, network
from wd_core.training import train_all

NEARLY_ALL = 99.0
"""Percent of the steps: an article's "each" is not held against it for one step in a hundred."""


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = network(s).replace(lambdas=(0.0, *s.lambdas))
    (h,) = train_all([e], on_progress=on_progress, record_at=range(e.steps + 1))
    norms = np.sqrt(np.square(h.weights[..., h.weight_mask], dtype=float).sum(-1))
    falls = 100 * (np.diff(norms) < 0).mean(-1)
    change = 100 * (norms[..., 0] - norms[..., -1]) / norms[..., 0]
    arms = {}
    for i, lam in enumerate(e.lambdas):
        arms[f"steps in which ‖w‖ falls, %, λ = {lam:g}"] = falls[i]
        arms[f"‖w‖ lost by the end, %, λ = {lam:g}"] = change[i]
    return Trial({"in each step": falls[1] - NEARLY_ALL, "at the end": change[1]}, arms, lab(e, s.lambdas[0]))


CLAIM = Claim(
    number=5,
    name="each_step",
    sources=("S2",),
    says="With weight decay the weights get smaller in each iteration.",
    parts=(
        Part("in each step", f"steps in which the norm of the weights falls, less {NEARLY_ALL:g} % of them"),
        Part("at the end", "norm at the start less norm at the end, as a share of the former", unit="%"),
    ),
    arms="A network on each data set (the opening's own, or one hidden layer of 16 units), clean labels, L2 with "
    "λ = 0.01; the norm of all decayed weights after each step of the whole training.",
    rule="“Each” holds if the norm falls in more than 99 of 100 steps; the second part asks only whether it is smaller "
    "at the end than it was at the start.",
    literature="A step is w ← w − η(∇L + λw): what the norm does depends on which of the two is longer. From small "
    "first weights (Glorot and Bengio, AISTATS 2010) the norm grows first, and comes to rest where the two balance; "
    "Kosson, Messmer and Jaggi (*Rotational equilibrium*, ICML 2024) derive that size for several optimisers.",
    datasets=CLASSIFICATION,
    seeds=30,
    more=("spirals", "xor", "blobs"),
    lambdas=(1e-2,),
    trial=trial,
    against=(Against(("S2",), "The same article, elsewhere: with decay the weights need not become small."),),
)
