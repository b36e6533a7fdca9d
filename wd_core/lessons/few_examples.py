"""Few examples and wrong labels: where decay gains most, and how much of it is wanted."""

from wd_core.lessons._numbers import best, end, lam, near, three
from wd_core.lessons.base import Choice, Lesson, Measured, Pick, Step

MOONS = "dataset=moons&lambdas=0.0001~1.0~8&seeds=0~9"
SIZES = {f"{n} examples": f"{MOONS}&n_samples={n}" for n in (40, 120, 400)}
LABELS = {"right labels": f"{MOONS}&label_noise=0.0", "30 % wrong": f"{MOONS}&label_noise=0.3"}
SETTING = "Two moons, 15 % wrong training labels, two layers of 16 units, ten seeds; half of the examples train."


def gain(h):
    """What the λ of least validation loss takes off the test loss."""
    test = end(h, "test_loss")
    return float(test[0] - test[best(h)])


def where(arms):
    gains = [gain(h) for h in arms.values()]
    answer = max(range(len(gains)), key=gains.__getitem__)
    listed = ", ".join(f"{three(g)} with {name}" for name, g in zip(arms, gains, strict=True))
    return Measured(answer, f"The best λ takes off the test loss: {listed}.", gains == sorted(gains, reverse=True))


def more_data(arms):
    few, many = arms.values()
    a, b = best(few), best(many)
    says = f"With 40 examples it is lowest at {lam(few, a)}, with 400 at {lam(many, b)}."
    return Measured(b, says, 2 * many.lambdas[b] < few.lambdas[a], near(many))


def right_labels(arms):
    clean = arms["right labels"]
    at, gains = best(clean), [gain(h) for h in arms.values()]
    answer = 0 if gains[0] <= 0.02 else 1 if gains[0] < gains[1] else 2
    says = (
        f"With right labels the best λ is {lam(clean, at)} and takes {three(gains[0])} off the test loss; with 30 % "
        f"wrong it takes {three(gains[1])} off."
    )
    return Measured(answer, says, answer == 1)


LESSON = Lesson(
    name="few_examples",
    order=80,
    title="Few examples, wrong labels?",
    minutes=7,
    about="Where decay gains most, and whether clean data need any.",
    aims=(
        "Say how the number of examples and their errors change what decay is worth.",
        "Guess, for data of one's own, in which direction the best λ moves.",
    ),
    watch=(
        "“Big data need big decay”: the larger the table, the less there is to learn by heart.",
        "Whoever blames wrong labels alone: right labels near the border contradict each other as well.",
    ),
    steps=(
        Step(
            ask="40, 120 or 400 examples: where does decay gain most?",
            setting=SETTING,
            prediction=Choice(("With 40.", "With 120.", "With 400.")),
            arms=SIZES,
            measure=where,
            why="The fewer the examples, the more of them a network of this size can learn by heart, and the more "
            "there is to prevent.",
            expect="More data look like more work for a regulariser. They are one: every further example makes "
            "learning by heart harder.",
            shows=("test_only", "validation"),
            look="Compare the lines at λ = 0, on the left, and at their lowest points.",
        ),
        Step(
            ask="The lines are those of 40 examples. Where will validation loss be lowest with 400?",
            setting=SETTING,
            prediction=Pick("validation loss will be lowest with 400 examples"),
            arms={name: SIZES[name] for name in ("40 examples", "400 examples")},
            measure=more_data,
            why="The loss is a mean over examples and λ stands beside it: the better the mean is known, the less the "
            "prior wish for small weights should count.",
            expect="Many leave λ where it was, or raise it for the larger table.",
            shows=("validation", "boundary"),
            given=("losses",),
            look="Compare the lowest points of the two lines.",
        ),
        Step(
            ask="Take the wrong labels away. Does decay still take anything off the test loss?",
            setting="The same moons, 120 examples, once with right labels only and once with 30 % wrong; they overlap.",
            prediction=Choice(
                (
                    "No: clean data need no decay.",
                    "Yes, but less than with wrong labels.",
                    "Yes, as much or more.",
                )
            ),
            arms=LABELS,
            measure=right_labels,
            why="Where two classes overlap, right labels contradict each other too, and sixty points leave room to "
            "learn each of them by heart.",
            expect="Wrong labels are the textbook's reason for decay, so without them it seems to have none.",
            shows=("validation", "test_only"),
            look="How deep is the valley of each line?",
        ),
    ),
    next_page=("pages/lab.py", "the Lab: try 1000 clean examples with little noise"),
)
