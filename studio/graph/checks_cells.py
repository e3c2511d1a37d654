"""What the maker's recurrent cells and time-delay layers may look like; rules as in checks.py.

Attributes may be of any kind in the file: a whole number where a list is expected counts as a
list of one, and 7.0 as 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np

from studio.graph.checks import GAINS
from studio.graph.network import Network, Node
from studio.graph.shapes_cells import sizes_of

Shape = tuple[int, ...]

TABLE_SIZES = (256, 1024)
MOST_LEFT, MOST_RIGHT = 7, 15
# The attribute that makes a cell forget, and the defaults of what may be left out. Those of
# Gru2Array are stated in the manual of the maker's mapper; the first two shift every product.
RESETS = {"Lstm": "clean_ctht", "Gru": "clean_ht", "Gru2Array": "clean_ht"}
DEFAULT_SHIFTS: Mapping[str, tuple[int, ...]] = {
    "Lstm": (0, 0, -7, -7),
    "Gru": (-7, -7),
    "Gru2Array": (-7, -7, -7, -7),
}
DEFAULT_ONES = 127
MOST_ONES = 1 << 15


def weights_of(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a cell's weights and biases, one bias for each, "" where left out.

    Lstm and Gru2Array have two matrices; Gru has three with 6 or 7 inputs, or 4 without biases.
    """
    given = node.inputs[1:]
    count = 3 if node.op == "Gru" and len(given) in (3, 5, 6) else 2
    biases = (*given[count:], *([""] * count))[:count]
    return given[:count], biases


def whole_numbers(node: Node, name: str) -> tuple[int, ...] | None:
    """An attribute as whole numbers; () where it is left out, None where it is something else."""
    if name not in node.attributes:
        return ()
    value = node.attributes[name]
    if isinstance(value, str) or (
        isinstance(value, tuple) and any(not isinstance(item, int | float) for item in value)
    ):
        return None
    found = np.asarray(value, np.float64).reshape(-1)
    if not np.isfinite(found).all() or not np.array_equal(found, np.trunc(found)):
        return None
    return tuple(int(item) for item in found)


def shifts_of(node: Node) -> tuple[int, ...] | None:
    """``shift_bits`` in full length; None where they are no list of such a length."""
    shifts, default = whole_numbers(node, "shift_bits"), DEFAULT_SHIFTS[node.op]
    if shifts == ():
        return default
    if shifts is None or len(shifts) not in (2, len(default)):
        return None
    if len(shifts) == 2 and len(default) == 4:
        return (0, 0, *shifts) if node.op == "Lstm" else (*shifts, 0, 0)
    return shifts


def tables_of(node: Node) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """The tables of a cell: the rows of a tensor, or a list of tensors; TypeError for less."""
    value = node.attributes.get("activate_table")
    if isinstance(value, np.ndarray) and value.ndim < 2:
        count = 3 if node.op == "Lstm" else 2
        value = value.reshape(count, -1) if value.size % count == 0 else value
    items = value if isinstance(value, tuple | np.ndarray) else ()
    if any(not isinstance(item, np.ndarray) or item.dtype.kind not in "fiu" for item in items):
        raise TypeError("activate_table holds no tensors of numbers")
    return [np.asarray(item, np.float64).reshape(-1) for item in items]


def _list(shape: Shape) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"


def _features(node: Node, network: Network) -> tuple[int, int]:
    return sizes_of(node, network.shapes[node.inputs[1]])


def _sizes(node: Node, network: Network, weights: tuple[Shape, ...]) -> str | None:
    """What is wrong with the shapes of constants, ``weights`` being those of the matrices."""
    names, biases = weights_of(node)
    if len(node.inputs) - 1 > 2 * len(weights):
        return f"it has {len(node.inputs)} inputs"
    for name, bias, shape in zip(names, biases, weights, strict=True):
        for constant in filter(None, (name, bias)):
            if constant not in network.constants:
                return f"{constant} is computed while the network runs"
        if network.shapes[name] != shape:
            return f"{name} has shape {_list(network.shapes[name])} instead of {_list(shape)}"
        if bias and prod(network.shapes[bias]) != shape[1]:
            return f"{bias} has shape {_list(network.shapes[bias])} instead of [{shape[1]}]"
    return None


