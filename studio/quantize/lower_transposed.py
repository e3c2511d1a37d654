"""The input of a transposed convolution as the plain convolution reads it."""

from __future__ import annotations

from studio.graph.network import Node
from studio.quantize.builder import Builder
from studio.quantize.qnetwork import SliceOp, ZeroInsertOp
from studio.quantize.view import HEIGHT, WIDTH, View, placed


def spread(builder: Builder, node: Node, view: View) -> View:
    """``view``, (W, H, C) in plain order, with zeros between its elements, and cropped.

    There are strides - 1 zeros; negative pads of the normal form (graph/normalize_dialect.py)
    take elements away. The rest is a convolution with stride 1.
    """
    axes = (HEIGHT, WIDTH)[-len(node.ints("strides")) :]
    strides = dict(zip(axes, node.ints("strides"), strict=True))
    begins = dict(zip(axes, node.ints("pads")[: len(axes)], strict=True))
    ends = dict(zip(axes, node.ints("pads")[len(axes) :], strict=True))
    sizes = {axis: (view.shape[axis - 1] - 1) * strides[axis] + 1 for axis in axes}
    if max(strides.values()) > 1:
        wider = _sized(builder, view, sizes)
        name = builder.fresh_op(f"{node.name} spread")
        steps = (strides[WIDTH], strides.get(HEIGHT, 1))
        builder.ops.append(ZeroInsertOp(name, view.tensor, wider.tensor, steps))
        view = wider
    for axis in axes:
        start, stop = max(-begins[axis], 0), max(-ends[axis], 0)
        if start or stop:
            sizes[axis] -= start + stop
            kept = _sized(builder, view, sizes)
            name = builder.fresh_op(f"{node.name} cropped")
            builder.ops.append(SliceOp(name, view.tensor, kept.tensor, axis - 1, start))
            view = kept
    return view


def _sized(builder: Builder, view: View, sizes: dict[int, int]) -> View:
    """A new tensor like ``view``'s with other sizes along physical axes."""
    onnx = tuple(sizes.get(axis, size) for size, axis in zip(view.onnx, view.axes, strict=True))
    result = placed(builder.fresh(view.tensor), onnx, view.axes)
    source = builder.of(view)
    builder.tensor(result, source.scale, min(source.low, 0), max(source.high, 0))
    return result
