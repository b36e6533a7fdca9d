"""Columns of dates as numbers with a unit. pandas, which Streamlit brings along, reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

MOSTLY = 0.9
"""Share of a column's cells that must be dates of one form."""
HOURS_UP_TO = 3.0
"""Days from the first to the last date up to which hours are counted."""
TRIED = 50
"""Different cells by which a form is tried first."""

DAY_FIRST, MONTH_FIRST = "day/month/year", "month/day/year"
FORMS = {
    "year-month-day": ("ISO8601", "%Y/%m/%d"),
    "day.month.year": ("%d.%m.%Y", "%d.%m.%y"),
    DAY_FIRST: ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y"),
    MONTH_FIRST: ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"),
    "day month year": ("%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%d-%b-%y"),
    "month day, year": ("%b %d, %Y", "%B %d, %Y"),
}
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
"""What may follow the day, except in ISO 8601, which has times of its own."""
_RESEMBLES = re.compile(
    r"\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{1,4}(?!\d)|\d{4}-\d{2}$|[A-Za-z]{3,9} \d{1,2}, \d{4}"
)


@dataclass(frozen=True, eq=False)
class Dates:
    """A column's dates as numbers."""

    numbers: np.ndarray  # (n,) in `unit` since `first`; NaN for cells that are no date
    unit: str
    first: str
    form: str
    guessed: bool
    """Whether day and month could each have been the other."""


def read_dates(cells: list[str], day_first: bool) -> Dates | None:
    """The dates of a column without gaps; None if too few cells are dates of one form.

    Where day and month could each be the other in every cell, `day_first` decides.
    """
    distinct = list(dict.fromkeys(cells[: 20 * TRIED]))[:TRIED]
    if not distinct or sum(bool(_RESEMBLES.match(cell)) for cell in distinct) < MOSTLY * len(distinct):
        return None
    read = {}
    for form in FORMS:
        pattern = max(_patterns(form), key=lambda pattern: _known(_days(distinct, pattern)))
        days = _days(cells, pattern)
        if _known(days) >= MOSTLY * len(cells):
            read[form] = days
    if not read:
        return None
    form = max(read, key=lambda form: _known(read[form]))
    guessed = {DAY_FIRST, MONTH_FIRST} <= read.keys() and _known(read[DAY_FIRST]) == _known(read[MONTH_FIRST])
    if guessed:
        form = DAY_FIRST if day_first else MONTH_FIRST
    return _since_first(read[form], form, guessed)


def _patterns(form: str) -> list[str]:
    return [day + time for day in FORMS[form] for time in (TIMES if day != "ISO8601" else ("",))]


def _days(cells: list[str], pattern: str) -> np.ndarray:
    """Days since 1970, NaN where the pattern does not fit."""
    import pandas as pd

    moments = pd.to_datetime(pd.Series(cells, dtype=object), format=pattern, errors="coerce", utc=True)
    since = moments.dt.tz_localize(None).to_numpy().astype("datetime64[ms]")  # nanoseconds end in 2262
    return np.where(np.isnat(since), np.nan, since.astype(np.int64) / 86_400_000)


def _known(days: np.ndarray) -> int:
    return int(np.isfinite(days).sum())


def _since_first(days: np.ndarray, form: str, guessed: bool) -> Dates:
    first = float(np.nanmin(days))
    if np.nanmax(days) - first <= HOURS_UP_TO:
        start = str(np.datetime64(int(np.floor(first * 1440)), "m")).replace("T", " ")
        return Dates(np.round((days - first) * 24, 9), "hours", start, form, guessed)
    day = int(np.floor(first))
    return Dates(np.round(days - day, 9), "days", str(np.datetime64(day, "D")), form, guessed)
