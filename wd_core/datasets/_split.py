"""From a data set's name and a few numbers to the arrays that a model trains on."""

from dataclasses import dataclass, fields
from functools import lru_cache, partial

import numpy as np

from wd_core.datasets._cuts import cut_classes, cut_rows
from wd_core.datasets._features import check_features, expand, expanded_names
from wd_core.datasets._forms import Form
from wd_core.datasets._points import with_points
from wd_core.datasets._registry import DATASETS
from wd_core.datasets.base import MAX_NOISE, Dataset, check_between, check_integer, legacy_seed
from wd_core.text import short

MAX_SAMPLES = 20_000
MAX_NOISE_FEATURES = 200
MAX_LABEL_NOISE = 0.5
LEAST_ROWS = 2  # in each part


@dataclass(frozen=True, eq=False)
class Split:
    """Training, validation and test part. All arrays are read-only: splits are cached and shared.

    X_* (n, …) as the model sees them, in a shape of _forms: float64, tokens int64. raw_* (n, d_raw) float64 the same
    examples as rows, before feature expansion: coordinates of the plane, or the standardised features of real data,
    then the noise features. y_* (n,) int64 classes or float64 targets. `y_train` may hold corrupted labels, `flipped`
    (n_train,) bool says which, and `clean_y_train` has the true ones.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_validation: np.ndarray
    y_validation: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    raw_train: np.ndarray
    raw_validation: np.ndarray
    raw_test: np.ndarray
    flipped: np.ndarray
    clean_y_train: np.ndarray
    raw_names: tuple[str, ...]  # d_raw
    input_names: tuple[str, ...]  # d_model
    features: tuple[str, ...]
    forms: tuple[Form, Form] | None = None  # that of raw rows, and the one the model sees; None: both are rows
    moments: tuple[np.ndarray, np.ndarray] | None = None
    """Mean and spread by which real features were standardised, noise features aside: features · spread + mean are in
    the data's own units. None where nothing was standardised."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if isinstance(array := getattr(self, field.name), np.ndarray):
                array.setflags(write=False)

    def to_model(self, raw: np.ndarray) -> np.ndarray:
        """Model inputs (m, …) for raw rows (m, d_raw), such as the points of a grid.

        ValueError where rows do not say what the model would see: words, and sequences that may end early.
        """
        raw = np.asarray(raw, dtype=np.float64)
        if raw.ndim != 2 or raw.shape[1] != len(self.raw_names):
            columns = ", ".join(self.raw_names)
            raise ValueError(f"raw.shape={raw.shape}: must be (m, {len(self.raw_names)}), for {columns}")
        if self.forms is None:
            return expand(raw, self.features)
        prepared, seen = self.forms
        return prepared.turn(prepared.unflatten(raw), seen)


def make_split(
    dataset: str,
    n_samples: int,
    noise: float,
    label_noise: float,
    noise_features: int,
    train_share: float,
    features: tuple[str, ...],
    seed: int,
    kinds: tuple[str, ...] = ("rows",),
    points: str = "",
) -> Split:
    """Draw `n_samples` examples in all (at most as many as there are), split and prepare them.

    `train_share` of them is for training; validation and test halve the rest, with the classes in proportion
    where none is too rare. Real features, and the targets of real regression data, are standardised by mean
    and standard deviation of the training part alone, as _forms says. To rows come `noise_features` columns of
    N(0, 1), which tell nothing about the target; `noise` is as the data set's `noise_meaning` says. `kinds` are the
    forms that the model takes: it sees the nearest to the data set's own. `points` are those of a data set that is
    drawn by hand, as a text (see _points); "" for its own.

    `label_noise` is the share of *training* labels that are corrupted, after Zhang et al. 2017,
    "Understanding deep learning requires rethinking generalization" (arXiv:1611.03530): a class becomes one
    of the others, uniformly; targets of regression are exchanged among the chosen examples, none keeping its
    own (a lone one has no partner, and stays). Validation and test labels stay true, so they measure what was
    learned rather than what was memorised. More label noise corrupts the same examples and further ones.

    One seed decides everything, through independent streams for points, split, labels and noise features.
    Cached: equal arguments give the same object. ValueError names the field, its value and what is allowed.
    """
    if dataset not in DATASETS:
        raise ValueError(f"dataset={short(repr(dataset))}: must be one of {', '.join(DATASETS)}")
    n = check_integer("n_samples", n_samples, 3 * LEAST_ROWS, MAX_SAMPLES)
    source = with_points(DATASETS[dataset], points)
    return _make_split(
        dataset,
        min(n, source.max_samples or n),
        check_between("noise", noise, 0, MAX_NOISE),
        check_between("label_noise", label_noise, 0, MAX_LABEL_NOISE),
        check_integer("noise_features", noise_features, 0, MAX_NOISE_FEATURES),
        check_between("train_share", train_share, 0, 1),
        check_features(features, source),
        check_integer("seed", seed, 0, 2**63 - 1),
        kinds,
        source.points,
    )


