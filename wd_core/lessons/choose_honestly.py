"""Choosing λ honestly: by training loss, by validation loss, by test loss."""

import numpy as np

from wd_core.lessons._numbers import ends, lam, percent, said, three
from wd_core.lessons.base import Choice, Lesson, Measured, Step
from wd_core.studies.evidence import Paired
from wd_core.studies.selection import best_lambda

MOONS = "dataset=moons&lambdas=0.0001~1.0~8&seeds=0~39"
SETTING = (
    "Two moons, forty times anew: each time 120 examples are drawn and cut into a part for training, one for "
    "validation and one for test. Nine λ each time."
)


def chosen(losses):
    """(S,) the λ of least loss, for each seed; losses (L, S)."""
    return np.array([best_lambda(of_one) for of_one in losses.T])


def at_each(losses, at):
    """(S,) the loss at each seed's λ."""
    return losses[at, np.arange(losses.shape[1])]


def by_training(arms):
    (h,) = arms.values()
    test = ends(h, "test_loss")
    greedy = at_each(test, chosen(ends(h, "train_loss")))
    honest = at_each(test, chosen(ends(h, "validation_loss")))
    ratio = greedy.mean() / honest.mean()
    answer = 0 if ratio <= 1.1 else 1 if ratio <= 1.5 else 2
    says = (
        f"Chosen by training loss, test loss is {three(greedy.mean())}; by validation loss, {three(honest.mean())}. "
        f"Difference, paired, with its 95 % interval: {said(greedy - honest)}."
    )
    return Measured(answer, says, answer == 2 and Paired(greedy - honest).interval[0] > 0)


def how_far_apart(arms):
    (h,) = arms.values()
    at = chosen(ends(h, "validation_loss"))
    low, high = h.lambdas[at.min()], h.lambdas[at.max()]
    answer = 0 if low == high else 1 if low > 0 and high <= 10 * low else 2
    most = np.bincount(at).max()
    says = f"They reach from {lam(h, at.min())} to {lam(h, at.max())}; {most} of {len(at)} agree on one."
    return Measured(answer, says, answer == 2)


def by_test(arms):
    (h,) = arms.values()
    test = ends(h, "test_loss")
    honest, best = at_each(test, chosen(ends(h, "validation_loss"))), at_each(test, chosen(test))
    low, high = Paired(best - honest).interval
    answer = 2 if high < 0 else 0 if low > 0 else 1
    flattery = 1 - best.mean() / honest.mean()
    says = (
        f"λ taken by the test part reports {three(best.mean())}; λ taken by the validation part and tested once, "
        f"{three(honest.mean())}: {percent(flattery)} less, and that is flattery (difference {said(best - honest)})."
    )
    return Measured(answer, says, answer == 2)


LESSON = Lesson(
    name="choose_honestly",
    order=30,
    title="Can you choose λ honestly?",
    minutes=8,
    about="By training loss, by validation loss, by test loss: what each choice costs.",
    aims=(
        "Say why training loss cannot choose λ, and why test loss must not.",
        "Say how uncertain a chosen λ is, and why that may matter little.",
    ),
    watch=(
        "“It is only one number”: looking at nine test losses and keeping the least is a choice among nine.",
        "A spread of λ does not mean that the choice was useless: between neighbours the valley is flat.",
    ),
    steps=(
        Step(
            ask="You take the λ with the lowest training loss. What does it cost on the test part?",
            setting=SETTING + " You compare with the λ of lowest validation loss.",
            prediction=Choice(
                (
                    "Hardly anything: up to a tenth more test loss.",
                    "Something: up to half as much again.",
                    "A lot: more than half as much again.",
                )
            ),
            arms={"moons": MOONS},
            measure=by_training,
            why="Training loss is lowest where decay is weakest, whether what was learned is pattern or noise, so it "
            "always votes for little decay.",
            expect="A model that fits best what it has seen seems the safest choice. It has seen the noise as well.",
            shows=("losses", "boundary"),
            given=("train",),
            look="Drag λ to where the solid line is lowest: how high is the dashed one there?",
        ),
        Step(
            ask="Forty people each choose by validation loss, each with data of their own. How far apart are their λ?",
            setting=SETTING,
            prediction=Choice(
                ("All take the same λ.", "Within a factor of 10.", "Further apart than a factor of 10.")
            ),
            arms={"moons": MOONS},
            measure=how_far_apart,
            why="A validation part is a small sample: near its minimum the curve is flat, and a few points decide "
            "which notch is lowest.",
            expect="The computer says one number, so it looks like a property of the moons. It is a measurement, with "
            "an error.",
            shows=("chosen", "losses"),
            look="The dots say how many took each λ. How flat is the valley there?",
        ),
        Step(
            ask="Someone takes the λ of lowest test loss and reports that loss. Against choosing by validation and "
            "testing once, the report is…",
            setting=SETTING,
            prediction=Choice(("too high.", "about right.", "too low: it flatters.")),
            arms={"moons": MOONS},
            measure=by_test,
            why="It keeps the luckiest of nine looks at the same few points; new points will not share that luck.",
            expect="It is tempting to think that one number, λ, cannot overfit anything. Choosing among few numbers is "
            "fitting, too.",
            shows=("test", "chosen"),
            look="Validation and test loss, means over forty draws: each single draw has bumps of its own.",
        ),
    ),
    next_page=("pages/choosing.py", "Which λ is best?"),
)
