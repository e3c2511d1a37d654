"""Lstm of the maker's dialect becomes a RecurrentOp."""

from __future__ import annotations

from studio.quantize.builder import Builder
from studio.quantize.fuse import Group
from studio.quantize.lower_cells import begin, close, spread, tables
from studio.quantize.lower_rows import multiply, side_by_side
from studio.quantize.plan import Plan
from studio.quantize.view import View


def lstm(plan: Plan, builder: Builder, group: Group) -> View:
    """C' = f c + i t and h' = o T2(c'), in the integers of OPS.md.

    The gates i, f, o = T0 of the columns of the first matrix, t = T1 of the second's, both of
    the rows [x, h]. The states are h and c, the output is h.
    """
    node = group.main
    body, view, x = begin(plan, builder, node)
    _, ifo_weights, c_weights, ifo_bias, c_bias = node.inputs
    hidden = plan.network.shapes[c_weights][1]
    rule = plan.conventions.cell_table_1024
    first, second, third = (spread(table, 256, rule) for table in tables(node))
    product, other, total, last = node.ints("shift_bits")

    h = body.state("h", hidden, first, third)
    c = body.state("c", hidden, first, second)
    ifo = body.numbers("ifo", ifo_weights, ifo_bias, "scale_ioft")
    ct = body.numbers("c", c_weights, c_bias, "scale_ct")
    both = side_by_side(body, "xh", (x, h), ifo, ct)
    gates, candidate = multiply(body, "ifo", both, ifo), multiply(body, "c", both, ct)
    i, f, o = (
        body.lut(name, body.slice(f"g{name}", gates, place * hidden, hidden), first)
        for place, name in enumerate("ifo")
    )
    t = body.lut("t", candidate, second)
    cell = body.mac("c_next", (f, c, i, t), (product, other, total))
    result = body.mul("h_next", o, body.lut("tanh_c", cell, third), last)
    return close(body, view, x, result, ((h, result), (c, cell)))