@lru_cache(maxsize=64)
def _make_split(
    name: str,
    n: int,
    noise: float,
    label_noise: float,
    noise_features: int,
    train_share: float,
    features: tuple[str, ...],
    seed: int,
    kinds: tuple[str, ...],
    own: str,
) -> Split:
    dataset = with_points(DATASETS[name], own)
    prepared, seen = dataset.seen_by(kinds)
    if noise_features and seen.kind != "rows":
        raise ValueError(f"noise_features={noise_features}: must be 0 for a model that sees {name!r} as {seen.kind}")
    # A random stream for each, so that changing one setting leaves the draws of the others alone.
    points, split, labels, extra = (np.random.default_rng([seed, stream]) for stream in range(4))
    X, y = dataset.draw(n, noise, points)
    train, validation, test = (dataset.cut or partial(_split_rows, dataset))(y, train_share, split)
    X = dataset.form.turn(X, prepared)
    moments = None
    if not dataset.synthetic:
        if prepared.kind != "tokens":
            moments = prepared.moments(X, train)
        X = prepared.standardise(X, train)
        if dataset.task == "regression":
            y = Form("rows", (1,)).standardise(y[:, None], train)[:, 0]
    # Drawn column by column, so that one more leaves the first ones alone.
    rows = np.hstack([prepared.flatten(X), extra.standard_normal((noise_features, n)).T])
    raw = {"train": rows[train], "validation": rows[validation], "test": rows[test]}
    if seen.kind == "rows":
        inputs = {part: expand(r, features) for part, r in raw.items()}
    else:
        inputs = {"train": X[train], "validation": X[validation], "test": X[test]}
        inputs = {part: prepared.turn(x, seen) for part, x in inputs.items()}
    y_train, flipped = _corrupt(y[train], label_noise, dataset.n_classes, labels)
    raw_names = (*dataset.feature_names, *(f"noise {k + 1}" for k in range(noise_features)))
    return Split(
        **{f"X_{part}": x for part, x in inputs.items()},
        **{f"raw_{part}": r for part, r in raw.items()},
        y_train=y_train,
        y_validation=y[validation],
        y_test=y[test],
        flipped=flipped,
        clean_y_train=y[train],
        raw_names=raw_names,
        input_names=expanded_names(raw_names, features),
        features=features,
        forms=None if seen.kind == "rows" else (prepared, seen),
        moments=moments,
    )


def _split_rows(
    dataset: Dataset, y: np.ndarray, train_share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row numbers of the training, validation and test part."""
    n, n_train = len(y), round(train_share * len(y))
    least = max(LEAST_ROWS, dataset.n_classes)
    if n_train < least or n - n_train < 2 * LEAST_ROWS:
        if n < least + 2 * LEAST_ROWS:
            need = f"n_samples={n}: must be at least {least + 2 * LEAST_ROWS}"
        else:
            low, high = least / n, 1 - 2 * LEAST_ROWS / n
            need = f"train_share={train_share!r}: must be between {low:.3g} and {high:.3g} for {n} examples"
        raise ValueError(
            f"{need}: training needs at least {least} of {dataset.name!r}, validation and test {LEAST_ROWS}"
        )
    train, rest = _cut(np.arange(n), y, n_train, dataset.n_classes, rng)
    if missing := [label for k, label in enumerate(dataset.class_names) if k not in y[train]]:
        raise ValueError(
            f"n_samples={n}: must be more for {dataset.name!r}: no training example of {', '.join(missing)}"
        )
    return train, *_cut(rest, y, len(rest) // 2, dataset.n_classes, rng)


def _cut(
    rows: np.ndarray, y: np.ndarray, n_first: int, n_classes: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """`n_first` of the row numbers and the rest: classes in proportion, or else one of each first."""
    if not n_classes:
        first, rest = cut_rows(len(rows), n_first, legacy_seed(rng))
        return rows[first], rows[rest]
    rarest = np.bincount(y[rows], minlength=n_classes).min()
    if rarest >= 2 and min(n_first, len(rows) - n_first) >= n_classes:  # scikit-learn's conditions
        first, rest = cut_classes(y[rows], n_first, legacy_seed(rng))
        return rows[first], rows[rest]
    rows = rng.permutation(rows)
    one_of_each = rng.permutation(np.unique(y[rows], return_index=True)[1])
    rows = np.concatenate([rows[one_of_each], np.delete(rows, one_of_each)])
    return rows[:n_first], rows[n_first:]


def _corrupt(
    y: np.ndarray, share: float, n_classes: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Labels (n,) with a share of them corrupted, and which (n,) bool; a larger share adds to them."""
    order = rng.permutation(len(y))
    chosen = order[: round(share * len(y))]
    noisy = y.copy()
    if n_classes:
        step = rng.integers(1, n_classes, len(y))  # drawn for all, so that the share does not change it
        noisy[chosen] = (y + step)[chosen] % n_classes
    else:
        chosen = chosen if len(chosen) > 1 else chosen[:0]
        noisy[chosen] = y[np.roll(chosen, -1)]  # one cycle through all of them, so none keeps its own
    flipped = np.zeros(len(y), dtype=bool)
    flipped[chosen] = True
    return noisy, flipped
