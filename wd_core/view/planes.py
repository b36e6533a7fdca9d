"""Which plane through the data is drawn: two features, two principal components, or x against the target."""

from dataclasses import dataclass

import numpy as np

from wd_core.datasets import REACH, Dataset, Split
from wd_core.experiment import Experiment
from wd_core.models import MODELS
from wd_core.text import short

MARGIN = 0.08  # of the spread, on every side
Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Plane:
    """A flat piece of the space of raw rows: raw = origin + x · axes[0] + y · axes[1], the axes orthonormal.

    For one-dimensional data y is the target (`y_is_target`): axes[1] is 0, and rows do not depend on y.
    """

    x_label: str
    y_label: str
    x_range: Range
    y_range: Range
    note: str  # what holds for the features that the plane leaves out; "" if there are none
    origin: np.ndarray  # (d_raw,)
    axes: np.ndarray  # (2, d_raw)
    y_is_target: bool = False

    def __post_init__(self) -> None:
        self.origin.setflags(write=False)
        self.axes.setflags(write=False)

    def coordinates(self, raw: np.ndarray, target: np.ndarray | None = None) -> np.ndarray:
        """x and y (n, 2) of raw rows (n, d_raw), on the plane; with `y_is_target`, y is `target` (n,)."""
        projected = (np.asarray(raw, dtype=np.float64) - self.origin) @ self.axes.T
        if self.y_is_target:
            if target is None:
                raise ValueError(f"target=None: must be the rows' targets, for the y axis {self.y_label!r}")
            projected[:, 1] = target
        return projected

    def grid(self, size: int) -> np.ndarray:
        """Raw rows (size², d_raw) of an even grid over the ranges, line by line from the smallest y."""
        x, y = np.meshgrid(np.linspace(*self.x_range, size), np.linspace(*self.y_range, size))
        return self.origin + np.column_stack([x.ravel(), y.ravel()]) @ self.axes


def drawable(model: str, dataset: Dataset) -> bool:
    """Whether a point of a plane through the data is something that the model can see: rows and images are."""
    prepared, seen = dataset.seen_by(MODELS[model].takes)
    return seen.kind == "rows" or prepared.kind in ("rows", "image")


def check_drawable(e: Experiment) -> None:
    """ValueError where `drawable` is False."""
    if not drawable(e.model, e.source):
        kind = {"sequence": "sequences", "tokens": "words"}[e.form.kind]
        raise ValueError(
            f"model={e.model}: the Lab draws a plane, and a point between two {kind} has no length; "
            "allowed: on images, or in python -m wd_core run"
        )


def make_plane(split: Split, dataset: Dataset, choice: str = "auto") -> Plane:
    """The plane to draw `split` on; its ranges hold all points of all three parts.

    `choice`: "i,j", two feature numbers from 0, the others at their training mean; "pca", the first two
    principal components of the training part, the rest at their mean; "auto", which is the plane itself for
    two-dimensional data and x against the target for one-dimensional (noise features, if any, at their mean),
    and "pca" for more. ValueError for anything else.
    """
    if choice == "auto" and dataset.n_features == 1:
        return _against_target(split, dataset)
    if choice == "auto":
        choice = "0,1" if dataset.n_features == 2 else "pca"
    if choice == "pca" and len(split.raw_names) > 1:
        return _principal(split)
    return _two_features(split, dataset, *_feature_numbers(choice, len(split.raw_names)))


def _feature_numbers(choice: str, d: int) -> tuple[int, int]:
    numbers = [number.strip() for number in choice.split(",")]
    if len(numbers) == len(set(numbers)) == 2 and set(numbers) <= {str(k) for k in range(d)}:
        return int(numbers[0]), int(numbers[1])
    pairs = f", 'pca' or 'i,j', two different feature numbers from 0 to {d - 1}" if d > 1 else ""
    raise ValueError(f"choice={short(repr(choice))}: must be 'auto'{pairs}")


def _two_features(split: Split, dataset: Dataset, i: int, j: int) -> Plane:
    origin = split.raw_train.mean(axis=0)
    origin[[i, j]] = 0  # so that the plane's coordinates are the features' own values
    axes = np.eye(len(origin))[[i, j]]
    same_unit = dataset.is_plane and {i, j} == {0, 1}
    room = np.array([[-REACH, -REACH], [REACH, REACH]])  # for points that are still to be drawn
    ranges = _ranges(room if dataset.points and same_unit else _all_rows(split)[:, [i, j]], square=same_unit)
    note = "other features at their mean" if len(origin) > 2 else ""
    return Plane(split.raw_names[i], split.raw_names[j], *ranges, note, origin, axes)


def _principal(split: Split) -> Plane:
    from sklearn.decomposition import PCA

    pca = PCA(n_components=2, svd_solver="full").fit(split.raw_train)
    first, second = (f"{share:.0%}".replace("%", " %") for share in pca.explained_variance_ratio_)
    return Plane(
        f"1st principal component ({first})",
        f"2nd principal component ({second})",
        *_ranges(pca.transform(_all_rows(split))),
        "other components at their mean" if len(split.raw_names) > 2 else "",
        pca.mean_,
        pca.components_,
    )


def _against_target(split: Split, dataset: Dataset) -> Plane:
    origin = split.raw_train.mean(axis=0)
    origin[0] = 0
    axes = np.zeros((2, len(origin)))
    axes[0, 0] = 1
    targets = np.concatenate([split.y_train, split.y_validation, split.y_test])
    ranges = _ranges(np.column_stack([_all_rows(split)[:, 0], targets]))
    note = "other features at their mean" if len(origin) > 1 else ""
    return Plane(split.raw_names[0], dataset.target_name, *ranges, note, origin, axes, y_is_target=True)


def _all_rows(split: Split) -> np.ndarray:
    return np.concatenate([split.raw_train, split.raw_validation, split.raw_test])


def _ranges(points: np.ndarray, square: bool = False) -> tuple[Range, Range]:
    """Ranges of x and y around the points (n, 2), with a margin; of equal length if `square`."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = (high - low) / 2
    half[half == 0] = 0.5  # a constant feature, such as a pixel that is always blank
    if square:
        half[:] = half.max()
    middle, reach = (low + high) / 2, half * (1 + 2 * MARGIN)
    (x_low, y_low), (x_high, y_high) = (middle - reach).tolist(), (middle + reach).tolist()
    return (x_low, x_high), (y_low, y_high)
