"""Lessons: what each explains is so with other seeds than its own, and can fail; links say predictions alone."""

import math
import re
from dataclasses import replace
from functools import cache
from html import escape
from itertools import pairwise
from urllib.parse import unquote

import numpy as np
import pytest

from wd_core import Experiment, train_all
from wd_core.history import History
from wd_core.lessons import LESSONS, _hour
from wd_core.lessons._hour import LENGTHS, hour, in_class, plan
from wd_core.lessons._sheet import _axes, sheet
from wd_core.lessons.base import LETTERS, Choice, Draw, Measured, Pick, Step, where_lowest
from wd_core.view.board import Axis, Board, Sketch
from wd_core.view.lesson import colours, lesson_board, levels_of, sketch_board
from wd_core.view.picture import unpack, unpack_header

STEPS = {f"{lesson.name}-{i + 1}": step for lesson in LESSONS.values() for i, step in enumerate(lesson.steps)}
OTHER_SEEDS = 1000


@cache
def trained(e: Experiment, every_step: bool) -> History:
    return train_all([e], record_at=None if every_step else (0, e.steps))[0]


@cache
def histories(name: str) -> dict[str, History]:
    """The step's arms with seeds that the lesson does not use."""
    step = STEPS[name]
    arms = {
        arm: e.replace(seeds=tuple(s + OTHER_SEEDS for s in e.seeds)) for arm, e in step.experiments.items()
    }
    return {arm: trained(e, step.every_step) for arm, e in arms.items()}


# ---------------------------------------------------------------- what a lesson claims


@pytest.mark.parametrize("name", STEPS)
def test_what_a_step_explains_is_so_with_other_seeds(name):
    measured = STEPS[name].measure(histories(name))
    assert measured.holds, measured.says


ARRAYS = [
    *(f"{part}_{what}" for part in ("train", "validation", "test") for what in ("loss", "score")), "weights",
]  # fmt: skip


def backwards(h: History) -> History:
    """The results of λ from the last to the first."""
    wrong = h.wrong and {part: w[::-1].copy() for part, w in h.wrong.items()}
    return replace(h, wrong=wrong, **{name: getattr(h, name)[::-1].copy() for name in ARRAYS})


def of_the_first(h: History) -> History:
    """λ does nothing: every λ has the results of the first."""
    def same(a):
        return np.repeat(a[:1], len(a), 0)

    wrong = h.wrong and {part: same(w) for part, w in h.wrong.items()}
    return replace(h, wrong=wrong, **{name: same(getattr(h, name)) for name in ARRAYS})


def exchanged(arms: dict[str, History]) -> dict[str, History]:
    """The first arm has the last one's results, and the other way round."""
    first, *middle, last = arms
    return {first: arms[last], **{name: arms[name] for name in middle}, last: arms[first]}


