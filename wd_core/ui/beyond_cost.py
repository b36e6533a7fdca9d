"""The board on cost at inference: zeros, pruning, multiply-adds, bytes, under L2 and L1; and what they mean on a small
device."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from wd_core.history import History
from wd_core.studies import inference as inf
from wd_core.studies.evidence import Paired, mean_interval
from wd_core.studies.predictions import accuracy, at_chosen, chosen, inputs_of, labels_of, scores_of
from wd_core.studies.selection import median_lambda
from wd_core.text import lambda_text, number_text
from wd_core.ui.beyond_boards import Progress, View, band, by, difference, span_of, told
from wd_core.ui.measured import by_column
from wd_core.view.board import Axis, Bars, Board, Curves, Readout

NAMES = {"l2": "L2", "l1": "L1"}
FLASH, RAM, CLOCK = 1_048_576, 262_144, 64e6
"""Bytes and Hz of a board that beginners' courses use, the Arduino Nano 33 BLE (nRF52840, Cortex-M4F)."""


def cost(views: Mapping[str, View], report: Progress) -> Board:
    """`views` of "l2" and "l1", whose first λ, 0, is the same model."""
    view, e = views["l2"], views["l2"].h.experiment
    scores, ends = {}, {name: _ends(v.h) for name, v in views.items()}
    for i, (name, v) in enumerate(views.items()):
        scores[name] = inf.pruned_scores(v.h, v.part)
        report(0.45 * (i + 1))
    span = span_of(np.stack(list(scores.values())))
    none = scores["l2"][:, :1]
    over_kept = [band("no decay", np.broadcast_to(by(none, 0), by(scores["l2"], 0).shape), "none", "validation")]
    over_kept += [band(NAMES[name], by(found, 0), name) for name, found in scores.items()]
    zeros = {name: inf.zero_share(v.h) for name, v in views.items()}
    total = float(inf.multiply_adds(e))
    after = {name: inf.multiply_adds(e, w).astype(float) for name, w in ends.items()}
    places = inf.weight_places(e)
    cut = [np.stack([inf.multiply_adds(e, inf.pruned(w, places, k)) for k in inf.KEPT]) for w in ends.values()]
    whole = [np.broadcast_to(v, cut[0].shape) for v in (np.full_like(after["l2"], total), *after.values())]
    work = np.stack([*whole, *cut])  # (5, kept, L, S)
    sizes = {name: inf.bytes_of(e, w).as_dict() for name, w in ends.items()}
    formats = list(sizes["l2"])
    held = np.stack([np.broadcast_to(sizes["l2"][formats[0]], after["l2"].shape),
                     np.broadcast_to(sizes["l2"][formats[1]], after["l2"].shape),
                     *(sizes[name][f] for name in views for f in formats[2:])])  # fmt: skip
    report(0.97)
    return Board(
        [view.axis, Axis("kept", "share of the weights kept", list(inf.KEPT), "log", list(inf.KEPT).index(0.2))],
        [
            Curves(title=f"{view.score.capitalize()} after pruning, {view.part} part", axis="kept", over=("lambda",),
                   height=230, range=span, series=over_kept),
            Curves(title="Weights that are exactly zero, without pruning", height=230, range=(0.0, 1.0),
                   series=[band(NAMES[name], zero, name) for name, zero in zeros.items()],
                   marks=[(f"{NAMES[n]}: least loss", v.best) for n, v in views.items()]),
            Bars(title="Multiply-adds of one prediction", over=("kept", "lambda"), height=220, colour="l2",
                 names=["all", "L2", "L1", "L2 pruned", "L1 pruned"], form="count", note="zeros skipped",
                 values=np.moveaxis(mean_interval(work)[0], 0, -1)),
            Bars(title="Bytes of the parameters", over=("lambda",), height=220, colour="l2", form="count",
                 names=["float32", "8 bits", *(f"{NAMES[n]}{bits}" for n in views for bits in ("", " 8 b"))],
                 note="L2, L1: sparse",
                 values=mean_interval(held)[0].T),
        ],
        [Readout(f"{NAMES[name]}, {bits} bits a weight: {view.score}", _quantised(v, ends[name], bits), ("lambda",),
                 "three" if view.h.target.is_regression else "percent")
         for bits in (8, 4) for name, v in views.items()],
        sentences=[_cost_words(views, scores, zeros, i) for i in range(len(view.lambdas))],
    )  # fmt: skip


def _ends(h: History) -> np.ndarray:
    return np.nan_to_num(h.weights[:, :, -1])


def _quantised(view: View, weights: np.ndarray, bits: int) -> np.ndarray:
    """(L,) mean score of weights that have so many bits."""
    h = view.h
    scores = scores_of(h, inputs_of(h, view.part), inf.quantised(h.experiment, weights, bits))
    return mean_interval(accuracy(h, scores, labels_of(h, view.part)))[0]


