"""Layers of many runs at once, a file a kind; `base` says what a layer is."""

from wd_core.engine.layers.activation import ACTIVATIONS, LEAK, Activation, Function
from wd_core.engine.layers.affine import Affine
from wd_core.engine.layers.base import Batch, Block, Layer, places, room_for_features

__all__ = [
    "ACTIVATIONS",
    "LEAK",
    "Activation",
    "Affine",
    "Batch",
    "Block",
    "Function",
    "Layer",
    "places",
    "room_for_features",
]
