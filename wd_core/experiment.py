"""Experiment: the whole description of a result, frozen, validated, hashable, and a query string there and back."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote

from wd_core import cost
from wd_core.datasets import DATASETS, FEATURES, Dataset, Form, Given, Split, make_split, with_points
from wd_core.datasets.base import Opening
from wd_core.engine.decay import DECAYS
from wd_core.engine.layers import ACTIVATIONS, NORMS, Block, Layer, places
from wd_core.engine.losses import Target
from wd_core.engine.optimizers import OPTIMIZERS
from wd_core.engine.penalties import PENALTIES
from wd_core.engine.schedules import SCHEDULES
from wd_core.fields import checked, choice, lambda_path, many, number, parsed, text_of, yes_or_no
from wd_core.models import MODELS
from wd_core.models.base import task_of
from wd_core.text import short

OPENING_SEEDS = (0, 1, 2, 3, 4)


def recorded_steps(steps: int, count: int) -> tuple[int, ...]:
    """At most `count` steps from 0 to `steps`, denser at the start, where most happens."""
    return tuple(sorted({round(steps * (i / (count - 1)) ** 1.5) for i in range(count)}))


DATA, SHAPE, ROWS = "data", "shape", "rows"
"""What a field says: which examples; the model's and the training's shape; what runs of one table may differ in."""


@dataclass(frozen=True)
class Experiment:
    """One batch of paired runs: all `lambdas` × all `seeds` of one setting.

    For a given seed, data, split, initial weights and the order of the batches are the same for all λ. A value out of
    range or an unknown name raises ValueError naming the field, the value and what is allowed.
    """

    dataset: str | Given = field(default="moons", metadata=choice(DATASETS, DATA))
    """What the data are drawn from, by name; or rows that are given, which no link can say."""
    n_samples: int = field(default=200, metadata=number(20, 5000, DATA))
    """Examples in all; real data give at most as many as they have."""
    noise: float | None = field(default=None, metadata=number(0, 2, DATA))
    """Feature noise, or target noise for synthetic regression; None: the data set's own default."""
    label_noise: float = field(default=0.0, metadata=number(0, 0.5, DATA))
    noise_features: int = field(default=0, metadata=number(0, 50, DATA))
    train_share: float = field(default=0.5, metadata=number(0.1, 0.9, DATA))
    features: tuple[str, ...] = field(
        default=("x1", "x2"), metadata={"options": tuple(FEATURES), "many": True, "of": DATA}
    )
    model: str = field(default="mlp", metadata=choice(MODELS, SHAPE))
    hidden: tuple[int, ...] = field(default=(16, 16), metadata=many(1, 64, 1, 4, SHAPE))
    activation: str = field(default="tanh", metadata=choice(ACTIVATIONS, SHAPE))
    optimizer: str = field(default="adam", metadata=choice(OPTIMIZERS, ROWS))
    momentum: float = field(default=0.9, metadata=number(0, 0.99, ROWS))
    lr: float = field(default=0.01, metadata=number(1e-6, 10, ROWS))
    schedule: str = field(default="constant", metadata=choice(SCHEDULES, ROWS))
    batch_size: int | None = field(default=None, metadata=number(1, 5000, SHAPE))
    """None: full batch."""
    steps: int = field(default=300, metadata=number(1, 20_000, SHAPE))
    penalty: str = field(default="l2", metadata=choice(PENALTIES, ROWS))
    decay: str = field(default="coupled", metadata=choice(DECAYS, ROWS))
    l1_ratio: float = field(default=0.5, metadata=number(0, 1, ROWS))
    """ρ of the elastic net: λ₁ = λ·ρ, λ₂ = λ·(1 − ρ)."""
    lambdas: tuple[float, ...] = field(default=(0.0, 1e-3, 1e-2), metadata=many(0, 1e4, 1, 129, ROWS))
    seeds: tuple[int, ...] = field(default=(0, 1), metadata=many(0, 2**32 - 1, 1, 64, DATA))
    norm: str = field(default="none", metadata=choice(NORMS, SHAPE))
    """Normalisation of hidden layers, before their activation."""
    dropout: float = field(default=0.0, metadata=number(0, 0.9, ROWS))
    """Rate on hidden units, inverted; on the inputs of a linear model."""
    input_noise: float = field(default=0.0, metadata=number(0, 10, ROWS))
    """Standard deviation of fresh Gaussian noise on the inputs at each step."""
    decay_layers: tuple[float, ...] = field(default=(), metadata=many(0, 100, 0, 16, ROWS))
    """A factor on λ for each layer with weights, first to last, for all that is decayed in it; (): all 1."""
    decay_biases: bool = field(default=False, metadata=yes_or_no(ROWS))
    decay_gains: bool = field(default=False, metadata=yes_or_no(ROWS))
    """Gains of normalisation; their shifts are biases."""
    lambda_warmup: float = field(default=0.0, metadata=number(0, 1, ROWS))
    """Share of the steps over which λ rises linearly from 0."""
    decay_span: tuple[float, ...] = field(default=(0.0, 1.0), metadata=many(0, 1, 2, 2, ROWS))
    """Shares of the steps between which decay acts: step t of T decays if a ≤ (t − 1)/T < b."""
    beta2: float = field(default=0.999, metadata=number(0, 1, ROWS) | {"below": True})
    """Adam's."""
    biases: bool = field(default=True, metadata=yes_or_no(SHAPE))
    points: str = field(default="", metadata={"of": DATA})
    """Of dataset="points": the points that are drawn, as a text (see datasets/_points); "" for its own."""

    def __post_init__(self) -> None:
        for f in fields(self):
            object.__setattr__(self, f.name, checked(f, getattr(self, f.name), lambda: self._named))
        self._check_task()
        self._check_decay()
        self.data(self.seeds[0])  # its own errors name the field too
        self._check_cost()

    # ---------------------------------------------------------------- what follows from the settings

    def data(self, seed: int) -> Split:
        """The arrays as the model sees them, read-only: .X_train (n, d) .y_train (n,) and so on."""
        if isinstance(self.dataset, Given):
            return self.dataset.split
        return make_split(
            self.dataset,
            self.n_samples,
            self.noise,
            self.label_noise,
            self.noise_features,
            self.train_share,
            self.features,
            seed,
            MODELS[self.model].takes,
            self.points,
        )

    @property
    def source(self) -> Dataset:
        """What the data are drawn from."""
        return with_points(self._named, self.points)

    @property
    def _named(self) -> Dataset:
        return self.dataset if isinstance(self.dataset, Given) else DATASETS[self.dataset]

    @property
    def task(self) -> str:
        """"regression", "binary" or "multiclass"."""
        return task_of(self.source.n_classes)

    @property
    def form(self) -> Form:
        """What one example looks like to the model."""
        return self.source.seen_by(MODELS[self.model].takes)[1]

    @property
    def target(self) -> Target:
        """Loss and outputs of the model on its data."""
        return MODELS[self.model].target(self.source.n_classes)

    def layers(self) -> list[Layer]:
        """Fresh layers of the model, in order."""
        inputs = self.data(self.seeds[0]).X_train.shape[1:]
        return MODELS[self.model].layers(self, inputs, self.target.outputs)

    @cached_property
    def blocks(self) -> tuple[tuple[Block, slice], ...]:
        """Every block of parameters, and where it lies in a run's flat row."""
        return tuple(places(self.layers()))

    @property
    def decayed_layers(self) -> tuple[str, ...]:
        """Names of the layers that have weights, first to last: those that `decay_layers` counts."""
        return tuple(dict.fromkeys(block.layer for block, _ in self.blocks if block.mask("weight").any()))

    @property
    def examples_per_step(self) -> int:
        """Examples in a batch; all training examples for batch_size None."""
        n = len(self.data(self.seeds[0]).y_train)
        return n if self.batch_size is None else min(self.batch_size, n)

    @property
    def steps_per_epoch(self) -> float:
        """Steps that see as many examples as the training part has."""
        return len(self.data(self.seeds[0]).y_train) / self.examples_per_step

    @property
    def n_parameters(self) -> int:
        """P: parameters of one run, biases included."""
        return sum(block.size for block, _ in self.blocks)

    @property
    def record_at(self) -> tuple[int, ...]:
        """The K steps whose weights are kept: fewer where a run has very many parameters."""
        return recorded_steps(self.steps, self.size.records)

    @cached_property
    def size(self) -> cost.Size:
        """What its cost depends on."""
        return cost.size_of(self)

    @property
    def cost(self) -> float:
        """Seconds of one core that training and evaluation should take, see `cost`."""
        return cost.seconds(self.size)

    @property
    def overhead(self) -> float:
        """Of `cost`, what each part takes anew into which the training is cut."""
        return cost.overhead(self.size)

    def _check_task(self) -> None:
        model = MODELS[self.model]
        if not model.fits(self.source):
            fitting = ", ".join(name for name, model in MODELS.items() if model.fits(self.source))
            needs = "" if self.task not in model.tasks else f", for it takes {' or '.join(model.takes)}"
            what = f"the {self.task} data set {self.dataset}"
            raise ValueError(f"model={self.model}: does not fit {what}{needs}; allowed: {fitting}")

    def _check_decay(self) -> None:
        if self.decay_span[0] > self.decay_span[1]:
            span = text_of(self.decay_span)
            raise ValueError(f"decay_span={span}: allowed: two shares, the first not above the second")
        if self.decay_layers and len(self.decay_layers) != len(names := self.decayed_layers):
            raise ValueError(
                f"decay_layers={short(text_of(self.decay_layers))}: {len(self.decay_layers)} values; allowed: none, or "
                f"{len(names)}, one for each layer with weights: {', '.join(names)}"
            )

    def _check_cost(self) -> None:
        if found := cost.check(self.size):
            field, what = found
            raise ValueError(f"{field}={short(text_of(getattr(self, field), field))}: {what}")

    @property
    def is_opening(self) -> bool:
        """Whether these are the settings with which the data set opens, so that its description is true."""
        return self.settings() == opening(self.dataset, self.decay)

    def settings(self) -> dict[str, Any]:
        """Every field's value."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    # ---------------------------------------------------------------- query string

    def to_query(self) -> str:
        """The query string of a share link: what differs from the data set's opening, with this form of decay or its
        own, or in which that differs from the defaults above. So it says all of it, and means the same when openings
        change."""
        if isinstance(self.dataset, Given):
            raise ValueError(f"dataset={self.dataset}: no link can say it; allowed: the data sets of the Lab")
        starts = opening(self.dataset, self.decay), opening(self.dataset), _defaults(self.dataset)
        said = {k: v for k, v in self.texts().items() if any(getattr(self, k) != start[k] for start in starts)}
        return "&".join(f"{name}={quote(text, safe=',~*()^')}" for name, text in said.items())

    def texts(self) -> dict[str, str]:
        """Every field as a link writes it."""
        return {f.name: text_of(getattr(self, f.name), f.name) for f in fields(self)}

    @classmethod
    def from_query(cls, text: str) -> Experiment:
        """Inverse of `to_query`; `text` may be a whole link. What it does not say is as in the data set's opening.

        Raises ValueError for anything it does not know.
        """
        return cls.from_pairs(query_pairs(text))

    @classmethod
    def from_pairs(cls, pairs: dict[str, str]) -> Experiment:
        """From field names and their texts, the rest from the data set's opening."""
        known = {f.name: f for f in fields(cls)}
        for name in pairs:
            if name not in known:
                raise ValueError(f"{short(name)}={short(pairs[name])}: no such field; allowed: {', '.join(known)}")
        said = {name: parsed(name, text, known[name].default) for name, text in pairs.items()}
        return cls(**opening(said.get("dataset", cls.dataset), said.get("decay")) | said)

    def replace(self, **changes: Any) -> Experiment:
        """A copy with these fields changed."""
        return replace(self, **changes)


