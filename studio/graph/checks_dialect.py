"""What the operators of the maker's dialect may look like; rules as in checks.py."""

from __future__ import annotations

from math import isfinite, log2, prod

import numpy as np

from studio.graph.checks import GAINS
from studio.graph.network import Network, Node
from studio.graph.shapes_dialect import windows

Shape = tuple[int, ...]

ARRAY = frozenset({"Gemm", "MatMul", "Conv", "ConvTranspose"})
TABLE_SIZES = (256, 1024)
# Where a table may lie: the manual's attribute, and what else is plainly meant.
TABLES = ("table_params", "activate_table", "table")


def _list(shape: Shape) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"


def on_array(node: Node, network: Network) -> bool:
    """Whether a node multiplies by constant weights, so that it runs on the array."""
    return node.op in ARRAY and len(node.inputs) > 1 and node.inputs[1] in network.constants


def is_gain(node: Node) -> bool:
    """Whether a node is a Scale of 1/G with G a gain of the chip."""
    scale = node.attributes.get("scale")
    if node.op != "Scale" or not isinstance(scale, int | float):
        return False
    return any(abs(scale * gain - 1) < 1e-6 for gain in GAINS)


def gain_clear(node: Node, network: Network) -> str | None:
    """A `Scale` right behind it is 1/G, G one of 256, 512, ..., 8192, and alone there.

    G is its gain. Without a Scale behind it the gain is taken to be 1024, and the report says so.
    """
    if not on_array(node, network):
        return None
    users = network.consumers(node.outputs[0])
    scales = [user for user in users if user.op == "Scale"]
    for user in scales:
        scale = user.attributes.get("scale")
        if isinstance(scale, int | float) and not is_gain(user):
            means = f"gain {1 / scale:.6g}" if scale > 0 else f"scale {scale:g}"
            return (
                f"{means} ({user.name} behind it); the chip's are {GAINS[0]}..{GAINS[-1]}:"
                " 1/scale must be a power of two"
            )
    if scales and (len(users) > 1 or node.outputs[0] in network.outputs):
        found = ", ".join(user.op for user in users)
        return f"its output goes to {found}{' and out' if len(users) == 1 else ''}"
    return None


def dense_form(node: Node, network: Network) -> str | None:
    """The input is [1, C], or a time series [1, T, C] or [1, C, T]; weights are [C, D].

    (With `transB` they are [D, C].) `transA` is 0; the bias is a scalar or one row.
    """
    if node.number("transA", 0) or node.number("transB", 0) not in (0, 1):
        return "transA is not 0, or transB neither 0 nor 1"
    if len(node.inputs) > 2 and node.inputs[2]:
        rows = network.shapes[node.inputs[1]]
        bias = network.shapes[node.inputs[2]]
        if prod(bias) not in (1, rows[0 if node.number("transB", 0) else 1]):
            return f"its bias has shape {_list(bias)}"
    return None


def product_form(node: Node, network: Network) -> str | None:
    """Constant weights of rank 2 run on the array like a Gemm without bias.

    Two activations are [1, M, K] and [1, K, N], or [1, H, M, K] and [1, H, K, N]; the first may
    be [1, K]. The first operand is no constant.
    """
    first, second = (network.shapes[name] for name in node.inputs[:2])
    if node.inputs[0] in network.constants:
        return "its first operand is a constant"
    if node.inputs[1] in network.constants:
        return None if len(second) == 2 else f"its weights have shape {_list(second)}"
    ranks = (len(first), len(second))
    if ranks not in ((2, 3), (3, 3), (4, 4)) or (first[:-2] != second[:-2] and ranks != (2, 3)):
        return f"its operands have shapes {_list(first)} and {_list(second)}"
    return None


