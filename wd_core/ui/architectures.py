"""The page on architectures: the same λ for all of them, what it gains, and what it leaves of each kind of layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from wd_core import workers
from wd_core.datasets import DATASETS
from wd_core.experiment import Experiment
from wd_core.studies import architectures as study
from wd_core.studies.architectures import Response
from wd_core.studies.companions import Kept
from wd_core.studies.evidence import Paired
from wd_core.studies.selection import mean_and_error, median_lambda
from wd_core.text import lambda_text
from wd_core.ui.boards import BOUND, is_made, result_of, show_board
from wd_core.view.board import Axis, Bars, Board, Curves, Heat, Row, Rows, Series
from wd_core.view.scene import Scene

SEEDS = (2, 10, 20)
LABELS = {"wrong": "20 % wrong", "clean": "clean"}
COLOURS = {name: f"class {i}" for i, name in enumerate(study.ARCHITECTURES)}
MARGIN = 0.5
"""In percentage points: a difference in accuracy too small to matter."""


def show() -> None:
    """The whole page below its title."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        data = st.selectbox(
            "Data", list(study.TASKS), key="archs_data", width=260, format_func=lambda n: DATASETS[n].title, **BOUND
        )
        labels = st.segmented_control(
            "Training labels", list(LABELS), default="wrong", format_func=LABELS.get, key="archs_labels",
            required=True, **BOUND,
        )  # fmt: skip
        seeds = st.segmented_control("Seeds", SEEDS, default=SEEDS[0], key="archs_seeds", required=True, **BOUND)
    slot = st.container(key="room-for-progress")  # the first seed's picture is below it
    if not all(is_made(_key(data, labels, seeds, name)) for name in study.fitting(data)):  # one seed while they train
        with slot:
            first = responses_of(data, labels, 1)
        show_board("architectures", (data, labels, 1), lambda progress: _board(first))
        st.caption(_caption(data, first))
        with slot:
            responses_of(data, labels, seeds)
        st.rerun()
    setting = data, labels, seeds
    found = responses_of(*setting)
    show_board("architectures", setting, lambda progress: _board(found))
    st.container(key="wide-table-archs").markdown(_table(found))
    if seeds < SEEDS[1]:
        st.markdown(
            f"{seeds} seeds make a picture, not an interval: take {SEEDS[1]} to see what is general and what is not "
            f"(some {_patience(data, labels)})."
        )
    else:
        st.markdown("\n\n".join(_general(found)))
    st.caption(_caption(data, found))


def responses_of(data: str, labels: str, seeds: int) -> dict[str, Response]:
    """Every architecture's answer; each is kept as soon as it is done. One seed is for the first picture: nothing
    decays there but weights."""
    found = {}
    for i, name in enumerate(names := study.fitting(data)):
        e, arms = _task(data, labels, name, seeds), seeds > 1
        what = f"{seeds} seeds, {len(e.lambdas)} λ, biases decayed and not" if arms else f"one seed, {len(e.lambdas)} λ"
        found[name] = result_of(
            _key(data, labels, seeds, name), partial(study.responses, e, arms=arms),
            text=f"{name}, {i + 1} of {len(names)}: {what}",
        )  # fmt: skip
    return found


def _key(data: str, labels: str, seeds: int, name: str) -> tuple[str, str, str, int, str]:
    return "architectures", data, labels, seeds, name


def _task(data: str, labels: str, name: str, seeds: int) -> Experiment:
    return study.task(data, name, seeds=range(seeds), label_noise=study.WRONG_LABELS * (labels == "wrong"))


def _seconds(e: Experiment, arms: bool) -> float:
    """What it takes with all workers, with `arms` for decayed biases and gains beside it, by the predicted cost."""
    many = 2 + ("gain" in {block.role for block, _ in e.blocks}) if arms else 1
    return many * e.cost / workers.COUNT


def _patience(data: str, labels: str) -> str:
    """How long the ten seeds take on this machine."""
    cost = sum(_seconds(_task(data, labels, name, SEEDS[1]), arms=True) for name in study.fitting(data))
    return f"{max(5, 5 * round(cost / 5))} s on this machine"


