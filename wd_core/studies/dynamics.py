"""What decay does to weights under gradients that are noise: half-lives, equilibrium of rotation, a schedule's end.

No model is trained here: gradients are drawn, and the engine's own `Update` follows them, all λ and all starts at once.
So what is measured is the update rule and nothing else, and theory can be held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wd_core.engine.decay import Now
from wd_core.engine.loop import quick
from wd_core.engine.optimizers import Adam
from wd_core.engine.penalties import make_penalty
from wd_core.engine.runs import Row, Rule
from wd_core.engine.update import Update
from wd_core.studies import diagnostics

Progress = Callable[[float], None]


def _update(rule: Rule, lambdas: Sequence[float], lr: float, w: np.ndarray, steps: int, kind: type[Update] = Update):
    """An `Update` of weights w (R, P), one row a λ, all of them decayed by L2."""
    ones = np.ones(w.shape[-1])
    return kind([Row(lam, lr, make_penalty("l2"), ones, rule) for lam in lambdas], w, np.zeros_like(w), steps)


# -------------------------------------------------------------------- half-lives

FORMS = {"Adam + L2": "coupled", "AdamW": "decoupled", "cautious": "cautious"}
HALF_LIFE_LR, HALF_LIFE_STEPS, EVERY = 0.005, 6000, 20


@dataclass(frozen=True, eq=False)
class HalfLives:
    """The mean weight under pure noise, started at 1; L λ, S noise scales, K recorded steps."""

    lambdas: np.ndarray
    noises: np.ndarray
    steps: np.ndarray
    means: dict[str, np.ndarray]
    """By form, (L, S, K)."""

    def measured(self, form: str) -> np.ndarray:
        """(L, S) steps until the mean weight is ½, between records by its logarithm; NaN where it took longer."""
        mean = self.means[form]
        below = mean <= 0.5
        k = np.where(below.any(-1), below.argmax(-1), 0)
        after, before = (np.take_along_axis(mean, np.maximum(k - d, 0)[..., None], -1)[..., 0] for d in (0, 1))
        with np.errstate(all="ignore"):
            share = np.nan_to_num(np.log(before / 0.5) / np.log(before / after))
        there = self.steps[np.maximum(k - 1, 0)] + share * (self.steps[k] - self.steps[np.maximum(k - 1, 0)])
        return np.where(below.any(-1), there, np.nan)


def half_lives(
    lambdas: Sequence[float], noises: Sequence[float], copies: int = 200, steps: int = HALF_LIFE_STEPS, seed: int = 0,
    on_progress: Progress = lambda share: None,
) -> HalfLives:  # fmt: skip
    """Weights that start at 1 and whose gradient is N(0, σ²) for each σ of `noises`; `copies` of each, an even number.

    Half of the copies get the other half's noise with its sign changed (antithetic): their mean is decay's doing.
    """
    rng = np.random.default_rng(seed)
    scale = np.repeat(np.asarray(noises, np.float32), copies)
    updates = {
        form: _update(Rule(decay=decay), lambdas, HALF_LIFE_LR, np.ones((len(lambdas), scale.size), np.float32), steps)
        for form, decay in FORMS.items()
    }
    recorded = np.arange(0, steps + 1, EVERY)
    means = {form: np.ones((len(lambdas), len(noises), len(recorded))) for form in FORMS}
    with quick():
        for step in range(1, steps + 1):
            half = rng.standard_normal((len(noises), copies // 2), np.float32)
            g = np.concatenate([half, -half], axis=1).ravel() * scale
            for form, update in updates.items():
                update.g[...] = g
                update(step)
                if step % EVERY == 0:
                    means[form][:, :, step // EVERY] = update.w.reshape(len(lambdas), len(noises), -1).mean(-1)
            if step % EVERY == 0:
                on_progress(step / steps)
    return HalfLives(np.asarray(lambdas, float), np.asarray(noises, float), recorded, means)


def half_life_theory(form: str, lam: np.ndarray, noise: np.ndarray, lr: float = HALF_LIFE_LR) -> np.ndarray:
    """Steps until a weight of 1 is ½ in the mean, for small steps.

    AdamW: ln 2 / (η λ). Adam + L2 divides λw by √(σ² + λ²w²): dw/dt = −η λ w / √(σ² + λ²w²), integrated from 1 to ½;
    for σ ≫ λ that is σ ln 2 / (η λ). Where λ is about σ it takes some per cent longer, for Adam's v remembers the
    larger w. Cautious: noise agrees with the weight's sign half of the time, so about twice AdamW's; a little less
    often, for the weight has just gone the way of its noise: E[w 1(u > 0)] = w/2 − cη with c = β₁/(1 − β₁) ·
    sd(u)/√(2π), u Adam's direction, of variance (1 − β₁)/(1 + β₁).
    """
    if form == "AdamW":
        return np.log(2) / (lr * lam) * np.ones_like(noise)
    if form == "cautious":
        b = Adam.beta1
        late = 2 * lr * b / (1 - b) * np.sqrt((1 - b) / (1 + b) / (2 * np.pi))
        return 2 / (lr * lam) * np.log((1 - late) / (0.5 - late)) * np.ones_like(noise)

    def antiderivative(w: float) -> np.ndarray:
        return np.hypot(noise, lam * w) - noise * np.arcsinh(noise / (lam * w))

    return (antiderivative(1.0) - antiderivative(0.5)) / (lr * lam)


# -------------------------------------------------------------------- rotational equilibrium

ROTATING = {
    "SGD": Rule(optimizer="sgd"),
    "SGD with momentum": Rule(optimizer="momentum", momentum=0.9),
    "AdamW": Rule(optimizer="adam", decay="decoupled"),
}
ROTATION_LR = {"SGD": 0.1, "SGD with momentum": 0.01, "AdamW": 0.01}
STARTS = (0.1, 1.0, 10.0)
DIMENSIONS = 256


def angle_theory(optimizer: str, lam: np.ndarray) -> np.ndarray:
    """Radians that normalised weights turn in a step at equilibrium, for gradients that are independent of each other.

    √(2ηλ) for SGD; times 1/√(1 + μ) with momentum; times √((1 − β₁)/(1 + β₁)) for AdamW.
    Source: Kosson, Messmer & Jaggi 2023 (arXiv:2305.17212), table 1.
    """
    rule, lr = ROTATING[optimizer], ROTATION_LR[optimizer]
    factor = {"sgd": 1.0, "momentum": 1 / (1 + rule.momentum), "adam": (1 - Adam.beta1) / (1 + Adam.beta1)}
    return np.sqrt(2 * lr * np.asarray(lam, float) * factor[rule.optimizer])


@dataclass(frozen=True, eq=False)
class Rotation:
    """Scale-invariant weights; L λ, N starts, K recorded steps."""

    lambdas: np.ndarray
    steps: np.ndarray
    norms: np.ndarray
    """(L, N, K)"""
    angles: np.ndarray
    """(L, N, K) radians turned in a step, the mean since the record before."""
    gradients: np.ndarray
    """(L, N, K) ‖g‖, likewise."""
    schedule: np.ndarray
    """(K,) lr as a multiple of its largest."""

    @property
    def final_norm(self) -> np.ndarray:
        """(L,) over all starts."""
        return self.norms[..., -1].mean(1)

    @property
    def equilibrium_angle(self) -> np.ndarray:
        """(L, N) mean angle over the last third."""
        return self.angles[..., -max(1, self.angles.shape[-1] // 3) :].mean(-1)


class DecayWithLr(Update):
    """Decay in proportion to the schedule: λ_t = λ·γ_t/γ_max (Defazio 2025, arXiv:2506.02285)."""

    def at(self, step: int) -> Now:
        now = super().at(step)
        return Now(now.lr, now.schedule, now.strength * now.schedule)


def rotation(
    optimizer: str, lambdas: Sequence[float], steps: int = 6000, schedule: str = "constant", corrected: bool = False,
    starts: Sequence[float] = STARTS, dimensions: int = DIMENSIONS, seed: int = 0, records: int = 60,
    on_progress: Progress = lambda share: None,
) -> Rotation:  # fmt: skip
    """Weights before a normalisation, under gradients of random direction.

    Multiplying such weights by c leaves the loss as it is, so the gradient is at right angles to them and shrinks like
    1/‖w‖ (van Laarhoven 2017): g = (n − ŵ ŵᵀn)/‖w‖ with n ~ N(0, I/d), the same for all λ and starts.
    """
    rng = np.random.default_rng(seed)
    rule = ROTATING[optimizer]
    rule = Rule(rule.optimizer, rule.momentum, rule.beta2, rule.decay, schedule)
    first = rng.standard_normal(dimensions)
    first /= np.linalg.norm(first)
    w = (np.tile(starts, len(lambdas))[:, None] * first).astype(np.float32)
    rows = np.repeat(np.asarray(lambdas, float), len(starts))
    update = _update(rule, rows.tolist(), ROTATION_LR[optimizer], w, steps, DecayWithLr if corrected else Update)
    recorded = np.unique(np.linspace(0, steps, records).round().astype(int))
    norms, angles, gradients = (np.full((len(rows), len(recorded)), np.nan) for _ in range(3))
    norms[:, 0] = np.linalg.norm(w, axis=1)
    turned, pulled, since = np.zeros(len(rows)), np.zeros(len(rows)), 0
    pace = np.array([1.0, *(update.at(step).schedule for step in range(1, steps + 1))])
    with quick():
        for step in range(1, steps + 1):
            length = np.linalg.norm(w, axis=1, keepdims=True)
            direction = w / length
            n = rng.standard_normal(dimensions, np.float32) / np.float32(dimensions**0.5)
            update.g[...] = (n - direction * (direction @ n)[:, None]) / length
            pulled += np.linalg.norm(update.g, axis=1)
            update(step)
            after = w / np.linalg.norm(w, axis=1, keepdims=True)
            turned += 2 * np.arcsin(np.minimum(1, np.linalg.norm(after - direction, axis=1) / 2))
            since += 1
            k = np.searchsorted(recorded, step)
            if recorded[k] == step:
                norms[:, k], angles[:, k], gradients[:, k] = np.linalg.norm(w, axis=1), turned / since, pulled / since
                turned, pulled, since = np.zeros(len(rows)), np.zeros(len(rows)), 0
                on_progress(step / steps)
    shape = len(lambdas), len(starts), len(recorded)
    return Rotation(
        np.asarray(lambdas, float), recorded, norms.reshape(shape), angles.reshape(shape), gradients.reshape(shape),
        pace[recorded],
    )  # fmt: skip


def effective_rate(optimizer: str, norm: np.ndarray) -> np.ndarray:
    """That of these weights, see `diagnostics.effective_rate`."""
    return diagnostics.effective_rate(ROTATING[optimizer].optimizer, ROTATION_LR[optimizer], norm)


def gradient_ratio_theory(optimizer: str, lam: float, schedule: np.ndarray) -> np.ndarray:
    """‖g‖/‖w‖ where decay and gradient balance at every step: √(2λ/γ), γ the learning rate of the step.

    Source: Defazio 2025, §3, for SGD: 2γλ‖w‖² = γ²‖g‖². It rises without bound as γ goes to 0.
    """
    with np.errstate(divide="ignore"):
        return np.sqrt(2 * lam / (ROTATION_LR[optimizer] * schedule))
