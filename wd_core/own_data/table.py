"""A visitor's CSV, read defensively: from bytes or pasted text to named columns of numbers or of text.

Nothing in a cell is ever more than text or a number. What does not fit raises ValueError naming the field, its value
and what is allowed; what was decided on the way is told in sentences, `Table.notes`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from wd_core.own_data.dates import DAY_FIRST, MONTH_FIRST, read_dates
from wd_core.text import short

MAX_BYTES = 8_000_000
MAX_ROWS, MIN_ROWS = 20_000, 20
MAX_COLUMNS = 500
MAX_CELL = 1_000
MAX_NAME = 60
LARGEST = 1e100
"""Numbers beyond this would overflow when they are squared."""
MOSTLY = 0.9
"""Share of a column's cells that must be numbers for the others to count as missing."""
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}
MISSING = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "--", ".", "nil", "#null!", "#value!"))

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)?,\d+([eE][+-]?\d+)?")
_DOTTED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


@dataclass(frozen=True, eq=False)
class Column:
    """One column: `numbers` (n,) float64 with NaN where a value is missing, or `texts` (n,) with "" there.

    Dates are numbers too, with a `unit`.
    """

    name: str
    numbers: np.ndarray | None = None
    texts: np.ndarray | None = None
    unit: str = ""

    @property
    def is_number(self) -> bool:
        return self.numbers is not None

    @property
    def missing(self) -> np.ndarray:
        """(n,) bool."""
        return np.isnan(self.numbers) if self.numbers is not None else self.texts == ""

    @property
    def values(self) -> np.ndarray:
        return self.numbers if self.numbers is not None else self.texts

    @property
    def distinct(self) -> int:
        """How many different values it has."""
        return len(np.unique(self.values[~self.missing]))


@dataclass(frozen=True, eq=False)
class Table:
    """Named columns of equal length, in the file's order, and the sentences that say how they were read."""

    columns: dict[str, Column]
    rows: int
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def only(self, names: Sequence[str]) -> Table:
        """The columns of these names; rows keep their numbers."""
        return replace(self, columns={name: self.columns[name] for name in names})


def read_table(source: bytes | str, header: bool | None = None) -> Table:
    """Read a CSV. `header` says whether the first line has names; None: it has if no cell of it is a number."""
    size = len(source)
    if size > MAX_BYTES:
        raise ValueError(f"size={size / 1e6:.1f} MB: allowed: at most {MAX_BYTES / 1e6:g} MB. Take fewer rows")
    notes: list[str] = []
    text = source.removeprefix("\ufeff") if isinstance(source, str) else _decoded(source, notes)
    delimiter, lines = _rows(text)
    if not lines and text.strip():
        raise ValueError("rows=0: there are cells, and all are empty; allowed: a line of names and rows of values")
    if not lines:
        raise ValueError("rows=0: the file is empty; allowed: a line of names and a row for each example")
    cells = [row for _, row in lines]
    width = len(cells[0])
    if width > MAX_COLUMNS:
        raise ValueError(f"columns={width}: allowed: at most {MAX_COLUMNS}. Keep the columns that you need")
    if width < 2:
        raise ValueError("columns=1: allowed: 2 or more, a target and a feature, apart by comma, semicolon, tab or |")
    _check_widths(lines, width)
    decimal_comma = _uses_decimal_commas(cells[:200], delimiter)
    if header is None:
        header = not any(_number(cell, decimal_comma) is not None for cell in cells[0] if not _is_missing(cell))
    names = _names(cells[0] if header else [""] * width, header, notes)
    body = lines[1:] if header else lines
    if len(body) > MAX_ROWS:
        raise ValueError(f"rows={len(body):,}: allowed: at most {MAX_ROWS:,}. Take a random sample of them")
    if len(body) < MIN_ROWS:
        raise ValueError(f"rows={len(body)}: allowed: at least {MIN_ROWS}, to train, choose λ and test on")
    read = f"{len(body):,} rows and {width} columns, apart by {DELIMITERS[delimiter]}"
    notes.insert(0, f"{read}; the first line {'has the names' if header else 'is data: the columns are numbered'}.")
    if decimal_comma:
        notes.append("Numbers have decimal commas: 3,5 is read as 3.5.")
    columns = {name: _column(name, [row[j] for _, row in body], decimal_comma, notes) for j, name in enumerate(names)}
    return Table(columns, len(body), tuple(notes))


