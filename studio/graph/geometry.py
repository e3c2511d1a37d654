"""Sliding windows: paddings written out, so that nothing after the graph room computes them."""

from __future__ import annotations

from studio.graph.network import Attribute, Node

Shape = tuple[int, ...]


def explicit(node: Node, kernel: Shape, before: Shape, after: Shape) -> dict[str, Attribute]:
    """``kernel_shape``, ``strides``, ``dilations`` and ``pads`` of a Conv or a pool, always set.

    ``kernel``, ``before`` and ``after`` are the sizes of window, input and output along the
    spatial axes. ``pads`` holds all begins, then all ends, as in ONNX; ``auto_pad`` is resolved
    after ONNX's formulas, and what ``ceil_mode`` reads beyond the end becomes end padding, which
    takes part neither in a maximum nor in an average without ``count_include_pad``.
    """
    axes = len(kernel)
    ones = (1,) * axes
    strides = node.ints("strides") or ones
    dilations = node.ints("dilations") or ones
    extents = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True))
    mode = node.text("auto_pad", "NOTSET") or "NOTSET"
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        pads = _same(mode == "SAME_UPPER", extents, strides, before)
    elif mode == "VALID":
        pads = (0,) * (2 * axes)
    else:
        pads = node.ints("pads") or (0,) * (2 * axes)
    if node.number("ceil_mode", 0):
        reached = [(o - 1) * s + e for o, s, e in zip(after, strides, extents, strict=True)]
        padded = [size + pads[i] + pads[axes + i] for i, size in enumerate(before)]
        over = [max(r - p, 0) for r, p in zip(reached, padded, strict=True)]
        pads = (*pads[:axes], *(pads[axes + i] + over[i] for i in range(axes)))
    return {"kernel_shape": kernel, "strides": strides, "dilations": dilations, "pads": pads}


def _same(upper: bool, extents: Shape, strides: Shape, sizes: Shape) -> Shape:
    """Pads for ceil(size / stride) outputs, the odd one at the end with ``upper``."""
    begins, ends = [], []
    for extent, stride, size in zip(extents, strides, sizes, strict=True):
        total = max((-(-size // stride) - 1) * stride + extent - size, 0)
        small, large = total // 2, total - total // 2
        begins.append(small if upper else large)
        ends.append(large if upper else small)
    return (*begins, *ends)
