"""Decay with companions: early stopping, both together, and batch norm."""

import numpy as np

from wd_core.lessons._numbers import decided, end, lam, said, three
from wd_core.lessons.base import Choice, Lesson, Measured, Step
from wd_core.studies.companions import kept

CANCER = "dataset=breast_cancer&lambdas=0.0001~1.0~8&seeds=0~19"
MOONS = "dataset=moons&lambdas=0.0001~1.0~8"
CANCER_SETTING = (
    "Breast cancer, logistic regression, 60 training examples, a tenth of their labels wrong; twenty seeds. λ and the "
    "step to stop at are chosen by validation loss, the test part is looked at once."
)


def stopping(arms):
    (h,) = arms.values()
    decay, early = kept(h), kept(h, early=True, decay=False)
    answer = decided(decay.loss - early.loss)
    says = (
        f"Test loss: decay to the end {three(decay.loss.mean())}, stopped early without decay "
        f"{three(early.loss.mean())}; difference, paired, with its 95 % interval: {said(decay.loss - early.loss)}."
    )
    return Measured(answer, says, answer == 1)


def both(arms):
    (h,) = arms.values()
    early, together = kept(h, early=True, decay=False), kept(h, early=True)
    decay_alone = kept(h, decay=False).loss - kept(h).loss
    extra = early.loss - together.loss
    answer = 0 if extra.mean() > decay_alone.mean() / 2 else 1
    says = (
        f"Without stopping, decay takes {three(decay_alone.mean())} off the test loss; with early stopping "
        f"{said(extra)}."
    )
    return Measured(answer, says, answer == 1)


def batch_norm(arms):
    plain, normed = arms.values()
    a, b = end(plain, "train_loss")[-1], end(normed, "train_loss")[-1]
    constant = float(np.log(2))
    answer = 0 if b > 0.95 * constant else 1
    says = (
        f"At {lam(plain, -1)} training loss is {three(a)} without batch norm and {three(b)} with it; a coin's answer "
        f"costs {three(constant)}."
    )
    return Measured(answer, says, answer == 1 and a > 0.95 * constant)


LESSON = Lesson(
    name="companions",
    order=70,
    title="What goes with decay?",
    minutes=8,
    about="Early stopping, decay on top of it, and decay behind batch norm.",
    aims=(
        "Say why early stopping and decay do part of the same work.",
        "Say what decay still does where a normalisation divides the size of the weights out.",
    ),
    watch=(
        "“More regularisers, better model”: ask what the second has left to do.",
        "Early stopping needs validation data at every step; decay needs them for each λ.",
    ),
    steps=(
        Step(
            ask="Decay at its best λ, trained to the end; or no decay, stopped at the right moment. Which has the "
            "lower test loss?",
            setting=CANCER_SETTING,
            prediction=Choice(("Decay to the end.", "Stopping early.", "The two cannot be told apart.")),
            arms={"breast cancer": CANCER},
            measure=stopping,
            why="Weights start small and grow with the steps: whoever stops early keeps small weights too, and here "
            "before the wrong labels are learned.",
            expect="Decay changes the objective, stopping looks like a trick to save time. Both bound how far the "
            "weights get.",
            shows=("losses", "stopped"),
            look="Loss at the last step; and validation loss again, beside what it was at the step where each run "
            "would have stopped.",
            every_step=True,
        ),
        Step(
            ask="You stop early anyway. How much does decay still gain?",
            setting=CANCER_SETTING,
            prediction=Choice(
                (
                    "At least half of what it gains without stopping.",
                    "Less than half of what it gains without stopping.",
                )
            ),
            arms={"breast cancer": CANCER},
            measure=both,
            why="Both keep the weights from growing into the noise; what the one has prevented, the other cannot "
            "prevent again.",
            expect="Gains seem to add up: two good things, twice as good. They add up only where they do different "
            "work.",
            shows=("stopped", "losses"),
            look="Compare how much each of the two lines falls as λ grows.",
            every_step=True,
        ),
        Step(
            ask="At λ = 1 this network's weights are gone and it says the same of every point. With batch norm in its "
            "hidden layers, at the same λ?",
            setting="Two moons, two layers of 16 units, five seeds, without and with batch norm.",
            prediction=Choice(("It says the same of every point, too.", "It still tells points apart.")),
            arms={"plain": MOONS, "batch norm": f"{MOONS}&norm=batch"},
            measure=batch_norm,
            why="Batch norm divides each unit's output by its own spread, so making the weights before it smaller "
            "changes nothing behind it; only the last layer's weights still shrink what comes out.",
            expect="λ crushes the weights, so the function should be crushed. Behind a normalisation size and function "
            "are two things.",
            shows=("norm", "boundary"),
            look="Drag λ to the right-hand end: how small are the weights, and is there a boundary?",
        ),
    ),
    next_page=("pages/companions.py", "What goes with decay?"),
)
