"""What to warn of at each λ, and what helps where λ killed the signal: tried, not supposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wd_core.experiment import Experiment
from wd_core.history import History
from wd_core.studies.diagnostics import collapsed, largest_curvature, stability_edge
from wd_core.training import train_all

HELPS = 0.95
"""A remedy helps if it brings the validation loss below this share of the constant's."""


def flags(h: History, seed: int) -> dict[str, Any]:
    """Of each λ, for one seed: "edge", None or what is compared with which limit, and "collapsed". JSON can say it."""
    e, s = h.experiment, h.experiment.seeds.index(seed)
    curvature = 0.0
    if (first := stability_edge(e, 0.0)) and first.formula.startswith("lr·("):
        curvature = float(np.nan_to_num(largest_curvature(e, seed, h.weights[:1, s, 0])[0]))  # all λ begin alike
    edges = [stability_edge(e, lam, curvature) for lam in e.lambdas]
    edge = None
    if edges[0] and any(each.is_passed for each in edges):
        named = {"formula": edges[0].formula, "limit": edges[0].limit}
        edge = named | {"products": [each.product for each in edges]}
    return {"edge": edge, "collapsed": collapsed(h)[:, s].tolist()}


def candidates(e: Experiment) -> list[dict[str, float]]:
    """Settings that might save the signal: λ rises over half of the training or all of it, a third, a tenth of lr."""
    warmups = [{"lambda_warmup": share} for share in (0.5, 1.0) if share > e.lambda_warmup]
    return [*warmups, *({"lr": float(f"{e.lr / d:.1g}")} for d in (3, 10))]


def what_helps(
    e: Experiment, seed: int, lambdas: Sequence[float], on_progress: Callable[[float], None] = lambda share: None
) -> list[dict[str, float] | None]:
    """For each λ, all of them collapsed, the candidate with the least validation loss; None where none helps.

    Trains one seed of these λ alone, all candidates in one table.
    """
    base = e.replace(lambdas=tuple(lambdas), seeds=(seed,))
    tried = candidates(e)
    found = train_all([base, *(base.replace(**settings) for settings in tried)], on_progress=on_progress)
    losses = np.stack([h.validation_loss[:, 0, -1] for h in found])  # (1 + candidates, λ)
    share = np.nan_to_num(losses[1:] / losses[0], nan=np.inf)
    return [tried[i] if share[i, j] < HELPS else None for j, i in enumerate(share.argmin(0))]
