"""From experiments to tables of runs, and from tables to parts for the workers.

Experiments of one shape stand in one table, whatever else they differ in: on the same data their rows stand below one
another, on other data but with the same rows their groups stand beside one another. A part is some rows and some
groups of a table: runs never meet, so where it is cut makes no difference to any bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import accumulate, pairwise

import numpy as np

from wd_core.engine.arrays import full_rows
from wd_core.engine.penalties import make_penalty
from wd_core.engine.runs import Group, Row, Rule, Table
from wd_core.evaluation import decay_factors
from wd_core.experiment import Experiment

COMFORTABLE = 32 << 20
"""Bytes of `Part.room` that a table goes through in one pass: a third-level cache. Measured on small MLPs: tables
cut to 2.5 MB, a second-level cache, take 13 to 40 % longer, for each piece pays Python's calls again."""
FIELDS_OF = {of: [f.name for f in fields(Experiment) if f.metadata.get("of") == of] for of in ("shape", "rows", "data")}


@dataclass(frozen=True)
class Arm:
    """An experiment, the first of its rows (one a λ) and the first of its groups (one a seed) in a table."""

    experiment: Experiment
    row: int = 0
    group: int = 0

    def within(self, rows: range, groups: range) -> tuple[slice, slice]:
        """Which of its λ and of its seeds lie within these rows and groups of the table."""
        e = self.experiment
        return _overlap(rows, self.row, len(e.lambdas)), _overlap(groups, self.group, len(e.seeds))


def _overlap(part: range, start: int, count: int) -> slice:
    """Of `count` from `start` on, those in `part`."""
    first = min(max(part.start - start, 0), count)
    return slice(first, max(first, min(part.stop - start, count)))


@dataclass(frozen=True)
class Part:
    """Some rows and groups of a table; what is recorded, and when, the whole experiments decide."""

    arms: tuple[Arm, ...]
    rows: range
    groups: range

    @property
    def runs(self) -> int:
        return len(self.rows) * len(self.groups)

    def table(self) -> Table:
        """The runs of this part."""
        rows: dict[int, Row] = {}
        groups: dict[int, Group] = {}
        for arm in self.arms:
            e = arm.experiment
            lambdas, seeds = arm.within(self.rows, self.groups)
            if arm.row + lambdas.start not in rows:
                rows |= enumerate(rows_of(e, e.lambdas[lambdas]), start=arm.row + lambdas.start)
            if arm.group + seeds.start not in groups:
                groups |= enumerate(groups_of(e, e.seeds[seeds]), start=arm.group + seeds.start)
        e = self.arms[0].experiment
        ordered = [rows[i] for i in self.rows], [groups[i] for i in self.groups]
        return Table(e.layers, e.target, ordered[1], ordered[0], e.steps, e.batch_size)

    def room(self, dtype: np.dtype | type) -> int:
        """Bytes that a step of training goes through: what the layers say and its gradient, and seven arrays of
        parameters."""
        e = self.arms[0].experiment
        numbers = sum(math.prod(layer.shape) for layer in e.layers()) * e.examples_per_step
        return self.runs * (2 * numbers + 7 * e.n_parameters) * np.dtype(dtype).itemsize


def rows_of(e: Experiment, lambdas: Sequence[float], factors: np.ndarray | None = None) -> list[Row]:
    """A row for each λ; `factors` (P,) is what it is multiplied with, by default as `e` says."""
    rule = Rule(e.optimizer, e.momentum, e.beta2, e.decay, e.schedule, e.lambda_warmup, e.decay_span)
    penalty = make_penalty(e.penalty, e.l1_ratio)
    factors = decay_factors(e) if factors is None else factors
    return [Row(lam, e.lr, penalty, factors, rule, e.dropout, e.input_noise) for lam in lambdas]


def groups_of(e: Experiment, seeds: Iterable[int]) -> list[Group]:
    """A group for each seed."""
    return [Group(e.data(seed).X_train, e.data(seed).y_train, seed) for seed in seeds]


def tables_of(experiments: Sequence[Experiment], dtype: np.dtype | type) -> list[Part]:
    """Whole tables, as few as there can be."""
    same_data = _together(experiments, lambda e: (_shape(e, dtype), _values(e, "data")))
    stacks = [sorted(some, key=_rule) for some in same_data]
    same_rows = _together(stacks, lambda some: (_shape(some[0], dtype), *(_values(e, "rows") for e in some)))
    return [_whole(some) for some in same_rows]


def _whole(stacks: list[list[Experiment]]) -> Part:
    """Stacks of experiments with the same rows, beside one another."""
    first_rows = [0, *accumulate(len(e.lambdas) for e in stacks[0])]
    first_groups = [0, *accumulate(len(stack[0].seeds) for stack in stacks)]
    arms = [Arm(e, row, group) for group, stack in zip(first_groups, stacks, strict=False)
            for row, e in zip(first_rows, stack, strict=False)]  # fmt: skip
    return Part(tuple(arms), range(first_rows[-1]), range(first_groups[-1]))


def _values(e: Experiment, of: str) -> tuple:
    return tuple(getattr(e, name) for name in FIELDS_OF[of])


def _shape(e: Experiment, dtype: np.dtype | type) -> tuple:
    """What runs must have in common to be trained together: the model, the steps, and the size of everything."""
    data = e.data(e.seeds[0])
    rows = full_rows(len(data.y_train), dtype) if e.batch_size is None else len(data.y_train)
    return _values(e, "shape"), data.X_train.shape[1:], rows, e.target.outputs, type(e.target.loss)


def _rule(e: Experiment) -> str:
    """Experiments of one rule stand together."""
    row = rows_of(e, [1.0], np.ones(1))[0]
    return repr((row.rule, row.penalty.l1_share > 0, row.penalty.l2_share > 0))


def _together(things: Iterable, key: Callable[..., object]) -> list[list]:
    found: dict[object, list] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return list(found.values())


def cut(part: Part, count: int) -> list[Part]:
    """The table in about `count` parts: along its rows, its groups or both, so that the largest is smallest."""
    rows, groups = len(part.rows), len(part.groups)
    ways = [(r, min(math.ceil(count / r), groups)) for r in range(1, min(count, rows) + 1)]
    by_rows, by_groups = min(ways, key=lambda way: (math.ceil(rows / way[0]) * math.ceil(groups / way[1]), -way[0]))
    pieces = []
    for rows in _pieces(part.rows, by_rows):
        for groups in _pieces(part.groups, by_groups):
            arms = tuple(arm for arm in part.arms if all(s.stop > s.start for s in arm.within(rows, groups)))
            pieces.append(Part(arms, rows, groups))
    return pieces


def _pieces(whole: range, count: int) -> list[range]:
    edges = np.linspace(whole.start, whole.stop, count + 1).astype(int).tolist()
    return [range(a, b) for a, b in pairwise(edges)]
