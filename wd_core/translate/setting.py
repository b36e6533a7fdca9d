"""What of an experiment a translation of λ depends on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wd_core.engine.penalties import make_penalty
from wd_core.experiment import Experiment
from wd_core.translate.chain import chain_of

LINEAR = ("linear", "logistic", "softmax")


@dataclass(frozen=True)
class Setting:
    """`model` is "linear", "logistic", "softmax", "mlp", or the name of another that only trainers know.

    `task` is "regression", "binary" or "multiclass"; the rest is as in `Experiment`.
    """

    model: str
    task: str
    n: int  # training examples
    batch: int  # examples of a step
    penalty: str = "l2"
    l1_ratio: float = 0.5
    decay: str = "coupled"
    optimizer: str = "adam"
    lr: float = 0.01
    momentum: float = 0.9
    activation: str = "tanh"
    target_sd: float = 1.0  # of the training targets, with 1/n
    schedule: str = "constant"
    steps: int | None = None  # None: as many as it takes
    norm: str = "none"
    dropout: float = 0.0
    input_noise: float = 0.0
    decay_layers: tuple[float, ...] = ()
    decay_biases: bool = False
    decay_gains: bool = False
    lambda_warmup: float = 0.0
    decay_span: tuple[float, ...] = (0.0, 1.0)
    biases: bool = True

    def __post_init__(self) -> None:
        if self.penalty == "none":  # how nothing decays makes no difference
            calm = {"decay": "coupled", "decay_layers": (), "decay_biases": False, "decay_gains": False,
                    "lambda_warmup": 0.0, "decay_span": (0.0, 1.0)}  # fmt: skip
            for name, value in calm.items():
                object.__setattr__(self, name, value)

    @property
    def one_factor(self) -> float | None:
        """What λ is multiplied with in every layer; None where layers differ."""
        return (self.decay_layers or (1.0,))[0] if len(set(self.decay_layers)) <= 1 else None

    def strengths(self, lam: float) -> tuple[float, float]:
        """λ₁ and λ₂ of λ; where layers differ, to be multiplied with their own factors."""
        shares = make_penalty(self.penalty, self.l1_ratio)
        lam *= 1.0 if self.one_factor is None else self.one_factor
        return lam * shares.l1_share, lam * shares.l2_share

    @property
    def heaviness(self) -> float:
        """1 − μ with momentum μ, else 1: by what a decoupled λ is multiplied to be a coupled one."""
        return 1 - self.momentum if self.optimizer in ("momentum", "nesterov") else 1.0

    @property
    def is_coupled(self) -> bool:
        return self.decay in ("coupled", "subgradient")

    @property
    def is_adamw(self) -> bool:
        """Decay beside Adam's step: no objective has its minimum where this ends."""
        return not self.is_coupled and self.optimizer == "adam"

    def in_objective(self, lam: float) -> tuple[float, float]:
        """λ₁ and λ₂ of the objective whose minimum the training seeks; under AdamW the decoupled ones."""
        l1, l2 = self.strengths(lam)
        if self.is_coupled:
            return l1, l2
        factor = self.heaviness / (self.lr if self.decay == "decoupled_paper" else 1.0)
        return l1 * factor, l2 * factor

    def beside_step(self, lam: float) -> tuple[float, float]:
        """λ₁ and λ₂ of the decoupled w ← w − lr·λ₂·w that does the same; for coupled Adam, the same numbers."""
        l1, l2 = self.in_objective(lam)
        return l1 / self.heaviness, l2 / self.heaviness


def setting_of(e: Experiment, seed: int | None = None) -> Setting:
    """The setting of `e`; `seed` says whose training targets, the first's if None."""
    y = e.data(e.seeds[0] if seed is None else seed).y_train
    same = {name: getattr(e, name) for name in Setting.__dataclass_fields__ if hasattr(e, name)}
    return Setting(**same | {
        "model": _kind_of(e), "n": len(y), "batch": e.examples_per_step,
        "target_sd": float(y.std()) if e.task == "regression" else 1.0,
    })  # fmt: skip


def _kind_of(e: Experiment) -> str:
    """What other tools call the model, by its layers and not by its name."""
    try:
        chain = chain_of(e)
    except ValueError:
        return e.model
    hidden = chain[:-1]
    if not hidden and chain[0].activation == "identity":
        return "linear" if e.task == "regression" else "logistic" if e.target.outputs == 1 else "softmax"
    if chain[-1].activation != "identity" or len({dense.activation for dense in hidden}) > 1:
        return e.model
    return "mlp" if e.task != "binary" or e.target.outputs == 1 else e.model


def batches_per_epoch(s: Setting) -> int:
    """Steps of an epoch where the last batch is cut short."""
    return math.ceil(s.n / s.batch)
