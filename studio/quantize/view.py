"""How a model's tensor lies in the chip's memory order.

The chip stores (W, H, C), C fastest. A View ties an ONNX tensor to a QNetwork tensor: which
physical axis each ONNX axis is, so that Transpose costs nothing until an operation insists.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Shape = tuple[int, int, int]
Index = npt.NDArray[np.int64]

BATCH, WIDTH, HEIGHT, CHANNEL = range(4)


@dataclass(frozen=True)
class View:
    """An ONNX tensor as it lies in memory.

    ``tensor`` is the QNetwork tensor's name, ``shape`` its (W, H, C), ``onnx`` the ONNX shape
    with batch 1. ONNX axis i is physical axis ``axes[i]`` (0 batch, 1 W, 2 H, 3 C); physical
    axes that no ONNX axis names have size 1. ``order``, for a flattened tensor: physical
    element p holds logical element ``order[p]``.
    """

    tensor: str
    shape: Shape
    onnx: tuple[int, ...]
    axes: tuple[int, ...]
    order: Index | None = None

    @property
    def full_axes(self) -> tuple[int, int, int, int]:
        """``axes`` completed to all four physical axes, those of size 1 last."""
        rest = tuple(axis for axis in range(4) if axis not in self.axes)
        a, b, c, d = self.axes + rest
        return (a, b, c, d)

    def renamed(self, tensor: str) -> View:
        """The same placement of another QNetwork tensor."""
        return replace(self, tensor=tensor)


def canonical_axes(rank: int, channels_last: bool = False) -> tuple[int, ...]:
    """Axes of a tensor as the chip wants it: NCHW, NCL, NC, or [N, T, C] with channels last."""
    if rank == 4:
        return (BATCH, CHANNEL, HEIGHT, WIDTH)
    if rank == 3:
        return (BATCH, WIDTH, CHANNEL) if channels_last else (BATCH, CHANNEL, WIDTH)
    return (BATCH, CHANNEL)


def placed(tensor: str, onnx: tuple[int, ...], axes: tuple[int, ...]) -> View:
    """A View of an ONNX shape with the given axes."""
    physical = [1, 1, 1, 1]
    for size, axis in zip(onnx, axes, strict=True):
        physical[axis] = size
    return View(tensor, (physical[1], physical[2], physical[3]), onnx, axes)


def transposed(view: View, perm: tuple[int, ...]) -> View:
    """The view after an ONNX Transpose: another labelling of the same bytes."""
    onnx = tuple(view.onnx[axis] for axis in perm)
    return replace(view, onnx=onnx, axes=tuple(view.axes[axis] for axis in perm))


def logical_positions(view: View) -> Index:
    """For every physical element, the flat ONNX position of what it holds: int64 [size]."""
    if view.order is not None:
        return view.order
    flat = np.arange(math.prod(view.onnx), dtype=np.int64)
    four = view.full_axes
    sizes = (1, *view.shape)
    logical = flat.reshape([sizes[axis] for axis in four])
    physical: Index = logical.transpose(np.argsort(four)).reshape(-1)
    return physical


def move_order(source: View, target: View) -> Index | None:
    """Which physical element of ``source`` each physical element of ``target`` takes.

    Both hold the same logical elements. None where the bytes stay as they are.
    """
    where = np.argsort(logical_positions(source))
    order = where[logical_positions(target)]
    return None if np.array_equal(order, np.arange(order.size)) else order


def squeezed(view: View, onnx: tuple[int, ...]) -> View | None:
    """The view under an ONNX shape that differs only in axes of size 1, or None."""
    if view.order is not None or len(onnx) > 4:
        return None
    kept = [
        (size, axis) for size, axis in zip(view.onnx[1:], view.axes[1:], strict=True) if size > 1
    ]
    if [size for size, _ in kept] != [size for size in onnx[1:] if size > 1]:
        return None
    used = {axis for _, axis in kept}
    free = [axis for axis in (CHANNEL, HEIGHT, WIDTH) if axis not in used]
    remaining = iter(kept)
    axes = [BATCH]
    for size in onnx[1:]:
        axes.append(next(remaining)[1] if size > 1 else free.pop(0))
    return replace(view, onnx=onnx, axes=tuple(axes))
