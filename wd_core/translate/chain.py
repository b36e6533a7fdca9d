"""What a network is made of, read from its layers: what take-home code can write down, and nothing that it cannot."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wd_core.engine.layers import ACTIVATIONS, Activation, Affine, BatchNorm, Dropout, InputNoise, LayerNorm
from wd_core.experiment import Experiment

NORMS = {BatchNorm: "batch", LayerNorm: "layer"}


@dataclass(frozen=True)
class Dense:
    """An affine map of plain features, and what follows it up to the next one."""

    inputs: int
    outputs: int
    gain: float
    """Scale of the first weights; 0: they start at zero."""
    biases: bool = True
    norm: str = "none"
    activation: str = "identity"
    dropout: bool = False


def chain_of(e: Experiment) -> tuple[Dense, ...]:
    """The affine maps of the experiment's model, first to last.

    ValueError naming model and layer where it has a layer of another kind, or one in an order that no chain has.
    """
    chain: list[Dense] = []
    for layer in e.layers():
        last = chain[-1] if chain else None
        if isinstance(layer, Affine):
            chain.append(Dense(layer.inputs, layer.outputs, layer.gain, layer.biases))
        elif isinstance(layer, InputNoise | Dropout) and last is None:
            pass  # what acts on the inputs is in the experiment's own fields
        elif last == replace(last or _NONE, norm="none", activation="identity", dropout=False) and type(layer) in NORMS:
            chain[-1] = replace(last, norm=NORMS[type(layer)])
        elif isinstance(layer, Activation) and last and last.activation == "identity" and not last.dropout:
            chain[-1] = replace(last, activation=_name_of(layer))
        elif isinstance(layer, Dropout) and last and not last.dropout:
            chain[-1] = replace(last, dropout=True)
        else:
            raise ValueError(f"model={e.model}: take-home code does not know its layer {type(layer).__name__}")
    return tuple(chain)


_NONE = Dense(0, 0, 0.0)


def _name_of(layer: Activation) -> str:
    return next(name for name, function in ACTIVATIONS.items() if function is layer.function)
