"""Decay conflicts with batch norm, dropout and augmentation."""

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, points
from wd_core.claims._shared import together
from wd_core.experiment import lambda_path

WITH = ("batch norm", "dropout", "noise on the inputs")


def trial(s: Setting, on_progress: Progress) -> Trial:
    found, link = together(s, WITH, on_progress)
    differences = {name: points(-each.interaction) for name, each in found.items()}
    arms = {f"{arm}, {name}": points(k.score) for name, each in found.items() for arm, k in each.arms.items()}
    return Trial(differences, arms, link)


CLAIM = Claim(
    number=23,
    name="conflicts",
    sources=("S3",),
    says="Decay gets into conflict with batch norm, dropout and augmentation.",
    parts=tuple(
        Part(name, f"test accuracy: what decay adds without {name}, less what it adds beside it", margin=POINTS_MARGIN)
        for name in WITH
    ),
    arms="A network on each data set's opening, with its own share of wrong labels, as many rows to train on, and "
    "nine times as many (or all) to judge by: nothing, decay, the companion alone, both. Batch norm in every hidden "
    "layer; dropout at a rate of 0.2; fresh noise of standard deviation 0.2 on the inputs at each step, the "
    "augmentation that rows of numbers have.",
    rule="The interaction (both − companion) − (decay − nothing), paired by seed, with its sign turned: above zero "
    "decay is worth less beside the companion than alone. Where decay is used, λ is that of least validation loss of "
    "each seed and arm, 0 among the choices. A conflict in this sense may only mean that the two do the same work.",
    literature="Before a normalisation the length of the weights says nothing, so L2 cannot make the function "
    "simpler; it changes the effective learning rate (van Laarhoven, *L2 regularization versus batch and weight "
    "normalization*, 2017; Zhang et al., *Three mechanisms of weight decay regularization*, ICLR 2019). Dropout on "
    "the inputs of a linear model is itself a quadratic penalty (Wager, Wang and Liang, *Dropout training as adaptive "
    "regularization*, NeurIPS 2013), noise on the inputs plain L2 to first order (Bishop, *Training with noise is "
    "equivalent to Tikhonov regularization*, Neural Computation 1995): who has one needs less of the other. "
    "Hernández-García and König (*Data augmentation instead of explicit regularization*, 2018) train large networks "
    "as well without decay and dropout where they augment enough.",
    datasets=("moons", "breast_cancer", "xor", "digits"),
    more=("circles", "blobs", "spirals", "wine", "iris"),
    lambdas=lambda_path(1e-4, 0.3, 8),
    trial=trial,
    seeds=30,
)
