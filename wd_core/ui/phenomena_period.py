"""The page on phenomena: does it matter when decay acts?"""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.experiment import lambda_path
from wd_core.models import MODELS
from wd_core.studies import critical_period as study
from wd_core.studies.critical_period import Periods
from wd_core.studies.evidence import Paired, mean_interval
from wd_core.ui.boards import BOUND, result_of, show_board
from wd_core.ui.companions import Setting, link
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Bars, Board, Curves, Series

DATA = ("digits", "moons", "spirals", "breast_cancer", "sine")
LAMBDAS = lambda_path(1e-4, 0.3, 10)
SEEDS = tuple(range(16))
RATES = {"falls to zero": "cosine", "stays the same": "constant"}
COLOURS = {"throughout": "l2", "first half": "elastic", "second half": "decoupled"}
PAIRS = (("first half", "never"), ("second half", "never"), ("first half", "second half"),
         ("first half", "throughout"))  # fmt: skip

PAPER = (
    "Golatkar, Achille & Soatto (NeurIPS 2019, arXiv:1905.13277), ResNet-18 and All-CNN on images, with learning rates "
    "that fall (exponentially, or in steps): decay that stops after an initial period serves as well as decay "
    "throughout, sometimes better; decay that only begins after it serves no better than none. They call it a critical "
    "period, and do not expect one where the loss is convex."
)


def period() -> None:
    """Decay in one half of the steps, in both and in neither."""
    name = st.selectbox(
        "Data", DATA, key="period_data", width=320, format_func=lambda n: DATASETS[n].title, **BOUND
    )
    setting = Setting(name)
    found = result_of(
        ("critical-period", name), partial(_periods, name),
        text=f"Training {len(SEEDS)} seeds, four ways, under two schedules",
    )  # fmt: skip
    show_board("critical-period", name, lambda progress: _board(setting, found))
    e = found["falls to zero"].experiment
    wrong = "20 % wrong labels, " if e.task != "regression" else ""
    st.caption(
        f"{DATASETS[name].title}, {wrong}{MODELS[e.model].title}, SGD with momentum {e.momentum:g}, η = {e.lr:g}, "
        f"batches of {e.batch_size}, {e.steps} steps, L2 in the objective; {len(SEEDS)} seeds, whose four trainings "
        "share data, first weights and batches. Shade: one standard error. Bars: paired differences from λ = 0 with "
        "95 % t intervals. In the sentences and below, λ is chosen for each way and seed on validation data."
    )
    st.container(key="wide-table-period").markdown(_table(setting, found))
    st.markdown(f"**What the paper found.** {PAPER}\n\n**What is found here.** {_found(setting, found)}\n\n"
                f"**Where they differ.** {_differ(found)}")  # fmt: skip


def _periods(name: str, progress: Progress) -> dict[str, Periods]:
    experiments = [study.setting(name, schedule, LAMBDAS, SEEDS) for schedule in RATES.values()]
    return dict(zip(RATES, study.periods(experiments, progress), strict=True))


def _board(setting: Setting, found: dict[str, Periods]) -> Board:
    scores = {arm: np.stack([p.scores[arm] for p in found.values()]) for arm in study.SPANS}  # (2, L, S)
    series = []
    for arm, values in scores.items():
        mean, error = values.mean(-1), values.std(-1, ddof=1) / np.sqrt(len(SEEDS))
        series.append(Series(arm, mean, mean - error, mean + error, colour=COLOURS[arm]))
    scale = 100 if setting.score == "accuracy" else 1
    ends = [mean_interval(scale * (v - v[:, :1])) for v in scores.values()]
    mean, low, high = (np.stack(each, -1) for each in zip(*ends, strict=True))  # (2, L, 3)
    reach = 1.1 * float(np.nanmax(np.abs([low, high])))
    return Board(
        [Axis("rate", "the learning rate", list(RATES), "names", start=0), Axis("lambda", "λ", list(LAMBDAS), start=7)],
        [
            Curves(title="Test score over λ", series=series, over=("rate",), height=230, y_label=setting.score,
                   range=None if scale == 100 else (-0.2, 1.0)),
            Bars(title="Gain over no decay at this λ", names=list(scores), values=mean, low=low, high=high,
                 over=("rate", "lambda"), range=(-reach, reach), y_label="points" if scale == 100 else "R²",
                 height=230),
        ],
        sentences=[f"Where the learning rate {rate}: {_compared(setting, p)}." for rate, p in found.items()],
    )  # fmt: skip


