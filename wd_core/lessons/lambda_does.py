"""What λ does: to the weights, to the training loss, to what is learned by heart."""

import numpy as np

from wd_core.lessons._numbers import best, end, lam, norm, notch, percent, three, weights
from wd_core.lessons.base import Choice, Lesson, Measured, Step

MOONS = "dataset=moons&lambdas=0.0001~1.0~8"
SETTING = (
    "Two moons, 60 training points, 15 % of them with a wrong label. A network of two layers of 16 units, trained for "
    "300 steps, once for each λ and each of five seeds."
)
STRONG = 0.07


def size(arms):
    h = arms["L2"]
    i, n = notch(h, STRONG), norm(h)
    left = n[i] / n[0]
    answer = 3 if (weights(h)[i] == 0).all() else 0 if left > 1 else 1 if left >= 0.5 else 2
    says = f"‖w‖ ends at {three(n[0])} for λ = 0 and at {three(n[i])} for {lam(h, i)}: {percent(left)} of it."
    return Measured(answer, says, answer == 2)


def training_loss(arms):
    h = arms["L2"]
    i, loss = notch(h, STRONG), end(h, "train_loss")
    ratio = loss[i] / loss[0]
    answer = 0 if ratio < 1 / 1.1 else 1 if ratio <= 1.1 else 2
    says = f"Training loss is {three(loss[0])} at λ = 0 and {three(loss[i])} at {lam(h, i)}."
    return Measured(answer, says, answer == 2)


def learned(h):
    """(L,) share of the wrong training labels that the network gives back, the mean over seeds."""
    flipped = np.stack([h.experiment.data(seed).flipped for seed in h.experiment.seeds])  # (S, n)
    given_back = ~h.wrong["train"][:, :, -1] & flipped
    return (given_back.sum(-1) / flipped.sum(-1)).mean(1)


def by_heart(arms):
    h = arms["L2"]
    share, at = learned(h), best(h)
    answer = 0 if share[0] < 1 / 3 else 1 if share[0] <= 2 / 3 else 2
    says = f"Without decay it learns {percent(share[0])} of the wrong labels; at {lam(h, at)}, {percent(share[at])}."
    return Measured(answer, says, answer == 2 and share[at] < share[0] - 0.2)


LESSON = Lesson(
    name="lambda_does",
    order=10,
    title="What does λ do?",
    minutes=6,
    about="To the weights, to the training loss, and to what the network learns by heart.",
    aims=(
        "Say what weight decay pulls on, and that training loss is its price.",
        "Tell a network that has learned a pattern from one that has learned its examples.",
    ),
    watch=(
        "“Decay” suggests that weights die: L2 makes them small, not zero.",
        "Whoever says “training loss falls” has a picture of λ as a quality knob. Ask what λ adds to the objective.",
    ),
    steps=(
        Step(
            ask="λ goes from 0 to 0.07. What becomes of the size of all weights together?",
            setting=SETTING,
            prediction=Choice(
                (
                    "It grows.",
                    "It falls, by less than half.",
                    "It falls to less than half.",
                    "Every weight becomes exactly zero.",
                )
            ),
            arms={"L2": MOONS},
            measure=size,
            why="The penalty ½λ‖w‖² costs less the smaller the weights are, so each step pulls every weight towards "
            "zero, and the loss pulls back only where it gains by it.",
            expect="“Decay” sounds like dying out, so many say zero. But L2's pull λw fades with the weight: it makes "
            "weights small and stops there.",
            shows=("norm", "boundary"),
            look="Drag λ: the curve is the size of the weights, the plane what the network says.",
        ),
        Step(
            ask="And the loss on the training points, from λ = 0 to λ = 0.07?",
            setting=SETTING,
            prediction=Choice(("It falls.", "It stays, within a tenth.", "It rises.")),
            arms={"L2": MOONS},
            measure=training_loss,
            why="λ asks for small weights beside a small loss, so the loss on the points it trains on gives way.",
            expect="One hopes that a good setting makes everything better. Training loss is the very thing that decay "
            "gives up; what it buys shows on points that were not trained on.",
            shows=("train", "boundary"),
            given=("norm",),
            look="Drag λ and follow the solid line.",
        ),
        Step(
            ask="Without decay, what share of the wrong labels does the network learn by heart?",
            setting=SETTING,
            prediction=Choice(("Less than a third.", "Between a third and two thirds.", "More than two thirds.")),
            arms={"L2": MOONS},
            measure=by_heart,
            why="Large weights let the boundary bend round single points; small weights make it gentle, and a gentle "
            "boundary has to leave single points outside.",
            expect="“It learns the pattern, not the noise” is tempting, for most points are right. But nothing in the "
            "loss says which labels are right.",
            shows=("learned", "boundary"),
            look="Drag λ and watch the islands round the wrong labels go. At the right-hand end the network says the "
            "same of every point, and so agrees with some wrong labels without having learned any.",
        ),
    ),
    next_page=("pages/lab.py", "the Lab, with every setting free"),
)
