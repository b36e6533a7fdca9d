"""An article's claim on trial: accuracies that rise with λ, in a table with round numbers."""

import numpy as np

from wd_core.datasets import DATASETS
from wd_core.lessons._numbers import ends, percent, said
from wd_core.lessons.base import Choice, Lesson, Measured, Step
from wd_core.studies.evidence import ACCURACY_MARGIN, Paired, over_datasets

NAMES = ("moons", "xor", "breast_cancer", "digits")
ARMS = {
    DATASETS[name].title: f"dataset={name}&penalty=l2&lambdas=0.0,0.001,0.01,0.1&seeds=0~14" for name in NAMES
}
LOW, HIGH = 1, 3
SETTING = (
    "A popular article (in this app: S2) has a table: λ = 0.001, 0.01, 0.1. You compare 0.1 with 0.001 on four data "
    "sets, 15 seeds each, paired; at least half a point must be at stake."
)


def change(h, part):
    """(S,) what accuracy gains from λ = 0.001 to 0.1."""
    score = ends(h, f"{part}_score").astype(float)
    return score[HIGH] - score[LOW]


def verdicts(arms, part):
    return {name: Paired(change(h, part), ACCURACY_MARGIN) for name, h in arms.items()}


def points(arms, part):
    return "; ".join(f"{name} {said(100 * change(h, part))}" for name, h in arms.items())


def training(arms):
    found = [v.verdict for v in verdicts(arms, "train").values()]
    rise, fall = found.count("holds"), found.count("fails")
    answer = 0 if rise == len(found) else 1 if rise else 2
    says = f"Training accuracy, points gained from λ = 0.001 to 0.1, 95 % intervals: {points(arms, 'train')}."
    return Measured(answer, says, answer == 2 and fall >= 3)


def test(arms):
    overall = over_datasets({name: v.verdict for name, v in verdicts(arms, "test").items()}).verdict
    answer = {"holds": 0, "depends": 1}.get(overall, 2)
    says = f"Test accuracy, points gained from λ = 0.001 to 0.1, 95 % intervals: {points(arms, 'test')}."
    return Measured(answer, says, answer == 1)


def one_seed(arms):
    d = change(next(iter(arms.values())), "test")
    share = float((d > 0).mean())
    answer = 0 if share > 0.8 else 2 if share < 0.1 else 1
    rises, falls = int((d > 0).sum()), int((d < 0).sum())
    says = (
        f"Of {len(d)} single seeds {rises} rise ({percent(share)}), {falls} fall, {len(d) - rises - falls} stay; the "
        f"mean change is {said(100 * d)} points."
    )
    return Measured(answer, says, answer == 1 and bool(np.isfinite(d).all()))


LESSON = Lesson(
    name="article",
    order=90,
    title="Is the article right?",
    minutes=9,
    about="A table says that accuracy rises with λ. You put it on trial.",
    aims=(
        "Turn a claim into a measurement: data sets, seeds, a margin, an interval.",
        "Say why “it depends” is a result, and on what it depends.",
    ),
    watch=(
        "Trust in round numbers: ask how many seeds the table had (it does not say).",
        "“So decay is useless”: on two of the data sets it gains a lot. The claim was wrong, not the method.",
    ),
    steps=(
        Step(
            ask="The table: training accuracy 90, 92, 94 % as λ rises. On how many of the four data sets does it rise?",
            setting=SETTING,
            prediction=Choice(("On all four.", "On some.", "On none.")),
            arms=ARMS,
            measure=training,
            why="Decay gives up training loss for small weights, and training accuracy goes the same way.",
            expect="A table looks measured. And if λ is a quality, why should training accuracy not rise with it?",
            shows=("training_by_data",),
            look="Drag λ from 0.001 to 0.1.",
        ),
        Step(
            ask="The table: test accuracy 88, 90, 92 % as λ rises. And on your four?",
            setting=SETTING,
            prediction=Choice(
                (
                    "It rises.",
                    "It depends: it rises on some and falls on others.",
                    "It does not rise anywhere, or cannot be told.",
                )
            ),
            arms=ARMS,
            measure=test,
            why="0.1 is too much for one data set and just right for another: the same λ stands on different sides of "
            "two valleys.",
            expect="After the first step many distrust the whole table. A claim can be wrong in general and right on "
            "some data.",
            shows=("test_by_data",),
            look="Drag λ: which lines turn round?",
        ),
        Step(
            ask="Two moons, one seed alone, as a table without error bars has it: what share of single seeds shows "
            "test accuracy rising from λ = 0.001 to 0.1?",
            setting=SETTING,
            prediction=Choice(("More than 80 %.", "Between 10 and 80 %.", "Less than 10 %.")),
            arms=ARMS,
            measure=one_seed,
            why="One seed is one draw of points and first weights; where the mean change is small beside their spread, "
            "single runs say either.",
            expect="A number with one decimal looks exact. It is exact about that run.",
            shows=("test_by_data",),
            look="The bands are one standard error of the mean over 15 seeds; single seeds spread four times as wide.",
        ),
    ),
    next_page=("pages/docket.py", "Which claims hold?"),
)
