"""Scenes: real digits pasted on the clutter of photographs, and the windows of which a detector learns.

Both photographs are cut into strips; each seed deals the strips and the digits anew to training, validation and test,
so that no part sees a pixel of another's clutter or another's digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

SIDE, DIGIT = 12, 8
"""Pixels of a window, and of the digit in its middle."""
MARGIN = (SIDE - DIGIT) // 2
COARSER = 2
"""Pixels of the photographs, in each direction, that become one."""
STRIP = 64
"""Columns of a strip: the width of a scene."""
HEIGHT = 48
INK = 0.8
"""How much of the clutter a stroke covers."""
DIGITS_PER_SCENE = 3
PARTS = ("train", "validation", "test")
SHARES = (0.4, 0.3, 0.3)
"""Of strips and digits."""
TRIES = 3
"""Pieces of clutter of which the liveliest is taken."""
PARTIAL = 0.3
"""Of the background windows, those with a digit in a corner, cut off."""


@cache
def clutter() -> np.ndarray:
    """The photographs' strips (strips, height, STRIP), grey, from 0 to 1. They come with scikit-learn."""
    from sklearn.datasets import load_sample_images

    strips = []
    for picture in load_sample_images().images:
        grey = picture.mean(-1) / 255
        rows, columns = (size // COARSER * COARSER for size in grey.shape)
        grey = grey[:rows, :columns].reshape(rows // COARSER, COARSER, columns // COARSER, COARSER).mean((1, 3))
        count = grey.shape[1] // STRIP
        strips += np.split(grey[:, : count * STRIP], count, axis=1)
    return np.stack(strips)


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """All digits (1797, 8, 8), from 0 (no ink) to 1, and which they are."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return found.images / 16, found.target


@dataclass(frozen=True, eq=False)
class Scenes:
    """Pictures with digits whose places are known."""

    pictures: np.ndarray
    """(n, HEIGHT, STRIP) from 0 to 1."""
    places: np.ndarray
    """(n, DIGITS_PER_SCENE, 2) row and column of the upper left corner of each digit's window."""


class Supply:
    """What a seed deals to one part: strips and digits that no other part has, and its random numbers."""

    def __init__(self, seed: int, part: str):
        which = PARTS.index(part)
        shuffle = np.random.default_rng([seed, 0])
        self.strips = clutter()[_share(shuffle.permutation(len(clutter())), which)]
        images, _ = digits()
        self.digits = images[_share(shuffle.permutation(len(images)), which)]
        self.rng = np.random.default_rng([seed, 1 + which])
        self._used = 0

    def crop(self, height: int, width: int) -> np.ndarray:
        """The liveliest of TRIES pieces of clutter from anywhere in the strips: much of a photograph is sky."""
        tries = [self._crop(height, width) for _ in range(TRIES)]
        return max(tries, key=lambda piece: np.abs(np.diff(piece)).mean()).copy()

    def _crop(self, height: int, width: int) -> np.ndarray:
        strip = self.strips[self.rng.integers(len(self.strips))]
        top, left = self.rng.integers(0, (strip.shape[0] - height + 1, strip.shape[1] - width + 1))
        return strip[top : top + height, left : left + width]

    def digit(self) -> np.ndarray:
        """A digit that was not dealt yet."""
        self._used += 1
        return self.digits[self._used - 1]

    def windows(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """n windows (n, SIDE, SIDE), and whether each has a digit, at most one pixel off its middle: every second."""
        y = np.arange(n) % 2
        return np.stack([self._window(bool(has)) for has in y]), y

    def _window(self, has_digit: bool) -> np.ndarray:
        window = self.crop(SIDE, SIDE)
        if has_digit:
            paste(window, self.digit(), *(MARGIN + self.rng.integers(-1, 2, 2)))
        elif self.rng.random() < PARTIAL:
            far = self.rng.permutation([self.rng.choice([-1, 1]) * self.rng.integers(5, 9), self.rng.integers(-8, 9)])
            paste(window, self.digit(), *(MARGIN + far))
        return window

    def scenes(self, n: int) -> Scenes:
        """n scenes with digits that do not overlap."""
        pictures = np.stack([self.crop(HEIGHT, STRIP) for _ in range(n)])
        places = np.stack([self._places() for _ in range(n)])
        for picture, its in zip(pictures, places, strict=True):
            for row, column in its:
                paste(picture, self.digit(), row + MARGIN, column + MARGIN)
        return Scenes(pictures, places)

    def _places(self) -> np.ndarray:
        places: list[np.ndarray] = []
        while len(places) < DIGITS_PER_SCENE:
            place = self.rng.integers(0, (HEIGHT - SIDE + 1, STRIP - SIDE + 1))
            if all(np.abs(place - other).max() >= SIDE for other in places):
                places.append(place)
        return np.stack(places)


def _share(order: np.ndarray, which: int) -> np.ndarray:
    ends = np.rint(np.cumsum([0, *SHARES]) * len(order)).astype(int)
    return order[ends[which] : ends[which + 1]]


def paste(picture: np.ndarray, digit: np.ndarray, row: int, column: int) -> None:
    """Write `digit` into `picture` at (row, column), cut off at the edge: white on dark clutter, black on light."""
    height, width = picture.shape
    top, left = max(0, row), max(0, column)
    bottom, right = min(height, row + DIGIT), min(width, column + DIGIT)
    if top >= bottom or left >= right:
        return
    here = picture[top:bottom, left:right]
    cover = INK * digit[top - row : bottom - row, left - column : right - column]
    ink = 1.0 if here.mean() < 0.5 else 0.0
    here[...] = here * (1 - cover) + ink * cover