def lstm_weights(node: Node, network: Network) -> str | None:
    """Inputs: x; weights of i, f, o [F + H, 3 H]; weights of c [F + H, H]; a bias for each.

    Weights and biases are constants; the rows are x, then h; biases may be left out. x is
    [1, F], a step of a stream, or [1, F, T].
    """
    features, hidden = _features(node, network)
    rows = features + hidden
    return _sizes(node, network, ((rows, 3 * hidden), (rows, hidden)))


def gru_weights(node: Node, network: Network) -> str | None:
    """Inputs: x; weights of z, r [F + H, 2 H]; those of n [F + H, H]; a bias for each.

    Or with three matrices: z, r [F + H, 2 H]; the part of n from h [H, H]; the part from x
    [F, H], or these two the other way round; three biases. All are constants; biases may be
    left out. x is [1, F], a step of a stream, or [1, F, T].
    """
    features, hidden = _features(node, network)
    rows = features + hidden
    first = (rows, 2 * hidden)
    if len(weights_of(node)[0]) == 2:
        return _sizes(node, network, (first, (rows, hidden)))
    parts = (hidden, hidden), (features, hidden)
    if network.shapes[node.inputs[2]] == parts[1]:
        parts = parts[::-1]
    return _sizes(node, network, (first, *parts))


def gru2array_weights(node: Node, network: Network) -> str | None:
    """Inputs: x; weights of z, r, n for x [F, 3 H]; those for h [H, 3 H]; a bias for each.

    All are constants; biases may be left out. x is [1, F], a step of a stream, or [1, F, T].
    """
    features, hidden = _features(node, network)
    return _sizes(node, network, ((features, 3 * hidden), (hidden, 3 * hidden)))


def _tables(node: Node, count: int) -> str | None:
    try:
        found = tables_of(node)
    except TypeError as error:
        return str(error)
    if len(found) != count:
        return f"activate_table holds {len(found)} tables"
    for table in found:
        if len(table) not in TABLE_SIZES:
            return f"a table of activate_table has {len(table)} entries"
        if not np.isfinite(table).all() or np.abs(np.trunc(table) + 0.5).max() > 127.5:
            return "a table of activate_table has values outside -128..127"
    return None


def lstm_tables(node: Node, network: Network) -> str | None:
    """`activate_table` holds three tables: of the gates, of the candidate, of the cell state.

    Each has 256 or 1024 entries of -128..127; fractions are cut off.
    """
    return _tables(node, 3)


def gru_tables(node: Node, network: Network) -> str | None:
    """`activate_table` holds two tables: of the gates and of the candidate.

    Each has 256 or 1024 entries of -128..127; fractions are cut off.
    """
    return _tables(node, 2)


def _gains(node: Node, *names: str) -> str | None:
    for name in names:
        value = whole_numbers(node, name)
        if value is None or len(value) > 1 or (value and value[0] not in GAINS):
            shown = node.attributes[name]
            return f"{name} is {shown if isinstance(shown, int | float) else 'no number'}"
        if not value:
            return f"{name} is missing"
    return None


def lstm_gains(node: Node, network: Network) -> str | None:
    """`scale_ioft` and `scale_ct` are gains: one of 256, 512, ..., 8192."""
    return _gains(node, "scale_ioft", "scale_ct")


def gru_gains(node: Node, network: Network) -> str | None:
    """`scale_zr`, `scale_ht` and, with three matrices, `scale_in` are gains: 256, ..., 8192."""
    names = ("scale_zr", "scale_ht", "scale_in")
    return _gains(node, *names[: len(weights_of(node)[0])])


def gru2array_gains(node: Node, network: Network) -> str | None:
    """`scale_input` and `scale_hidden` are gains: one of 256, 512, ..., 8192."""
    return _gains(node, "scale_input", "scale_hidden")


def tdnn_gain(node: Node, network: Network) -> str | None:
    """`scale_params` is its gain: one of 256, 512, ..., 8192."""
    return _gains(node, "scale_params")


def lstm_shifts(node: Node, network: Network) -> str | None:
    """`shift_bits` are 2 or 4 whole numbers of -15 (right) to 7 (left), or left out.

    They shift f c, i t, their sum, and the output; two are the last two. Left shifts stay small
    enough for sums of 32 bits.
    """
    return _shifts(node)


