"""Gru, with two or three matrices, and Gru2Array of the maker's dialect become RecurrentOps."""

from __future__ import annotations

from studio.quantize.builder import Builder
from studio.quantize.fuse import Group
from studio.quantize.lower_cells import Body, begin, close, shift_table, spread, tables
from studio.quantize.lower_rows import multiply, side_by_side
from studio.quantize.plan import Plan
from studio.quantize.view import View

# The chip's integers end at 127: with 128 the blend is computed with its sign turned round.
MIRRORED_ONES = 128


def gru(plan: Plan, builder: Builder, group: Group) -> View:
    """Gru of two or three matrices, told apart by their number."""
    two = len(group.main.inputs) == 5
    return _two(plan, builder, group) if two else _three(plan, builder, group)


def _two(plan: Plan, builder: Builder, group: Group) -> View:
    """H' = (ones - z) h + z n, with n = T1([r h, x] Wh), in the integers of OPS.md."""
    node = group.main
    body, view, x = begin(plan, builder, node)
    _, zr_weights, n_weights, zr_bias, n_bias = node.inputs
    hidden = plan.network.shapes[n_weights][1]
    rule = plan.conventions.cell_table_1024
    first, second = (spread(table, 256, rule) for table in tables(node))
    before_product, last = node.ints("shift_bits")
    ones = int(node.number("scale_ones", 0))

    h = body.state("h", hidden, first, second, ones=ones)
    zr = body.numbers("zr", zr_weights, zr_bias, "scale_zr")
    gates = multiply(body, "zr", side_by_side(body, "hx", (h, x), zr), zr)
    z, r = _gates(body, gates, hidden, plan.conventions.gru_gates)
    z, r = body.lut("z", z, first), body.lut("r", r, first)
    rh, ht = body.mul("rh", r, h, before_product), body.numbers("ht", n_weights, n_bias, "scale_ht")
    new = multiply(body, "ht", side_by_side(body, "rhx", (rh, x), ht), ht)
    n = body.lut("n", new, second)
    mirrored = plan.conventions.gru_mirrored and ones == MIRRORED_ONES
    result = body.blend("h_next", (z, h, n), ones, (0, 0, last), mirrored)
    return close(body, view, x, result, ((h, result),))


def _three(plan: Plan, builder: Builder, group: Group) -> View:
    """H' = (ones - z) n + z h, with n = T1(x Win + r (h Whn)), in the integers of OPS.md.

    The second matrix is the hidden part's, of gain scale_ht, and the third the input part's, of
    gain scale_in, as the release notes of the maker's mapper state (v001.000.037); where their
    shapes say otherwise they are the other way round.
    """
    node, own = group.main, plan.conventions
    body, view, x = begin(plan, builder, node)
    _, zr_weights, hn_weights, in_weights, zr_bias, hn_bias, in_bias = node.inputs
    shapes = plan.network.shapes
    hidden = shapes[hn_weights][1]
    told = shapes[hn_weights] != shapes[in_weights]
    if shapes[hn_weights][0] != hidden if told else own.gru_three_hidden_weights == 3:
        hn_weights, in_weights, hn_bias, in_bias = in_weights, hn_weights, in_bias, hn_bias
    first, second = tables(node)
    first = spread(first, 256, own.cell_table_1024)
    wide = spread(second, 512, own.cell_table_1024)
    before_product, last = node.ints("shift_bits")
    ones = int(node.number("scale_ones", 0))

    h = body.state("h", hidden, first, wide, ones=ones)
    zr = body.numbers("zr", zr_weights, zr_bias, "scale_zr")
    gates = multiply(body, "zr", side_by_side(body, "xh", (x, h), zr), zr)
    hidden_part = body.product("hn", h, body.numbers("hn", hn_weights, hn_bias, "scale_ht"))
    input_part = body.product("in", x, body.numbers("in", in_weights, in_bias, "scale_in"))
    z, r = _gates(body, gates, hidden, own.gru_three_gates)
    z, r = body.lut("z", z, first), body.lut("r", r, first)
    n = body.sum_lut("n", input_part, body.mul("rhn", r, hidden_part, before_product), wide)
    kept = (z, n, h) if own.gru_three_blend == "keep" else (z, h, n)
    mirrored = own.gru_mirrored and ones == MIRRORED_ONES
    result = body.blend("h_next", kept, ones, (0, 0, last), mirrored)
    return close(body, view, x, result, ((h, result),))


def gru2array(plan: Plan, builder: Builder, group: Group) -> View:
    """H' = (ones - z) n + z h, with n = T1(gi_n + r gh_n), in the integers of OPS.md.

    Columns of both matrices are z, r, n; z and r are T0 of the sums of their two parts. With
    ``scale_ones`` 128 the sum is computed with its sign turned round, so that ties go down.
    """
    node, own = group.main, plan.conventions
    body, view, x = begin(plan, builder, node)
    _, in_weights, hidden_weights, in_bias, hidden_bias = node.inputs
    hidden = plan.network.shapes[hidden_weights][0]
    first, second = (spread(table, 512, own.cell_table_1024) for table in tables(node))
    before_product, last, new_shift, old_shift = node.ints("shift_bits")
    ones = int(node.number("scale_ones", 0))

    h = body.state("h", hidden, first, second, ones=ones)
    gi = body.product("input", x, body.numbers("input", in_weights, in_bias, "scale_input"))
    own_part = body.numbers("hidden", hidden_weights, hidden_bias, "scale_hidden")
    gh = body.product("hidden", h, own_part)
    shift = int(node.number("hidden_shift_bit", 0))
    if shift:
        gh = body.lut("hidden_shifted", gh, shift_table(shift, own.gru_hidden_shift))
    zi, ri, ni = (body.slice(f"{g}_input", gi, k * hidden, hidden) for k, g in enumerate("zrn"))
    zh, rh, nh = (body.slice(f"{g}_hidden", gh, k * hidden, hidden) for k, g in enumerate("zrn"))
    z, r = body.sum_lut("z", zi, zh, first), body.sum_lut("r", ri, rh, first)
    n = body.sum_lut("n", ni, body.mul("rhn", r, nh, before_product), second)
    shifts = (new_shift, old_shift, last)
    result = body.blend("h_next", (z, n, h), ones, shifts, ones == MIRRORED_ONES)
    return close(body, view, x, result, ((h, result),))


def _gates(body: Body, gates: str, hidden: int, order: str) -> tuple[str, str]:
    """The columns of z and of r."""
    z, r = order.index("z"), order.index("r")
    return (
        body.slice("gz", gates, z * hidden, hidden),
        body.slice("gr", gates, r * hidden, hidden),
    )
