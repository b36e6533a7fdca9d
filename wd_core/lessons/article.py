"""An article's claims on trial: accuracies that rise with λ, in two tables with round numbers.

Words, arms, margins and verdicts are the docket's (`wd_core.claims`); here there are fewer data sets and seeds.
"""

from functools import partial

import numpy as np

from wd_core.claims import CLAIMS
from wd_core.claims._claim import SOURCES, Claim, Setting, points
from wd_core.claims._shared import network, well_judged
from wd_core.claims._store import read, stored
from wd_core.datasets import DATASETS
from wd_core.lessons._numbers import ends, lam, percent, said
from wd_core.lessons.base import Choice, Lesson, Measured, Step
from wd_core.studies.evidence import Paired, over_datasets

TRAIN, TEST = CLAIMS["train_accuracy"], CLAIMS["test_accuracy"]
NAMES = ("moons", "iris", "breast_cancer", "digits")
SEEDS = 15
CLEAN, WRONG = "clean labels", "20 % wrong labels"
FOUR = (
    f"On trial: {', '.join(DATASETS[name].title.lower() for name in NAMES)}; the docket's networks, {SEEDS} seeds "
    f"each, paired; at least {TRAIN.parts[0].margin:g} points must be at stake."
)


def arms(claim: Claim, names: tuple[str, ...], labels: str) -> dict[str, str]:
    """The claim's own networks, by data set."""
    found = {}
    for name in names:
        e = network(Setting(name, tuple(range(SEEDS)), claim.lambdas), labels)
        found[DATASETS[name].title] = (well_judged(e) if claim is TEST else e).to_query()
    return found


def table(claim: Claim) -> str:
    """The claim and the article's numbers."""
    numbers = ", ".join(claim.article.numbers.values())
    lambdas = ", ".join(f"{lam:g}" for lam in claim.lambdas)
    return (
        f"“{claim.says}” So says {claim.sources[0]}, “{SOURCES[claim.sources[0]]}”, with a table: {numbers} % at "
        f"λ = {lambdas}. It does not say on which data, nor with which seeds."
    )


def docket(claim: Claim) -> str:
    """The stored verdict on the claim."""
    result = stored(read())[claim.name].result
    return (
        f"The docket's verdict on this claim, {len(result.seeds)} seeds on {len(result.trials)} data sets and more "
        f"comparisons: {result.verdict}."
    )


def gained(h, part, last=-1):
    """(S,) points of accuracy gained from the least λ to the one numbered `last`."""
    score = points(ends(h, f"{part}_score"))
    return score[last] - score[0]


def verdicts(arms, part):
    return {name: Paired(gained(h, part), TRAIN.parts[0].margin).verdict for name, h in arms.items()}


def each(arms, part):
    return "; ".join(f"{name} {said(gained(h, part))}" for name, h in arms.items())


def training(arms):
    found = list(verdicts(arms, "train").values())
    rise, fall = found.count("holds"), found.count("fails")
    answer = 0 if rise == len(found) else 1 if rise else 2
    says = f"Points gained from the least λ to the largest, 95 % intervals: {each(arms, 'train')}. {docket(TRAIN)}"
    return Measured(answer, says, answer == 2 and fall >= 3)


def test(arms):
    overall = over_datasets(verdicts(arms, "test")).verdict
    answer = {"holds": 0, "depends": 1}.get(overall, 2)
    says = f"Points gained from the least λ to the largest, 95 % intervals: {each(arms, 'test')}. {docket(TEST)}"
    return Measured(answer, says, answer == 1)


def one_seed(arms):
    (h,) = arms.values()
    d = gained(h, "test", 1)
    share = float((d > 0).mean())
    answer = 0 if share > 0.8 else 2 if share < 0.2 else 1
    rises, falls = int((d > 0).sum()), int((d < 0).sum())
    says = (
        f"From {lam(h, 0)} to {lam(h, 1)}, of {len(d)} single seeds {rises} rise ({percent(share)}), {falls} fall, "
        f"{len(d) - rises - falls} stay; the mean change is {said(d)} points."
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
        "“So decay is useless”: on most of the data sets it gains a lot. The claim was wrong, not the method.",
    ),
    steps=(
        Step(
            ask="A table says that training accuracy rises with λ. On how many of four data sets does it?",
            setting=f"{table(TRAIN)} {FOUR}",
            prediction=Choice(("On all four.", "On some.", "On none.")),
            arms=partial(arms, TRAIN, NAMES, CLEAN),
            measure=training,
            why="Decay gives up training loss for small weights, and training accuracy goes the same way.",
            expect="A table looks measured. And if λ is a quality, why should training accuracy not rise with it?",
            shows=("training_by_data",),
            look="Drag λ: does any line rise?",
        ),
        Step(
            ask="The next table: test accuracy rises with λ. And on your four, a fifth of their labels wrong?",
            setting=f"{table(TEST)} {FOUR}",
            prediction=Choice(
                (
                    "It rises.",
                    "It depends: it rises on some and falls on others.",
                    "It does not rise anywhere, or cannot be told.",
                )
            ),
            arms=partial(arms, TEST, NAMES, WRONG),
            measure=test,
            why="0.1 is too much for one data set and just right for another: the same λ stands on different sides of "
            "two valleys.",
            expect="After the first step many distrust the whole table. A claim can be wrong in general and right on "
            "some data.",
            shows=("test_by_data",),
            look="Drag λ: which lines turn round?",
        ),
        Step(
            ask="One seed alone, as in a table without error bars. On what share of single seeds does test accuracy "
            "rise from the least λ to the next?",
            setting=f"Two moons, right labels, the least two λ of the table; {SEEDS} seeds, each looked at alone.",
            prediction=Choice(("More than 80 %.", "Between 20 and 80 %.", "Less than 20 %.")),
            arms=partial(arms, TEST, NAMES[:1], CLEAN),
            measure=one_seed,
            why="One seed is one draw of points and first weights; where the mean change is small beside their spread, "
            "single runs say either.",
            expect="A number with one decimal looks exact. It is exact about that run.",
            shows=("each_seed",),
            look="A thin line is a seed, the thick one their mean. Follow single lines from the first λ to the second.",
        ),
    ),
    next_page=("pages/docket.py", "Which claims hold?"),
)