def _board(found: Mapping[str, Response]) -> Board:
    some = next(iter(found.values()))
    lambdas = some.experiment.lambdas
    curves = []
    for name, r in found.items():
        mean, error = mean_and_error(r.validation, axis=1)
        curves.append(Series(name, mean, mean - error, mean + error, colour=COLOURS[name], dash="validation"))
    limit = 1.15 * max(float(np.nanmax(r.validation.mean(1))) for r in found.values())
    kinds = [k for k in study.KINDS if k not in ("biases", "gains") and any(k in r.left for r in found.values())]
    blank = np.full(len(lambdas), np.nan)
    left = np.stack(
        [[np.nan_to_num(r.left[k].mean(1), posinf=np.nan) if k in r.left else blank for k in kinds]
         for r in found.values()]
    )  # fmt: skip
    most = max(1.0, float(np.nanmax(left)))
    return Board(
        [Axis("lambda", "λ", list(lambdas), start=3)],
        [
            Curves(title="Validation loss", series=curves, height=230, range=(0.0, limit), y_label="cross-entropy"),
            _choices(found, lambdas),
            Heat(title="What this λ leaves of each kind of layer", values=np.moveaxis(left, -1, 0), over=("lambda",),
                 rows=list(found), columns=kinds, range=(0.0, most), form="percent", numbers=True, width="full",
                 height=60 + 34 * len(found), note="root mean square, in shares of that at λ = 0"),
            _bars("Gain of decay on the test part", {name: r.gain for name, r in found.items()}),
            _bars("Gain of early stopping", {name: r.early_gain for name, r in found.items()}),
        ],
        sentences=[_words(found, i) for i in range(len(lambdas))],
    )  # fmt: skip


def _choices(found: Mapping[str, Response], lambdas: tuple[float, ...]) -> Rows:
    """Which λ the seeds' validation losses choose."""
    rows = []
    for name, r in found.items():
        places, counts = np.unique([lambdas.index(lam) for lam in r.decay.lam], return_counts=True)
        said = ", ".join(f"{c} at {lambda_text(lambdas[p])}" for p, c in zip(places, counts, strict=True))
        dots = [(float(p), int(c)) for p, c in zip(places, counts, strict=True)]
        rows.append(Row(name, dots=dots, colour=COLOURS[name], said=f"{name}: {said}"))
    return Rows(title="Best λ, a dot for the seeds that choose it", rows=rows, height=230)


def _bars(title: str, gains: Mapping[str, np.ndarray]) -> Bars:
    paired = [Paired(100 * g) for g in gains.values()]
    ends = {}
    if len(paired[0].differences) >= SEEDS[1]:  # of two seeds an interval says nothing, and flattens the bars
        low, high = np.array([p.interval for p in paired]).T
        ends = {"low": low, "high": high}
    return Bars(title=title, names=list(gains), values=np.array([p.mean for p in paired]), **ends,
                y_label="percentage points", height=210)  # fmt: skip


def _words(found: Mapping[str, Response], i: int) -> str:
    lam = next(iter(found.values())).experiment.lambdas[i]
    best = [name for name, r in found.items() if (r.decay.lam == lam).sum() * 2 > len(r.decay.lam)]
    some = next(iter(found.values())).experiment.seeds
    most, none = ("most seeds choose", "no architecture's seeds choose it by majority") if len(some) > 1 else (
        "the first seed chooses", "the first seed chooses it for no architecture")  # fmt: skip
    chosen = f"{most} it for {_list(best)}" if best else none
    if lam == 0:
        return f"λ = 0: every layer as the loss alone wants it; {chosen}."
    ends = [
        (v, f"{name}, {k}")
        for name, r in found.items()
        for k, its in r.left.items()
        if k not in ("biases", "gains") and np.isfinite(v := float(its[i].mean()))
    ]
    least, most = min(ends), max(ends)
    return (
        f"λ = {lambda_text(lam)}: {chosen}. Of weights it leaves least in {least[1]} ({100 * least[0]:.0f} % of their "
        f"size without decay) and most in {most[1]} ({100 * most[0]:.0f} %)."
    )


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def interval_text(values: np.ndarray, digits: int = 1) -> str:
    """Mean of paired differences (S,), and where there are seeds enough its 95 % t interval."""
    paired = Paired(values)
    numbers = [f"{round(v, digits) + 0.0:+.{digits}f}".replace("-", "−") for v in (paired.mean, *paired.interval)]
    return numbers[0] if len(values) < SEEDS[1] else f"{numbers[0]} [{numbers[1]}, {numbers[2]}]"


