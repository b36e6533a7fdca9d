"""Scene: what the Lab shows, as a link says it: an experiment, what it is compared with, and where one looks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from urllib.parse import quote

import numpy as np

from wd_core.datasets import IN_FILE
from wd_core.engine.penalties import PENALTIES
from wd_core.experiment import DECAYS, Experiment, query_pairs
from wd_core.text import short
from wd_core.view.planes import make_plane

IN_LINK = 100
"""Points that an address says itself: 400 characters of it, which mail, chats and QR codes still carry."""


@dataclass(frozen=True)
class Scene:
    """An experiment and the view of it. Raises ValueError naming field, value and what is allowed."""

    experiment: Experiment
    against: str = ""
    """The second panel's penalty, or "penalty,decay" where its decay differs; "" for none."""
    shown: int | None = None
    """The seed whose run is drawn; None: the first."""
    plane: str = "auto"
    """Which plane is drawn, see `planes.make_plane`."""
    at: float = 0.0
    """λ under the cursor: the nearest on the path is shown."""
    step: int | None = None
    """Step under the cursor: the nearest that was recorded is shown; None: the last."""
    reveal: bool = False
    """Whether test data are shown."""

    def __post_init__(self) -> None:
        e = self.experiment
        object.__setattr__(self, "shown", e.seeds[0] if self.shown is None else self.shown)
        object.__setattr__(self, "step", e.steps if self.step is None else self.step)
        if self.shown not in e.seeds:
            seeds = short(", ".join(map(str, e.seeds)))
            raise ValueError(f"shown={short(self.shown)}: allowed: one of the seeds {seeds}")
        if not 0 <= self.at <= 1e4:
            raise ValueError(f"at={short(self.at)}: allowed: a number from 0 to 10000")
        if not 0 <= self.step <= e.steps:
            raise ValueError(f"step={short(self.step)}: allowed: a whole number from 0 to {e.steps}")
        penalty, _, decay = self.against.partition(",")
        if self.against and penalty not in PENALTIES:
            raise ValueError(f"against={short(self.against)}: allowed: one of {', '.join(PENALTIES)}")
        if decay and decay not in DECAYS:
            raise ValueError(f"against={short(self.against)}: after the comma, allowed: one of {', '.join(DECAYS)}")
        self._check_drawn()
        try:
            make_plane(e.data(self.shown), e.source, self.plane)
        except ValueError as error:
            raise ValueError(str(error).replace("choice=", "plane=", 1)) from None

    def _check_drawn(self) -> None:
        """Points drawn by hand stay where, and what, they are drawn: all of them, in the plane of the drawing."""
        e = self.experiment
        if not e.source.points:
            return
        for name in ("noise", "label_noise"):
            if getattr(e, name):
                raise ValueError(f"{name}={getattr(e, name)!r}: allowed: 0 for points drawn by hand")
        if e.n_samples < (n := e.source.max_samples):
            raise ValueError(f"n_samples={e.n_samples}: allowed: {n} or more, for all points drawn by hand are used")
        if self.plane != "auto":
            raise ValueError(f"plane={short(self.plane)}: allowed: auto for points drawn by hand")

    @property
    def arms(self) -> tuple[Experiment, ...]:
        """One experiment, or the two that are compared: same data, seeds, initial weights and batches."""
        if not self.against:
            return (self.experiment,)
        penalty, _, decay = self.against.partition(",")
        return self.experiment, self.experiment.replace(penalty=penalty, decay=decay or self.experiment.decay)

    @property
    def drawn(self) -> tuple[tuple[Experiment, ...], int | None, str]:
        """What its picture depends on: all but the cursor."""
        return self.arms, self.shown, self.plane

    @property
    def cursor(self) -> tuple[int, int]:
        """Indices (λ, recorded step) of what is shown: the nearest λ in log λ (0 only for 0), the nearest step."""
        lambdas, steps = np.array(self.experiment.lambdas), np.array(self.experiment.record_at)
        if self.at == 0 and 0.0 in lambdas:
            return int(np.flatnonzero(lambdas == 0)[0]), int(np.abs(steps - self.step).argmin())
        distance = np.abs(np.log(np.maximum(lambdas, 1e-300)) - np.log(max(self.at, 1e-300)))
        return int(distance.argmin()), int(np.abs(steps - self.step).argmin())

    def to_query(self) -> str:
        """The share link's query string: the experiment's, then the view's fields that differ from their defaults."""
        e = self.experiment
        default = {"against": "", "shown": e.seeds[0], "plane": "auto", "at": 0.0, "step": e.steps, "reveal": False}
        own = [(name, getattr(self, name)) for name in default if getattr(self, name) != default[name]]
        texts = [f"{name}={quote(str(int(v) if isinstance(v, bool) else v), safe=',')}" for name, v in own]
        return "&".join(filter(None, [e.to_query(), *texts]))

    @property
    def address(self) -> str:
        """As `to_query`, but of points too many for an address it says only that a file has them."""
        e = self.experiment
        if len(e.points) <= 4 * IN_LINK:
            return self.to_query()
        return self.to_query().replace(f"points={e.points}", f"points={IN_FILE}")

    @classmethod
    def from_query(cls, text: str) -> Scene:
        """Inverse of `to_query`; `text` may be a whole link. Raises ValueError for anything it does not know."""
        pairs = query_pairs(text)
        own = {f.name: pairs.pop(f.name) for f in fields(cls) if f.name != "experiment" and f.name in pairs}
        readers = {"shown": int, "at": float, "step": int, "reveal": lambda v: {"0": False, "1": True}[v]}
        values = {}
        for name, value in own.items():
            try:
                values[name] = readers.get(name, str)(value)
            except (ValueError, KeyError):
                kind = {"at": "a number", "reveal": "0 or 1"}.get(name, "a whole number")
                raise ValueError(f"{name}={short(value)}: allowed: {kind}") from None
        return cls(Experiment.from_pairs(pairs), **values)
