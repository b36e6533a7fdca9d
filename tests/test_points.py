"""Points that a visitor draws: their text, their file, their parts, and what a hostile link or file may not do."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.__main__ import main
from wd_core.datasets import DATASETS, make_split, points_csv, points_from_csv
from wd_core.datasets._points import DIGITS, LEAST_OF_CLASS, MOST, cut_drawn, read_points, write_points
from wd_core.view.picture import make_picture, unpack
from wd_core.view.planes import make_plane
from wd_core.view.scene import IN_LINK, Scene

EXAMPLE = DATASETS["points"].points
FEW = "AABEAABF" * LEAST_OF_CLASS
"""The fewest points that can be trained: four circles on one place, four squares on another."""
PARTS = ("train", "validation", "test")


def some(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Random points on the places there are, as many circles as squares."""
    rng = np.random.default_rng(seed)
    return rng.integers(-500, 501, (n, 2)) / 200, np.arange(n) % 2


def drawn(text: str, **changes: object) -> Experiment:
    return Experiment(dataset="points", points=text, **changes)


# ---------------------------------------------------------------- the text


@pytest.mark.parametrize("n", [8, 57, MOST])
def test_points_become_a_text_and_come_back(n: int) -> None:
    X, y = some(n)
    X[:4] = [[-2.5, -2.5], [2.5, 2.5], [-2.5, 2.5], [0, 0]]
    text = write_points(X, y)
    assert len(text) == 4 * n
    assert quote(text, safe="") == text  # as it is in any address
    again, labels = read_points(text)
    np.testing.assert_array_equal(again, X)
    np.testing.assert_array_equal(labels, y)


def test_a_place_between_two_is_the_nearest_and_one_outside_is_at_the_edge() -> None:
    X, _ = read_points(write_points(np.array([[0.0024, -0.0026], [7, -7]]), np.array([0, 1])))
    np.testing.assert_array_equal(X, [[0.0, -0.005], [2.5, -2.5]])


