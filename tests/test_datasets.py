"""Data sets and splits: what must hold for every file in wd_core/datasets."""

import re

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets

from wd_core.datasets import DATASETS, DEFAULT_FEATURES, FEATURES, Split, make_split

PARTS = ("train", "validation", "test")
CLASSIFICATION = [name for name, dataset in DATASETS.items() if dataset.task == "classification"]
REGRESSION = [name for name, dataset in DATASETS.items() if dataset.task == "regression"]
REAL = [name for name, dataset in DATASETS.items() if not dataset.synthetic]
TABLES = [name for name in REAL if DATASETS[name].kind == "rows"]
SYNTHETIC = [name for name, dataset in DATASETS.items() if dataset.synthetic and not dataset.max_samples]
SMOOTH = [name for name, dataset in DATASETS.items() if dataset.kind != "tokens" and not dataset.points]
PLANES = [name for name, dataset in DATASETS.items() if dataset.is_plane]

every = pytest.mark.parametrize("name", DATASETS)
large = pytest.mark.parametrize("name", [name for name, dataset in DATASETS.items() if not dataset.points])
"""Those with more than a few dozen examples; see test_points for the others."""


def split_of(name: str, **changes: object) -> Split:
    """A small split with a little noise, so that no two rows are the same by chance."""
    settings = {
        "n_samples": 131,
        "noise": 0.1,
        "label_noise": 0.0,
        "noise_features": 0,
        "train_share": 0.6,
        "features": DEFAULT_FEATURES,
        "seed": 3,
    }
    return make_split(name, **(settings | changes))


def arrays(split: Split) -> dict[str, np.ndarray]:
    return {field: value for field, value in vars(split).items() if isinstance(value, np.ndarray)}


def rows(split: Split, kind: str = "raw") -> np.ndarray:
    return np.concatenate([getattr(split, f"{kind}_{part}") for part in PARTS])


def same(a: Split, b: Split, but: tuple[str, ...] = ()) -> bool:
    return all(
        np.array_equal(value, getattr(b, field)) for field, value in arrays(a).items() if field not in but
    )


# --- every data set


@large
def test_shapes_types_and_names(name: str) -> None:
    dataset, split = DATASETS[name], split_of(name, noise_features=3)
    sizes = {part: len(getattr(split, f"X_{part}")) for part in PARTS}
    assert sizes == {"train": 79, "validation": 26, "test": 26}
    for part in PARTS:
        X, y, raw = (getattr(split, f"{kind}_{part}") for kind in ("X", "y", "raw"))
        assert X.shape == raw.shape == (sizes[part], dataset.n_features + 3)
        assert y.shape == (sizes[part],)
        assert X.dtype == raw.dtype == np.float64
        assert y.dtype == (np.int64 if dataset.n_classes else np.float64)
    assert split.input_names == (*dataset.feature_names, "noise 1", "noise 2", "noise 3")
    assert split.flipped.shape == split.clean_y_train.shape == (79,)
    assert set(split.y_train) == set(range(dataset.n_classes)) or not dataset.n_classes


@every
def test_described_for_the_reader(name: str) -> None:
    dataset = DATASETS[name]
    assert dataset.name == name
    assert dataset.description.endswith((".", "?"))
    assert sum(other.title == dataset.title for other in DATASETS.values()) == 1
    split_of(name, noise=dataset.default_noise)


