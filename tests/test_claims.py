"""Claims: every file says all that the docket needs; results keep their numbers, and their verdict is the numbers'."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from wd_core.claims import CLAIMS
from wd_core.claims._claim import Claim, Part, Trial, lab
from wd_core.claims._result import Result, over_parts, rounded
from wd_core.claims._table import mean_and_interval
from wd_core.studies.evidence import Paired
from wd_core.view.scene import Scene

FOLDER = Path(__file__).parents[1] / "wd_core" / "claims"
VERDICTS = ("holds", "fails", "no effect", "depends", "undecided")


def made_up(differences: dict[str, list], margin: float = 0.0, seeds: int = 5) -> Result:
    """A result on data sets a, b, …; differences by part, one list of means by data set."""
    spread = np.linspace(-1, 1, seeds) / 10
    claim = Claim(
        number=99, name="made_up", sources=("S0",), says="Made up.", literature="None.", arms="None.", rule="None.",
        parts=tuple(Part(name, "a less b", "units", margin) for name in differences), datasets=("a", "b", "c"),
        trial=lambda setting, on_progress: None,
    )  # fmt: skip
    trials = {
        name: Trial({part: means[i] + spread for part, means in differences.items()}, {"a": spread, "b": spread + 1})
        for i, name in enumerate("abc")
    }
    return Result(claim, tuple(range(seeds)), (), trials)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_says_what_it_must_and_no_verdict(name):
    claim = CLAIMS[name]
    assert (FOLDER / f"{name}.py").exists()
    assert len(claim.says) <= 90
    assert claim.says.endswith(".")
    assert re.search(r"(19|20)\d\d", claim.literature), "no year: no citation?"
    words = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert not re.search(r"verdict|expect(ed)? (outcome|result)", words, re.IGNORECASE)


def test_numbers_are_those_of_the_list_each_once():
    numbers = [claim.number for claim in CLAIMS.values()]
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) <= set(range(1, 37))
    assert numbers == sorted(numbers)


def test_what_is_no_claim_has_a_name_that_says_so():
    assert {p.stem for p in FOLDER.glob("*.py") if not p.stem.startswith("_")} == set(CLAIMS)


@pytest.mark.parametrize(
    ("means", "verdict"),
    [
        ({"x": [1, 1, 1]}, "holds"),
        ({"x": [-1, -1, -1]}, "fails"),
        ({"x": [1, 1, -1]}, "depends"),
        ({"x": [1, 1, 0.01]}, "undecided"),
        ({"x": [1, 1, 1], "y": [1, 1, 1]}, "holds"),
        ({"x": [1, 1, 1], "y": [-1, -1, -1]}, "depends"),
        ({"x": [1, 1, 1], "y": [1, 1, -1]}, "depends"),
        ({"x": [1, 1, 1], "y": [0.01, 0.01, 0.01]}, "undecided"),
    ],
)
def test_the_verdict_is_that_of_all_data_sets_and_parts(means, verdict):
    assert made_up(means).verdict == verdict


def test_the_margin_is_the_parts_own():
    small = {"x": [0.2, 0.2, 0.2]}
    assert made_up(small).verdict == "holds"
    assert made_up(small, margin=0.5).verdict == "no effect"


def test_over_parts():
    assert over_parts(["undecided", "undecided"]) == "undecided"
    assert over_parts(["no effect"]) == "no effect"
    assert over_parts(["holds", "no effect"]) == "depends"


def test_a_result_survives_the_store_lost_seeds_and_all():
    result = made_up({"x": [1 / 3, 1, 1], "y": [1, -1, 1]})
    result.trials["a"].differences["x"][2] = np.nan
    result = Result(result.claim, result.seeds, (0.1,), {name: rounded(t) for name, t in result.trials.items()})
    content = json.loads(json.dumps(result.to_json(), allow_nan=False))
    again = Result.from_json(result.claim, content)
    assert (again.seeds, again.lambdas, again.verdict) == (result.seeds, (0.1,), content["verdict"])
    assert again.paired("x")["a"].lost == 1
    for name, trial in result.trials.items():
        for part, values in trial.differences.items():
            np.testing.assert_array_equal(again.trials[name].differences[part], values)


def test_a_trial_of_another_shape_is_refused():
    result = made_up({"x": [1, 1, 1]})
    with pytest.raises(ValueError, match=r"claim made_up, a, x: shape .+allowed: one a seed"):
        Result(result.claim, (0, 1), (), result.trials)
    with pytest.raises(ValueError, match="parts=y: allowed: x"):
        Result(result.claim, (0,), (), {"a": Trial({"y": np.zeros(1)})})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sources": ("S9",)}, "allowed: S0, S1, S2, S3, S4"),
        ({"untestable": "no"}, "allowed: a trial, or a word on why there is none"),
        ({"parts": (Part("x", "q"), Part("x", "q"))}, "allowed: different names"),
        ({"rule": ""}, "needs parts, datasets, arms and a rule"),
    ],
)
def test_a_claim_that_cannot_be_tried_is_refused(change, said):
    claim = made_up({"x": [1, 1, 1]}).claim
    with pytest.raises(ValueError, match=said):
        Claim(**{**vars(claim), **change})


def test_a_link_says_where_the_lab_opens():
    from wd_core import Experiment

    scene = Scene.from_query(lab(Experiment(lambdas=(0, 0.1)), 0.1, 200))
    assert (scene.at, scene.step, scene.experiment.lambdas) == (0.1, 200, (0, 0.1))


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_the_marks_of_its_prose_are_pairs(claim):
    """A mark that opens is closed in its paragraph, and a bar would cut the cell of a table: what is left is shown."""
    for prose in (claim.says, claim.arms, claim.rule, claim.literature, claim.untestable or ""):
        for paragraph in prose.split("\n\n"):
            left = re.sub(r"(\*{1,2}|`)(?=\S)([^*`]*\S)\1(?!\*)", r"\2", paragraph)
            assert not re.search(r"[*`$~]", left), left
    assert not any("|" in part.unit + part.name for part in claim.parts)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, 2.0, 3.0], "+2.0 [−0.5, +4.5]"),
        ([100.0, 200.0, 300.0], "+200 [−48, +448]"),
        ([-0.001, -0.002, -0.0015], "−0.0015 [−0.0027, −0.0003]"),
        ([2.5, 2.5], "+2.5 [+2.5, +2.5]"),
        ([0.0, 0.0], "0 [0, 0]"),
        ([1.0], "+1.0 [–, –]"),
        ([1.49, 2.49, 3.49], "+2.5 [+0.006, +5.0]"),  # decided: no end reads as 0
    ],
)
def test_an_interval_is_said_with_the_digits_that_it_is_worth(values, said):
    assert mean_and_interval(Paired(np.array(values))) == said
