"""Decay shrinks weights: the larger λ, the smaller their mean magnitude."""

import numpy as np

from wd_core.claims._claim import Article, Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims._shared import ARTICLE_LAMBDAS, CLASSIFICATION, ends, network

STEPS = ("none to least λ", "least to middle λ", "middle to largest λ")


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = network(s, "20 % wrong labels").replace(lambdas=(0.0, *s.lambdas))
    (h,) = ends([e], on_progress)
    size = np.abs(h.weights[:, :, -1, h.weight_mask]).mean(-1).astype(float)
    differences = {name: 100 * (size[i] - size[i + 1]) / size[i] for i, name in enumerate(STEPS)}
    return Trial(differences, {f"λ = {lam:g}": size[i] for i, lam in enumerate(e.lambdas)}, lab(e, s.lambdas[-1]))


CLAIM = Claim(
    number=4,
    name="shrinks",
    sources=("S0", "S1", "S2", "S3"),
    says="Weight decay shrinks the weights, the more the larger λ is.",
    parts=tuple(
        Part(name, "mean |w| at the end, smaller λ less larger λ, as a share of the former", unit="%")
        for name in STEPS
    ),
    arms="A network on each data set (the opening's own, or one hidden layer of 16 units), 20 % wrong labels, L2, all "
    "its steps; λ = 0 and the article's 0.001, 0.01, 0.1. The mean is over decayed weights: no biases.",
    rule="Each step from one λ to the next larger must shrink the mean magnitude.",
    literature="The gradient of ½λ‖w‖² is λw: each step multiplies a weight by 1 − ηλ before the data speak (Hanson "
    "and Pratt, *Comparing biases for minimal network construction with back-propagation*, NeurIPS 1988). At a minimum "
    "the norm cannot grow with λ; a training that stops before, or a layer whose scale is free, keeps no such promise "
    "(van Laarhoven, *L2 regularization versus batch and weight normalization*, 2017).",
    datasets=CLASSIFICATION,
    seeds=30,
    more=("spirals", "xor", "blobs"),
    lambdas=ARTICLE_LAMBDAS,
    trial=trial,
    article=Article(
        "S2", "mean magnitude of the weights", {"λ = 0.001": "0.37", "λ = 0.01": "0.25", "λ = 0.1": "0.16"}
    ),
)
