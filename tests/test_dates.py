"""Dates in a visitor's table: numbers with a unit, and sentences that say how they were read."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from wd_core.own_data.dates import DAY_FIRST, MONTH_FIRST, read_dates
from wd_core.own_data.preparation import prepare, propose_task
from wd_core.own_data.table import read_table

START = datetime(2019, 3, 1, 10, 30)
DAYS = np.arange(0, 420, 7)


def written(pattern: str) -> list[str]:
    return [(START + timedelta(days=int(day))).strftime(pattern) for day in DAYS]


@pytest.mark.parametrize("day", ["%Y/%m/%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d-%m-%Y", "%b %d, %Y"])
@pytest.mark.parametrize("time", ["", " %H:%M", " %H:%M:%S", " %I:%M %p"])
def test_days_since_the_first(day, time):
    found = read_dates(written(day + time), day_first=False)
    np.testing.assert_allclose(found.numbers, DAYS + (10.5 / 24 if time else 0), atol=1e-9)
    assert (found.unit, found.first, found.guessed) == ("days", "2019-03-01", False)


def test_iso_with_zone_and_hours_within_days():
    cells = [f"2024-02-29T{hour:02d}:15:00Z" for hour in range(24)] + ["2024-03-01T01:15:00+01:00"]
    found = read_dates(cells, day_first=False)
    np.testing.assert_allclose(found.numbers, [*range(24), 24])
    assert (found.unit, found.first) == ("hours", "2024-02-29 00:15")


@pytest.mark.parametrize(("day_first", "form", "second"), [(True, DAY_FIRST, 31), (False, MONTH_FIRST, 1)])
def test_where_day_and_month_could_be_each_other_the_guess_is_told(day_first, form, second):
    cells = [f"{a:02d}/{b:02d}/2023" for a in range(1, 13) for b in range(1, 13)]
    found = read_dates(cells, day_first)
    assert (found.form, found.guessed, found.numbers[1]) == (form, True, second)
    assert not read_dates([*cells, "31/01/2023"], day_first=False).guessed
    table = read_table("when,y\n" + "\n".join(f"{cell},{i}" for i, cell in enumerate(cells)))
    assert any("They could be day/month/year as well" in note for note in table.notes)


@pytest.mark.parametrize(
    "cells",
    [
        ["555-123-4567"],
        ["10.0.0.1"],
        ["1-2-3"],
        ["2020-13-45"],
        ["3-4-12 x"],
        ["a b c"],
        ["1/2"],
        ["12:30"],
        ["May"],
        [],
    ],
)
def test_what_is_no_date_is_none(cells):
    assert read_dates(cells * 30, day_first=True) is None


def test_dates_beyond_nanoseconds_are_no_error():
    found = read_dates(["0001-01-01", "9999-12-31"] * 20, day_first=True)
    assert found.numbers[1] == (datetime(9999, 12, 31) - datetime(1, 1, 1)).days


def test_a_column_of_dates_is_an_input_with_a_unit_and_no_identifier():
    days = [(START + timedelta(days=i)).strftime("%d.%m.%Y") for i in range(60)]  # one a day, like a number of the row
    days[7], days[9] = "", "soon"
    table = read_table("sold;price\n" + "\n".join(f"{day};{i % 9},5" for i, day in enumerate(days)))
    found = prepare(table, "price", ("sold",), "regression")
    assert found.inputs == ("sold (days)",)
    note = "'sold' has dates (day.month.year): read as days since 2019-03-01, the first of them."
    assert f"{note} 1 cell is no date and counts as missing." in table.notes
    assert np.flatnonzero(table.columns["sold"].missing).tolist() == [7, 9]
    assert any("2 of 60 values in 'sold' were missing" in s and s.endswith(" days.") for s in found.steps)


def test_a_target_of_dates_is_regression_in_days():
    table = read_table("x,when\n" + "\n".join(f"{i * 1.5},{day}" for i, day in enumerate(written("%Y-%m-%d"))))
    assert propose_task(table, "when") == "regression"
    found = prepare(table, "when", ("x",), "regression")
    assert found.target_unit == "days"
    np.testing.assert_allclose(found.unit, DAYS[found.choice[: len(found.y_train)]].std())
