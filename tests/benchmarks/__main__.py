"""`python -m tests.benchmarks [engine|sweep|linear|networks|view|cost|load|all] [--repeats N]`: measure, print.

Nothing here passes or fails: machines differ, and this one may be busy. Each part is a module with `main(repeats)`.
"""

import argparse
from importlib import import_module
from pathlib import Path

PARTS = ("engine", "sweep", "linear", "networks", "view", "cost", "load")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=(*PARTS, "all"), default="all")
    parser.add_argument("--repeats", type=int, default=7, metavar="N", help="rounds of each comparison (default 7)")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="engine: another version, to compare with")
    arguments = parser.parse_args()
    for part in PARTS if arguments.part == "all" else (arguments.part,):
        more = (arguments.before,) if part == "engine" else ()
        import_module(f"tests.benchmarks.{part}").main(arguments.repeats, *more)


if __name__ == "__main__":
    main()