def deconvolution(node: Node, network: Network) -> str | None:
    """Weights are [I, O / group, kernel...]; a bias has O elements; `pads` are not negative.

    One or two spatial axes; no `auto_pad`, no `output_shape`. `output_padding` may have an
    entry for each begin and end, of which the begins count. Along the last axis, with stride 1
    and without pads, the result is cropped to as many frames as the input has: the layer is
    causal.
    """
    shape, weights = network.shapes[node.inputs[0]], network.shapes[node.inputs[1]]
    group, axes = int(node.number("group", 1)), len(shape) - 2
    if (
        node.text("auto_pad", "NOTSET") or "NOTSET"
    ) != "NOTSET" or "output_shape" in node.attributes:
        return "it has auto_pad or output_shape"
    if group < 1 or weights[0] != shape[1] or weights[0] % group:
        return f"its weights have shape {_list(weights)} for {shape[1]} channels, group {group}"
    if node.ints("kernel_shape", weights[2:]) != weights[2:]:
        return f"kernel_shape is {_list(node.ints('kernel_shape'))}"
    if len(node.inputs) > 2 and network.shapes[node.inputs[2]] != (weights[1] * group,):
        return f"its bias has shape {_list(network.shapes[node.inputs[2]])}"
    for name, least in (("strides", 1), ("dilations", 1), ("pads", 0), ("output_padding", 0)):
        if any(value < least for value in node.ints(name)):
            return f"{name} is {_list(node.ints(name))}"
    return (
        f"output_padding has {len(node.ints('output_padding'))} entries"
        if len(node.ints("output_padding")) not in (0, axes, 2 * axes)
        else None
    )


def scale_value(node: Node, network: Network) -> str | None:
    """`scale` is a whole number from -128 to 127, or 2**-n with n up to 13.

    Right behind an array operator, 1/256 to 1/8192 is its gain.
    """
    scale = node.attributes.get("scale")
    if not isinstance(scale, int | float):
        return "scale is no number" if "scale" in node.attributes else "scale is missing"
    if isfinite(scale) and scale == int(scale) and -128 <= scale <= 127:
        return None
    if not 0 < scale < 1 or abs(log2(scale) - round(log2(scale))) > 1e-6 or scale < 2**-13.5:
        return f"scale is {scale:g}"
    return None


def scalar_form(node: Node, network: Network) -> str | None:
    """`op_types` is mul (the default) or add; `scale` is a whole number from -128 to 127."""
    if node.text("op_types", "mul") not in ("mul", "add"):
        return f"op_types is {node.text('op_types', 'mul')}"
    if "scale" not in node.attributes:
        return "scale is missing"
    scale = node.attributes["scale"]
    whole = isinstance(scale, int | float) and -128 <= scale <= 127 and scale == int(scale)
    return None if whole else f"scale is {scale}"


def float_scale(node: Node, network: Network) -> str | None:
    """`scale` is a number; `clip_bits`, 0 to 7, bounds the result to -2**b..2**b - 1."""
    if not isfinite(node.number("scale", float("nan"))):
        return "scale is no number" if "scale" in node.attributes else "scale is missing"
    bits = node.number("clip_bits", 7)
    return None if bits in range(8) else f"clip_bits is {bits}"


def low_bits(node: Node, network: Network) -> str | None:
    """`bits`, how many low bits become 0, is 0 to 7."""
    bits = node.number("bits", -1)
    return (
        None if bits in range(8) else f"bits is {bits if 'bits' in node.attributes else 'missing'}"
    )


def table_of(node: Node, network: Network) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """The table of an ActLut, its fractions cut off; None where it has none."""
    given = (node.attributes.get(name) for name in TABLES)
    values = [np.asarray(value) for value in given if isinstance(value, np.ndarray | tuple)]
    values += [network.constants[name] for name in node.inputs[1:] if name in network.constants]
    if not values or values[0].dtype.kind not in "fiu":
        return None
    return np.trunc(np.asarray(values[0], np.float64).reshape(-1))


def table_form(node: Node, network: Network) -> str | None:
    """`table_params` or `activate_table` holds 256 or 1024 numbers from -128 to 127.

    Fractions are cut off.
    """
    table = table_of(node, network)
    if table is None:
        return "it has no table"
    if len(table) not in TABLE_SIZES:
        return f"its table has {len(table)} entries"
    if not np.isfinite(table).all() or table.min() < -128 or table.max() > 127:
        return "its table has values outside -128..127"
    return None


