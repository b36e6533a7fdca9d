"""The fields of an experiment: the rules that a value keeps; one check, one text and one reading for all of them."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from dataclasses import Field
from typing import Any

import numpy as np

from wd_core.datasets import Dataset, Given
from wd_core.text import short


def lambda_path(low: float, high: float, count: int) -> tuple[float, ...]:
    """λ = 0, then `count` values from low to high, evenly spaced in log λ, to four significant digits."""
    return (0.0, *(float(f"{value:.4g}") for value in np.geomspace(low, high, count)))


def number(low: float, high: float, of: str) -> dict[str, Any]:
    return {"low": low, "high": high, "of": of}


def choice(options: Any, of: str) -> dict[str, Any]:
    return {"options": tuple(options), "of": of}


def many(low: float, high: float, least: int, most: int, of: str) -> dict[str, Any]:
    return {"low": low, "high": high, "least": least, "most": most, "of": of}


def yes_or_no(of: str) -> dict[str, Any]:
    return {"yes_or_no": True, "of": of}


def checked(f: Field, value: Any, source: Callable[[], Dataset]) -> Any:
    """`value` as the plain Python value that field `f` holds; ValueError where its rules do not allow it.

    `source()` is what the data are drawn from, once the data set's name has been checked.
    """
    name, rules = f.name, f.metadata
    if name == "dataset" and isinstance(value, Given):
        return value
    if name == "noise" and value is None:
        return source().default_noise
    if name == "batch_size" and value is None:
        return None
    if name == "points":
        return _checked_points(value, source())
    if "options" in rules and not rules.get("many"):
        if not isinstance(value, str) or value not in rules["options"]:
            raise ValueError(f"{name}={short(value)}: allowed: {', '.join(rules['options'])}")
        return str(value)
    if "yes_or_no" in rules:
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"{name}={short(value)}: allowed: True or False")
        return bool(value)
    if rules.get("many"):
        return _checked_names(name, value, rules["options"])
    whole = str(f.type).startswith(("int", "tuple[int"))
    if "least" in rules:
        return _checked_tuple(name, value, rules, whole)
    return _checked_number(name, value, rules, whole)


def _checked_points(value: Any, source: Dataset) -> str:
    if not isinstance(value, str):
        raise ValueError(f"points={short(value)}: allowed: a text, four characters a point")
    if value and not source.points:
        raise ValueError(f"points={short(value)}: allowed: none with dataset={source.name}; some with dataset=points")
    return str(value) or source.points


def _checked_number(name: str, value: Any, rules: Any, whole: bool) -> int | float:
    low, high = rules["low"], rules["high"]
    kind = "a whole number" if whole else "a number"
    of_kind = numbers.Integral if whole else numbers.Real
    is_number = isinstance(value, of_kind) and not isinstance(value, bool | np.bool_)
    below = rules.get("below", False)
    if not is_number or not low <= value <= high or (below and value == high):  # NaN fails too
        raise ValueError(f"{name}={short(value)}: allowed: {kind} from {low:g} to {high:g}{', less than that' * below}")
    return int(value) if whole else float(value)


def _checked_tuple(name: str, value: Any, rules: Any, whole: bool) -> tuple[int | float, ...]:
    least, most = rules["least"], rules["most"]
    try:
        values = tuple(value)
    except TypeError:
        values = (value,)
    if not least <= len(values) <= most:
        count = f"{least} to {most}" if least < most else str(most)
        raise ValueError(f"{name}={short(','.join(map(short, values)))}: {len(values)} values; allowed: {count} values")
    values = tuple(_checked_number(name, v, rules, whole) for v in values)
    if name in ("lambdas", "seeds") and len(set(values)) < len(values):
        raise ValueError(f"{name}={short(text_of(values))}: a value stands twice; allowed: different values")
    return values


def _checked_names(name: str, value: Any, options: tuple[str, ...]) -> tuple[str, ...]:
    values = tuple(value) if isinstance(value, list | tuple | np.ndarray) else (value,)
    known = all(isinstance(v, str) and v in options for v in values)
    if not values or not known or len(set(values)) < len(values):
        said = short(",".join(map(short, values)))
        raise ValueError(f"{name}={said}: allowed: one or more of {', '.join(options)}, each once")
    return tuple(map(str, values))


def text_of(value: Any, name: str = "") -> str:
    if isinstance(value, tuple):
        is_path = name == "lambdas" and len(value) > 3 and 0 == value[0] < value[1] < value[-1]
        if is_path and value == lambda_path(value[1], value[-1], len(value) - 1):
            return f"{value[1]!r}~{value[-1]!r}~{len(value) - 1}"
        if name == "seeds" and len(value) > 2 and value == tuple(range(value[0], value[0] + len(value))):
            return f"{value[0]}~{value[-1]}"
        return ",".join(text_of(v) for v in value)
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def parsed(name: str, text: str, default: Any) -> Any:
    """The value that `text_of` wrote; still to be checked."""
    try:
        if name == "lambdas":
            if "~" in text:
                low, high, count = text.split("~")
                if not 1 <= int(count) <= 128 or not 0 < float(low) <= float(high) < math.inf:
                    raise ValueError
                return lambda_path(float(low), float(high), int(count))
            return tuple(float(v) for v in text.split(","))
        if name == "seeds" and "~" in text:
            first, last = (int(v) for v in text.split("~"))
            if last < first:
                raise ValueError
            return tuple(range(first, min(last, first + 1000) + 1))
        if name in ("hidden", "seeds"):
            return tuple(int(v) for v in text.split(","))
        if name in ("decay_layers", "decay_span"):
            return tuple(float(v) for v in text.split(",")) if text else ()
        if isinstance(default, bool):
            return {"0": False, "1": True}[text]
        if name == "features":
            return tuple(text.split(","))
        if name in ("batch_size", "noise") and text == "None":
            return None
        if name == "batch_size":
            return int(text)
        if name == "noise" or isinstance(default, float):
            return float(text)
        return int(text) if isinstance(default, int) else text
    except (ValueError, KeyError):
        written = text_of(default, name)
        raise ValueError(f"{name}={short(text)}: cannot be read; written as in {name}={written}") from None
