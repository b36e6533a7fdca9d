"""What a data set is, and the checks that hold for all of them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any

import numpy as np

from wd_core.datasets._forms import DIMENSIONS, KINDS, Form
from wd_core.text import short

TASKS = ("classification", "regression")
MAX_NOISE = 2.0

Sampler = Callable[[int, float, np.random.Generator], tuple[np.ndarray, np.ndarray]]
Cut = Callable[[np.ndarray, float, np.random.Generator], tuple[np.ndarray, np.ndarray, np.ndarray]]


def check_between(field: str, value: float, low: float, high: float) -> float:
    """Return `value` as a float; ValueError unless it is a number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= value <= high:  # NaN fails too
        raise ValueError(f"{field}={short(value)}: must be between {low:g} and {high:g}")
    return float(value)


def check_integer(field: str, value: int, low: int, high: int) -> int:
    """Return `value` as an int; ValueError unless it is a whole number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= value <= high:
        raise ValueError(f"{field}={short(value)}: must be a whole number between {low} and {high}")
    return int(value)


def legacy_seed(rng: np.random.Generator) -> int:
    """An integer `random_state`, drawn from `rng`: scikit-learn's functions take no Generator."""
    return int(rng.integers(2**31))


STORIES = MappingProxyType(
    {
        "cure": "without decay it overfits, a larger λ cures that, the largest leaves no more than a constant",
        "unbounded": "without decay the weights grow for ever; with the least λ on the path they come to rest",
        "selects": "L1 leaves more of the inputs that tell nothing at exactly zero than of the others; L2 leaves none",
        "drops": "L1 makes the smaller weight exactly zero while the larger is not; L2 drops neither",
        "shares": "L2 spreads the weight over more inputs than L1, each at its best λ",
        "shrinks": "the norm of the weights falls as λ grows",
        "straightens": "at its best λ a network draws more nearly what a linear model does than without decay",
        "idle": "weights of an input that never changes stay where they began without decay, and vanish with it",
    }
)
"""The kinds of story that an opening tells; tests/test_openings.py trains every opening and checks its own."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The settings with which the Lab and a short link show a data set: those for which its description is true."""

    story: tuple[str, ...] = ()  # of STORIES: what the description claims
    relevant: tuple[str, ...] = ()  # for the story "selects": inputs that matter, unless these are the data set's own
    lambdas: tuple[float, float] = (1e-4, 1.0)  # the ends of the path besides λ = 0
    count: int = 24  # λ on the path besides 0
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)  # other fields of an Experiment

    def __post_init__(self) -> None:
        if unknown := set(self.story) - set(STORIES):
            raise ValueError(f"story={', '.join(sorted(unknown))}: must be of {', '.join(STORIES)}")


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One population to draw examples from, the same for every seed: only the sampling varies.

    `sample(n, noise, rng)` returns X (n, *form.shape) and y (n,): class numbers from 0, or real-valued
    targets. Call `draw`, which also checks what comes back. Synthetic coordinates lie roughly in [-2.5, 2.5]
    at the default noise, so that networks train well as they are. Real features have their own units;
    `make_split` standardises them. `feature_names` are those of an example flattened to a row.
    """

    name: str  # what `Experiment.dataset` and share links say
    title: str
    description: str  # one sentence: what to see in it about weight decay; true of its opening
    task: str
    feature_names: tuple[str, ...]
    target_name: str
    class_names: tuple[str, ...] = ()  # none for regression
    default_noise: float
    noise_meaning: str  # one phrase for the interface
    synthetic: bool
    source: str
    sample: Sampler
    max_samples: int | None = None  # real data, and what can be counted: how many examples there are
    kind: str = "rows"  # of form, one of KINDS; see _forms
    shape: tuple[int, ...] = ()  # of one example; rows need not say it
    alphabet: str = ""  # tokens: letter k is the token k + 1
    image: tuple[int, ...] = ()  # rows that are also the pixels of an image of this shape
    points: str = ""  # drawn by hand: their text, see _points
    cut: Cut | None = None  # y, share for training, rng → rows of the three parts; None: by lot, classes in proportion
    opening: Opening = Opening()
    order: int = 1000  # place in the teaching order; newcomers go last

    def __post_init__(self) -> None:
        def require(field: str, holds: bool, allowed: str) -> None:
            if not holds:
                raise ValueError(f"{field}={getattr(self, field)!r}: must be {allowed}")

        require("name", bool(re.fullmatch(r"[a-z][a-z0-9_]*", str(self.name))), "of a-z, 0-9 and _")
        for name in ("title", "description", "target_name", "noise_meaning", "source"):
            text = getattr(self, name)
            require(name, isinstance(text, str) and text.strip() != "", "a text, not empty")
        require("task", self.task in TASKS, f"one of {', '.join(TASKS)}")
        least_classes = 2 if self.task == "classification" else 0
        for name, least in (("feature_names", 1), ("class_names", least_classes)):
            names = getattr(self, name)
            proper = isinstance(names, tuple) and len(set(names)) == len(names) >= least
            require(name, proper, f"a tuple of at least {least} different names")
        require("class_names", self.task == "classification" or not self.class_names, "() for regression")
        check_between("default_noise", self.default_noise, 0, MAX_NOISE)
        require("sample", callable(self.sample), "a function of n, noise, rng")
        counted = self.max_samples is not None or self.synthetic
        require("max_samples", counted, "the number of rows of real data")
        require("kind", self.kind in KINDS, f"one of {', '.join(KINDS)}")
        require("alphabet", (self.kind == "tokens") == bool(self.alphabet), "the letters of tokens, else empty")
        fits = len(self.form.shape) == DIMENSIONS[self.kind] and self.form.row_length == self.n_features
        require("shape", fits, f"the shape of one example ({self.kind}), of {self.n_features} features when flattened")
        pixels = self.kind == "rows" and len(self.image) == 3 and int(np.prod(self.image)) == self.n_features
        require("image", pixels or not self.image, "(channels, height, width) of the pixels in rows, or ()")

    @property
    def n_features(self) -> int:
        return len(self.feature_names)

    @property
    def n_classes(self) -> int:
        """How many classes; 0 for regression."""
        return len(self.class_names)

    @property
    def form(self) -> Form:
        """The form in which examples are drawn."""
        return Form(self.kind, self.shape or (self.n_features,), len(self.alphabet))

    def views(self) -> list[tuple[Form, Form]]:
        """Forms in which the examples can be prepared, each with one that can be made of it; the nearest first."""
        prepared = [self.form, *([Form("image", self.image)] if self.image else [])]
        return [(form, view) for form in prepared for view in form.views()]

    def seen_by(self, kinds: tuple[str, ...]) -> tuple[Form, Form]:
        """The form in which the examples are prepared, and the one that a model for these `kinds` then sees.

        ValueError where there is none. Rows of pixels are prepared as an image for whoever sees more than rows in them.
        """
        for form, view in self.views():
            if view.kind in kinds:
                return form, view
        raise ValueError(f"dataset={self.name}: must be {' or '.join(kinds)}; it is {self.kind}")

    @property
    def is_plane(self) -> bool:
        """Whether it is a synthetic plane: its features can be expanded, its axes share a unit."""
        return self.synthetic and self.n_features == 2

    def draw(self, n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """`sample`, checked: X (n, *form.shape) float64 (tokens: int64); y (n,) int64 classes or float64 targets."""

        def require(what: str, found: object, allowed: object, holds: bool) -> None:
            if not holds:
                raise ValueError(f"data set {self.name!r}: {what}={found}: must be {allowed}")

        X, y = (np.asarray(array) for array in self.sample(n, noise, rng))
        shape = (n, *self.form.shape)
        require("X.shape", X.shape, shape, X.shape == shape)
        require("y.shape", y.shape, (n,), y.shape == (n,))
        fault = self.form.fault(X)
        require("X", f"not {fault}", fault, not fault)
        X = X.astype(np.int64 if self.kind == "tokens" else np.float64)
        if self.task == "regression":
            require("y", "not finite", "finite", bool(np.isfinite(y).all()))
            return X, y.astype(np.float64)
        classes = np.unique(y).tolist()
        allowed = f"whole numbers from 0 to {self.n_classes - 1}"
        require("classes in y", classes, allowed, set(classes) <= set(range(self.n_classes)))
        return X, y.astype(np.int64)
