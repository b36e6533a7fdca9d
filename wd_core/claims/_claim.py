"""What a claim is: the words, the questions that decide it, and one function that tries it on one data set.

Every file of this package whose name does not begin with "_" is a claim and defines `CLAIM`; the file's stem is its
name. **No expected verdict stands anywhere**: what stands here is the claim, the arms, the measured quantity, the rule.
tests/test_claims_paired.py tries each: its arms share all but what is named, and no λ is chosen on test data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from wd_core.experiment import Experiment

Progress = Callable[[float], None]

SOURCES = {
    "S0": "Weight decay in machine learning (Data Analytics / VitalFlux)",
    "S1": "What is weight decay (L2 regularization) (blog)",
    "S2": "Neural Networks Weight Decay (article with tables and FAQ)",
    "S3": "Weight Decay in Neural Networks: the good, the bad and the fine-tuning (AI Enterprise Vision)",
    "S4": "Understanding the role of weight decay in deep learning models (GLCND)",
}
SEEDS = 15
"""Seeds of a trial at the least, unless a visitor asks for fewer."""
POINTS = "percentage points"
POINTS_MARGIN = 0.5
"""A difference in accuracy, in percentage points, too small to matter."""


@dataclass(frozen=True)
class Part:
    """One question of a claim, answered by one paired difference a seed; above zero speaks for the claim."""

    name: str
    """A few words, unique within the claim; "clean labels"."""
    quantity: str
    """What is subtracted from what: "test accuracy, λ chosen on validation less λ = 0"."""
    unit: str = POINTS
    margin: float = 0.0
    """In the unit: an interval inside ±margin is "no effect". 0 where no such size can be stated."""


@dataclass(frozen=True)
class Setting:
    """What one trial is asked for."""

    dataset: str
    seeds: tuple[int, ...] = tuple(range(SEEDS))
    lambdas: tuple[float, ...] = ()
    """The claim's own λ, or those that the visitor wants; () where a claim has none to choose."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What was measured on ONE data set: S values in everything, in the order of the seeds, NaN where a run is lost."""

    differences: Mapping[str, np.ndarray]
    """By part, (S,): paired differences in the part's unit, above zero where the claim is right."""
    arms: Mapping[str, np.ndarray] = field(default_factory=dict)
    """By arm, (S,): what was subtracted, for the table. The name says the unit where it is not the parts' own."""
    link: str = ""
    """Opens one of its runs: "?dataset=…" in the Lab (see `lab`), "companions?…" on another page."""


@dataclass(frozen=True)
class Against:
    """An article that says the contrary."""

    sources: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class Article:
    """The article's own numbers, to stand beside the measured ones."""

    source: str
    title: str
    """What its table shows, with the unit."""
    numbers: Mapping[str, str]
    """By arm, named as in `Trial.arms`: as the article writes it."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One claim of the articles, and how it is tried. All words are our own; Markdown is allowed."""

    number: int
    """As in the list of all claims."""
    name: str
    """The file's stem: what the command line, links and the store call it."""
    sources: tuple[str, ...]
    """Keys of SOURCES."""
    says: str
    """The claim in one short sentence, at most 90 characters."""
    literature: str
    """A paragraph: what the literature says, with citations."""
    parts: tuple[Part, ...] = ()
    arms: str = ""
    """What is run: models, settings, λ, what differs between the arms."""
    rule: str = ""
    """How the differences decide; what had to be chosen on the way, and on which data."""
    datasets: tuple[str, ...] = ()
    """What it is tried on: names of data sets, or the claim's own words for data that it makes itself. Tests try the
    first, so put a cheap one there."""
    seeds: int = SEEDS
    """How many it is tried with unless others are asked for; a cheap claim can afford 30."""
    more: tuple[str, ...] = ()
    """Further data sets that a visitor may try it on."""
    lambdas: tuple[float, ...] = ()
    """Its λ, where a visitor may choose others; `Setting.lambdas` has them."""
    trial: Callable[[Setting, Progress], Trial] | None = None
    """Tries it on one data set: a function of the claim's module (workers unpickle it by its name)."""
    against: tuple[Against, ...] = ()
    article: Article | None = None
    untestable: str = ""
    """Why no experiment can test it, where none can; then there is no trial."""

    def __post_init__(self) -> None:
        names = [part.name for part in self.parts]
        says = [said for said in (self.sources, *(a.sources for a in self.against)) if set(said) - set(SOURCES)]
        if says or not self.sources:
            raise ValueError(f"claim {self.name}: sources={says or self.sources}: allowed: {', '.join(SOURCES)}")
        if len(set(names)) < len(names):
            raise ValueError(f"claim {self.name}: parts={names}: allowed: different names")
        if bool(self.untestable) == (self.trial is not None):
            raise ValueError(f"claim {self.name}: allowed: a trial, or a word on why there is none")
        if self.seeds < SEEDS:
            raise ValueError(f"claim {self.name}: seeds={self.seeds}: allowed: at least {SEEDS}")
        if self.trial and not (self.parts and self.datasets and self.rule and self.arms):
            raise ValueError(f"claim {self.name}: a trial needs parts, datasets, arms and a rule")

    @property
    def order(self) -> int:
        return self.number

    def part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)


def lab(e: Experiment, lam: float | None = None, step: int | None = None) -> str:
    """A `Trial.link` that opens `e` in the Lab, at this λ and step."""
    return "?" + "&".join(
        [e.to_query(), *([] if lam is None else [f"at={float(lam)!r}"]), *([] if step is None else [f"step={step}"])]
    )


def points(score: np.ndarray) -> np.ndarray:
    """An accuracy, or a difference of two, in percent or percentage points."""
    return 100 * np.asarray(score, float)
