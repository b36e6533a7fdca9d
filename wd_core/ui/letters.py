"""The part of the language page that spells: bits per letter, invented names, those that are copied marked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from wd_core import cost
from wd_core.studies import letters
from wd_core.studies.evidence import Paired
from wd_core.studies.letters import LANGUAGES, Measured, Spelled
from wd_core.studies.selection import best_lambda, mean_and_error
from wd_core.text import lambda_text
from wd_core.ui.boards import BOUND, show_board
from wd_core.ui.measured import SEEDS, chosen_text, when_asked
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Bars, Board, Curves, Panel, Readout, Series, Words

SHOWN_NAMES = 24
ARMS = {"none": "λ = 0", "decay": "decay", "early": "early stopping", "both": "both"}


@dataclass(frozen=True, eq=False)
class Look:
    """One seed, and the names that it invents at every λ and step, (L, K)."""

    language: str
    spelled: Spelled
    names: list[list[tuple[str, bool]]]
    """For each place, names and whether they are copied."""
    copied: np.ndarray
    real: np.ndarray
    alone: float
    """Bits per letter on the validation part of one that knows letter frequencies alone."""


def look(language: str, progress: Progress) -> Look:
    """Train one seed and have it invent names."""
    s = letters.spell(language, (0,), letters.SHOWN, lambda share: progress(0.8 * share))
    data = letters.names_of(language, 0)
    seen, lead = set(data.names["train"]), (len(s.lambdas), len(s.steps))
    names, copied, real = [], np.empty(lead), np.empty(lead)
    for i in range(len(s.lambdas)):
        progress(0.8 + 0.2 * i / len(s.lambdas))
        for k, some in enumerate(letters.invented(np.nan_to_num(s.weights[i, 0]), letters.INVENTED, 0)):
            kinds = letters.kinds_of(some, data)
            copied[i, k], real[i, k] = kinds.copied, kinds.real
            names.append([(name or "(nothing)", name in seen) for name in some[:SHOWN_NAMES]])
    return Look(language, s, names, copied, real, letters.frequencies_alone(data.y["train"], data.y["validation"]))


def spelling() -> None:
    """Does it invent names, or copy those that it has read?"""
    language = st.selectbox("Surnames that are", LANGUAGES, LANGUAGES.index("Finnish"), key="letters_language",
                            width=320, **BOUND)  # fmt: skip
    show_board("letters", language, lambda progress: board(look(language, progress)), "Training at every λ")
    st.markdown(
        "**Try.** At λ = 0, drag the step from 50 to the end: what happens to the marked names while the validation "
        "curve turns? Then drag λ up: when does the last copy go, and when do the names stop being names?"
    )
    found = when_asked("letters", language, partial(letters.measure, language, SEEDS),
                       cost.seconds(letters.size(len(letters.LAMBDAS), len(SEEDS))),
                       len(SEEDS) * len(letters.LAMBDAS))  # fmt: skip
    if found is not None:
        show_board("letters-measured", language, lambda progress: measured_board(found))
        st.markdown(conclusion(found))
        st.container(key="wide-table-letters").markdown(table(found))
    data = letters.names_of(language, 0)
    st.caption(
        f"A GRU of {letters.UNITS} units reads {len(data.names['train'])} surnames letter by letter and says after "
        f"each what comes next; {len(data.names['validation'])} names each for validation and test. Adam, learning "
        f"rate {letters.LR:g}, {letters.STEPS} steps, full batch, decoupled decay of the weights, not the biases; "
        f"pictures of seed 0. Bits per letter count the end of a name as a letter; 27 equally likely signs: "
        f"{np.log2(27):.2f}. Names are drawn letter by letter as the network says, for all λ and steps by the same "
        f"random numbers; shares are of {letters.INVENTED} names. Real: a surname of the validation or test part. "
        f"Intervals: 95 % t over {len(SEEDS)} paired seeds; λ by validation. Names: {letters.DATASET.source}. "
        "Ideas: Graves 2013 (arXiv:1308.0850); Cho et al. 2014."
    )


def board(it: Look) -> Board:
    """Everything of one seed, over λ and step."""
    s, over = it.spelled, ("lambda", "step")
    lambdas, steps = s.lambdas.tolist(), s.steps.tolist()
    bits = {part: values[:, 0] for part, values in s.bits.items()}
    range_ = _range(*bits.values())
    parts = {"validation": "validation", "train": "training"}
    constant = Series("letter frequencies alone", np.full((len(steps), len(lambdas)), it.alone), colour="muted",
                      dash="cv")  # fmt: skip
    lowest = np.array([best_lambda(bits["validation"][:, k]) for k in range(len(steps))])
    shares = {"copied from the training set": (it.copied, "l2", "train"), "real, never seen": (it.real, "l1", "test")}
    top = 1.1 * max(0.1, float(it.copied.max()), float(it.real.max()))
    panels: list[Panel] = [
        Curves(title="Bits per letter over λ", over=("step",), height=190, range=range_, marks=[("lowest", lowest)],
               series=[*(Series(name, bits[p].T, colour="l2", dash=p) for p, name in parts.items()), constant]),
        Curves(title="Bits per letter over steps", axis="step", over=("lambda",), height=190, range=range_,
               series=[Series(name, bits[part], colour="l2", dash=part) for part, name in parts.items()],
               marks=[("lowest", np.nan_to_num(bits["validation"], nan=np.inf).argmin(-1))]),
        Words(title="Names that it invents", items=it.names, over=over, width="half",
              flag_name="copied from the training set", key="invented"),
        Curves(title="Of the invented names", over=("step",), height=190, range=(0.0, top), y_label="share",
               series=[Series(name, v.T, colour=colour, dash=dash) for name, (v, colour, dash) in shares.items()]),
    ]  # fmt: skip
    return Board(
        [Axis("lambda", "λ", lambdas, start=0), Axis("step", "step", steps, "linear", len(steps) - 1)],
        panels,
        readouts=[
            Readout("bits per letter, validation", bits["validation"], over),
            Readout("copied", it.copied, over, "percent"),
            Readout("real, never seen", it.real, over, "percent"),
        ],
        sentences=[words(it, i) for i in range(len(lambdas))],
    )


def _range(*bits: np.ndarray) -> tuple[float, float]:
    """All of these, and the guess that all signs are equally likely: without decay the loss goes beyond it."""
    return 0.0, 1.05 * max(float(np.log2(27)), *(float(b[np.isfinite(b)].max()) for b in bits))


def words(it: Look, i: int) -> str:
    """λ number `i` in words: the last step, and the best step on the way."""
    s = it.spelled
    bits = s.bits["validation"][i, 0]
    best = int(np.nan_to_num(bits, nan=np.inf).argmin())
    end = len(s.steps) - 1
    where = f"λ = {lambda_text(float(s.lambdas[i]))}"
    if not np.isfinite(bits[end]):
        return f"{where}: the network diverged."
    said = (
        f"{where}, after {s.steps[end]} steps: {bits[end]:.2f} bits per letter on names that it has not read, "
        f"{100 * it.copied[i, end]:.0f} % of {letters.INVENTED} invented names are copies"
    )
    if best < end:
        said += f"; least at step {s.steps[best]}: {bits[best]:.2f} bits, {100 * it.copied[i, best]:.0f} % copies"
    if bits[end] >= it.alone:
        said += f"; letter frequencies alone need {it.alone:.2f}"
    return f"{said}."


# -------------------------------------------------------------------- over seeds


def measured_board(m: Measured) -> Board:
    """Bits over λ, copies over λ, and each arm on the test part."""
    last, early = mean_and_error(m.validation_bits, 1), mean_and_error(m.stopped_bits, 1)
    copied = mean_and_error(m.copied, 1)
    gains = [Paired(m.test_bits["none"] - m.test_bits[arm]) for arm in list(ARMS)[1:]]
    gains.append(Paired(m.test_bits["early"] - m.test_bits["decay"]))
    shares = [Paired(m.arm_copied[arm]) for arm in ARMS]
    mean, low, high = (np.array(v) for v in zip(*((p.mean, *p.interval) for p in gains), strict=True))
    share, share_low, share_high = (np.array(v) for v in zip(*((p.mean, *p.interval) for p in shares), strict=True))
    return Board(
        [Axis("lambda", "λ", list(letters.LAMBDAS))],
        [
            Curves(title="Bits per letter, validation", height=190, marks=[("lowest", best_lambda(last[0]))],
                   range=_range(last[0] + np.nan_to_num(last[1])),
                   series=[_band("last step", last, "l2"), _band("stopped early", early, "decoupled")]),
            Curves(title="Copied names, last step", height=190, range=(0.0, 1.1 * max(0.1, float(copied[0].max()))),
                   series=[_band("share of invented names", copied, "l2")]),
            Bars(title="Bits saved on the test part", names=[*list(ARMS.values())[1:], "decay − early stopping"],
                 values=mean, low=low, high=high, y_label="bits", height=210),
            Bars(title="Copied names of each arm", names=list(ARMS.values()), values=share, low=share_low,
                 high=share_high, y_label="share", form="percent", colour="l2", height=210),
        ],
        sentences=[
            f"λ = {lambda_text(lam)}, mean of {m.copied.shape[1]} seeds: {last[0][i]:.2f} bits per letter at the last "
            f"step, {early[0][i]:.2f} stopped early; {100 * copied[0][i]:.0f} % of the names are copies."
            for i, lam in enumerate(letters.LAMBDAS)
        ],
    )  # fmt: skip


def _band(name: str, of: tuple[np.ndarray, np.ndarray], colour: str) -> Series:
    mean, error = of
    return Series(name, mean, mean - error, mean + error, colour=colour, dash="validation")


def _interval(p: Paired, scale: float = 1, digits: int = 3) -> str:
    values = (round(scale * v, digits) + 0.0 for v in (p.mean, *p.interval))
    mean, low, high = (f"{v:+.{digits}f}".replace("-", "−") for v in values)
    return f"{mean} [{low}, {high}]"


def conclusion(m: Measured) -> str:
    """What the intervals say, in words."""
    gain = Paired(m.test_bits["none"] - m.test_bits["decay"])
    fewer = Paired(m.arm_copied["none"] - m.arm_copied["decay"])
    rival = Paired(m.test_bits["early"] - m.test_bits["decay"])
    spells = {"holds": "spells names that it has not read better", "fails": "spells names that it has not read worse"}
    copies = {"holds": "copies fewer", "fails": "copies more"}
    ahead = {"holds": "decay is ahead", "fails": "early stopping is ahead"}
    added = Paired(m.test_bits["early"] - m.test_bits["both"])
    more = {"holds": "saves more", "fails": "loses some"}.get(added.verdict, "cannot be told to save more")
    return (
        "With decay, λ chosen by validation, it "
        f"{spells.get(gain.verdict, 'cannot be told to spell unread names better or worse')} ({_interval(gain)} bits "
        f"per letter saved) and {copies.get(fewer.verdict, 'cannot be told to copy fewer or more')} "
        f"({_interval(fewer, 100, 1)} points fewer copies). Against early stopping, in bits, "
        f"{ahead.get(rival.verdict, 'neither can be called the winner')} ({_interval(rival)}); beside early stopping, "
        f"decay {more} ({_interval(added)}). λ chosen: {chosen_text(m.lam['decay'])}."
    )


def table(m: Measured) -> str:
    """Markdown: every arm's test bits and copies, and what it saves over λ = 0 at the last step."""
    lines = ["| kept | bits per letter, test | bits saved over λ = 0 | copied names | fewer copies, points |",
             "|---|---:|---:|---:|---:|"]  # fmt: skip
    for arm, name in ARMS.items():
        saved = Paired(m.test_bits["none"] - m.test_bits[arm])
        fewer = Paired(m.arm_copied["none"] - m.arm_copied[arm])
        gains = (_interval(saved), _interval(fewer, 100, 1)) if arm != "none" else ("", "")
        bits, copied = m.test_bits[arm].mean(), 100 * m.arm_copied[arm].mean()
        lines.append(f"| {name} | {bits:.3f} | {gains[0]} | {copied:.1f} % | {gains[1]} |")
    return "\n".join(lines)
