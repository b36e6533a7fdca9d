"""Arrays and a header as one message, and whole numbers that resemble their neighbours in few bytes."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib

import numpy as np

PLANES = 3
"""Bytes of a packed whole number: differences of differences of 22-bit numbers fit."""
WEIGHT_LIMIT = 2**21 - 1
"""The largest weight of a λ is so many units: rounding costs a quarter of a millionth of it. With two bits less, scores
in the thousands (squares of squares) drew 2/255 beside `History.predict`."""


def pack(header: dict, arrays: dict[str, np.ndarray]) -> bytes:
    """b"WDL1", the header's length (uint32), the header (JSON), then all arrays in one zlib stream.

    `header["arrays"]` says of each its dtype, shape and offset in the inflated stream, a multiple of 8.
    """
    places, pieces, offset = {}, [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        data += bytes(-len(data) % 8)
        places[name] = {"dtype": str(array.dtype), "shape": array.shape, "offset": offset}
        pieces.append(data)
        offset += len(data)
    blob = zlib.compress(b"".join(pieces), 1)
    digest = hashlib.blake2b(blob, digest_size=8).hexdigest()
    return with_header(blob, {**header, "arrays": places, "id": digest})


def with_header(blob: bytes, header: dict) -> bytes:
    """Header and compressed arrays as one message."""
    text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"WDL1" + struct.pack("<I", len(text)) + text + blob


def unpack_header(picture: bytes) -> tuple[dict, bytes]:
    """Inverse of `with_header`: the header and the compressed arrays."""
    (length,) = struct.unpack("<I", picture[4:8])
    return json.loads(picture[8 : 8 + length]), picture[8 + length :]


def unpack(picture: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Inverse of `pack`."""
    header, blob = unpack_header(picture)
    data = zlib.decompress(blob)
    arrays = {}
    for name, place in header["arrays"].items():
        count = int(np.prod(place["shape"]))
        arrays[name] = np.frombuffer(data, place["dtype"], count, place["offset"]).reshape(place["shape"])
    return header, arrays


def differences(numbers: np.ndarray, axes: tuple[int, int]) -> np.ndarray:
    """Whole numbers (…) → bytes (PLANES, …): each less what its neighbours along both `axes` lead to expect, signs last
    (0, −1, 1, −2 … as 0, 1, 2, 3 …), its lowest bytes first, then all the next ones. Like bytes together compress."""
    left = numbers.astype(np.int32)
    for axis in axes:
        left = np.diff(left, axis=axis, prepend=np.zeros_like(left.take([0], axis)))
    folded = ((left << 1) ^ (left >> 31)).astype("<u4")
    if folded.size and folded.max() >= 1 << 8 * PLANES:
        raise ValueError(f"numbers up to {np.abs(numbers).max()}: allowed: 22 bits")
    return np.moveaxis(folded[..., None].view(np.uint8)[..., :PLANES], -1, 0)


def sums(planes: np.ndarray, axes: tuple[int, int]) -> np.ndarray:
    """Inverse of `differences`."""
    folded = sum(plane.astype(np.int32) << 8 * i for i, plane in enumerate(planes))
    numbers = (folded >> 1) ^ -(folded & 1)
    for axis in axes:
        numbers = np.cumsum(numbers, axis=axis, dtype=np.int32)
    return numbers


def rounded_weights(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """weights (L, K, P) → whole numbers of the same shape, and the unit of each λ (L,): weight = number × unit.

    Zero means exactly zero, and only that: the smallest others are rounded away from it. What is not finite is 0.
    """
    weights = np.nan_to_num(weights, nan=0.0, posinf=0.0, neginf=0.0)
    unit = np.abs(weights).max(axis=(1, 2)) / WEIGHT_LIMIT
    unit = np.where(unit > 0, unit, 1.0)
    scaled = weights / unit[:, None, None]
    numbers = np.rint(scaled)
    numbers = np.where((numbers == 0) & (weights != 0), np.sign(weights), numbers)
    return numbers.astype(np.int32), unit


def weights_of(header: dict, arrays: dict[str, np.ndarray], arm: int = 0) -> np.ndarray:
    """The weights (L, rows, P) that a picture's arm carries, as the browser unpacks them."""
    numbers = sums(arrays[f"a{arm}.weights"], (0, 1))
    return numbers * np.array(header["arms"][arm]["weight_units"])[:, None, None]