def gru_shifts(node: Node, network: Network) -> str | None:
    """`shift_bits` are 2 whole numbers of -15 (right) to 7 (left), or left out.

    They shift r times the hidden part, and the sum. Left shifts stay small enough for sums of
    32 bits.
    """
    return _shifts(node)


def gru2array_shifts(node: Node, network: Network) -> str | None:
    """`shift_bits` are 2 or 4 whole numbers of -15 (right) to 7 (left), or left out.

    They shift r times the hidden part, the sum, (1 - z) n and z h; two are the first two. Left
    shifts stay small enough for sums of 32 bits.
    """
    return _shifts(node)


def _shifts(node: Node) -> str | None:
    shifts = shifts_of(node)
    if shifts is None:
        return "shift_bits is no list of that length"
    if any(not -MOST_RIGHT <= shift <= MOST_LEFT for shift in shifts):
        return f"shift_bits is {_list(shifts)}"
    if node.op == "Lstm":
        first, second, last = shifts[:3]
    elif node.op == "Gru":
        first, second, last = 0, 0, shifts[1]
    else:
        last, first, second = shifts[1:]
    ones = 0 if node.op == "Lstm" else abs((whole_numbers(node, "scale_ones") or (0,))[0])
    total = ((ones + 128) * 128 << max(0, first)) + (128 * 128 << max(0, second))
    if total << max(0, last) >= 1 << 31:
        return f"shift_bits {_list(shifts)} make numbers of more than 32 bits"
    return None


def cell_reset(node: Node, network: Network) -> str | None:
    """`clean_ctht` (Lstm) or `clean_ht`, the steps between resets, is one of 0 (never)..32767."""
    name = RESETS[node.op]
    value = whole_numbers(node, name)
    if value is None or len(value) > 1 or (value and not 0 <= value[0] < 1 << 15):
        return f"{name} is no such number"
    return None


def gru_ones(node: Node, network: Network) -> str | None:
    """`scale_ones`, the integer that stands for 1, is a whole number of 16 bits."""
    value = whole_numbers(node, "scale_ones")
    if value is None or len(value) > 1 or (value and not -MOST_ONES <= value[0] < MOST_ONES):
        return "scale_ones is no such number"
    return None


def gru2array_options(node: Node, network: Network) -> str | None:
    """`hidden_shift_bit` lies in -15..7; `input_offset` is 0.

    (The maker's own tool has the attribute `input_offset` but does not use it yet.)
    """
    shift = whole_numbers(node, "hidden_shift_bit")
    if shift is None or len(shift) > 1 or (shift and not -MOST_RIGHT <= shift[0] <= MOST_LEFT):
        return "hidden_shift_bit is no such number"
    if any(whole_numbers(node, "input_offset") or (0,)):
        return "input_offset is not 0"
    return None


def tdnn_weights(node: Node, network: Network) -> str | None:
    """Inputs: x and constant weights [F * offsets, D], the rows of the oldest frame first.

    x is [1, F], a step of a stream, or [1, F, T]. `bias_params` are D numbers or left out.
    """
    if node.inputs[1] not in network.constants:
        return f"{node.inputs[1]} is computed while the network runs"
    if "bias_params" not in node.attributes:
        return f"{node.inputs[2]} is an input and no attribute" if node.inputs[2:] else None
    try:
        bias = np.asarray(node.array("bias_params"), np.float64).reshape(-1)
    except (TypeError, ValueError):
        return "bias_params holds no numbers"
    if not np.isfinite(bias).all():
        return "bias_params holds values that are NaN or infinite"
    columns = network.shapes[node.inputs[1]][1]
    return None if len(bias) == columns else f"bias_params holds {len(bias)} numbers"


def tdnn_offsets(node: Node, network: Network) -> str | None:
    """`time_offsets` are different whole numbers from -1024 to 1024, or left out for just 0."""
    offsets = whole_numbers(node, "time_offsets")
    if offsets is None:
        return "time_offsets holds no whole numbers"
    if len(set(offsets)) != len(offsets) or any(abs(offset) > 1024 for offset in offsets):
        return f"time_offsets is {_list(offsets)}"
    return None
