"""L1 or L2: which leaves zeros, and which predicts better, on data where few inputs matter and where many do."""

from wd_core.lessons._numbers import best, decided, lam, said, three, zeros
from wd_core.lessons.base import Choice, Lesson, Measured, Step
from wd_core.studies.companions import kept

CIRCLES = "dataset=circles&lambdas=0.001~1.0~12&seeds=0~9"
CANCER = "dataset=breast_cancer&lambdas=0.0001~10.0~15&seeds=0~39&label_noise=0.2"
L1_L2 = {"L1": "&penalty=l1", "L2": "&penalty=l2"}
ANSWERS = ("L1.", "L2.", "The two cannot be told apart.")
CIRCLE_SETTING = (
    "Two circles, logistic regression on 20 inputs: x₁² and x₂² say it all, the other 18 nothing, 13 of them pure "
    "noise. Both penalties train from the same start, ten seeds."
)


def how_many_zeros(arms):
    counts = {name: zeros(h) for name, h in arms.items()}
    at = {name: best(h) for name, h in arms.items()}
    n = counts["L2"][at["L2"]]
    answer = 0 if n == 0 else 1 if n < 10 else 2
    l1, l2 = arms["L1"], arms["L2"]
    says = (
        f"At its best {lam(l2, at['L2'])}, L2 leaves {three(n)} weights at exactly zero; L1, at its best "
        f"{lam(l1, at['L1'])}, {three(counts['L1'][at['L1']])} of 20."
    )
    return Measured(answer, says, answer == 0 and counts["L1"][at["L1"]] > 3)


def better(expected):
    """The check of which penalty has the lower test loss, each at the λ that validation chooses for the seed."""

    def check(arms):
        one, two = (kept(h).loss for h in arms.values())
        answer = decided(one - two)
        says = (
            f"Test loss: L1 {three(one.mean())}, L2 {three(two.mean())}; L1 − L2, paired, with its 95 % interval: "
            f"{said(one - two)}."
        )
        return Measured(answer, says, answer == expected)

    return check


LESSON = Lesson(
    name="l1_or_l2",
    order=40,
    title="L1 or L2?",
    minutes=7,
    about="Two penalties, two data sets, two answers.",
    aims=(
        "Say what L1 does to weights that L2 does not.",
        "Say on what kind of data each is the better bet.",
    ),
    watch=(
        "“L1 selects, so it is better”: the third step is for them.",
        "“Small enough is zero”: ask how many multiplications a weight of 0.0001 saves.",
    ),
    steps=(
        Step(
            ask="At its best λ, how many of the 20 weights does L2 set to exactly zero?",
            setting=CIRCLE_SETTING,
            prediction=Choice(("None.", "Between one and nine.", "Ten or more.")),
            arms={name: CIRCLES + more for name, more in L1_L2.items()},
            measure=how_many_zeros,
            why="L2's pull λw is weaker the smaller w is and vanishes at zero; L1's pull λ stays the same down to "
            "zero, and holds a weight there.",
            expect="18 inputs say nothing, so their weights should be zero. They get small, but each still fits a bit "
            "of noise.",
            shows=("zeros", "validation"),
            look="Drag λ: which of the two lines leaves the floor?",
        ),
        Step(
            ask="Which penalty predicts new points of the circles better, each at its own λ?",
            setting=CIRCLE_SETTING + " λ is chosen by validation loss, the test part is looked at once.",
            prediction=Choice(ANSWERS),
            arms={name: CIRCLES + more for name, more in L1_L2.items()},
            measure=better(0),
            why="Where two inputs carry everything, dropping others removes noise and costs nothing.",
            expect="Some say “no difference: both only shrink”. What is shrunk matters: L2 shrinks the two good inputs "
            "along with the noise.",
            shows=("validation", "zeros"),
            look="Compare the lowest points of the two lines.",
        ),
        Step(
            ask="Breast cancer: thirty measurements of cells, many of them saying nearly the same. Which now?",
            setting="Logistic regression on the thirty measurements, 60 training examples, a fifth of their labels "
            "wrong; forty seeds, λ chosen by validation loss.",
            prediction=Choice(ANSWERS),
            arms={name: CANCER + more for name, more in L1_L2.items()},
            measure=better(1),
            why="Where many inputs say nearly the same, each with errors of its own, a little weight on all of them "
            "averages the errors out; picking a few cannot.",
            expect="After the circles L1 looks like the better penalty. It was the better bet on few inputs that "
            "matter.",
            shows=("validation", "zeros"),
            look="Compare the lowest points again.",
        ),
    ),
    next_page=("pages/paths.py", "Which weights fall first?"),
)