def _cost_words(
    views: Mapping[str, View], scores: Mapping[str, np.ndarray], zeros: Mapping[str, np.ndarray], i: int
) -> str:
    view, said = views["l2"], []
    within = "0.01" if view.h.target.is_regression else "a point"
    for name in ("l2",) if i == 0 else views:
        who = "without decay" if i == 0 else NAMES[name]
        least, whole = np.nanmean(inf.least_kept(scores[name][:, i])), np.nanmean(scores[name][-1, i])
        said.append(
            f"{who} ({view.score} {view.score_text(whole)}): {100 * np.nanmean(zeros[name][i]):.0f} % of the weights "
            f"are exactly zero, and {100 * least:.0f} % are enough to stay within {within} of that"
        )
    return f"At λ = {lambda_text(view.lambdas[i])}, {view.part} part: {'; '.join(said)}."


# -------------------------------------------------------------------- at the chosen λ


def cost_measured(views: Mapping[str, View]) -> list[str]:
    """At the λ that validation chose, pruned as far as validation allows; scores on the part."""
    found = _chosen(views)
    least, score = ({name: arm[what] for name, arm in found.items()} for what in ("least", "score"))
    said = []
    for name in views:
        less = Paired(least[name] - least["none"])
        what = told(less, "more weights than without decay", "fewer weights than without decay",
                    "a number of weights not to be told from that without decay")  # fmt: skip
        said.append(f"{NAMES[name]} needs {what}: {difference(less, 100, ' % of all', 0)}")
    fewer, better = Paired(least["l1"] - least["l2"]), Paired(score["l1"] - score["l2"])
    said.append(
        f"L1 against L2: {told(fewer, 'more weights', 'fewer weights', 'weights not to be told apart in number')} "
        f"({difference(fewer, 100, ' % of all', 0)}), {views['l2'].score} "
        f"{told(better, 'higher', 'lower', 'not to be told apart')} ({views['l2'].difference(better)})"
    )
    return said


def _chosen(views: Mapping[str, View]) -> dict[str, dict[str, np.ndarray]]:
    """For no decay, L2, L1, (S,) each: the share of weights that validation allows, the part's score with it,
    multiply-adds, bytes."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for name, view in {"none": views["l2"], **views}.items():
        h, e = view.h, view.h.experiment
        at = np.zeros(len(h.seeds), int) if name == "none" else chosen(h)
        weights, places = at_chosen(_ends(h), at), inf.weight_places(e)
        on = {part: np.moveaxis(inf.pruned_scores(h, part), 0, -1) for part in ("validation", view.part)}
        least = inf.least_kept(at_chosen(on["validation"], at).T)
        k = np.searchsorted(inf.KEPT, np.nan_to_num(least, nan=1.0))
        cut = np.stack([inf.pruned(w, places, inf.KEPT[i]) for w, i in zip(weights, k, strict=True)])
        found[name] = {
            "lam": h.lambdas[at], "least": least, "score": at_chosen(on[view.part], at)[np.arange(len(k)), k],
            "whole": at_chosen(on[view.part], at)[:, -1], "zeros": at_chosen(inf.zero_share(h), at),
            "multiply_adds": inf.multiply_adds(e, cut).astype(float), "bytes": inf.bytes_of(e, cut).sparse8,
        }  # fmt: skip
    return found


def cost_table(views: Mapping[str, View]) -> str:
    """Markdown: no decay, L2, L1, each at its λ, pruned as far as validation allows: a column each, for a phone."""
    view, found = views["l2"], _chosen(views)
    mean = {name: {what: float(np.nanmean(v)) for what, v in arm.items()} for name, arm in found.items()}
    rows = {
        "λ, median": lambda name: lambda_text(median_lambda(found[name]["lam"])),
        "weights exactly zero": lambda name: f"{100 * mean[name]['zeros']:.0f} %",
        "weights kept": lambda name: f"{100 * mean[name]['least']:.0f} %",
        f"{view.score}, whole": lambda name: view.score_text(mean[name]["whole"]),
        f"{view.score}, pruned": lambda name: view.score_text(mean[name]["score"]),
        "multiply-adds, pruned": lambda name: f"{mean[name]['multiply_adds']:,.0f}",
        "bytes, pruned, 8 bits, sparse": lambda name: f"{mean[name]['bytes']:,.0f}",
    }
    return by_column("penalty", {name: {"none": "none", **NAMES}[name] for name in found}, rows)


def device_words(view: View) -> str:
    """What the whole model would be on a small device."""
    e = view.h.experiment
    size, work = 4 * e.n_parameters, int(inf.multiply_adds(e))
    share, ms = size / FLASH, 1e3 * work / CLOCK
    return (
        f"On an Arduino Nano 33 BLE ({FLASH // 1024:,} KB of flash, {RAM // 1024} KB of memory, {CLOCK / 1e6:.0f} MHz) "
        f"this model's {e.n_parameters:,} parameters in float32 take {number_text(100 * share, 2)} % of the flash, and "
        f"its {work:,} multiply-adds {number_text(ms, 2)} ms, if each took one cycle (an assumption: loads come on "
        "top, and two 16-bit products fit in one cycle). So small a model needs no pruning there; the shares above are "
        "what carries over to models that fill the device."
    )
