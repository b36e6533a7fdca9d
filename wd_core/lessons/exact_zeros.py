"""Why exact zeros: the objective asks for them, and only the proximal step gets there."""

import numpy as np

from wd_core.datasets import DATASETS
from wd_core.lessons._numbers import lam, notch, percent, three, weights, zeros
from wd_core.lessons.base import Choice, Draw, Lesson, Measured, Step
from wd_core.studies.selection import mean_and_error, one_standard_error

SPARSE = "dataset=sparse&lambdas=0.003~3.0~9&seeds=0~9"
SETTING = (
    "Linear regression, 30 inputs, 40 training examples; five inputs matter and it is known which. Ten seeds, the L1 "
    "penalty, taken as a proximal step: after each step of the loss every weight moves towards zero by the learning "
    "rate times λ, and stops there."
)
STRONG = 0.23


def rises(arms):
    h = arms["L1"]
    count = zeros(h)
    i = notch(h, STRONG)
    says = f"{three(count[0])} at λ = 0, {three(count[i])} at {lam(h, i)}, {three(count[-1])} of 30 at the largest λ."
    return Measured(count, says, bool(count[0] == 0 and (np.diff(count) >= -0.5).all() and count[-1] > 29))


def subgradient(arms):
    prox, sub = (arms[name] for name in ("proximal", "subgradient"))
    i = notch(sub, STRONG)
    n = zeros(sub)[i]
    small = (np.abs(weights(sub)[i]) < 0.01).sum(-1).mean()
    answer = 0 if n < 1 else 1 if n < 15 else 2
    says = (
        f"At {lam(sub, i)}: {three(n)} of 30 are exactly zero, though {three(small)} are smaller than 0.01; with the "
        f"proximal step {three(zeros(prox)[i])}."
    )
    return Measured(answer, says, answer == 0 and zeros(prox)[i] > 15)


def which(arms):
    h = arms["L1"]
    e = h.experiment
    at = one_standard_error(*mean_and_error(h.validation_loss[:, :, -1], axis=1))
    gone = weights(h)[at] == 0  # (S, inputs)
    matters = np.isin(e.data(e.seeds[0]).input_names, DATASETS["sparse"].opening.relevant)
    idle, useful = gone[:, ~matters].mean(), gone[:, matters].mean()
    answer = 0 if idle > useful + 0.4 else 1 if idle < useful + 0.1 else 2
    says = (
        f"At {lam(h, at)} (the one-standard-error choice) {percent(idle)} of the 25 idle weights are zero, and "
        f"{percent(useful)} of the five that matter."
    )
    return Measured(answer, says, answer == 0)


LESSON = Lesson(
    name="exact_zeros",
    order=50,
    title="Why exact zeros?",
    minutes=8,
    about="The objective asks for zeros; not every way of training gets there.",
    aims=(
        "Say why L1's constant pull holds a weight at zero.",
        "Say why an optimiser may hover about zero, and what a proximal step does instead.",
    ),
    watch=(
        "“L1 gives zeros” as a law of nature: the minimum has zeros, a training run need not reach it.",
        "Few see that the soft threshold lets a weight come back; let them find one in the Lab.",
    ),
    steps=(
        Step(
            ask="Under L2 no weight is exactly zero at any λ: the line on the floor. How many are under L1?",
            setting=SETTING,
            prediction=Draw("weights at exactly zero under L1"),
            arms={"L2": f"{SPARSE}&penalty=l2", "L1": f"{SPARSE}&penalty=l1"},
            measure=rises,
            why="A weight stays at zero as long as the loss pulls on it by less than λ; the larger λ, the more weights "
            "cannot pull hard enough.",
            expect="Many draw a line that jumps: all or nothing. Each weight has a pull of its own, so each falls at "
            "its own λ.",
            shows=("zeros", "validation"),
            given=("zeros",),
            look="Drag λ and find the λ of lowest validation loss: how many are zero there?",
        ),
        Step(
            ask="Instead of the proximal step you add the slope of the penalty, λ·sign(w), to the gradient. How many "
            "of 30 are exactly zero now?",
            setting="The same data and objective, λ = 0.23, where the proximal step sets most weights to zero.",
            prediction=Choice(("None, or hardly one.", "Some, but fewer than half.", "Half of them or more.")),
            arms={"proximal": f"{SPARSE}&penalty=l1", "subgradient": f"{SPARSE}&penalty=l1&decay=subgradient"},
            measure=subgradient,
            why="Near zero this slope flips between +λ and −λ, so steps of a finite size jump across zero and back; "
            "the proximal step stops at it.",
            expect="“L1 gives zeros” is in every textbook, and of the objective it is true. Many training scripts add "
            "λ·sum|w| to the loss and wait for zeros in vain.",
            shows=("zeros", "validation"),
            look="Both lines have the same objective. Which of them lands on zeros?",
        ),
        Step(
            ask="Which weights does L1 set to zero?",
            setting=SETTING,
            prediction=Choice(
                (
                    "Mostly those of inputs that do not matter.",
                    "Any: it cannot know which matter.",
                    "Idle ones a little more often than others.",
                )
            ),
            arms={"L1": f"{SPARSE}&penalty=l1"},
            measure=which,
            why="An input that matters lowers the loss steeply, so its pull exceeds λ; an idle one pulls only as hard "
            "as its chance correlation with the noise.",
            expect="“It cannot know” is a fair objection: the penalty treats all alike. It is the data that pull "
            "differently.",
            shows=("zeros", "inputs"),
            look="Drag λ: the inputs marked with * matter.",
        ),
    ),
    next_page=("pages/geometry.py", "Why does L1 give zeros?"),
)
