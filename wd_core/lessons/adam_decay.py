"""Decay is not L2 under Adam: the same for gradient descent, another thing for Adam, with another λ."""

import numpy as np

from wd_core.lessons._numbers import best, lam, near, norm, notch, three
from wd_core.lessons.base import Choice, Lesson, Measured, Pick, Step

MOONS = "dataset=moons&lambdas=0.0001~1.0~8"
LONG = "dataset=moons&lambdas=0.0001~30.0~11"
SETTING = "Two moons, 60 training points, 15 % wrong labels, two layers of 16 units, five seeds, "
STRONG = 0.07


def same(arms):
    one, two = arms.values()
    far = float(np.abs(one.weights[:, :, -1] - two.weights[:, :, -1]).max())
    size = float(np.abs(one.weights[:, :, -1]).max())
    answer = 0 if far < 1e-4 * size else 1 if far < 0.1 * size else 2
    says = f"Over all λ and seeds no weight differs by more than {three(far)}; the largest weight, {three(size)}."
    return Measured(answer, says, answer == 0)


def differs(arms):
    one, two = arms.values()
    i = notch(one, STRONG)
    a, b = norm(one)[i], norm(two)[i]
    answer = 1 if b > 2 * a else 2 if b < a / 2 else 0
    says = f"At {lam(one, i)}: ‖w‖ = {three(a)} in the objective, {three(b)} beside the step."
    return Measured(answer, says, answer == 1)


def other_lambda(arms):
    one, two = arms.values()
    a, b = best(one), best(two)
    says = f"In the objective validation loss is lowest at {lam(one, a)}, beside the step at {lam(two, b)}."
    return Measured(b, says, two.lambdas[b] > 10 * one.lambdas[a], near(two))


LESSON = Lesson(
    name="adam_decay",
    order=60,
    title="Is decay the same as L2?",
    minutes=7,
    about="For gradient descent yes, for Adam no; and the λ is another one.",
    aims=(
        "Write both updates and say when they are one.",
        "Say why a λ found with Adam + L2 means something else in AdamW.",
    ),
    watch=(
        "Many libraries call both “weight_decay”. Ask which optimiser a recipe's number belongs to.",
        "The algebra of the first step takes one line: let a student write it on the board.",
    ),
    steps=(
        Step(
            ask="Plain gradient descent: λ in the objective (L2), or a shrinking of the weights beside the step "
            "(decay). How far apart do the weights end?",
            setting=SETTING + "plain gradient descent.",
            prediction=Choice(("Nowhere, up to rounding.", "A little.", "Far apart.")),
            arms={"in the objective": f"{MOONS}&optimizer=sgd&lr=0.1",
                  "beside the step": f"{MOONS}&optimizer=sgd&lr=0.1&decay=decoupled"},
            measure=same,
            why="w − η(g + λw) is (1 − ηλ)w − ηg: one update in two notations.",
            expect="Two names suggest two things. Here they are one, which is why the names got mixed up.",
            shows=("norm", "validation"),
            look="Look for the second line: it lies on the first.",
        ),
        Step(
            ask="The same with Adam, λ = 0.07. Beside the step, the weights end…",
            setting=SETTING + "Adam. In the objective λ = 0.07 leaves little of the weights.",
            prediction=Choice(
                (
                    "about the same as in the objective.",
                    "more than twice as large.",
                    "less than half as large.",
                )
            ),
            arms={"in the objective": MOONS, "beside the step": f"{MOONS}&decay=decoupled"},
            measure=differs,
            why="In the objective λw is divided by Adam's running size of the gradient, so it pulls hard where "
            "gradients are small; beside the step it only multiplies the weights by 1 − ηλ.",
            expect="“It is the same formula” was right a minute ago. Adam rescales whatever goes through the gradient.",
            shows=("norm", "validation"),
            look="Drag λ: which line falls first?",
        ),
        Step(
            ask="The lines are those of λ in the objective. Where will validation loss be lowest for decay beside the "
            "step?",
            setting=SETTING + "Adam, on a longer path of λ.",
            prediction=Pick("validation loss will be lowest for decay beside the step"),
            arms={"in the objective": LONG, "beside the step": f"{LONG}&decay=decoupled"},
            measure=other_lambda,
            why="Beside the step, decay shrinks a weight by e^(−ηλT) over T steps: what counts is ηλT, another number "
            "than the λ of an objective.",
            expect="Recipes give “weight decay 0.01” without saying where it acts, so many keep the number when they "
            "change the optimiser.",
            shows=("validation", "boundary"),
            given=("losses",),
            look="Compare the two valleys.",
        ),
    ),
    next_page=("pages/adam.py", "What does Adam do to decay?"),
)