def test_the_text_is_that_of_base_64() -> None:
    X, y = read_points("H0Po" + "AAAB" + "PofR")  # 500 = 7·64 + 52, 2·500 = 15·64 + 40; 1000, 2·1000 + 1 = 31·64 + 17
    assert (X.tolist(), y.tolist()) == ([[0.0, 0.0], [-2.5, -2.5], [2.5, 2.5]], [0, 1, 1])
    assert "".join(map(chr, [*range(65, 91), *range(97, 123), *range(48, 58)])) + "-_" == DIGITS


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abc", "points=abc: cannot be read; allowed: four characters a point"),
        (FEW + "AA+A", "cannot be read"),
        ("<script>alert(1)</script>", "cannot be read"),
        (FEW + "____", "point 9, ____, lies outside the plane; allowed: from -2.5 to 2.5"),
        (FEW + "AAfS", "point 9, AAfS, lies outside the plane"),
        ("AABE" * 8, "0 squares; allowed: at least 4 of each"),
        ("AABF" * 8 + "AABE", "1 circle; allowed: at least 4 of each"),
        ("AABEAABF", "1 circle and 1 square; allowed: at least 4 of each"),
        (EXAMPLE * 9, "216 points; allowed: at most 200"),
        ("é" * 4, "cannot be read"),
        ("file", "points=file: too many for a link; allowed: to load the file"),
        (7, "points=7: allowed: a text"),
        (None, "points=None: allowed: a text"),
    ],
)
def test_a_hostile_text_is_refused_by_name(text: object, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        drawn(text)  # type: ignore[arg-type]
    assert str(caught.value).startswith("points=")
    assert len(str(caught.value)) < 250


def test_other_data_take_no_points() -> None:
    with pytest.raises(ValueError, match=r"points=AABE.*: allowed: none with dataset=moons"):
        Experiment(points=FEW)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("noise=0.1", "noise=0.1: allowed: 0"),
        ("label_noise=0.1", "label_noise=0.1: allowed: 0"),
        ("n_samples=20", "n_samples=20: allowed: 24 or more"),
        ("plane=pca", "plane=pca: allowed: auto"),
    ],
)
def test_a_link_cannot_move_hide_or_relabel_what_is_drawn(query: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Scene.from_query(f"dataset=points&{query}")


# ---------------------------------------------------------------- parts


@pytest.mark.parametrize("n", [8, 9, 11, 24, 37, MOST])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_every_point_is_in_one_part_and_every_part_has_enough(n: int, share: float, seed: int) -> None:
    X, y = some(n, seed)
    split = drawn(write_points(X, y), train_share=share).data(seed)
    rows = np.concatenate([getattr(split, f"X_{part}") for part in PARTS])
    assert sorted(map(tuple, rows)) == sorted(map(tuple, X))
    assert set(split.y_train) == {0, 1}
    assert all(len(getattr(split, f"y_{part}")) >= 2 for part in PARTS)
    assert abs(len(split.y_train) - min(max(2, share * n), n - 4)) <= 1.5
    assert abs(len(split.y_validation) - len(split.y_test)) <= 1


def test_a_seed_decides_the_parts_and_the_points_alone_are_the_same_for_all() -> None:
    e = drawn(EXAMPLE)
    assert e.data(3) is e.data(3)
    rows = {seed: [tuple(row) for row in e.data(seed).X_train] for seed in (3, 4)}
    assert set(rows[3]) != set(rows[4])
    everything = [np.sort(np.concatenate([getattr(e.data(s), f"X_{p}") for p in PARTS]), axis=0) for s in (3, 4)]
    np.testing.assert_array_equal(*everything)


def part_of_each(y: np.ndarray, seed: int) -> np.ndarray:
    parts = cut_drawn(y, 0.5, np.random.default_rng(seed))
    found = np.full(len(y), -1)
    for i, rows in enumerate(parts):
        found[rows] = i
    return found


@pytest.mark.parametrize("seed", range(20))
def test_one_more_point_moves_at_most_two_others_into_another_part(seed: int) -> None:
    y = np.random.default_rng(seed).integers(0, 2, 60)
    for n in range(20, 60):
        before, after = part_of_each(y[:n], seed), part_of_each(y[: n + 1], seed)
        assert (before != after[:n]).sum() <= 2


def test_a_dragged_point_keeps_its_part_and_so_do_all_others() -> None:
    X, y = some(30)
    moved = X.copy()
    moved[5] = [1.0, -1.0]
    here, there = (drawn(write_points(x, y)).data(2) for x in (X, moved))
    for part in PARTS:
        np.testing.assert_array_equal(getattr(here, f"y_{part}"), getattr(there, f"y_{part}"))
        changed = (getattr(here, f"X_{part}") != getattr(there, f"X_{part}")).any(axis=1).sum()
        assert changed in (0, 1)


# ---------------------------------------------------------------- the same door as all other data


def test_points_pass_as_an_experiment_equal_where_they_are_equal_and_through_a_link() -> None:
    a, b = drawn(FEW), drawn("".join(FEW))
    assert a == b
    assert hash(a) == hash(b)
    assert a != drawn(EXAMPLE) == Experiment(dataset="points")
    assert Experiment.from_query(a.to_query()) == a
    assert f"points={FEW}" in a.to_query()
    assert "points=" not in Experiment.from_query("dataset=points").to_query()
    assert a.source.max_samples == 8
    assert not a.is_opening


@pytest.mark.parametrize("model", ["logistic", "softmax", "mlp"])
@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
def test_every_model_of_the_plane_learns_them(model: str, penalty: str) -> None:
    h = train(drawn(EXAMPLE, model=model, penalty=penalty, steps=200, lr=0.05, features=("x1", "x2", "x1*x2")))
    assert (h.train_score[0, :, -1] > 0.8).all()
    assert h.train_loss.shape[:2] == (3, 2)


def test_another_point_is_another_result_and_the_same_points_are_the_same_bits() -> None:
    X, y = read_points(EXAMPLE)
    moved = X.copy()
    moved[drawn(EXAMPLE).data(0).X_train[0] == X] = 2.0  # a training point
    small = {"steps": 20, "hidden": (3,), "seeds": (0,)}
    first, again, other = (train(drawn(write_points(x, y), **small)) for x in (X, X.copy(), moved))
    np.testing.assert_array_equal(first.weights, again.weights)
    assert not np.array_equal(first.weights, other.weights)


def test_the_plane_stands_still_and_has_room_for_every_place() -> None:
    planes = [make_plane(drawn(text).data(0), DATASETS["points"]) for text in (FEW, EXAMPLE)]
    assert planes[0].x_range == planes[1].x_range == planes[0].y_range
    assert planes[0].x_range[0] < -2.5
    assert planes[0].x_range[1] > 2.5


def test_a_picture_carries_the_points() -> None:
    e = drawn(EXAMPLE, steps=10, hidden=(3,), seeds=(0,))
    header, arrays = unpack(make_picture([train(e)], 0))
    assert header["drawn"]["points"] == EXAMPLE
    X, y = read_points(EXAMPLE)
    places, labels = np.round(arrays["points"].astype(float), 3), arrays["labels"]
    seen = {(*p.tolist(), int(k)) for p, k in zip(places, labels, strict=True)}
    assert seen == {(*p.tolist(), int(k)) for p, k in zip(X, y, strict=True)}
    assert "drawn" not in unpack(make_picture([train(e.replace(dataset="moons", points=""))], 0))[0]


@pytest.mark.parametrize("n", [IN_LINK, IN_LINK + 1])
def test_an_address_says_few_points_itself_and_of_many_that_a_file_has_them(n: int) -> None:
    text = write_points(*some(n))
    scene = Scene(drawn(text))
    assert Scene.from_query(scene.to_query()) == scene
    assert (f"points={text}" in scene.address, "points=file" in scene.address) == (n <= IN_LINK, n > IN_LINK)


def test_the_example_is_bent_for_its_two_odd_ones_and_then_lets_them_go() -> None:
    h = train(Experiment.from_query("dataset=points"))
    split, best = h.experiment.data(0), int(h.validation_loss[:, :, -1].mean(1).argmin())
    odd = (np.sign(split.X_train.sum(1)) > 0) != split.y_train  # squares lie above the diagonal
    assert odd.sum() == 2
    assert h.wrong is not None
    assert not h.wrong["train"][0, 0, -1].any()
    np.testing.assert_array_equal(h.wrong["train"][best, 0, -1], odd)


# ---------------------------------------------------------------- the file


def test_a_file_brings_the_same_points_back() -> None:
    text = write_points(*some(MOST))
    table = points_csv(text)
    assert points_from_csv(table.encode()) == text
    assert table.splitlines()[0] == "x1,x2,class"


def test_a_file_of_another_hand_is_read_too() -> None:
    rows = [f"{k % 2}, {k / 10} ,-{k / 10}" for k in range(10)]
    X, y = read_points(points_from_csv("\n".join(["\ufeffClass,X2,x1", *rows, ""]).encode()))
    assert (X[3].tolist(), y[3]) == ([-0.3, 0.3], 1)


GOOD = "\n".join(["x1,x2,class", *["0,1,circle", "1,0,square"] * 4])


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"\xff\xfe\x00", "file: cannot be read; allowed: CSV in UTF-8"),
        (b"", "columns=nothing: allowed: x1, x2, class"),
        (b"a,b\n1,2", "columns=a,b: allowed: x1, x2, class"),
        (f"{GOOD}\n9,0,circle".encode(), "row 10: x1=9: allowed: a number from -2.5 to 2.5"),
        (f"{GOOD}\n0,nan,circle".encode(), "row 10: x2=nan: allowed: a number"),
        (f"{GOOD}\n0,=1+1,circle".encode(), "row 10: x2==1+1: allowed: a number"),
        (f"{GOOD}\n0,1,triangle".encode(), "row 10: class=triangle: allowed: circle or square, or 0 or 1"),
        (f"{GOOD}\n0,1".encode(), "row 10: class=nothing: allowed: circle or square"),
        (f"{GOOD}\n0,1,{'z' * 9999}".encode(), "row 10: class=zzz"),
        (GOOD[:40].encode(), "allowed"),
        (("x1,x2,class\n" + "0,1,0\n0,1,1\n" * 101).encode(), "file: 202 points; allowed: at most 200"),
    ],
)
def test_a_hostile_file_is_refused_by_row_and_column(file: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        points_from_csv(file)
    assert "allowed" in str(caught.value)
    assert len(str(caught.value)) < 250


# ---------------------------------------------------------------- without a browser


def test_the_command_line_trains_a_link_or_a_file_of_points(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    text = write_points(*some(20))
    (tmp_path / "points.csv").write_text(points_csv(text))
    small = "dataset=points&hidden=3&steps=20&seeds=0"
    done = [
        main(["run", f"{small}&points={text}", "--out", str(tmp_path / "a.json")]),
        main(["run", f"{small}&points=file", "--points", f"{tmp_path}/points.csv", "--out", f"{tmp_path}/b.json"]),
    ]
    assert done == [0, 0]
    a, b = (json.loads((tmp_path / f"{name}.json").read_text()) for name in "ab")
    assert a == b
    assert f"points={text}" in a["query"]
    assert main(["run", f"{small}&points=file", "--out", str(tmp_path / "c.json")]) == 2
    assert "points=file: too many for a link" in capsys.readouterr().err


def test_make_split_takes_them_too() -> None:
    split = make_split("points", 200, 0.0, 0.0, 0, 0.5, ("x1", "x2"), 0, points=FEW)
    assert [len(getattr(split, f"y_{part}")) for part in PARTS] == [4, 2, 2]