@large
def test_one_seed_gives_the_same_bits_and_another_gives_others(name: str) -> None:
    sample = DATASETS[name].draw
    first, again, other = (sample(50, 0.1, np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other, equal_nan=DATASETS[name].kind != "tokens")
    assert split_of(name) is split_of(name)
    assert not np.array_equal(split_of(name, seed=1).raw_train, split_of(name, seed=2).raw_train)


@large
def test_no_row_is_in_two_parts(name: str) -> None:
    split = split_of(name, label_noise=0.5)
    assert len(np.unique(rows(split), axis=0)) == 131


@every
def test_arrays_are_read_only(name: str) -> None:
    for array in arrays(split_of(name)).values():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@every
def test_settings_draw_from_streams_of_their_own(name: str) -> None:
    split = split_of(name)
    assert same(split, split_of(name, label_noise=0.3), but=("y_train", "flipped"))
    more, most = split_of(name, noise_features=2), split_of(name, noise_features=5)
    d = DATASETS[name].n_features
    assert np.array_equal(more.raw_train[:, :d], split.raw_train)
    assert np.array_equal(most.raw_train[:, : d + 2], more.raw_train)
    assert all(np.array_equal(getattr(more, f"y_{part}"), getattr(split, f"y_{part}")) for part in PARTS)


@pytest.mark.parametrize("name", SMOOTH)
def test_noise_only_moves_points_along_fixed_directions(name: str) -> None:
    (X0, y0), (X1, y1), (X2, y2) = (
        DATASETS[name].draw(40, s, np.random.default_rng(5)) for s in (0, 0.2, 0.4)
    )
    np.testing.assert_allclose(X2 - X0, 2 * (X1 - X0), atol=1e-9)
    np.testing.assert_allclose(y2 - y0, 2 * (y1 - y0), atol=1e-9)
    assert not (np.allclose(X1, X0, equal_nan=True) and np.allclose(y1, y0))


@every
def test_population_is_the_same_for_every_seed(name: str) -> None:
    dataset = DATASETS[name]
    n = dataset.max_samples or 6000
    a, b = (dataset.draw(n, 0.0, np.random.default_rng(seed)) for seed in (1, 2))
    a, b = ((dataset.form.flatten(X), y) for X, y in (a, b))
    scale = a[0].std(axis=0) + 1e-12
    for k in range(dataset.n_classes) or [None]:
        (Xa, ya), (Xb, yb) = ((X[y == k], y) if k is not None else (X, y) for X, y in (a, b))
        assert (abs(Xa.mean(axis=0) - Xb.mean(axis=0)) / scale).max() < 0.1
        assert abs(ya.mean() - yb.mean()) < 0.1


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_coordinates_suit_a_network(name: str) -> None:
    X, y = DATASETS[name].draw(2000, DATASETS[name].default_noise, np.random.default_rng(0))
    assert np.quantile(abs(X), 0.99) < 2.5
    assert (X.std(axis=0) > 0.4).all()
    assert DATASETS[name].n_classes or 0.3 < y.std() < 1.5


@pytest.mark.parametrize("name", CLASSIFICATION)
def test_parts_have_the_classes_in_proportion(name: str) -> None:
    split, k = split_of(name), DATASETS[name].n_classes
    total = np.bincount(
        rows_y := np.concatenate([getattr(split, f"y_{part}") for part in PARTS]), minlength=k
    )
    for part in PARTS:
        y = getattr(split, f"y_{part}")
        assert abs(np.bincount(y, minlength=k) - total * len(y) / len(rows_y)).max() <= 1.01


NOISE_FREE = {  # what holds exactly for the points (n, 2) and labels (n,) without noise
    "moons": lambda X, y: np.hypot(X[:, 0] + 0.5 - y, X[:, 1] + 0.25 - y / 2) - 1,
    "circles": lambda X, y: np.hypot(*X.T) - np.where(y, 0.75, 1.5),
    "xor": lambda X, y: (X[:, 0] * X[:, 1] < 0) != y,
    "spirals": lambda X, y: np.sin(np.arctan2(*X.T[::-1]) - np.pi * (y + 1.25 * np.hypot(*X.T))),
    "separable": lambda X, y: np.minimum((2 * y - 1) * (X @ [np.sqrt(0.75), 0.5]) - 0.3, 0),
    "sine": lambda X, y: np.sin(2 * X[:, 0]) - y,
    "plane": lambda X, y: X @ [1, 0.3] - y,
}


@pytest.mark.parametrize("name", NOISE_FREE)
def test_without_noise_the_law_holds_exactly(name: str) -> None:
    X, y = DATASETS[name].draw(100, 0.0, np.random.default_rng(0))
    np.testing.assert_allclose(NOISE_FREE[name](X, y).astype(float), 0, atol=1e-12)


# --- real data


@pytest.mark.parametrize("name", TABLES)
def test_real_data_are_standardised_by_the_training_part_alone(name: str) -> None:
    split = split_of(name)
    varies = split.raw_train.std(axis=0) > 0
    np.testing.assert_allclose(split.raw_train.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(split.raw_train.std(axis=0)[varies], 1)
    assert abs(split.raw_test.mean(axis=0)).max() > 1e-3
    if name in REGRESSION:
        np.testing.assert_allclose([split.y_train.mean(), split.y_train.std()], [0, 1], atol=1e-9)
        assert abs(split.y_test.mean()) > 1e-3


@pytest.mark.parametrize("name", TABLES)
def test_real_rows_come_from_scikit_learn(name: str) -> None:
    options = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(sklearn_datasets, f"load_{name}")(**options)
    dataset = DATASETS[name]
    assert bunch.data.shape == (dataset.max_samples, dataset.n_features)
    assert dataset.n_classes == len(bunch.get("target_names", ()))
    X, y = dataset.draw(dataset.max_samples, 0.0, np.random.default_rng(0))
    drawn, table = (np.column_stack(pair) for pair in ((X, y), (bunch.data, bunch.target)))
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, table))
    few = dataset.draw(40, 0.0, np.random.default_rng(0))[0]
    assert np.array_equal(few, X[:40])
    assert len(split_of(name, n_samples=5000).y_train) == round(0.6 * dataset.max_samples)


# --- label noise


