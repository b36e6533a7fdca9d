"""The page on learning rate × λ: a map for each optimiser, dragged; the model that each cell trained beside them."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment
from wd_core.studies import rates
from wd_core.studies.rates import RIVALS, RateMap
from wd_core.studies.selection import interval
from wd_core.text import lambda_text, number_text
from wd_core.ui.boards import BOUND, is_made, result_of, show_board
from wd_core.view.board import Axis, Board, Heat, Plane, Readout
from wd_core.view.picture import plane_of

DATA = ("circles", "spirals", "moons", "xor", "blobs", "breast_cancer", "digits")
BATCHES = {"digits": 50}
SEEDS = tuple(range(6))
WHAT = {"loss": "loss", "score": "accuracy"}
KEPT = {"": "at the end", "stopped_": "stopped early"}
"""Parts of the name of a `RateMap`'s field."""


def controls() -> tuple[str, str]:
    """Data set, and what is coloured: loss or accuracy, at the end or stopped early."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        data = st.selectbox("Data", DATA, key="rates_data", width=280, format_func=lambda n: DATASETS[n].title, **BOUND)
        what = st.segmented_control(
            "Colour", list(WHAT), default="loss", format_func=WHAT.get, key="rates_what", required=True, **BOUND
        )
        kept = st.segmented_control(
            "Model kept", list(KEPT), default="", format_func=KEPT.get, key="rates_when", required=True, **BOUND
        )
    return data, f"{kept}{what}"


def maps_of(data: str) -> dict[str, RateMap]:
    """The rivals' maps; each is kept as soon as it is done. Whoever stops sees those that are."""
    base, found, slot = base_of(data), {}, st.empty()
    stopped = st.session_state.get("rates_stopped") == data
    for i, (name, rival) in enumerate(RIVALS.items()):
        key = ("rates", data, name)
        if not is_made(key):
            if stopped:
                continue
            done = ", and show what is done" if found else ""
            slot.button(f"Stop{done}", key=f"stop {i}", icon=":material/close:", on_click=_stop, args=(data,))
        text = f"{name}, map {i + 1} of {len(RIVALS)}: {len(rival.lrs) * len(rival.lambdas) * len(SEEDS)} trainings"
        found[name] = result_of(key, lambda p, r=rival: rates.rate_map(base, r, SEEDS, p), 8_000_000, text)
    slot.empty()
    if missing := len(RIVALS) - len(found):
        which = "map that is" if missing == 1 else f"{missing} maps that are"
        st.button(f"Train the {which} not done", key="go on", on_click=_stop, args=("",))
    return found


def _stop(data: str) -> None:
    """Train no more maps of this data set; "" goes on."""
    st.session_state["rates_stopped"] = data


def base_of(data: str) -> Experiment:
    """The data set's opening with an MLP and batches, so that an epoch has several steps."""
    opening = Experiment.from_query(f"dataset={data}")
    hidden = opening.hidden if opening.model == "mlp" else (16, 16)
    return opening.replace(model="mlp", hidden=hidden, penalty="l2", batch_size=BATCHES.get(data, 20))