FAULTS = {
    "backwards": lambda arms: {name: backwards(h) for name, h in arms.items()},
    "λ does nothing": lambda arms: {name: of_the_first(h) for name, h in arms.items()},
    "arms exchanged": lambda arms: exchanged(arms) if len(arms) > 1 else arms,
    "one arm backwards": lambda arms: arms | {list(arms)[-1]: backwards(list(arms.values())[-1])},
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_does_not_explain_what_is_not_so(name):
    step, arms = STEPS[name], histories(name)
    noticed = [fault for fault, plant in FAULTS.items() if not step.measure(plant(arms)).holds]
    assert noticed


@pytest.mark.parametrize("name", STEPS)
def test_an_answer_is_one_that_could_be_predicted(name):
    step = STEPS[name]
    answer = step.measure(histories(name)).answer
    if isinstance(step.prediction, Choice):
        assert 0 <= answer < len(step.prediction.options)
    elif isinstance(step.prediction, Pick):
        assert 0 <= answer < len(step.lambdas)
    else:
        assert np.shape(answer) == (len(step.lambdas),)


@pytest.mark.parametrize("name", STEPS)
def test_the_number_of_training_examples_is_the_one_that_is_said(name):
    step = STEPS[name]
    for said in re.findall(r"(\d+) training (?:points|examples)", step.setting):
        assert int(said) in {len(e.data(e.seeds[0]).y_train) for e in step.experiments.values()}


NUMBERS = {"five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "forty": 40}


@pytest.mark.parametrize("name", STEPS)
def test_the_number_of_seeds_is_the_one_that_is_said(name):
    step = STEPS[name]
    for said in re.findall(r"(\d+|five|ten|fifteen|twenty|forty) seeds", step.setting.lower()):
        count = NUMBERS.get(said.lower()) or int(said)
        assert {len(e.seeds) for e in step.experiments.values()} == {count}


# ---------------------------------------------------------------- before the prediction


@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if step.given])
def test_what_is_given_does_not_give_the_answer_away(name):
    step, arms = STEPS[name], histories(name)
    board = sketch_board(step, arms) if isinstance(step.prediction, Draw) else lesson_board(step, arms, None, None)
    header, arrays = unpack(board.pack())
    assert not any(header["sentences"])
    named = [series["name"] for panel in header["panels"] for series in panel.get("series", ())]
    if isinstance(step.prediction, Draw | Pick) and len(arms) == 1:
        assert not any("validation" in series for series in named)
    last = list(arms.values())[-1]
    drawn = [a for a in arrays.values() if a.shape[-1:] == (len(step.lambdas),)]
    if len(arms) > 1:  # only the first arm is seen
        assert all(arm not in " ".join(named) for arm in list(arms)[1:])
    assert drawn
    assert last.experiment.lambdas == step.lambdas


# ---------------------------------------------------------------- links


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_predictions_survive_a_link(lesson):
    rng = np.random.default_rng(0)
    for _ in range(20):
        said = []
        for step in lesson.steps:
            n = len(step.lambdas)
            kinds = {"choice": lambda s=step: int(rng.integers(len(s.prediction.options))), "pick": lambda n=n: int(
                rng.integers(n)), "draw": lambda n=n: tuple(map(int, rng.integers(26, size=n)))}  # fmt: skip
            said.append(None if rng.random() < 0.3 else kinds[step.prediction.kind]())
        assert lesson.read(lesson.write(said)) == said
        assert len(lesson.write(said)) < 60


NONSENSE = ["zz.zz.zz", "-1.²..", "a" * 5000, "٣.٣.٣", "99.99.99.99.99", "..........", "A.B.C", "\0"]


@pytest.mark.parametrize("said", NONSENSE)
def test_a_link_that_makes_no_sense_says_nothing(said):
    for lesson in LESSONS.values():
        for step, value in zip(lesson.steps, lesson.read(said), strict=True):
            assert value is None or step.read(step.prediction.write(value)) == value
        assert not any(value == () for value in lesson.read(said))


def test_names_are_those_of_the_files_and_everything_is_said():
    import pkgutil

    from wd_core import lessons

    files = {info.name for info in pkgutil.iter_modules(lessons.__path__)} - {"base"}
    assert set(LESSONS) == {name for name in files if not name.startswith("_")}
    assert len(LESSONS) >= 8
    for lesson in LESSONS.values():
        assert 5 <= lesson.minutes <= 10
        assert lesson.aims
        assert lesson.watch
        for step in lesson.steps:
            assert step.why.endswith(".")
            assert step.expect


# ---------------------------------------------------------------- drawing


def test_where_a_curve_is_lowest():
    assert [where_lowest(np.array(c)) for c in ([0, 1, 2], [2, 0, 2], [2, 1, 0], [1, 1, 1])] == [
        "left", "inside", "right", "inside"]  # fmt: skip


def test_a_drawing_is_right_where_it_is_lowest_where_the_curve_is():
    measured = Measured(np.array([0.8, 0.3, 0.7]), "", True)
    assert Draw().right((20, 3, 20), measured)
    assert not Draw().right((1, 10, 20), measured)


def test_what_the_browser_says_of_a_sketch_is_checked():
    step = STEPS["too_much-1"]
    board = sketch_board(step, histories("too_much-1"))
    place = {axis.key: axis.values[3] for axis in board.axes}
    assert levels_of(board, place) == (3,) * len(step.lambdas)
    assert levels_of(board, {}) is None
    assert levels_of(board, place | {"h0": "high"}) is None
    assert levels_of(board, place | {"h0": math.nan}) is None
    assert levels_of(board, place | {"h0": 1e300})[0] == 25