# -------------------------------------------------------------------- what a link starts from


def opening(dataset: str, decay: str | None = None) -> dict[str, Any]:
    """Every field as the data set opens in the Lab and in a short link, whose story is then true.

    `decay` None: the opening's own form. Another than that has a λ range of its own: beside the step from a tenth of an
    e-fold in the whole training (it does next to nothing) to the whole weight in one step. An unknown name opens with
    the class defaults: its own check will name it.
    """
    plain = _defaults(dataset) | {"dataset": dataset}
    if dataset not in DATASETS:
        return plain | {"decay": decay or Experiment.decay}
    start = DATASETS[dataset].opening
    own = start.settings.get("decay", Experiment.decay)
    found = plain | {"seeds": OPENING_SEEDS} | start.settings | {"decay": decay or own}
    low, high = start.lambdas
    if found["decay"] != own:
        beside = {"decoupled": found["lr"], "cautious": found["lr"], "decoupled_paper": 1.0}.get(found["decay"])
        low, high = (float(f"{v / beside:.0e}") for v in (0.1 / found["steps"], 1)) if beside else Opening.lambdas
    return found | {"lambdas": lambda_path(low, high, start.count)}


def _defaults(dataset: str) -> dict[str, Any]:
    found = {f.name: f.default for f in fields(Experiment)}
    if dataset not in DATASETS:
        return found
    return found | {"noise": DATASETS[dataset].default_noise, "points": DATASETS[dataset].points}


def query_pairs(text: str) -> dict[str, str]:
    """A link or its query string as {name: text}. Raises ValueError for a name said twice or a text too long."""
    whole_link = "?" in text or "://" in text
    query = (text.partition("?")[2] if whole_link else text).partition("#")[0]
    if len(query) > 8000:
        raise ValueError(f"query of {len(query)} characters: allowed are 8000")
    pairs = parse_qsl(query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{short(name)}: said {names.count(name)} times in the query; allowed is once")
    return dict(pairs)