def _table(found: Mapping[str, Response]) -> str:
    lines = [
        "| architecture | parameters | best λ | accuracy, λ = 0 | decay | early stopping | biases too | gains too |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, r in found.items():
        median = lambda_text(median_lambda(r.decay.lam))
        others = [interval_text(100 * (r.others[w].score - r.decay.score)) if w in r.others else "none to decay"
                  for w in study.WITH]  # fmt: skip
        cells = [
            name, f"{r.experiment.n_parameters:,}", f"[{median}]({_link(r.decay)})",
            f"[{100 * r.none.score.mean():.1f} %]({_link(r.none)})", interval_text(100 * r.gain),
            interval_text(100 * r.early_gain), *others,
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _link(arm: Kept) -> str:
    return f"./?{Scene(arm.experiment, at=float(arm.lam[0]), step=int(arm.step[0])).to_query()}"


# -------------------------------------------------------------------- what is general, what is not


def _general(found: Mapping[str, Response]) -> list[str]:
    """What the intervals say of all architectures together, and of pairs of them."""
    return [
        f"**Decay's gain.** {_verdicts({n: r.gain for n, r in found.items()})}"
        f"{_pairs({n: 100 * r.gain for n, r in found.items()}, 'gain', ' points', 1)}",
        f"**The best λ.** {_pairs({n: r.best for n, r in found.items()}, 'best λ', ' decades', 2)}",
        f"**Layers.** {_layers(found)}",
        f"**Biases and gains.** {_excluded(found)}",
    ]


def _verdicts(gains: Mapping[str, np.ndarray]) -> str:
    """By verdict, whose it is."""
    said: dict[str, list[str]] = {}
    words = {"holds": "a gain", "fails": "a loss", "no effect": f"less than {MARGIN:g} points either way"}
    for name, gain in gains.items():
        verdict = Paired(100 * gain, MARGIN).verdict
        said.setdefault(words.get(verdict, "undecided"), []).append(name)
    text = "; ".join(f"{what}: {_list(names)}" for what, names in said.items())
    return f"{text[0].upper()}{text[1:]}. "


def _pairs(values: Mapping[str, np.ndarray], what: str, unit: str, digits: int) -> str:
    """Which pairs of architectures differ, paired by seed."""
    pairs, differ = study.differing(values)
    said = [f"{a} − {b} {interval_text(values[a] - values[b], digits)}{unit}" for a, b in differ]
    if not said:
        return f"Of {pairs} pairs of architectures none can be told apart by the {what}."
    return f"Of {pairs} pairs of architectures {len(said)} differ in the {what}: {'; '.join(said)}."


def _layers(found: Mapping[str, Response]) -> str:
    """What is left of each kind of layer at the λ that is chosen most often, and whether one kind always keeps most."""
    i = study.common_lambda(found.values())
    lam = next(iter(found.values())).experiment.lambdas[i]
    said, most = [], {}
    for name, r in found.items():
        left = {k: its[i] for k, its in r.left.items() if k not in ("biases", "gains")}
        shares = {k: Paired(100 * v) for k, v in left.items()}
        order = sorted(shares, key=lambda k: shares[k].mean)
        most.setdefault(order[-1], []).append(name)
        said.append(f"{name}: {', '.join(f'{k} {_share(shares[k])}' for k in order)}")
    places = "; ".join(f"{k} in {_list(names)}" for k, names in most.items())
    always = f"Which kind keeps most differs: {places}"
    if len(most) == 1:
        always = f"{_cap(next(iter(most)))} keeps most in every architecture"
    start = f"At λ = {lambda_text(lam)}, chosen most often, weights keep of their size"
    return f"{start}, least first: {'; '.join(said)}. {always}."


def _share(p: Paired) -> str:
    low, high = p.interval
    return f"{p.mean:.0f} % [{low:.0f}, {high:.0f}]"


def _cap(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _excluded(found: Mapping[str, Response]) -> str:
    said = []
    for which, what in (("biases too", "Biases decayed too"), ("gains too", "Gains of normalisation decayed too")):
        change = {n: r.others[which].score - r.decay.score for n, r in found.items() if which in r.others}
        if change:
            said.append(f"{what}, at a λ of their own choice. {_verdicts(change)}")
    return " ".join(said)


def _caption(data: str, found: Mapping[str, Response]) -> str:
    some = next(iter(found.values()))
    e, train = some.experiment, len(some.experiment.data(0).y_train)
    views = {n: r.experiment.form for n, r in found.items()}
    seen = "; ".join(f"{n} {_form(form)}" for n, form in views.items())
    missing = [n for n in study.ARCHITECTURES if n not in found]
    cannot = f" {_list(missing)} cannot take these data." if missing else ""
    return (
        f"{DATASETS[data].title}: {train} training examples, as each architecture sees one: {seen}.{cannot} Rows are "
        "standardised feature by feature, images and sequences as a whole. For one seed all have the same examples, "
        f"split and labels. AdamW, lr {e.lr:g}, {e.steps} steps, full batches, decoupled λ: each step takes lr·λ of a "
        "weight, whatever the layer. λ is chosen by validation loss for each architecture and seed, from "
        f"{', '.join(lambda_text(lam) for lam in e.lambdas)}; the test part is looked at once, at that λ. Gains are in "
        "percentage points of test accuracy over λ = 0, early stopping is λ = 0 at its least validation loss. Pairs "
        "are called different where the paired t test says so at 5 % / number of pairs; intervals are 95 % t, each "
        "by itself. Biases, and gains of normalisation, do not decay but in the last two columns."
    )


def _form(form: object) -> str:
    return f"{form.kind} {' × '.join(map(str, form.shape))}"
