"""Too little, too much: the valley of validation loss, its right-hand end, and what moves it."""

import numpy as np

from wd_core.lessons._numbers import best, end, lam, near, norm, percent, three
from wd_core.lessons.base import Choice, Draw, Lesson, Measured, Pick, Step, where_lowest

MOONS = "dataset=moons&lambdas=0.0001~1.0~8&seeds=0~9"
FEW = f"{MOONS}&n_samples=40"
SETTING = "Two moons, 60 training points, 15 % of them with a wrong label; two layers of 16 units; ten seeds."


def valley(arms):
    h = arms["120 examples"]
    curve, at = end(h, "validation_loss"), best(h)
    says = (
        f"Validation loss is lowest, {three(curve[at])}, at {lam(h, at)}; at λ = 0 it is {three(curve[0])}, at the "
        f"largest λ {three(curve[-1])}."
    )
    return Measured(curve, says, where_lowest(curve) == "inside" and min(curve[0], curve[-1]) > 1.1 * curve[at])


def right_end(arms):
    h = arms["120 examples"]
    e = h.experiment
    p = h.predict(e.data(e.seeds[0]).X_train)[-1, :, :, 0]  # (S, n)
    spread, n = float(np.ptp(p, axis=1).max()), norm(h)
    answer = 2 if n[-1] > 1.1 * n[-2] and n[-1] > 1e-3 else 1 if spread < 0.05 else 0
    says = (
        f"At {lam(h, len(n) - 1)} the probabilities it gives to its points differ by at most {three(spread)}, and it "
        f"is right about {percent(end(h, 'validation_score')[-1])} of new points."
    )
    return Measured(answer, says, answer == 1)


def moves(arms):
    many, few = arms.values()
    a, b = best(many), best(few)
    says = f"With 120 examples in all it is lowest at {lam(many, a)}, with 40 at {lam(few, b)}."
    return Measured(b, says, few.lambdas[b] > 2 * many.lambdas[a], near(few))


LESSON = Lesson(
    name="too_much",
    order=20,
    title="Too little, too much?",
    minutes=8,
    about="Draw where validation loss goes as λ grows, and then see.",
    aims=(
        "Draw the valley of validation loss over λ and say what is wrong on either side.",
        "Say why the best λ belongs to the data and not to the network alone.",
    ),
    watch=(
        "Drawings that run parallel to the training loss: ask what the two have in common, and what not.",
        "Drawings that fall to the right for ever: what can a network with no weights say?",
    ),
    steps=(
        Step(
            ask="The solid line is training loss. Where does validation loss go?",
            setting=SETTING,
            prediction=Draw(),
            arms={"120 examples": MOONS},
            measure=valley,
            why="On the left the network learns noise that new points do not share; on the right decay forbids even "
            "the pattern; the least lies between.",
            expect="Many draw it just above the training loss and parallel to it: what helps here should help there. "
            "Training loss cannot tell a pattern from noise, so it says nothing of new points.",
            shows=("losses", "boundary"),
            given=("train",),
            look="Drag λ through the valley.",
        ),
        Step(
            ask="At the largest λ, what does the network say?",
            setting=SETTING,
            prediction=Choice(
                (
                    "It still divides the plane, only more roughly.",
                    "It says the same of every point.",
                    "Its weights grow again.",
                )
            ),
            arms={"120 examples": MOONS},
            measure=right_end,
            why="When holding any weight costs more than the loss can gain by it, all weights go to zero, and what is "
            "left is a constant.",
            expect="“More decay, a simpler boundary” is right for a while, so a straight line seems the limit. The "
            "limit is no boundary at all.",
            shows=("losses", "boundary"),
            given=("losses",),
            look="Take λ to the right-hand end and watch the plane.",
        ),
        Step(
            ask="Now 40 examples in all instead of 120. Where will validation loss be lowest?",
            setting="The same moons, the same network, a third of the points; a test of what the best λ belongs to.",
            prediction=Pick(),
            arms={"120 examples": MOONS, "40 examples": FEW},
            measure=moves,
            why="Fewer examples are learned by heart more easily, and it takes a stronger pull to prevent it.",
            expect="Many leave λ where it was: a good λ looks like a property of the network. It is one of the data, "
            "too.",
            shows=("validation", "boundary"),
            given=("losses",),
            look="Compare the lowest points of the two lines.",
        ),
    ),
    next_page=("pages/lab.py", "the Lab, with every setting free"),
)
