"""What decay gained over many seeds: the part of a page that is measured when a visitor asks for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from wd_core import workers
from wd_core.studies.calibration import BINS
from wd_core.studies.evidence import Paired
from wd_core.studies.gains import Gains
from wd_core.studies.selection import best_lambda, mean_and_error, median_lambda
from wd_core.text import lambda_text
from wd_core.ui.boards import BOUND, result_of, show_board
from wd_core.ui.companions import link
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Bars, Board, Curves, Panel, Series

SEEDS = tuple(range(12))
COMPARED = {"decay": ("decay", "none"), "early stopping": ("early", "none"), "both": ("both", "none"),
            "decay − early stopping": ("decay", "early"), "both − early stopping": ("both", "early")}  # fmt: skip
"""What is compared: an arm, and what it is better than. The first DRAWN stand in the picture."""
DRAWN = 4
UNITS = {"score": "accuracy, points", "loss": "loss", "calibration": "calibration error"}
DIGITS = {"score": 1, "loss": 3, "calibration": 3}
ARM_NAMES = {"none": "λ = 0", "decay": "λ chosen", "early": "stopped early", "both": "both"}
IN_THE_LAB = "The accuracies of the last table open in the Lab, at the first seed's λ and step."


def measured_part(
    key: str,
    what: Hashable,
    names: Mapping[str, str],
    lambdas: Sequence[float],
    make: Callable[[Progress], dict[str, Gains]],
    cost: float,
) -> None:
    """A switch, and below it what `make` measured for every network of `names` (key → as it is called)."""
    found = when_asked(key, what, make, cost, len(SEEDS) * len(lambdas) * len(names))
    if found is None:
        return
    show_board(f"{key}-measured", what, lambda progress: measured_board(names, lambdas, found))
    st.markdown("\n".join(f"- {conclusion(name, found[model])}" for model, name in names.items()))
    st.container(key=f"wide-table-{key}").markdown(table(names, found))
    st.container(key=f"wide-table-{key}-links").markdown(links(names, found))
    st.caption(
        f"Means and 95 % t intervals over {len(SEEDS)} seeds, paired: all arms of a seed share split, labels and "
        "first weights. Above zero is better: accuracy that is gained, loss and calibration error that fall. λ is "
        "chosen for each seed by validation loss, early stopping keeps the recorded step of least validation loss at "
        f"λ = 0, “both” chooses λ and step together; the test part is looked at once. Calibration error: {BINS} bins "
        f"over the largest probability (Guo et al. 2017, arXiv:1706.04599). {IN_THE_LAB}"
    )


def when_asked(
    key: str, what: Hashable, make: Callable[[Progress], Any], cost: float, networks: int, at_once: bool = False
) -> Any:
    """A switch; once it is on, what `make` measured, made once for all visitors. `cost`: seconds of one core.

    With `at_once` it is on from the start: the seeds join the picture of the first by themselves.
    """
    seconds = cost / workers.COUNT
    time = f"about {round(seconds / 60)} min" if seconds > 90 else f"about {max(5, 5 * round(seconds / 5))} s"
    wanted = st.toggle(
        f"Measure it over {len(SEEDS)} seeds", at_once, key=f"{key}_measured",
        help=f"{time.capitalize()} on this machine, once for all visitors. Turn it off to stop.", **BOUND,
    )  # fmt: skip
    with st.container(key="room-for-progress"):  # always there: what follows stays as it is while one waits
        if not wanted:
            return None
        return result_of(("measured", key, what), make, text=f"Training {networks} networks")


def measured_board(names: Mapping[str, str], lambdas: Sequence[float], found: Mapping[str, Gains]) -> Board:
    """Validation loss over λ, and what each arm gains in accuracy."""
    last = {model: mean_and_error(g.validation_loss, 1) for model, g in found.items()}
    early = {model: mean_and_error(g.stopped_loss, 1) for model, g in found.items()}
    highest = {model: float(np.nanmax(mean + np.nan_to_num(error))) for model, (mean, error) in last.items()}
    # Where the loss runs away without decay, what decay can reach is still to be seen.
    top = min(max(highest.values()), 4 * min(float(np.nanmin(mean)) for mean, _ in early.values()))
    beyond = {model: f"above {top:.1f}: at the top edge" if top < high else "" for model, high in highest.items()}
    gains = {model: ends(g, "score")[:, :DRAWN] for model, g in found.items()}
    reach = 1.05 * max(1.0, *(float(np.nanmax(np.abs(g))) for g in gains.values()))
    panels: list[Panel] = [
        Curves(title=f"{name}: validation loss", height=190, range=(0.0, top), note=beyond[model],
               marks=[("lowest", best_lambda(last[model][0]))],
               series=[_band("last step", last[model], "l2"), _band("stopped early", early[model], "decoupled")])
        for model, name in names.items()
    ]  # fmt: skip
    panels += [
        Bars(title=f"{name}: gain in test accuracy", names=list(COMPARED)[:DRAWN], values=gains[model][0],
             low=gains[model][1], high=gains[model][2], y_label="points", range=(-reach, reach), height=210)
        for model, name in names.items()
    ]  # fmt: skip
    return Board(
        [Axis("lambda", "λ", list(lambdas))],
        panels,
        sentences=[
            f"λ = {lambda_text(lam)}: validation loss, mean of {len(SEEDS)} seeds: "
            + "; ".join(f"{name} {_number(last[m][0][i])} at the last step, {_number(early[m][0][i])} stopped early"
                        for m, name in names.items()) + "."
            for i, lam in enumerate(lambdas)
        ],
    )  # fmt: skip


def ends(g: Gains, what: str) -> np.ndarray:
    """(3, compared): means and ends of the intervals."""
    paired = [g.over(what, *pair) for pair in COMPARED.values()]
    return np.array([[p.mean, *p.interval] for p in paired]).T


def _band(name: str, of: tuple[np.ndarray, np.ndarray], colour: str) -> Series:
    mean, error = of
    return Series(name, mean, mean - error, mean + error, colour=colour, dash="validation")


def _number(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "none"


def interval_text(p: Paired, what: str) -> str:
    """Mean and interval, with signs."""
    digits = DIGITS[what]
    mean, low, high = (f"{round(v, digits) + 0.0:+.{digits}f}".replace("-", "−") for v in (p.mean, *p.interval))
    return f"{mean} [{low}, {high}]"


def conclusion(name: str, g: Gains) -> str:
    """What the intervals say of one network, in words."""
    score, sure = g.over("score", "decay"), g.over("calibration", "decay")
    right = {"holds": "makes it right more often", "fails": "makes it right less often"}
    said = right.get(score.verdict, "cannot be told to make it right more often or less often")
    if sure.verdict == "holds":
        better = f", {'and' if score.verdict == 'holds' else 'but'} it is better calibrated"
    elif sure.verdict == "fails":
        better = ", and it is worse calibrated"
    else:
        better = ""
    rival = g.over("score", "decay", "early")
    against = {"holds": "decay is ahead", "fails": "early stopping is ahead"}
    who = against.get(rival.verdict, "neither can be called the winner")
    added = g.over("score", "both", "early")
    more = {"holds": "adds to it", "fails": "takes from it"}.get(added.verdict, "cannot be told to add to it")
    return (
        f"**{name}.** Decay {said}{better} ({interval_text(score, 'score')} points of accuracy, "
        f"{interval_text(sure, 'calibration')} off the calibration error). Against early stopping, in accuracy, {who} "
        f"({interval_text(rival, 'score')} points); beside early stopping, decay {more} "
        f"({interval_text(added, 'score')} points). λ chosen: {chosen_text(g.arms['decay'].lam)}."
    )


def chosen_text(lam: np.ndarray) -> str:
    """The λ that seeds chose (S,): from, to, median."""
    low, median, high = map(lambda_text, (float(lam.min()), median_lambda(lam), float(lam.max())))
    return f"{low} to {high}, median {median}" if low != high else f"{low} by every seed"


def table(names: Mapping[str, str], found: Mapping[str, Gains]) -> str:
    """Markdown: for every network and quantity, what each arm gains; its name opens it in the Lab."""
    head = f"| network | quantity | without decay | {' | '.join(COMPARED)} |"
    lines = [head, "|---|---|---:|" + "---:|" * len(COMPARED)]
    for model, name in names.items():
        for what, unit in UNITS.items():
            g = found[model]
            none = g.calibration["none"] if what == "calibration" else getattr(g.arms["none"], what)
            start = f"{100 * none.mean():.1f} %" if what == "score" else f"{none.mean():.3f}"
            cells = [interval_text(g.over(what, *pair), what) for pair in COMPARED.values()]
            lines.append(f"| [{name}]({link(g.arms['decay'])}) | {unit} | {start} | {' | '.join(cells)} |")
    return "\n".join(lines)


def by_column(corner: str, names: Mapping[str, str], rows: Mapping[str, Callable[[str], str]]) -> str:
    """Markdown: a column for each of `names`, for a phone; a row says of each key what it has there."""
    lines = [f"| {corner} | {' | '.join(names.values())} |", "|---|" + "---:|" * len(names)]
    return "\n".join([*lines, *(f"| {what} | {' | '.join(map(say, names))} |" for what, say in rows.items())])


def links(names: Mapping[str, str], found: Mapping[str, Gains]) -> str:
    """Markdown: every arm's mean test accuracy, as a link that opens it in the Lab."""
    lines = [f"| in the Lab | {' | '.join(ARM_NAMES.values())} |", "|---|" + "---:|" * len(ARM_NAMES)]
    for model, name in names.items():
        arms = found[model].arms
        cells = [f"[{100 * arms[arm].score.mean():.1f} %]({link(arms[arm])})" for arm in ARM_NAMES]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