def show() -> None:
    """The whole page below its title."""
    data, what = controls()
    maps = maps_of(data)
    if not maps:
        return
    show_board("rates", (data, what, *maps), lambda progress: _board(what, maps))
    e = next(iter(maps.values())).experiment
    st.container(key="wide-table-rates").markdown(_measured(maps))
    st.caption(
        f"{DATASETS[data].title}, {len(e.data(0).y_train)} training examples, batches of {e.batch_size}, {e.steps} "
        f"steps, {len(SEEDS)} seeds; a cell is their mean, a run that is worse than a constant counts as the "
        "constant; grey: all of them diverged. Coupled and decoupled λ are not one quantity: each map has its own "
        "axes. Dashed frame: the best cell. Lines: equal decay a step through the best cell, and the stability edge, "
        "beyond which a step of decay (or of decay and loss) overshoots by more than it had to go: lr·λ ≥ 2 for "
        "decoupled decay, λ ≥ 2 in the paper's form, lr·(largest curvature + λ) ≥ 2 for gradient descent, 2(1 + μ) "
        "with momentum (curvature at the first weights, by power iteration; training moves it). Adam with coupled "
        "decay has no such edge: its steps do not grow with the gradient. Interaction: the share of the log loss's "
        "variation, at the end, that no sum of an effect of lr and one of λ explains. One by one: the loss that is "
        "given away by choosing lr at the smallest λ and then λ at this lr. Time scale: epochs in which decay forgets, "
        "1/(lr·λ·steps an epoch), in the paper's form 1/(λ·steps an epoch), with momentum (1 − μ) times that, at each "
        "seed's best cell; where that has the map's smallest λ the truth may be longer. Intervals: 95 % t over seeds. "
        "Sources: Loshchilov & Hutter 2019, fig. 1 (arXiv:1711.05101); Wang & Aitchison 2024 (arXiv:2405.13698)."
    )


def _board(what: str, maps: dict[str, RateMap]) -> Board:
    names, count = list(maps), rates.COUNT
    values = {name: m.cells(what) for name, m in maps.items()}
    every = np.concatenate([v.ravel() for v in values.values()])
    span = (float(np.nanmin(every)), float(np.nanmax(every)))
    heats = [
        Heat(title=name, values=values[name], rows=[number_text(v, 2) for v in m.lrs],
             columns=[number_text(v, 1) for v in m.lambdas],
             row_label="learning rate", column_label="λ", range=span, control=("row", "column"), upward=True,
             sets={"map": i}, best=m.best(what), overlays=_lines(m, m.best(what)), width="third", height=250,
             form="percent" if what.endswith("score") else "three")
        for i, (name, m) in enumerate(maps.items())
    ]  # fmt: skip
    first = maps[names[0]]
    drawn = plane_of(first.first, SEEDS[0])
    weights = np.stack([m.weights for m in maps.values()])
    over = ("map", "row", "column")
    look = {"title": "This cell's model, at the end", "width": "third", "height": 250}
    planes = [Plane(weights=weights, over=over, **look, **drawn)] if drawn else []
    place = [str(i + 1) for i in range(count)]
    start = first.best(what)
    return Board(
        [
            Axis("map", "optimiser", names, "names", start=0),
            Axis("row", "learning rate, cell", place, "names", start=start[0]),
            Axis("column", "λ, cell", place, "names", start=start[1]),
        ],
        [*heats, *planes],
        readouts=[
            Readout("learning rate", _spread([m.lrs[:, None] for m in maps.values()], count), over),
            Readout("λ", _spread([m.lambdas[None] for m in maps.values()], count), over, "lambda"),
            *(
                Readout(f"{label}{', early' if kept else ''}",
                        np.stack([m.cells(f"{kept}{field}") for m in maps.values()]), over, form)
                for field, label, form in (("loss", "validation loss", "three"), ("score", "accuracy", "percent"))
                for kept in KEPT
            ),
            Readout("decay a step", _spread([_pace(m) for m in maps.values()], count), over),
        ],
        sentences=[_words(name, m, what) for name, m in maps.items()],
    )  # fmt: skip


def _spread(values: list[np.ndarray], count: int) -> np.ndarray:
    return np.stack([np.broadcast_to(v, (count, count)) for v in values])


def _pace(m: RateMap) -> np.ndarray:
    """(R, L) share of a weight that decay takes at a step: lr·λ, or λ; for coupled Adam it depends on the gradient."""
    e = m.experiment
    if e.optimizer == "adam" and e.decay == "coupled":
        return np.full((len(m.lrs), len(m.lambdas)), np.nan)
    pace = np.ones((len(m.lrs), 1)) * m.lambdas if e.decay == "decoupled_paper" else m.lrs[:, None] * m.lambdas
    return pace / (1 - e.momentum) if e.optimizer == "momentum" else pace