# -------------------------------------------------------------------- bytes to rows


def _decoded(data: bytes, notes: list[str]) -> str:
    if data[:4] == b"PK\x03\x04":
        raise ValueError("encoding=zip: this looks like an Excel file; allowed: CSV. Save the sheet as CSV (UTF-8)")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(chr(c) in text for c in range(32) if c not in (9, 10, 11, 12, 13, 26)):
            break
        if encoding == "cp1252":
            notes.append("It is not UTF-8 and was read as Windows-1252. If letters look wrong, save it as UTF-8.")
        elif encoding.startswith("utf-16"):
            notes.append("It was read as UTF-16.")
        return text.removeprefix("\ufeff")
    raise ValueError(
        "encoding=unknown: these bytes are not text; allowed: CSV in UTF-8, UTF-16 or Windows-1252. "
        "Save the table as CSV (UTF-8)"
    )


def _encodings(data: bytes) -> tuple[str, ...]:
    """What to try, in order: a zero byte is never text in one byte a letter."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    even, odd = data[:2000:2].count(0), data[1:2000:2].count(0)
    if even or odd:
        return ("utf-16-le",) if odd > 4 * even else ("utf-16-be",) if even > 4 * odd else ()
    return "utf-8-sig", "cp1252"


def _rows(text: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The delimiter, and (line number, cells) of every line that is not blank."""
    start = 0
    if re.match(r"sep=[;,\t|]\r?\n", text):  # Excel's own hint
        delimiter, start = text[4], 1
        text = text.split("\n", 1)[1]
    else:
        delimiter = _sniffed(text)
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num + start, [cell.strip() for cell in row]))
            if len(rows) > MAX_ROWS + 1:
                raise ValueError(f"rows=more than {MAX_ROWS:,}: allowed: at most {MAX_ROWS:,}. Take a random sample")
    except csv.Error as error:
        raise ValueError(f'line={reader.line_num + start}: {error}; allowed: text in pairs of quotes "…"') from None
    return delimiter, rows


def _sniffed(text: str) -> str:
    """The delimiter with which most of the first lines have equally many cells; a comma only if no other does."""
    best, best_share = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter, skipinitialspace=True)
            widths = [len(row) for row in islice(reader, 60) if row]
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = Counter(widths).most_common(1)[0]
        share = count / len(widths)
        if width > 1 and share > best_share + 1e-9:
            best, best_share = delimiter, share
    return best


def _check_widths(lines: list[tuple[int, list[str]]], width: int) -> None:
    """Every row must have `width` cells; empty ones at its end do not count."""
    wrong = []
    for number, row in lines:
        if len(row) > width and not any(row[width:]):
            del row[width:]
        if len(row) != width:
            wrong.append((number, len(row)))
    if wrong:
        number, found = wrong[0]
        others = f", and {len(wrong):,} lines in all differ" if len(wrong) > 1 else ""
        raise ValueError(
            f"line={number}: {found} cells{others}; allowed: {width}, as in the first line. "
            'Put text that holds the delimiter between quotes "…"'
        )
    for number, row in lines:
        if long := next((cell for cell in row if len(cell) > MAX_CELL), None):
            raise ValueError(
                f"line={number}: a cell of {len(long):,} characters ({short(long, 30)}); "
                f"allowed: at most {MAX_CELL:,}. Is a quote not closed?"
            )


# -------------------------------------------------------------------- cells to columns