def test_a_sketch_needs_an_axis_for_each_lambda():
    with pytest.raises(ValueError, match="control=1 axes: allowed: one for each of the 2 λ"):
        Board([Axis("h0", "height", [0, 1], "linear")], [Sketch(title="s", lambdas=[0, 1], control=("h0",))]).pack()


def test_the_prediction_stands_beside_what_was_measured():
    step = STEPS["too_much-1"]
    arms = histories("too_much-1")
    said = tuple(range(len(step.lambdas)))
    header, arrays = unpack(lesson_board(step, arms, said, step.measure(arms)).pack())
    names = [series["name"] for series in header["panels"][0]["series"]]
    assert names == ["training", "validation", "your line"]
    heights = arrays["p0.y2"].astype(float)
    np.testing.assert_allclose(heights, 65534 * np.array(said) / 25, atol=1)


def test_a_picked_lambda_is_marked_beside_the_measured_one():
    step = STEPS["too_much-3"]
    arms = histories("too_much-3")
    measured = step.measure(arms)
    header, arrays = unpack(lesson_board(step, arms, 1, measured).pack())
    assert [mark["label"] for mark in header["panels"][0]["marks"]] == ["you", "measured"]
    assert [int(arrays[f"p0.mark{i}"]) for i in (0, 1)] == [1, measured.answer]
    header, _ = unpack_header(lesson_board(step, arms, measured.answer, measured).pack())
    assert [mark["label"] for mark in header["panels"][0]["marks"]] == ["you and measured"]


@pytest.mark.parametrize("name", STEPS)
def test_the_sentence_says_the_first_curves_values(name):
    step, arms = STEPS[name], histories(name)
    header, arrays = unpack(lesson_board(step, arms, None, step.measure(arms)).pack())
    i, panel = next((i, p) for i, p in enumerate(header["panels"]) if p["kind"] == "curves")
    low, high = panel["range"]
    for at, sentence in enumerate(header["sentences"]):
        for j, series in enumerate(panel["series"]):
            if series["dots"] or (not series["name"] and any(s["name"] for s in panel["series"])):
                continue
            shown = low + (high - low) * float(arrays[f"p{i}.y{j}"][at]) / 65534
            said = re.search(rf"[:,] {re.escape(series['name'])} ?(\d+(?:\.\d+)?)( %| ×)?", sentence)
            number, percent = said.groups()
            value = float(number) * {" %": 0.01, " ×": 0}.get(percent, 1)
            assert abs(value - shown) < max(0.01 * (high - low), 0.006), sentence


def test_inputs_that_matter_are_marked_and_wrong_labels_are_known():
    step, arms = STEPS["exact_zeros-3"], histories("exact_zeros-3")
    header, _ = unpack(lesson_board(step, arms, None, step.measure(arms)).pack())
    assert sum(name.endswith("*") for name in header["panels"][1]["names"]) == 5
    step, arms = STEPS["lambda_does-3"], histories("lambda_does-3")
    _, arrays = unpack(lesson_board(step, arms, None, step.measure(arms)).pack())
    assert arrays["p1.flipped"].sum() == next(iter(arms.values())).experiment.data(OTHER_SEEDS).flipped.sum() > 0


def test_a_penalty_has_its_colour_where_that_tells_the_arms_apart():
    assert colours(histories("l1_or_l2-1")) == ["l1", "l2"]
    assert colours(histories("adam_decay-1")) == ["l2", "decoupled"]
    assert colours(histories("exact_zeros-2"))[0] == "l1"
    assert not {"l1", "elastic", "decoupled"} & set(colours(histories("few_examples-1")))
    for name in STEPS:
        found = colours(histories(name))
        assert len(set(found)) == len(found) == len(STEPS[name].experiments)


def test_arms_with_different_lambdas_are_refused():
    step = replace(STEPS["too_much-3"], arms={"a": "dataset=moons", "b": "dataset=circles"})
    with pytest.raises(ValueError, match="allowed: arms with the same λ"):
        _ = step.experiments
    assert isinstance(step, Step)
    assert len(LETTERS) == 26