@large
@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_the_share_of_training_labels_is_corrupted_and_no_more(name: str, share: float) -> None:
    split = split_of(name, label_noise=share)
    changed = split.y_train != split.clean_y_train
    assert split.flipped.sum() == round(share * 79)
    assert not changed[~split.flipped].any()
    if name in CLASSIFICATION:
        assert changed[split.flipped].all()
        assert set(split.y_train) <= set(range(DATASETS[name].n_classes))
    else:
        np.testing.assert_array_equal(np.sort(split.y_train), np.sort(split.clean_y_train))
        tied = np.isin(
            split.clean_y_train, [v for v in split.clean_y_train if (split.clean_y_train == v).sum() > 1]
        )
        assert changed[split.flipped & ~tied].all()


@every
def test_more_label_noise_only_adds(name: str) -> None:
    few, many = split_of(name, label_noise=0.1), split_of(name, label_noise=0.2)
    assert not (few.flipped & ~many.flipped).any()
    if name in CLASSIFICATION:
        np.testing.assert_array_equal(few.y_train[few.flipped], many.y_train[few.flipped])


def test_flips_go_to_every_other_class_alike() -> None:
    split = split_of("digits", n_samples=1797, label_noise=0.5, train_share=0.9)
    steps = (split.y_train - split.clean_y_train)[split.flipped] % 10
    counts = np.bincount(steps, minlength=10)
    assert counts[0] == 0
    assert abs(counts[1:] - counts.sum() / 9).max() < 5 * np.sqrt(counts.sum() / 9)


# --- features


@pytest.mark.parametrize("name", PLANES)
def test_expanded_features_are_functions_of_the_plane(name: str) -> None:
    split = split_of(name, features=tuple(FEATURES), noise_features=1)
    x1, x2, noise = split.raw_test.T
    expected = np.column_stack([x1, x2, x1**2, x2**2, x1 * x2, np.sin(2 * x1), np.sin(2 * x2), noise])
    np.testing.assert_allclose(split.X_test, expected)
    np.testing.assert_array_equal(split.to_model(split.raw_test), split.X_test)
    assert split.input_names == (*(feature.label for feature in FEATURES.values()), "noise 1")
    assert same(split, split_of(name, noise_features=1), but=("X_train", "X_validation", "X_test"))


# --- errors


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "moon"}, "dataset='moon': must be one of moons, circles"),
        ({"n_samples": 5}, "n_samples=5: must be a whole number between 6 and"),
        ({"n_samples": 99.5}, "n_samples=99.5: must be a whole number"),
        ({"noise": -0.1}, "noise=-0.1: must be between 0 and 2"),
        ({"noise": float("nan")}, "noise=nan: must be between 0 and 2"),
        ({"label_noise": 0.9}, "label_noise=0.9: must be between 0 and 0.5"),
        ({"noise_features": -1}, "noise_features=-1: must be a whole number between 0 and"),
        ({"train_share": 0.95, "n_samples": 20}, "train_share=0.95: must be between 0.1 and 0.8 for 20"),
        ({"train_share": "half"}, "train_share=half: must be between 0 and 1"),
        ({"seed": -1}, "seed=-1: must be a whole number"),
        ({"features": ()}, "features=(): must be one or more, each once, of x1, x2"),
        ({"features": ("x1", "x1")}, "features=('x1', 'x1'): must be one or more, each once, of x1, x2"),
        ({"features": ("x3",)}, "features=('x3',): must be one or more, each once, of x1, x2"),
        ({"name": "iris", "features": ("x1",)}, "features=('x1',): must be ('x1', 'x2') for 'iris'"),
        ({"name": "sine", "features": ("x1",)}, "features=('x1',): must be ('x1', 'x2') for 'sine'"),
        ({"name": "digits", "n_samples": 12}, "n_samples=12: must be at least 14"),
        (
            {"name": "digits", "train_share": 0.05},
            "train_share=0.05: must be between 0.0763 and 0.969 for 131",
        ),
    ],
)
def test_errors_name_field_value_and_what_is_allowed(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        split_of(**({"name": "moons"} | changes))


@large
def test_the_smallest_split_is_two_rows_a_part_and_every_class_in_training(name: str) -> None:
    least = max(2, DATASETS[name].n_classes)
    for seed in range(10):
        split = split_of(name, n_samples=least + 4, train_share=least / (least + 4), seed=seed)
        assert [len(getattr(split, f"y_{part}")) for part in PARTS] == [least, 2, 2]
        assert set(split.y_train) == set(range(least)) or not DATASETS[name].n_classes


def test_classes_too_rare_to_stratify_are_split_all_the_same() -> None:
    for seed in range(10):  # 12 examples are left, too few for ten classes in each half
        split = split_of("digits", n_samples=60, train_share=0.8, seed=seed)
        assert [len(getattr(split, f"y_{part}")) for part in PARTS] == [48, 6, 6]
        assert set(split.y_train) == set(range(10))
