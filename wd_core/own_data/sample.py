"""Tables to try, by name: `SAMPLES`; a link can say the name."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wd_core.own_data.table import Column, Table

ROWS = 180
KEPT = 0.97


def sample_csv(seed: int = 7) -> str:
    """Rents of flats that do not exist."""
    rng = np.random.default_rng(seed)
    area, year = rng.normal(70, 22, ROWS).clip(20), rng.integers(1900, 2024, ROWS)
    rooms, floor = np.maximum(1, (area / 26 + rng.normal(0, 0.5, ROWS)).round()).astype(int), rng.integers(0, 7, ROWS)
    district, heating = (
        rng.choice(names, ROWS) for names in (("north", "south", "harbour", "centre"), ("gas", "heat pump"))
    )
    noise, distance = rng.normal(50, 8, ROWS), rng.exponential(2.5, ROWS)
    rent = 180 + 10.5 * area + 160 * (district == "centre") + 90 * (district == "harbour") - 22 * distance
    rent += 0.9 * (year - 1960) + rng.normal(0, 70, ROWS)
    cells = {
        "id": [f"{i}" for i in range(1, ROWS + 1)],
        "area": [f"{v:.1f}" for v in area],
        "rooms": [f"{v}" for v in rooms],
        "floor": [f"{v}" for v in floor],
        "built": [f"{v}" for v in year],
        "district": list(district),
        "heating": list(heating),
        "noise dB": [f"{v:.1f}" for v in noise],
        "km to centre": [f"{v:.2f}" for v in distance],
        "country": ["Nowhere"] * ROWS,
        "rent": [f"{v:.0f}" for v in rent],
    }
    for name in ("area", "built", "heating", "noise dB"):
        cells[name] = [cell if rng.random() < KEPT else "" for cell in cells[name]]
    return "\n".join([",".join(cells), *(",".join(row) for row in zip(*cells.values(), strict=True))]) + "\n"


def iris_csv() -> str:
    """Fisher's irises, as scikit-learn has them."""
    from sklearn.datasets import load_iris

    data, out = load_iris(), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*data.feature_names, "species"])
    writer.writerows([*x, data.target_names[k]] for x, k in zip(data.data, data.target, strict=True))
    return out.getvalue()


@dataclass(frozen=True)
class Sample:
    """A table that is built in. All of its words are ours."""

    title: str
    what: str
    csv: Callable[[], str]


SAMPLES = {
    "rents": Sample("Rents", "180 flats that do not exist, with gaps, text, a constant and an identifier.", sample_csv),
    "iris": Sample("Irises", "Three species by four measures of 150 flowers (Fisher 1936).", iris_csv),
}


def preview(table: Table, rows: int = 6) -> dict[str, list[str]]:
    """The first rows as text, as they were read."""
    return {name: [_shown(column, i) for i in range(rows)] for name, column in table.columns.items()}


def _shown(column: Column, i: int) -> str:
    if column.missing[i]:
        return "·"
    return f"{column.numbers[i]:.10g}" if column.numbers is not None else str(column.texts[i])
