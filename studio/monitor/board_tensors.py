"""Arrays of chip integers as the bytes a board takes, and its answers as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError

Integers = npt.NDArray[np.integer[Any]]
Values = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Tensor:
    """A tensor of the board: its shape is (W, H, C), or (size,) where that is not known."""

    name: str
    shape: tuple[int, ...]
    unsigned: bool

    @property
    def size(self) -> int:
        """Bytes."""
        return int(np.prod(self.shape))

    @property
    def kind(self) -> type[np.uint8 | np.int8]:
        """How its values lie in the chip's memory."""
        return np.uint8 if self.unsigned else np.int8


def to_bytes(
    tensors: Sequence[Tensor], arrays: Sequence[Integers], where: str
) -> tuple[list[bytes], int | None]:
    """The bytes of each sample, one tensor after another; and how many samples there are.

    An array is (W, H, C), or anything of that size, or has a batch in front, (n, W, H, C): then
    all have. The number is None for a single sample without a batch. Raises DataError, naming
    ``where``, for arrays that do not fit.
    """
    if len(arrays) != len(tensors):
        names = ", ".join(tensor.name for tensor in tensors)
        raise DataError(
            f"{len(arrays)} arrays for {len(tensors)} inputs", hint=f"Give: {names}.", where=where
        )
    found = []
    counts: set[int | None] = set()
    for tensor, values in zip(tensors, arrays, strict=True):
        array = np.asarray(values)
        count = _samples(tensor, array)
        low, high = (0, 255) if tensor.unsigned else (-128, 127)
        whole = np.issubdtype(array.dtype, np.integer)
        if count == 0 or not whole or array.min() < low or array.max() > high:
            raise DataError(
                f"{tensor.name} takes integers {low}..{high} of shape {tensor.shape}, alone or in"
                f" a batch; these are {array.dtype} {array.shape}",
                hint="Chip integers are in samples.npz of the results folder, or come from"
                " studio.quantize.io.encode.",
                where=where,
            )
        counts.add(count)
        found.append(array.astype(tensor.kind).view(np.uint8).reshape(-1, tensor.size))
    if len(counts) != 1:
        raise DataError(
            "the inputs have batches of different sizes",
            hint="Give as many samples for each input.",
            where=where,
        )
    return [row.tobytes() for row in np.concatenate(found, axis=1)], counts.pop()


def from_bytes(
    tensors: Sequence[Tensor], answers: Sequence[bytes], batch: int | None
) -> Values | tuple[Values, ...]:
    """Answers as arrays (n, W, H, C), or (W, H, C) without a batch; several tensors as a tuple."""
    joined = np.frombuffer(b"".join(answers), np.uint8).reshape(len(answers), -1)
    arrays, at = [], 0
    for tensor in tensors:
        part = np.ascontiguousarray(joined[:, at : at + tensor.size]).view(tensor.kind)
        at += tensor.size
        values = part.astype(np.int16).reshape(len(answers), *tensor.shape)
        arrays.append(values if batch is not None else values[0])
    return arrays[0] if len(arrays) == 1 else tuple(arrays)


def _samples(tensor: Tensor, array: Integers) -> int | None:
    """The size of the batch; None for one sample alone, 0 for what does not fit."""
    flat = array.ndim == 1 or array.shape[:1] != (1,)
    if array.shape == tensor.shape or (array.size == tensor.size and flat):
        return None
    batched = array.ndim > 1 and array.size == tensor.size * len(array)
    return len(array) if batched else 0
