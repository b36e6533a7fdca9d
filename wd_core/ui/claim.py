"""One claim of the docket, opened: what it says, what was run, the evidence, the verdict, and running it yourself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from wd_core.claims._claim import SEEDS, SOURCES, Claim, Part, Progress, Setting, Trial
from wd_core.claims._result import Result, rounded
from wd_core.claims._run import TRIAL_SECONDS, settings_of
from wd_core.claims._store import Stored
from wd_core.claims._table import mean_and_interval, needed
from wd_core.datasets import DATASETS
from wd_core.figures import style
from wd_core.figures.evidence import evidence_figure
from wd_core.studies.evidence import Paired
from wd_core.text import lambda_text, number_text
from wd_core.ui.boards import away, result_of
from wd_core.ui.export import csv_button
from wd_core.ui.predictions import SIGNS, answer, ask, covered, score
from wd_core.ui.text import inert

MORE_SEEDS = (SEEDS, 30, 45, 60)
FACTORS = {"a tenth": 0.1, "as they are": 1.0, "ten times": 10.0}


@dataclass(frozen=True)
class Asked:
    """What the visitor wants to run."""

    claim: str
    seeds: int
    datasets: tuple[str, ...]
    factor: float


def title_of(dataset: str) -> str:
    return DATASETS[dataset].title if dataset in DATASETS else dataset


def show_claim(claim: Claim, every: Mapping[str, Stored]) -> None:
    """The whole view of a claim; `every` stored result, by claim."""
    found = every.get(claim.name)
    st.header(f"{claim.number} · {claim.says}", anchor=False)
    st.caption(" · ".join(f"**{tag}** {SOURCES[tag]}" for tag in claim.sources))
    for other in claim.against:
        st.markdown(f"Against it, **{', '.join(other.sources)}**: {other.says}")
    if claim.untestable:
        st.subheader("Why it is not tried here", anchor=False)
        st.markdown(claim.untestable)
        _literature(claim)
        return
    asked: Asked | None = st.session_state.get("docket_run")
    own = _run(claim, asked) if asked and asked.claim == claim.name else None
    result = own or (found.result if found else None)
    _what_was_run(claim, result)
    if result is None:
        st.info("Not run yet: nobody has stored a result of this claim. Run it yourself below.")
    elif covered(claim.name):
        ask(claim.name)
    else:
        _whence(own, found)
        _verdict(claim, result, {name: s.result.verdict for name, s in every.items()} | {claim.name: result.verdict})
        for part in claim.parts:
            _evidence(result, part)
        _means(claim, result)
        csv_button("Every seed's numbers (CSV)", partial(columns, result), f"claim-{claim.name}.csv")
        _literature(claim)
    _run_it_yourself(claim, own)


def _what_was_run(claim: Claim, result: Result | None) -> None:
    names = [title_of(name) for name in (result.trials if result else claim.datasets)]
    lambdas = result.lambdas if result else claim.lambdas
    with st.expander("What is run, and how it decides", expanded=True):
        st.markdown(claim.arms)
        st.markdown(claim.rule)
        said = [f"{len(result.seeds) if result else claim.seeds} seeds", f"on {', '.join(names)}"]
        if lambdas:
            said.append(f"λ = {', '.join(lambda_text(lam) for lam in lambdas)}")
        st.markdown("; ".join(said) + ".")


def _whence(own: Result | None, found: Stored | None) -> None:
    if own:
        st.info("Your run.")
        if found:
            st.button("Back to the stored result", on_click=_forget)
    elif found:
        date = found.date.replace("T", " at ").removesuffix("+00:00")
        st.caption(
            f"Stored result, computed on {date} UTC in {found.seconds:.0f} s by `python -m wd_core claims --all`. "
            "Below you can run it again."
        )


def _verdict(claim: Claim, result: Result, verdicts: Mapping[str, str]) -> None:
    st.subheader(f"Verdict: {SIGNS[result.verdict]} {result.verdict}", anchor=False)
    if guess := answer(claim.name, result.verdict):
        st.markdown(f"{guess} {score(verdicts)}")
    if len(claim.parts) > 1:
        st.markdown("\n".join(f"- {part.name}: {_overall(result, part)}" for part in claim.parts))


def _overall(result: Result, part: Part) -> str:
    overall = result.overall(part.name)
    rest = ", ".join(title_of(name) for name in overall.undecided)
    return f"**{overall.verdict}**" + (f", undecided on {rest}" if rest and overall.verdict != "undecided" else "")


def _evidence(result: Result, part: Part) -> None:
    """One part: the picture, and beside it what it says of each data set."""
    evidence = {title_of(name): paired for name, paired in result.paired(part.name).items()}
    st.subheader(_begins(part.name), anchor=False)
    left, right = st.columns([5, 4])
    margin = f" Shaded: ±{part.margin:g}, too little to matter." if part.margin else ""
    left.plotly_chart(
        evidence_figure(evidence, part.unit, part.margin), key=f"evidence {part.name}",
        config=style.config(f"claim-{result.claim.name}"), alt=_in_words(part, evidence),
    )  # fmt: skip
    left.caption(f"{_begins(part.quantity)}. A dot is a seed; the bar is mean and 95 % interval.{margin}")
    right.container(key=f"wide-table-{part.name}").markdown(_table(result, part))


def _begins(text: str) -> str:
    """As a title or a sentence begins; a symbol such as λ stays what it is."""
    return text[0].upper() + text[1:] if text[0].isascii() else text


def _in_words(part: Part, evidence: Mapping[str, Paired]) -> str:
    said = "; ".join(f"{name} {mean_and_interval(paired)}, {paired.verdict}" for name, paired in evidence.items())
    return f"{part.quantity}, in {part.unit}: {said}."


def _table(result: Result, part: Part) -> str:
    lines = [f"| data set | mean [95 % interval], {part.unit} | verdict |", "|---|---|---|"]
    for name, paired in result.paired(part.name).items():
        link = result.trials[name].link
        title = f"[{title_of(name)}](./{link})" if link else title_of(name)
        more = [needed(paired), f"{paired.lost} seeds lost" if paired.lost else ""]
        rest = f" ({', '.join(filter(None, more))})" if any(more) else ""
        lines.append(f"| {title} | {mean_and_interval(paired)} | **{paired.verdict}**{rest} |")
    lines.append(f"| all | | **{result.overall(part.name).verdict}** |")
    return "\n".join(lines) + "\n\nA data set's name opens one of its runs."


def _means(claim: Claim, result: Result) -> None:
    """What was measured, arm by arm; the article's own numbers beside it."""
    article = claim.article
    heads = [f"{article.source}'s article"] if article else []
    heads += [title_of(name) for name in result.trials]
    arms = list(next(iter(result.trials.values())).arms)
    if not arms:
        return
    st.subheader("The article's numbers beside ours" if article else "What was measured", anchor=False)
    lines = [f"| mean over seeds | {' | '.join(heads)} |", f"|---|{'---:|' * len(heads)}"]
    for arm in arms:
        cells = [article.numbers.get(arm, "")] if article else []
        cells += [_mean(trial, arm) for trial in result.trials.values()]
        lines.append(f"| {arm} | {' | '.join(cells)} |")
    st.container(key="wide-table-means").markdown("\n".join(lines))
    if article:
        st.caption(f"{article.source}: {article.title}. It does not say on which data, with which model or seeds.")


