"""Schedules: what the learning rate, and λ, are multiplied with over the course of a training.

All are functions of p = (t − 1)/T, the share of the T steps that lies behind step t of 1…T: 0 at the first step.
"""

from __future__ import annotations

import math
from collections.abc import Callable

WARMUP = 0.1
"""Share of the steps over which "warmup_cosine" rises."""


def _half_cosine(p: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * p))


def _step(p: float) -> float:
    return 1.0 if p < 0.5 else 0.1 if p < 0.75 else 0.01


def _warmup_cosine(p: float) -> float:
    return p / WARMUP if p < WARMUP else _half_cosine((p - WARMUP) / (1 - WARMUP))


SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda p: 1.0,
    "cosine": _half_cosine,
    "step": _step,
    "warmup_cosine": _warmup_cosine,
}


def decay_strength(p: float, warmup: float, span: tuple[float, float]) -> float:
    """Multiple of λ: it rises linearly from 0 over the share `warmup` of the steps; 0 unless span[0] ≤ p < span[1]."""
    if not span[0] <= p < span[1]:
        return 0.0
    return min(1.0, p / warmup) if warmup else 1.0
