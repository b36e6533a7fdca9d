"""The board of the game: before the lock training alone and what was looked at, then validation, then the test.

What is hidden is not in the message either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.history import History
from wd_core.studies.game import COIN, DEALS, experiments, losses
from wd_core.studies.selection import best_lambda, mean_and_error
from wd_core.text import number_text, short
from wd_core.view.board import Axis, Board, Curves, Panel, Plane, Series
from wd_core.view.picture import plane_of

TOP = 1.25
"""Of the loss axis: the same whatever is hidden."""
NAMES = {"train": "training", "validation": "validation", "test": "test"}
LOOKS = 5
"""How often one may look at validation loss."""
FIELDS = ("deal", "looks", "lock", "test")
SHOWN = {"play": (), "locked": ("validation",), "revealed": ("validation", "test")}
"""Stage → the parts that are seen at every λ beside training."""


@dataclass(frozen=True)
class Play:
    """Where a game stands, as its link says it. λ are numbers on the path."""

    deal: int = 0
    looks: tuple[int, ...] = ()
    lock: int | None = None
    test: bool = False
    """Whether the test part is revealed."""

    @property
    def stage(self) -> str:
        return "play" if self.lock is None else "revealed" if self.test else "locked"

    def pairs(self) -> dict[str, str]:
        """The address's fields, from 1 as people count; a λ by its number on the path."""
        found = {"deal": str(self.deal + 1)}
        if self.looks:
            found["looks"] = ".".join(map(str, self.looks))
        if self.lock is not None:
            found |= {"lock": str(self.lock)} | ({"test": "1"} if self.test else {})
        return found


def read_play(pairs: Mapping[str, str]) -> tuple[Play, list[str]]:
    """What an address says, and what it gets wrong; a field that makes no sense is left out."""
    wrong: list[str] = []
    last = len(experiments()[0].lambdas) - 1

    def number(name: str, text: str, low: int, high: int) -> int | None:
        if text.isascii() and text.isdigit() and len(text) < 4 and low <= int(text) <= high:
            return int(text)
        wrong.append(f"{name}={short(text)}: allowed: {low} to {high}")
        return None

    deal = number("deal", pairs.get("deal", "1"), 1, DEALS)
    lock = number("lock", pairs["lock"], 0, last) if "lock" in pairs else None
    texts = pairs.get("looks", "").split(".") if pairs.get("looks") else []
    looks = [number("looks", text, 0, last) for text in texts[: LOOKS + 1]]
    if len(looks) > LOOKS or None in looks or len(set(looks)) < len(looks):
        wrong[:] = [message for message in wrong if not message.startswith("looks=")]
        wrong.append(f"looks={short(pairs['looks'])}: allowed: up to {LOOKS} numbers from 0 to {last}, each once")
        looks = []
    if "test" in pairs and (pairs["test"] != "1" or lock is None):
        wrong.append(f"test={short(pairs['test'])}: allowed: 1, once a λ is locked")
    return Play((deal or 1) - 1, tuple(looks), lock, lock is not None and pairs.get("test") == "1"), wrong


def game_board(play: Play, histories: Sequence[History]) -> Board:
    """Mean loss over λ and the three planes of the deal."""
    lambdas = list(histories[0].experiment.lambdas)
    mean = {part: losses(list(histories), part).mean(0)[:, 0] for part in ("train", *SHOWN[play.stage])}
    looked = np.full(len(lambdas), np.nan)
    if play.stage == "play":
        looked[list(play.looks)] = losses(list(histories), "validation").mean(0)[list(play.looks), 0]
    curve = _curve("Mean loss of the three, this deal", mean, looked, play)
    return Board(
        [Axis("lambda", "λ", lambdas, start=start_of(play))], [curve, *map(_plane, histories)],
        sentences=[_sentence(i, lambdas, mean, looked) for i in range(len(lambdas))],
        groups={h.experiment.dataset: h.experiment.source.title for h in histories},
    )  # fmt: skip


def _curve(title: str, mean: dict[str, np.ndarray], looked: np.ndarray, play: Play) -> Curves:
    series = [Series(NAMES[part], y, dash=part) for part, y in mean.items()]
    if play.stage == "play":
        series.append(Series("validation where you looked", looked, colour="ink", dots=True))
    series.append(_coin(len(looked)))
    return Curves(title=title, series=series, range=(0.0, TOP), y_label="mean loss", height=190, width="full",
                  marks=_marks(mean, play), note=f"above {TOP:g}: drawn at {TOP:g}", key="game-loss")  # fmt: skip


def _coin(n: int) -> Series:
    return Series("a coin", np.full(n, COIN), colour="muted", dash="cv")


def _marks(mean: dict[str, np.ndarray], play: Play) -> list[tuple[str, int]]:
    """The visitor's λ and the lowest of each part that is seen; names that meet at one λ are joined."""
    if play.lock is None:
        return []
    found = {play.lock: ["you"]}
    for part in SHOWN[play.stage]:
        found.setdefault(best_lambda(mean[part]), []).append(f"lowest {NAMES[part]}")
    return [(", ".join(names), at) for at, names in found.items()]


def start_of(play: Play) -> int:
    """The λ where the hand is at first."""
    return len(experiments()[0].lambdas) // 2 if play.lock is None else play.lock


def deals_board(validation: np.ndarray, test: np.ndarray, play: Play) -> Board:
    """Mean losses (L, deals) over all deals, with one standard error; the visitor's λ marked."""
    series = []
    for name, loss, colour in (("validation", validation, "l2"), ("test", test, "ink")):
        mean, error = mean_and_error(loss, axis=1)
        series.append(Series(name, mean, mean - error, mean + error, colour=colour, dash=name))
    panel = Curves(title=f"The same over {DEALS} deals", series=[*series, _coin(len(loss))], range=(0.0, TOP),
                   y_label="mean loss", height=200, width="full", marks=[("you", play.lock)],
                   note="bands: one standard error", key="game-deals")  # fmt: skip
    return Board([Axis("lambda", "λ", list(experiments()[0].lambdas), start=play.lock)], [panel])


def _plane(h: History) -> Panel:
    """What the network says of one data set, in this deal."""
    drawn = plane_of(h, h.experiment.seeds[0])
    return Plane(title=h.experiment.source.title, weights=h.weights[:, 0, -1], over=("lambda",), width="third",
                 height=215, note="training points", group=h.experiment.dataset, **drawn)  # fmt: skip


def _sentence(i: int, lambdas: Sequence[float], mean: dict[str, np.ndarray], looked: np.ndarray) -> str:
    said = [f"{NAMES[part]} {number_text(float(y[i]))}" for part, y in mean.items()]
    if np.isfinite(looked[i]):
        said.append(f"validation {number_text(float(looked[i]))}, where you looked")
    return f"λ = {number_text(float(lambdas[i]), 2)}: mean loss, {', '.join(said)}."
