"""Stored results: one JSON file in this folder, written anew after each claim, so that a stopped run can go on."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wd_core.claims import CLAIMS
from wd_core.claims._claim import SEEDS
from wd_core.claims._digest import digest
from wd_core.claims._result import Result
from wd_core.claims._run import try_claim

FILE = Path(__file__).with_name("_results.json")
COMMAND = "python -m wd_core claims --all"
PACKAGES = ("numpy", "scipy", "scikit-learn")


@dataclass(frozen=True, eq=False)
class Stored:
    """One claim's stored result."""

    result: Result
    date: str
    digest: str
    seconds: float


def read(file: Path = FILE) -> dict[str, Any]:
    """All that the file says; nothing where there is none."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"claims": {}}


def stored(content: Mapping[str, Any]) -> dict[str, Stored]:
    """The stored results by claim; what is of another shape than its claim is left out: it is older than the code."""
    found = {}
    for name, claim in CLAIMS.items():
        try:
            entry = content["claims"][name]
            result = Result.from_json(claim, entry)
            found[name] = Stored(result, entry["date"], entry["digest"], entry["seconds"])
        except (KeyError, TypeError, ValueError):
            continue
    return found


def out_of_date(content: Mapping[str, Any], seeds: int | None = None) -> list[str]:
    """Claims that have no stored result with so many seeds (their own for None) from the code as it is."""
    found = stored(content)
    fresh = {
        name for name, s in found.items()
        if s.digest == digest(name) and len(s.result.seeds) == (seeds or CLAIMS[name].seeds)
    }  # fmt: skip
    return [name for name, claim in CLAIMS.items() if claim.trial and name not in fresh]


def fill(
    seeds: int | None = None,
    everything: bool = True,
    cluster: str = "",
    say: Callable[[str], None] = print,
    file: Path = FILE,
    names: Sequence[str] | None = None,
) -> list[str]:
    """Try every claim, or those that are out of date, and store the results; names of those that raised an error.

    The file says what is still to do: a run that was stopped goes on there. `names`: no others.
    """
    content = read(file)
    wanted = [name for name, claim in CLAIMS.items() if claim.trial and (names is None or name in names)]
    command = COMMAND if seeds is None else f"{COMMAND} --seeds {seeds}"
    goes_on = bool(content.get("to do")) and content.get("command") == command
    first = content["to do"] if goes_on else wanted if everything else []
    to_do = [name for name in wanted if name in first or name in out_of_date(content, seeds)]
    digests = {name: digest(name) for name in to_do}  # now: whoever edits a file meanwhile is not who is running
    failed = []
    if goes_on:
        say(f"Going on with {len(to_do)} claims of a run that was stopped.")
    for i, name in enumerate(to_do):
        start = time.monotonic()
        _write(file, content, command, to_do[i:] + failed)
        try:
            result = try_claim(CLAIMS[name], seeds, cluster=cluster)
        except Exception as error:  # the other claims are worth having
            say(f"{name}: {type(error).__name__}: {error}")
            failed.append(name)
            continue
        seconds = round(time.monotonic() - start, 1)
        content["claims"][name] = {"digest": digests[name], "date": _now(), "seconds": seconds, **result.to_json()}
        _write(file, content, command, to_do[i + 1 :] + failed)
        say(f"{CLAIMS[name].number:>3} {name}: {result.verdict} ({seconds:g} s)")
    return failed


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write(file: Path, content: dict[str, Any], command: str, to_do: Sequence[str]) -> None:
    """In one stroke: who reads meanwhile has the file before or after. One line a claim; "seeds" are those that every
    claim has, a claim's own line says if it has more."""
    seeds = min((len(entry["seeds"]) for entry in content["claims"].values()), default=SEEDS)
    content |= {
        "command": command, "seeds": seeds, "date": _now(), "to do": list(to_do),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
    }  # fmt: skip
    head = {key: content[key] for key in ("command", "versions", "seeds", "date", "to do")}
    claims = [f"{json.dumps(n)}: {json.dumps(content['claims'][n], allow_nan=False)}"
              for n in CLAIMS if n in content["claims"]]  # fmt: skip
    body = json.dumps(head, indent=1).removesuffix("\n}") + ',\n "claims": {\n  ' + ",\n  ".join(claims) + "\n }\n}\n"
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    beside.write_text(body, encoding="utf-8")
    os.replace(beside, file)
