"""Functions of one integer in the maker's dialect: a table, computed here from the formula.

Where the maker's documents and public reference data are silent, the switches of conventions.py
decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from studio.graph.network import Node
from studio.quantize.builder import Builder, table_inputs
from studio.quantize.conventions import Conventions, round_as
from studio.quantize.fuse import Group
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import Int16
from studio.quantize.view import View

Real = npt.NDArray[np.float64]

SHIFTED = 7  # a Scale of 2**-n is a plain shift up to this n


def tabulated(plan: Plan, builder: Builder, group: Group) -> View:
    """Scale, Scalar, FloatScale, ClearLowBits, ActLut, Relu and Clip: one table look-up."""
    node = group.main
    view = builder.views[node.inputs[0]]
    source = builder.of(view)
    unsigned = not source.signed and group.limit is None
    if node.op == "Scale" and node.number("scale", 0) == 1:
        if group.activation is None or unsigned:
            return view
    elif node.op == "Relu" and unsigned:
        return view
    values = FORMULAS[node.op](node, table_inputs(source), plan.conventions)
    return looked_up(builder, group, view, values)


def looked_up(builder: Builder, group: Group, view: View, values: Real) -> View:
    """Append a table of ``values`` [256] or [C, 256], saturated to 8 bits, with a fused Relu."""
    table = np.clip(values, -128, 127)
    if group.activation is not None:
        top = group.limit if group.limit is not None else 127.0
        table = np.clip(table, 0, np.floor(top))
    if table.ndim == 2 and np.array_equal(table, np.broadcast_to(table[0], table.shape)):
        table = table[0]
    inputs = table_inputs(builder.of(view))
    reached = (inputs >= builder.of(view).low) & (inputs <= builder.of(view).high)
    low = -128 if table[..., reached].min() < 0 else 0
    made: Int16 = np.ascontiguousarray(np.where(reached, table, 0), np.int16)
    made.setflags(write=False)
    return builder.lut(view, group.main.name, group.output, made, 1.0, low, 127)


def _scale(node: Node, x: Real, conventions: Conventions) -> Real:
    """Scale: 2**-n is a right shift, an integer a product; see conventions for the rounding."""
    scale = node.number("scale", 1.0)
    if scale == int(scale):
        return x * scale
    bits = -round(math.log2(scale))
    how = conventions.scale_shift if bits <= SHIFTED else conventions.scale_large
    return round_as(x / 2.0**bits, how)


def _scalar(node: Node, x: Real, conventions: Conventions) -> Real:
    factor, shift = node.number("scale", 0), int(node.number("shift_bit", 0))
    total = x + factor if node.text("op_types", "mul") == "add" else x * factor
    return round_as(total * 2.0**shift, conventions.scalar_rounding)


def _float_scale(node: Node, x: Real, conventions: Conventions) -> Real:
    most = 2.0 ** node.number("clip_bits", 7)
    return np.clip(np.trunc(x * node.number("scale", 1.0) + 0.5), -most, most - 1)


def _clear_low_bits(node: Node, x: Real, conventions: Conventions) -> Real:
    step = 2.0 ** node.number("bits", 0)
    half = np.floor(step / 2)
    toward = np.trunc if conventions.clear_low_bits == "toward zero" else np.floor
    found: Real = np.where(x > 0, np.floor((x + half) / step), toward((x - half) / step)) * step
    return found


def _act_lut(node: Node, x: Real, conventions: Conventions) -> Real:
    table = np.asarray(node.array("table"), np.float64)
    index = x.astype(np.int64)
    if len(table) == 256:
        found: Real = table[index & 255]
        return found
    factor = 2 if conventions.act_lut_1024 == "double" else 1
    wide: Real = table[(factor * index) & 1023]
    return wide


def _relu(node: Node, x: Real, conventions: Conventions) -> Real:
    return np.maximum(x, 0)


def _clip(node: Node, x: Real, conventions: Conventions) -> Real:
    low, high = node.number("min", -128.0), node.number("max", 127.0)
    return np.clip(x, np.ceil(low), np.floor(high))


FORMULAS: Mapping[str, Callable[[Node, Real, Conventions], Real]] = {
    "ActLut": _act_lut,
    "ClearLowBits": _clear_low_bits,
    "Clip": _clip,
    "FloatScale": _float_scale,
    "Relu": _relu,
    "Scalar": _scalar,
    "Scale": _scale,
}
