"""Points that a visitor draws: their text, as a link says it; their file; and how they are cut into parts.

The text has four characters a point, digits of base 64 as URLs take them: two say x, from the left in steps of 1/200;
two say y, from below, doubled, plus the class. wd_core/ui/live/drawing.js reads and writes the same.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from wd_core.datasets.base import Dataset
from wd_core.text import short

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
REACH = 2.5
"""Coordinates lie in [-REACH, REACH]."""
STEPS = 200
"""Places for a point in a unit."""
MOST = 200
IN_FILE = "file"
"""What an address says in the place of points that are too many for it."""
LEAST_OF_CLASS = 4
"""One to validate, one to test, two to train: with fewer there is nothing to choose λ by."""
CLASSES = ("circle", "square")
COLUMNS = ("x1", "x2", "class")
_PLACES = int(2 * REACH * STEPS)


def read_points(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates (n, 2) and classes (n,) of a link's points. ValueError names what is wrong, and what is allowed."""
    if text == IN_FILE:
        raise ValueError(f"points={IN_FILE}: too many for a link; allowed: to load the file in which they were saved")
    codes = [DIGITS.find(character) for character in text]
    if len(text) % 4 or -1 in codes:
        what = "four characters a point, of A-Z, a-z, 0-9, - and _"
        raise ValueError(f"points={short(text)}: cannot be read; allowed: {what}")
    digits = np.array(codes, np.int64).reshape(-1, 4)
    x, y = (64 * digits[:, 0::2] + digits[:, 1::2]).T
    places = np.column_stack([x, y >> 1])
    if (outside := np.flatnonzero((places > _PLACES).any(axis=1))).size:
        i = int(outside[0])
        where = f"point {i + 1}, {text[4 * i : 4 * i + 4]}, lies outside the plane"
        raise ValueError(f"points={short(text)}: {where}; allowed: from {-REACH:g} to {REACH:g}")
    return (places - _PLACES // 2) / STEPS, y & 1


def write_points(X: np.ndarray, y: np.ndarray) -> str:
    """The text of coordinates (n, 2), each taken to the nearest place, and classes (n,)."""
    places = np.clip(np.round(np.asarray(X) * STEPS) + _PLACES // 2, 0, _PLACES).astype(int)
    numbers = [n for (across, up), label in zip(places, y, strict=True) for n in (across, 2 * up + int(label))]
    return "".join(DIGITS[n // 64] + DIGITS[n % 64] for n in numbers)


def missing(y: np.ndarray) -> str:
    """What classes (n,) lack for a training, in words, or ""."""
    counts = np.bincount(y.astype(np.intp), minlength=2).tolist()
    lacks = [f"{count} {name}{'s' * (count != 1)}" for name, count in zip(CLASSES, counts, strict=True)
             if count < LEAST_OF_CLASS]  # fmt: skip
    if lacks:
        return f"{' and '.join(lacks)}; allowed: at least {LEAST_OF_CLASS} of each"
    return f"{len(y)} points; allowed: at most {MOST}" if len(y) > MOST else ""


def with_points(dataset: Dataset, text: str) -> Dataset:
    """`dataset`, or where its points are drawn by hand, the same of the points in `text` ("" for its own)."""
    return _drawn(dataset, text or dataset.points) if dataset.points else dataset


@lru_cache(maxsize=256)
def _drawn(dataset: Dataset, text: str) -> Dataset:
    X, y = read_points(text)
    if lacks := missing(y):
        raise ValueError(f"points={short(text)}: {lacks}")
    return replace(dataset, sample=partial(sample_points, X, y), max_samples=len(y), points=text)


def sample_points(
    X: np.ndarray, y: np.ndarray, n: int, noise: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The points in the order in which they were drawn; of more than n, some by lot."""
    chosen = np.sort(rng.permutation(len(y))[:n])
    return X[chosen] + noise * rng.standard_normal((n, 2)), y[chosen]


def cut_drawn(
    y: np.ndarray, train_share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of training, validation and test part: of each class the share, halves of the rest; two of each are left.

    Where a point lies says nothing about its part, so that a dragged point keeps its own; each point has a lot of its
    own, so that one more moves at most two of the others into another part.
    """
    lots = rng.random((2, MOST))
    parts: tuple[list, list, list] = ([], [], [])
    for label in (0, 1):
        rows = np.flatnonzero(y == label)
        rows = rows[np.argsort(lots[label, : len(rows)], kind="stable")]
        n_train = min(max(1, round(train_share * len(rows))), len(rows) - 2)
        middle = n_train + (len(rows) - n_train + label) // 2  # the odd one validates squares, and tests circles
        for part, some in zip(parts, np.split(rows, [n_train, middle]), strict=True):
            part.extend(some)
    train, validation, test = (np.sort(np.array(part, int)) for part in parts)
    return train, validation, test


# -------------------------------------------------------------------- the file


def points_csv(text: str) -> str:
    """The points as a table to save."""
    X, y = read_points(text)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([f"{x1:g}", f"{x2:g}", CLASSES[k]] for (x1, x2), k in zip(X, y, strict=True))
    return out.getvalue()


def points_from_csv(file: bytes) -> str:
    """The text of a table's points. ValueError names line, column, value and what is allowed."""
    try:
        rows = [row for row in csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(f"file: cannot be read; allowed: CSV in UTF-8 with the columns {', '.join(COLUMNS)}") from None
    head = [name.strip().lower() for name in rows[0]] if rows else []
    if sorted(head) != sorted(COLUMNS):
        said = short(",".join(head)) or "nothing"
        raise ValueError(f"columns={said}: allowed: {', '.join(COLUMNS)}, named in the first line")
    if len(rows) - 1 > MOST:
        raise ValueError(f"file: {len(rows) - 1} points; allowed: at most {MOST}")
    points = [_row(dict(zip(head, row, strict=False)), i) for i, row in enumerate(rows[1:], 2)]
    X, y = np.array([p[:2] for p in points]).reshape(-1, 2), np.array([p[2] for p in points], int)
    if lacks := missing(y):
        raise ValueError(f"file: {lacks}")
    return write_points(X, y)


def _row(cells: dict[str, str], line: int) -> tuple[float, float, int]:
    def fault(name: str, allowed: str) -> ValueError:
        return ValueError(f"row {line}: {name}={short(cells.get(name, 'nothing'))}: allowed: {allowed}")

    place = []
    for name in COLUMNS[:2]:
        try:
            value = float(cells.get(name, ""))
        except ValueError:
            value = math.nan
        if not -REACH <= value <= REACH:  # NaN fails too
            raise fault(name, f"a number from {-REACH:g} to {REACH:g}")
        place.append(value)
    label = cells.get("class", "").strip().lower()
    names = (*CLASSES, "0", "1")
    if label not in names:
        raise fault("class", f"{' or '.join(CLASSES)}, or 0 or 1")
    return place[0], place[1], names.index(label) % 2
