"""Trying a claim: its data sets are tasks for the worker processes, or for a Dask cluster; the bits are the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from wd_core import process, workers
from wd_core.claims._claim import Claim, Progress, Setting
from wd_core.claims._result import Result, rounded
from wd_core.text import short

Task = Callable[[Progress], Any]
LEAST_SEEDS, MOST_SEEDS = 2, 64
TRIAL_SECONDS = 5.0
"""About what one trial costs, so that a visitor's short trainings overtake it in `workers`."""


def try_claim(
    claim: Claim,
    seeds: int | None = None,
    datasets: Sequence[str] = (),
    lambdas: Sequence[float] = (),
    on_progress: Progress = lambda share: None,
    cluster: str = "",
) -> Result:
    """Try `claim` with its own seeds, data sets and λ, or with these. ValueError names what is not allowed."""
    settings = settings_of(claim, seeds, datasets, lambdas)
    trials = run([partial(claim.trial, setting) for setting in settings], on_progress, cluster)
    found = {s.dataset: rounded(trial) for s, trial in zip(settings, trials, strict=True)}
    return Result(claim, settings[0].seeds, settings[0].lambdas, found)


def settings_of(
    claim: Claim, seeds: int | None = None, datasets: Sequence[str] = (), lambdas: Sequence[float] = ()
) -> list[Setting]:
    """A setting for every data set."""
    if claim.trial is None:
        raise ValueError(f"claim={claim.name}: cannot be tried; allowed: any claim that can be tested")
    seeds = claim.seeds if seeds is None else seeds
    if not LEAST_SEEDS <= seeds <= MOST_SEEDS:
        raise ValueError(f"seeds={short(seeds)}: allowed: a whole number from {LEAST_SEEDS} to {MOST_SEEDS}")
    allowed = (*claim.datasets, *claim.more)
    for name in datasets:
        if name not in allowed:
            raise ValueError(f"dataset={short(name)}: allowed for {claim.name}: {', '.join(allowed)}")
    own, wanted = claim.lambdas, tuple(lambdas) or claim.lambdas
    zero = bool(own) and own[0] == 0
    if len(wanted) != len(own) or list(wanted) != sorted(set(wanted)) or zero != (0 in wanted):
        said = f"{len(own)} that rise{', the first 0' * zero}" if own else "none, for it has no λ to choose"
        raise ValueError(f"lambdas={short(','.join(f'{v:g}' for v in wanted))}: allowed for {claim.name}: {said}")
    return [Setting(name, tuple(range(seeds)), wanted) for name in dict.fromkeys(datasets or claim.datasets)]


def run(tasks: Sequence[Task], on_progress: Progress = lambda share: None, cluster: str = "") -> list[Any]:
    """Results of `tasks`, in order, by whoever does them: the workers, this process, or the Dask cluster at `cluster`.

    `on_progress(share done)` is called from this thread; what it raises cancels all of them.
    """
    cost = TRIAL_SECONDS * len(tasks)
    if cluster:
        return _on_cluster(tasks, on_progress, cluster)
    if len(tasks) > 1 and workers.available(cost, on_progress):
        return workers.run(list(tasks), on_progress, cost)
    shares = [partial(_share, on_progress, i, len(tasks)) for i in range(len(tasks))]
    return [task(share) for task, share in zip(tasks, shares, strict=True)]


def _share(on_progress: Progress, i: int, n: int, share: float) -> None:
    on_progress((i + share) / n)


def _on_cluster(tasks: Sequence[Task], on_progress: Progress, address: str) -> list[Any]:
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(f"cluster={short(address)}: needs Dask: pip install dask[distributed]") from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"cluster={short(address)}: {short(error)}; allowed: a scheduler's address") from None
    with client:
        futures = client.map(_there, tasks, pure=False)
        try:
            while not all(future.done() for future in futures):
                on_progress(sum(future.done() for future in futures) / len(futures))
                time.sleep(workers.POLL_SECONDS)
            return client.gather(futures)
        finally:
            client.cancel(futures)


def _there(task: Task) -> Any:
    """On a node of the cluster, whose cores are the cluster's to share out."""
    process.is_worker = True
    return task(lambda share: None)