def _mean(trial: Trial, arm: str) -> str:
    values = trial.arms.get(arm)
    known = values[np.isfinite(values)] if values is not None else np.array([])
    return number_text(float(known.mean())) if len(known) else "–"


def _literature(claim: Claim) -> None:
    st.subheader("What the literature says", anchor=False)
    st.markdown(claim.literature)


def columns(result: Result) -> dict[str, Any]:
    """A row for every data set and seed: all differences and arms."""
    found: dict[str, list] = {"data set": [], "seed": []}
    for name, trial in result.trials.items():
        found["data set"] += [name] * len(result.seeds)
        found["seed"] += list(result.seeds)
        for what, values in {**trial.differences, **trial.arms}.items():
            found.setdefault(what, []).extend(values.tolist())
    return found


# -------------------------------------------------------------------- run it yourself


def _run_it_yourself(claim: Claim, own: Result | None) -> None:
    st.subheader("Run it yourself", anchor=False)
    names = st.multiselect(
        "Data sets", [*claim.datasets, *claim.more], default=list(claim.datasets), format_func=title_of,
        key=f"run data {claim.name}",
    )  # fmt: skip
    left, right = st.columns(2)
    counts = sorted({*MORE_SEEDS, claim.seeds})
    seeds = left.select_slider("Seeds", counts, value=claim.seeds, key=f"run seeds {claim.name}")
    factor = "as they are"
    if claim.lambdas:
        factor = right.select_slider("λ, as multiples of the claim's", list(FACTORS), value=factor,
                                     key=f"run lambdas {claim.name}")  # fmt: skip
    asked = Asked(claim.name, seeds, tuple(names), FACTORS[factor])
    st.button("Run", type="primary", on_click=_ask_for, args=(asked,), disabled=not names)
    if not names:
        st.caption("Choose at least one data set.")


def _ask_for(asked: Asked) -> None:
    """Run it; without a data set, as where a run is cancelled before one is finished, go back."""
    st.session_state["docket_run"] = asked if asked.datasets else None


def _forget() -> None:
    st.session_state.pop("docket_run", None)


def _run(claim: Claim, asked: Asked) -> Result | None:
    """The visitor's run, one data set after the other; what is finished is kept, and shared with all visitors."""
    lambdas = tuple(float(f"{asked.factor * lam:.4g}") for lam in claim.lambdas)
    trials: dict[str, Trial] = {}
    slot = st.empty()
    try:
        settings = settings_of(claim, asked.seeds, asked.datasets, lambdas)
        for i, setting in enumerate(settings):
            finished = replace(asked, datasets=tuple(trials))
            slot.button("Cancel", key=f"cancel {i}", on_click=_ask_for, args=(finished,), icon=":material/close:")
            text = f"{title_of(setting.dataset)}, data set {i + 1} of {len(settings)}"
            trials[setting.dataset] = result_of(
                ("claim", claim.name, setting), partial(_one, claim, setting), 100_000, text
            )
    except ValueError as error:
        st.error(inert(str(error)))
        return None
    finally:
        slot.empty()
    return Result(claim, settings[0].seeds, settings[0].lambdas, trials)


def _one(claim: Claim, setting: Setting, progress: Progress) -> Trial:
    return rounded(away(partial(claim.trial, setting), TRIAL_SECONDS, progress))