def operand_range(node: Node, network: Network) -> str | None:
    """A constant operand holds numbers from -128 to 127."""
    for name in node.inputs:
        values = network.constants.get(name)
        if values is not None:
            numbers = np.asarray(values, np.float64)
            if numbers.min() < -128 or numbers.max() > 127:
                return f"{name} reaches from {numbers.min():g} to {numbers.max():g}"
    return None


def scales_positive(node: Node, network: Network) -> str | None:
    """`scale_in` and `scale_out`, the real value of a step before and after it, are positive."""
    for name in ("scale_in", "scale_out"):
        value = node.number(name, 1.0)
        if not 0 < value < float("inf"):
            return f"{name} is {value:g}"
    return None


def norm_form(node: Node, network: Network) -> str | None:
    """`epsilon` is positive; factors and offsets are one constant a channel, or left out.

    (ONNX's GroupNormalization before opset 21 has one for each group.) The groups are of
    equal size; LayerNormalization runs over the last axis.
    """
    shape = network.shapes[node.inputs[0]]
    channels = shape[-1] if node.op == "LayerNormalization" else shape[1]
    if node.op == "LayerNormalization" and node.number("axis", -1) not in (-1, len(shape) - 1):
        return f"axis is {node.number('axis', -1):g}"
    if not 0 < node.number("epsilon", 1e-5) < float("inf"):
        return f"epsilon is {node.number('epsilon', 1e-5):g}"
    groups = node.number("num_groups", 1)
    if groups not in range(1, channels + 1) or channels % groups:
        return f"it has {groups:g} groups for {channels} channels"
    sizes = {channels, int(groups)} if node.op == "GroupNormalization" else {channels}
    for name in filter(None, node.inputs[1:3]):
        if name not in network.constants:
            return f"{name} is computed while the network runs"
        if prod(network.shapes[name]) not in sizes:
            return f"{name} has shape {_list(network.shapes[name])}"
    return None


def mean_axes(node: Node, network: Network) -> str | None:
    """It runs over the channels (axis 1), or over one or all of the axes behind them."""
    rank = len(network.shapes[node.inputs[0]])
    axes = sorted({axis % rank for axis in node.ints("axes")}) or list(range(1, rank))
    if any(node.inputs[1:]):
        return "its axes are computed while the network runs"
    if axes == [1] or (axes[0] > 1 and rank in (3, 4)):
        return None
    return f"axes is {_list((*axes,))} of a tensor of rank {rank}"


def slice_form(node: Node, network: Network) -> str | None:
    """Starts, ends, axes and steps are constants; steps are positive; the batch stays whole."""
    shape = network.shapes[node.inputs[0]]
    if any(node.inputs[1:]):
        return "its bounds are computed while the network runs"
    for axis, (start, stop, step) in windows(node, shape).items():
        if step < 1:
            return f"a step is {step}"
        if axis == 0 and (start, stop, step) != (0, shape[0], 1):
            return "it cuts the batch"
    return None


def axis_form(node: Node, network: Network) -> str | None:
    """`axis` is one of its input's, and not the batch; left out, it is 1 (0 of a Split)."""
    rank = len(network.shapes[node.inputs[0]])
    axis = node.number("axis", 0 if node.op == "Split" else 1)
    whole = isfinite(axis) and axis == int(axis) and -rank <= axis < rank
    return None if whole and axis % rank else f"axis is {axis:g}"


def split_form(node: Node, network: Network) -> str | None:
    """The sizes of its parts are constants."""
    return "its parts are computed while the network runs" if any(node.inputs[1:]) else None


def clip_limits(node: Node, network: Network) -> str | None:
    """`min` and `max` are constants, or left out."""
    if any(node.inputs[1:]):
        return "its limits are computed while the network runs"
    low, high = node.number("min", float("-inf")), node.number("max", float("inf"))
    return None if low <= high else f"min is {low:g}, max is {high:g}"
