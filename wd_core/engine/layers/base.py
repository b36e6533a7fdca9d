"""What a layer is: forward beside backward, for every run at once.

A layer is written for its trailing axes, the shape of one example and then the examples; whatever stands before them
counts runs and broadcasts. Examples come last because then every element-wise operation and every matrix product walks
along long contiguous rows.

Plain features carry one more that is always 1, so that a bias is simply the last column of the weights: one matrix
product does forward, one does the whole gradient. Images and sequences carry none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from wd_core.engine.arrays import aligned_zeros, with_ones

if TYPE_CHECKING:
    from wd_core.engine.draws import Draws

Role = Literal["weight", "bias", "gain"]


@dataclass(frozen=True)
class Block:
    """One array of parameters, as it lies row-major in a run's flat row.

    `role` is what its entries are: a "weight" can decay; a "bias" or a "gain" (of a normalisation) only where asked.
    """

    layer: str
    name: str
    shape: tuple[int, ...]
    role: Role = "weight"
    bias_column: bool = False
    """True where the last column of a matrix of weights is the bias."""

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def mask(self, role: Role) -> np.ndarray:
        """(shape) bool: which entries have this role."""
        found = np.full(self.shape, self.role == role)
        if self.bias_column:
            found[..., -1] = role == "bias"
        return found


@dataclass(eq=False, slots=True)
class Batch:
    """The examples of one step, or those that are looked at."""

    x: np.ndarray
    """(…, shape of an example, n), as the first layer's `arrange` has them."""
    share: np.ndarray
    """(n,), or (…, 1, n) where runs differ: how much of the mean each example is; 0 for one that fills up a row."""
    y: np.ndarray | None = None
    """(…, outputs, n) what the loss compares with."""
    draws: Draws | None = None
    """The random numbers of training, where layers ask for some."""


class Layer:
    """The protocol, with what holds for a layer that has no parameters and no work.

    `shape` is the output's for one example: (features,), (channels, height, width), (features, time)…
    After `bind`, `output` is (…runs, *shape, n), what forward says, and `delta` beside it ∂J/∂output.
    """

    name: str = ""
    shape: tuple[int, ...]
    parameters: tuple[Block, ...] = ()
    """In the order in which they lie in the flat row. A layer with a block of role "weight" counts one for
    `decay_layers`."""
    work: int = 0
    """Multiply-adds of one example's forward pass."""
    rounds: int = 1
    """How often it is gone through in a pass: a recurrent layer once a frame."""
    run_by_run: int = 0
    """1 for a layer whose runs are gone through one after the other."""
    small_products: int = 0
    """Products of matrices that each example needs for itself, three a forward and backward pass."""
    random: bool = False
    """True for one that acts in training alone, and only in tables with a row that wants it: see `wanted`."""
    uses_batch: bool = False
    """True where what it says of an example depends on the others of the batch, by their `share`."""
    layers: Sequence[Layer] = ()
    """Layers inside this one."""
    output: np.ndarray
    delta: np.ndarray

    @property
    def size(self) -> int:
        """Parameters of one run."""
        return sum(block.size for block in self.parameters)

    @property
    def elements(self) -> int:
        """Numbers of one example that it walks through one by one, as an activation does."""
        return 0 if self.work else math.prod(self.shape)

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        """(size,): one run's parameters before training."""
        return np.zeros(self.size)

    def wanted(self, draws: Draws) -> bool:
        """Whether some row asks for a `random` layer."""
        return True

    @staticmethod
    def arrange(X: np.ndarray, dtype: np.dtype | type, columns: int) -> np.ndarray:
        """(n, …) examples as a data set gives them → (…, columns) as this layer wants them as the first of a network.

        Plain features: flattened, with a row of ones; columns from n on are zero.
        """
        return with_ones(X.reshape(len(X), math.prod(X.shape[1:])), dtype, columns)

    def bind(self, weights: np.ndarray, gradient: np.ndarray | None, examples: int, before: Layer | None) -> None:
        """Take views of this layer's slice (…runs, size) of the flat buffers, and room for `examples`.

        Without a `gradient` there is no backward. `before`, already bound, is the layer whose output this one gets;
        one that works in place shares its `output` and `delta`.
        """
        raise NotImplementedError

    def forward(self, x: np.ndarray, batch: Batch) -> np.ndarray:
        """x as the layer before returned it → what the next one gets: `output`, for features with its row of ones."""
        raise NotImplementedError

    def backward(self, out: np.ndarray | None) -> None:
        """From `delta` to the gradient, and ∂J/∂x to `out`, the `delta` of the layer before, unless None.

        It may overwrite `delta`, and what `forward` left.
        """
        raise NotImplementedError


def room_for(
    runs: tuple[int, ...], shape: tuple[int, ...], examples: int, dtype: np.dtype | type
) -> tuple[np.ndarray, np.ndarray]:
    """Room for what a layer sends to the next one, aligned, and for its `output` (…runs, *shape, examples) in it.

    The two differ by the row of ones below plain features.
    """
    if len(shape) > 1:
        room = aligned_zeros((*runs, *shape, examples), dtype)
        return room, room
    if shape == (1,):  # all ones behind all numbers: these are in one piece, and the loss takes two thirds
        room = np.moveaxis(aligned_zeros((2, *runs, examples), dtype), 0, -2)
    else:
        room = aligned_zeros((*runs, shape[0] + 1, examples), dtype)
    room[..., -1, :] = 1
    return room, room[..., :-1, :]


def acting(layers: Iterable[Layer], draws: Draws | None) -> list[Layer]:
    """Those that act: without `draws`, or where no row wants them, not those of training alone; inside layers too."""
    found = [layer for layer in layers if not layer.random or (draws is not None and layer.wanted(draws))]
    for layer in found:
        if layer.layers:
            layer.layers = acting(layer.layers, draws)
    return found


def arranger(layers: Iterable[Layer]) -> Layer:
    """The layer whose `arrange` says how the examples lie: the first that is always there."""
    return next(layer for layer in layers if not layer.random)


def places(layers: Iterable[Layer]) -> list[tuple[Block, slice]]:
    """Every block of a network and where it lies in the flat row."""
    found, start = [], 0
    for layer in layers:
        for block in layer.parameters:
            found.append((block, slice(start, start + block.size)))
            start += block.size
    return found
