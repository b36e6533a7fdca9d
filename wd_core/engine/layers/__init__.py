"""Layers of many runs at once, a file a kind; `base` says what a layer is."""

from wd_core.engine.layers.activation import ACTIVATIONS, LEAK, Activation, Function
from wd_core.engine.layers.affine import Affine
from wd_core.engine.layers.base import Batch, Block, Layer, acting, arranger, places, room_for
from wd_core.engine.layers.dropout import Dropout, InputNoise
from wd_core.engine.layers.norm import NORMS, BatchNorm, LayerNorm

__all__ = [
    "ACTIVATIONS",
    "LEAK",
    "NORMS",
    "Activation",
    "Affine",
    "Batch",
    "BatchNorm",
    "Block",
    "Dropout",
    "Function",
    "InputNoise",
    "Layer",
    "LayerNorm",
    "acting",
    "arranger",
    "places",
    "room_for",
]