def _names(first: list[str], header: bool, notes: list[str]) -> list[str]:
    names: list[str] = []
    empty = doubled = 0
    for j, cell in enumerate(first):
        name = " ".join(cell.split())[:MAX_NAME] or f"column {j + 1}"
        empty += not cell.strip()
        base, k = name, 1
        while name in names:
            k += 1
            name = f"{base} ({k})"
        doubled += k > 1
        names.append(name)
    if header and empty:
        notes.append(f"{empty} {'column has' if empty == 1 else 'columns have'} no name and got a number.")
    if doubled:
        notes.append(f"{doubled} {'name stands' if doubled == 1 else 'names stand'} twice and got a number behind.")
    return names


def _is_missing(cell: str) -> bool:
    return len(cell) < 9 and cell.lower() in MISSING


def _uses_decimal_commas(rows: list[list[str]], delimiter: str) -> bool:
    """Whether more cells can only be read with a decimal comma than with a decimal point."""
    commas = points = 0
    for row in rows:
        for cell in row:
            if "," in cell and _COMMA.fullmatch(cell):
                commas += not (delimiter == "," and _GROUPED.fullmatch(cell))
            elif "." in cell and (_NUMBER.fullmatch(cell) or _GROUPED.fullmatch(cell)):
                points += not _DOTTED.fullmatch(cell)
    return commas > points


def _number(cell: str, decimal_comma: bool) -> float | None:
    """The number that a cell says; None if it says none."""
    if decimal_comma and ("," in cell or "." in cell):
        if _COMMA.fullmatch(cell) or _DOTTED.fullmatch(cell):
            return float(cell.replace(".", "").replace(",", "."))
    elif "," in cell and _GROUPED.fullmatch(cell):
        return float(cell.replace(",", ""))
    return float(cell) if _NUMBER.fullmatch(cell) else None


def _column(name: str, cells: list[str], decimal_comma: bool, notes: list[str]) -> Column:
    filled = [(i, cell) for i, cell in enumerate(cells) if not _is_missing(cell)]
    numbers = np.full(len(cells), np.nan)
    odd: list[str] = []
    for i, cell in filled:
        value = _number(cell, decimal_comma)
        if value is None:
            odd.append(cell)
            if len(odd) > (1 - MOSTLY) * len(filled):
                break
        elif abs(value) > LARGEST:
            raise ValueError(
                f"column '{name}': {short(cell, 30)} in row {i + 1}; allowed: numbers up to {LARGEST:g} in size"
            )
        else:
            numbers[i] = value
    if len(odd) <= (1 - MOSTLY) * len(filled):  # a column without any value counts as numbers, all missing
        if odd:
            shown = ", ".join(f"“{cell[:20]}”" for cell in dict.fromkeys(odd[:3]))
            are = "cell is no number" if len(odd) == 1 else "cells are no numbers"
            notes.append(f"'{name}' has numbers; {len(odd)} {are} ({shown}) and counts as missing.")
        return Column(name, numbers=numbers)
    if dates := _dates(name, filled, len(cells), decimal_comma, notes):
        return dates
    texts = np.full(len(cells), "", object)
    for i, cell in filled:
        texts[i] = cell[:MAX_NAME]
    return Column(name, texts=texts)


def _dates(
    name: str, filled: list[tuple[int, str]], n: int, decimal_comma: bool, notes: list[str]
) -> Column | None:  # fmt: skip
    """The column as days or hours since its first date; None if it has no dates."""
    dates = read_dates([cell for _, cell in filled], day_first=decimal_comma)
    if dates is None:
        return None
    numbers = np.full(n, np.nan)
    numbers[[i for i, _ in filled]] = dates.numbers
    other = MONTH_FIRST if dates.form == DAY_FIRST else DAY_FIRST
    note = f"'{name}' has dates ({dates.form}): read as {dates.unit} since {dates.first}, the first of them."
    if dates.guessed:
        note += f" They could be {other} as well; then write them as year-month-day."
    if odd := int(np.isnan(dates.numbers).sum()):
        note += f" {odd} {'cell is no date and counts' if odd == 1 else 'cells are no dates and count'} as missing."
    notes.append(note)
    return Column(name, numbers=numbers, unit=dates.unit)
