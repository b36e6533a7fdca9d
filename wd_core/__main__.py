"""`python -m wd_core run "QUERY" --out FILE`: the numbers of a share link, without a browser.

QUERY is a link of the app or its query string. FILE ends in .npz (all arrays of the History) or .json (the same without
the weights on the way: only those at the end). Points too many for a link are read from the file in which they were
saved: `--points FILE`. Where the link compares two penalties, the second's names begin with
"against_". What is under the link's cursor is printed.

`python -m wd_core claims [NAME …|--all]`: claims about weight decay on trial, see `claims._command`.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from wd_core.datasets import points_from_csv
from wd_core.evaluation import PARTS
from wd_core.experiment import query_pairs
from wd_core.history import History
from wd_core.text import short
from wd_core.training import train
from wd_core.view.scene import Scene


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0, or 2 after a message about what cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m wd_core", description="Weight Decay Lab without a browser.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="train what a share link says and write its numbers")
    run.add_argument("query", help="a link of the app, or its query string")
    run.add_argument("--out", required=True, type=Path, help="file to write: .npz or .json")
    run.add_argument("--points", type=Path, metavar="FILE", help="points drawn in the app, as it saves them (CSV)")
    _add_claims(commands)
    options = parser.parse_args(arguments)
    try:
        if options.command == "claims":
            from wd_core.claims._command import main as claims  # here: it imports every claim

            return claims(options)
        return _run(options.query, options.out, options.points)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _add_claims(commands: Any) -> None:
    what = "try claims about weight decay: print their evidence and verdicts, or store those of all"
    parser = commands.add_parser("claims", help=what, description=f"{what}. Without a name: list all.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="claims to try and print; nothing is stored")
    parser.add_argument("--all", action="store_true", help="try every claim and store the results; goes on if stopped")
    parser.add_argument("--due", action="store_true", help="store those that are missing or older than their code")
    parser.add_argument("--seeds", type=_whole, metavar="N", help="seeds of every trial, in place of the claim's own")
    parser.add_argument("--dataset", type=_names, action="extend", default=[], metavar="NAME,…", help="only these")
    parser.add_argument("--lambdas", type=_numbers, default=(), metavar="λ,…", help="in place of the claim's own")
    parser.add_argument("--cluster", default="", metavar="ADDRESS", help="of a Dask scheduler that shares the work out")


def _run(query: str, out: Path, points: Path | None) -> int:
    if out.suffix not in (".npz", ".json"):
        raise ValueError(f"out={out}: allowed: a file name that ends in .npz or .json")
    if not out.parent.is_dir():
        raise ValueError(f"out={out}: allowed: a file in a folder that exists")
    if points:
        query = urlencode(query_pairs(query) | {"points": points_from_csv(points.read_bytes())})
    scene = Scene.from_query(query)
    histories = {prefix: train(arm) for prefix, arm in zip(("", "against_"), scene.arms, strict=False)}
    arrays = {f"{prefix}{name}": a for prefix, h in histories.items() for name, a in _arrays(h).items()}
    if out.suffix == ".npz":
        np.savez_compressed(out, query=scene.to_query(), **arrays)
    else:
        out.write_text(json.dumps(_as_json(scene, arrays), allow_nan=False), encoding="utf-8")
    for prefix, history in histories.items():
        print(_under_cursor(scene, history, prefix))
    return 0


def _arrays(history: History) -> dict[str, np.ndarray]:
    return {f.name: v for f in fields(History) if isinstance(v := getattr(history, f.name), np.ndarray)}


def _as_json(scene: Scene, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """JSON has no NaN: what a diverged run does not have is null."""
    content: dict[str, Any] = {"query": scene.to_query()}
    for name, array in arrays.items():
        if name.endswith("weights"):
            name, array = f"{name.removesuffix('weights')}final_weights", array[:, :, -1]
        content[name] = array.tolist() if array.dtype.kind != "f" else _without_nan(array)
    return content


def _without_nan(array: np.ndarray) -> list:
    return np.where(np.isfinite(array), array.astype(object), None).tolist()


def _under_cursor(scene: Scene, history: History, prefix: str) -> str:
    """The read-out of the Lab for the shown seed, λ and step."""
    i, k = scene.cursor
    s = history.experiment.seeds.index(scene.shown)
    where = f"lambda {history.lambdas[i]:.3g}, step {history.steps[k]}, seed {scene.shown}"
    name = prefix + history.experiment.penalty
    if np.isnan(history.train_loss[i, s, k]):
        return f"{name}: {where}: diverged"
    w = history.weights[i, s, k, history.weight_mask]
    score = "R2" if history.experiment.task == "regression" else "accuracy"
    parts = PARTS if scene.reveal else PARTS[:2]
    numbers = {
        **{f"{part} loss": getattr(history, f"{part}_loss")[i, s, k] for part in parts},
        **{f"{part} {score}": getattr(history, f"{part}_score")[i, s, k] for part in parts},
        "penalty": history.penalty[i, s, k],
        "norm": np.sqrt(np.square(w).sum()),
    }
    said = ", ".join(f"{name} {value:.3g}" for name, value in numbers.items())
    zeros = f"{int((w == 0).sum())} of {w.size} weights exactly zero"
    later = "; it diverges later" if history.diverged[i, s] else ""
    return f"{name}: {where}: {said}, {zeros}{later}"


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"seeds={short(text)}: allowed: a whole number") from None


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(v) for v in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"lambdas={short(text)}: allowed: numbers with commas between") from None


if __name__ == "__main__":
    sys.exit(main())