WORDS = {
    ("first half", "never"): ("decay in the first half alone", "helps", "harms"),
    ("second half", "never"): ("decay in the second half alone", "helps", "harms"),
    ("first half", "second half"): ("the first half", "serves better than the second", "serves worse than the second"),
    ("first half", "throughout"): ("stopping after the first half", "helps", "harms"),
}


def _side(p: Periods, pair: tuple[str, str]) -> int:
    """1, −1, or 0 where the interval holds zero."""
    low, high = Paired(p.less(*pair)).interval
    return int(low > 0) - int(high < 0)


def _compared(setting: Setting, p: Periods) -> str:
    said = []
    for pair, (what, up, down) in WORDS.items():
        side = _side(p, pair)
        said.append(f"{what} {up if side > 0 else down if side < 0 else 'makes no difference that can be told'} "
                    f"({setting.difference(p.less(*pair))})")  # fmt: skip
    return "; ".join(said)


def _table(setting: Setting, found: dict[str, Periods]) -> str:
    """Markdown: means, as links that open their trainings in the Lab, and the paired differences."""
    head = ("| the learning rate | never | throughout | first half | second half | "
            + " | ".join(f"{a} − {b}" for a, b in PAIRS) + " |")  # fmt: skip
    lines = [head, "|---" + "|---:" * (4 + len(PAIRS)) + "|"]
    for rate, p in found.items():
        arms = [p.chosen[arm] for arm in ("never", *study.SPANS)]
        means = [f"[{setting.number(arm.score.mean())}]({link(arm)})" for arm in arms]
        lines.append(f"| {rate} | {' | '.join([*means, *(setting.difference(p.less(*pair)) for pair in PAIRS)])} |")
    return "\n".join(lines)


def _found(setting: Setting, found: dict[str, Periods]) -> str:
    said = []
    for rate, p in found.items():
        share = study.share_of_first_half(RATES[rate])
        side = _side(p, ("first half", "second half"))
        better = "the first half" if side > 0 else "the second half" if side < 0 else "neither half"
        said.append(
            f"where the rate {rate}, {better} is the better one to decay in "
            f"({setting.difference(p.less('first half', 'second half'))}, first − second); it holds "
            f"{100 * share:.0f} % of the rate's sum in the first half"
        )
    text = "; ".join(said)
    return (
        f"{text[0].upper()}{text[1:]}. By that sum decay can pull at a given λ: where the rate falls, the first half "
        "has more of it, so one schedule alone does not say whether it is the time or the pull that counts."
    )


def _differ(found: dict[str, Periods]) -> str:
    said = []
    for rate, p in found.items():
        late, kept = _side(p, ("second half", "never")), _side(p, ("first half", "throughout"))
        agrees = [
            "late decay alone helps, in the paper it does not" if late > 0 else
            "late decay alone harms, in the paper it does nothing" if late < 0 else
            "late decay alone does nothing that can be told, as in the paper",
            "stopping early harms, in the paper it does not" if kept < 0 else
            "stopping early does no harm that can be told, as in the paper",
        ]  # fmt: skip
        said.append(f"Where the rate {rate}: {'; '.join(agrees)}.")
    e = next(iter(found.values())).experiment
    own = "a logistic regression, whose loss is convex" if e.model == "logistic" else "a small network"
    return (
        f"{' '.join(said)} Here it is {own}, and the initial period is half of {e.steps} steps; the paper has deep "
        "networks, longer trainings and only rates that fall. No difference that can be told is not no difference."
    )
