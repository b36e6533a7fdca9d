"""`python -m wd_core claims [NAME …|--all|--due]`: try claims, print what was found, store it."""

from __future__ import annotations

import argparse
import sys

from wd_core.claims import CLAIMS
from wd_core.claims._run import LEAST_SEEDS, MOST_SEEDS, settings_of, try_claim
from wd_core.claims._store import fill, read, stored
from wd_core.claims._table import docket, table
from wd_core.text import short


def main(options: argparse.Namespace) -> int:
    """Exit status 0 whatever the verdict; 1 if a claim raised an error. ValueError for what cannot be used."""
    seeds = options.seeds
    if seeds is not None and not LEAST_SEEDS <= seeds <= MOST_SEEDS:
        raise ValueError(f"seeds={short(seeds)}: allowed: a whole number from {LEAST_SEEDS} to {MOST_SEEDS}")
    if options.all or options.due:
        if options.names or options.dataset or options.lambdas or (options.all and options.due):
            raise ValueError("--all and --due: allowed beside either: --seeds and --cluster")
        failed = fill(seeds, options.all, options.cluster, say=lambda text: print(text, flush=True))
        if failed:
            print(f"not stored, for they raised errors: {', '.join(failed)}", file=sys.stderr)
        return 1 if failed else 0
    if unknown := [name for name in options.names if name not in CLAIMS]:
        raise ValueError(f"claim={short(unknown[0])}: allowed: {', '.join(CLAIMS)}")
    if not options.names:
        if options.dataset or options.lambdas or options.seeds or options.cluster:
            raise ValueError("claims: allowed beside --seeds, --dataset, --lambdas and --cluster: a name, or --all")
        print(docket(stored(read())))
    for name in options.names:  # what cannot be used is said before anything is run
        if CLAIMS[name].trial:
            settings_of(CLAIMS[name], seeds, options.dataset, options.lambdas)
    for i, name in enumerate(options.names):
        claim = CLAIMS[name]
        print("\n" * bool(i), end="")
        if claim.untestable:
            print(f"{claim.number} {name}: {claim.says}\n\nCannot be tested here. {claim.untestable}")
        else:
            result = try_claim(claim, seeds, options.dataset, options.lambdas, cluster=options.cluster)
            print(table(result), flush=True)
    return 0
