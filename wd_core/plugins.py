"""One file, one thing: finds what the files of a package define."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def collect(package: str, path: Iterable[str], attribute: str, kind: type[T]) -> dict[str, T]:
    """Every module of `package` but base.py defines `attribute`, of type `kind` with a `name` and an `order`.

    Returns them by name, in order. Raises TypeError for a module that lacks it, ValueError for a name used twice.
    """
    found: dict[str, T] = {}
    for info in pkgutil.iter_modules(path):
        if info.name == "base" or info.name.startswith("_"):
            continue
        thing = getattr(importlib.import_module(f"{package}.{info.name}"), attribute, None)
        if not isinstance(thing, kind):
            raise TypeError(f"{package}.{info.name} must define {attribute} = {kind.__name__}(…); found {thing!r}")
        if thing.name in found:
            raise ValueError(f"{package}.{info.name}: the name {thing.name!r} is taken by another file")
        found[thing.name] = thing
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))