def _lines(m: RateMap, best: tuple[int, int]) -> list[tuple[str, list[tuple[float, float]]]]:
    """Equal decay a step through the best cell, and the stability edge, in cells (column, row)."""
    rows = partial(_place, m.lrs)
    fine = np.linspace(-0.5, len(m.lambdas) - 0.5, 181)
    lam = np.exp(np.log(m.lambdas[0]) + fine * np.log(m.lambdas[1] / m.lambdas[0]))
    i, j = best
    paper = m.experiment.decay == "decoupled_paper"
    found = []
    if not (m.experiment.optimizer == "adam" and m.experiment.decay == "coupled"):
        if paper:
            found.append(("equal λ", [(float(j), -0.5), (float(j), len(m.lrs) - 0.5)]))
        else:
            equal = m.lrs[i] * m.lambdas[j] / lam
            found.append(("equal lr·λ", list(zip(fine.tolist(), rows(equal).tolist(), strict=True))))
    if (edge := rates.edge_of(m, lam)) is None:
        return found
    formula, at = edge
    if paper:  # a λ: the first beyond it
        line = [(float(fine[at.argmin()]), row) for row in (-0.5, len(m.lrs) - 0.5)]
    else:
        line = list(zip(fine.tolist(), rows(at).tolist(), strict=True))
    found.append((f"edge, {formula}", line))
    return found


def _place(lrs: np.ndarray, lr: np.ndarray) -> np.ndarray:
    """Where learning rates lie among the rows."""
    return np.log(lr / lrs[0]) / np.log(lrs[1] / lrs[0])


def _words(name: str, m: RateMap, what: str) -> str:
    """The best cell of what is coloured, what stopping early would give, and the price of one after the other."""
    i, j = m.best(what)
    on_the_edge = i in (0, len(m.lrs) - 1) or j in (0, len(m.lambdas) - 1)
    kind = what.removeprefix("stopped_")
    said = f"{name}: {'highest' if kind == 'score' else 'least'} validation {WHAT[kind]} {_value(m, what)}"
    said += f" at lr {number_text(m.lrs[i], 2)}, λ {lambda_text(m.lambdas[j])}{', where the map ends' * on_the_edge}"
    other = kind if what != kind else f"stopped_{kind}"
    said += f"; {'at the end' if what != kind else 'stopped early'}, the best cell has {_value(m, other)}."
    gone = float(np.isnan(m.loss).mean())
    return f"{said} Learning rate first, λ after, costs {_lost(m)} in loss. " + (
        f"{100 * gone:.0f} % of the runs diverged." if gone else "No run diverged."
    )


def _value(m: RateMap, what: str) -> str:
    """The best cell's value, as people write it."""
    value = m.cells(what)[m.best(what)]
    return f"{100 * value:.1f} %" if what.endswith("score") else f"{value:.3f}"


def _measured(maps: dict[str, RateMap]) -> str:
    """The table of what was measured, one row a rival."""
    lines = ["| optimiser | interaction | one by one, loss | time scale, epochs |", "|---|---:|---:|---:|"]
    for name, m in maps.items():
        share = "{:.0f} % [{:.0f}, {:.0f}]".format(*100 * np.clip(interval(m.interaction), 0, 1))
        lines.append(f"| {name} | {share} | {_lost(m)} | {_timescale(m)} |")
    return "\n".join(lines)


def _lost(m: RateMap) -> str:
    return "+{:.3f} [{:.3f}, {:.3f}]".format(*np.maximum(interval(m.one_by_one), 0))


def _timescale(m: RateMap) -> str:
    if m.timescale is None:
        return "not of this kind"
    at_the_end = int((m.best_of_seeds[1] == m.lambdas[0]).sum())
    said = "{} [{}, {}]".format(*(number_text(v) for v in interval(m.timescale, log=True)))
    return said + (f", {at_the_end} of {len(m.timescale)} at the map's smallest λ" if at_the_end else "")
