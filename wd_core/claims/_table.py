"""A result in plain text, for the command line."""

from __future__ import annotations

import numpy as np

from wd_core.claims import CLAIMS
from wd_core.claims._result import Result
from wd_core.claims._store import Stored
from wd_core.studies.evidence import Paired


def mean_and_interval(paired: Paired) -> str:
    """+1.1 [+0.5, +1.8]: as many decimals as the interval's width is worth, two significant digits of it; an end has
    more where it would be 0, for on which side of 0 it lies is the verdict."""
    low, high = paired.interval
    size = high - low if high > low else abs(paired.mean)
    decimals = int(np.clip(1 - np.floor(np.log10(size)), 0, 9)) if np.isfinite(size) and size > 0 else 0
    return f"{_signed(paired.mean, decimals)} [{_end(low, decimals)}, {_end(high, decimals)}]"


def _end(value: float, decimals: int) -> str:
    if np.isfinite(value) and value and not round(value, decimals):
        decimals = min(int(-np.floor(np.log10(abs(value)))), 9)
    return _signed(value, decimals)


def _signed(value: float, decimals: int) -> str:
    if not np.isfinite(value):
        return "–"
    rounded = round(value, decimals)
    return f"{rounded:+.{decimals}f}".replace("-", "−") if rounded else "0"


def needed(paired: Paired) -> str:
    """What an undecided data set would take; "" where it is decided."""
    if paired.verdict != "undecided":
        return ""
    n = paired.seeds_to_decide
    return f"{n} seeds would decide" if n else "no number of seeds up to 10,000 would decide"


def table(result: Result) -> str:
    """All parts on all data sets."""
    claim = result.claim
    lines = [f"{claim.number} {claim.name}: {claim.says} [{', '.join(claim.sources)}]"]
    width = max(map(len, result.trials), default=0)
    for part in claim.parts:
        margin = f", no effect within ±{part.margin:g}" if part.margin else ""
        lines += ["", f"{part.name}: {part.quantity}; {part.unit}{margin}"]
        for dataset, paired in result.paired(part.name).items():
            seeds = f"{len(result.seeds)} seeds" + (f", {paired.lost} lost" if paired.lost else "")
            said = f"{paired.verdict} ({needed(paired)})" if needed(paired) else paired.verdict
            lines.append(f"  {dataset:<{width}}  {mean_and_interval(paired):<28}  {seeds}  {said}")
        overall = result.overall(part.name)
        rest = f" (undecided: {', '.join(overall.undecided)})" if overall.undecided else ""
        lines.append(f"  over data sets: {overall.verdict}{rest}")
    return "\n".join([*lines, "", f"verdict: {result.verdict}"])


def docket(found: dict[str, Stored]) -> str:
    """One line a claim."""
    lines = []
    for name, claim in CLAIMS.items():
        said = "cannot be tested here" if claim.untestable else "not run yet"
        if name in found:
            said = f"{found[name].result.verdict} ({len(found[name].result.seeds)} seeds, {found[name].date[:10]})"
        lines.append(f"{claim.number:>3} {name:<24} {said:<34} {claim.says}")
    return "\n".join(lines)