# ---------------------------------------------------------------- sheets


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_a_sheet_asks_and_the_teachers_answers(lesson):
    found = [STEPS[f"{lesson.name}-{i + 1}"].measure(histories(f"{lesson.name}-{i + 1}"))
             for i in range(len(lesson.steps))]  # fmt: skip
    student = sheet(lesson, "student", (), "http://host/?lesson=a&b=<c>")
    teacher = sheet(lesson, "teacher", found, "http://host/")
    for step, measured in zip(lesson.steps, found, strict=True):
        assert escape(step.ask) in student
        assert escape(step.ask) in teacher
        for told in (measured.says, step.why, step.expect):
            assert escape(told) in teacher
            assert escape(told) not in student
        if isinstance(step.prediction, Choice):
            assert all(escape(option) in student for option in step.prediction.options)
    axes = sum(not isinstance(step.prediction, Choice) for step in lesson.steps)
    assert student.count("<img") == axes
    assert "<c>" not in student
    assert all(escape(text) in teacher for text in (*lesson.aims, *lesson.watch))


def test_names_on_a_sheets_axes_do_not_run_into_each_other():
    step = LESSONS["adam_decay"].steps[2]
    drawn = unquote(_axes(step.lambdas, 40))
    named = [(float(x), name) for x, name in re.findall(r'<text x="(\d+)" y="\d+">([\d.e-]+)<', drawn)]
    assert 6 <= len(named) < len(step.lambdas)
    for (x, name), (after, other) in pairwise(named):
        assert after - x > 6.5 * (len(name) + len(other)) / 2


def test_a_teachers_sheet_explains_nothing_that_was_not_measured():
    lesson = LESSONS["lambda_does"]
    found = [replace(STEPS[f"lambda_does-{i + 1}"].measure(histories(f"lambda_does-{i + 1}")), holds=False)
             for i in range(3)]  # fmt: skip
    assert escape(lesson.steps[0].why) not in sheet(lesson, "teacher", found, "")
    with pytest.raises(ValueError, match="sheet=x: allowed: student, teacher"):
        sheet(lesson, "x", found, "")


# ---------------------------------------------------------------- a class hour


@pytest.mark.parametrize("length", LENGTHS)
def test_an_hours_parts_follow_each_other_and_fill_it(length):
    parts = plan(length)
    assert [part.start for part in parts] == [0, *np.cumsum([part.minutes for part in parts])[:-1]]
    assert sum(part.minutes for part in parts) == length
    taught = [lesson for lesson in LESSONS.values() if lesson.title in {part.title for part in parts}]
    assert taught == list(LESSONS.values())[: len(taught)]  # in their order, none left out
    assert len(taught) >= 2
    for lesson in taught:
        (part,) = (part for part in parts if part.title == lesson.title)
        assert part.minutes == in_class(lesson) > lesson.minutes
        assert len(part.do) == len(lesson.steps)
    assert parts[-1].minutes >= _hour.END
    assert parts[-1].minutes < _hour.END + in_class(list(LESSONS.values())[len(taught)])  # no room for one more


def test_an_hour_is_made_from_the_lessons_files(monkeypatch):
    page = hour(60, "http://host/a&b/")
    for lesson in _hour.lessons_for(60):
        assert all(escape(text) in page for text in (lesson.title, *lesson.watch, lesson.aims[0]))
        assert all(escape(step.ask) in page for step in lesson.steps)
        for link in (f"lessons?lesson={lesson.name}&present=1", f"lessons?lesson={lesson.name}&sheet=student"):
            assert f'href="{escape("http://host/a&b/" + link)}"' in page
    assert "a&b" not in page
    longer = {name: replace(lesson, minutes=20, title="<i>", watch=("<i>",)) for name, lesson in LESSONS.items()}
    monkeypatch.setattr(_hour, "LESSONS", longer)
    assert [part.title for part in plan(60)] == ["Begin", "<i>", "Who fools themselves?", "End"]
    assert "<i>" not in hour(60, "")
    with pytest.raises(ValueError, match="hour=50: allowed: 45, 60, 90"):
        plan(50)
