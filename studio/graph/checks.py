"""What each operator may look like. The docstring of a check is the user's rule, word for word.

A check returns None, or what is wrong with this node. It sees the network as decoded from the
file (decode.py): constants resolved, shapes known, options as attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from studio.graph.network import Network, Node

Check = Callable[[Node, Network], str | None]
Shape = tuple[int, ...]

GAINS = tuple(2**power for power in range(8, 14))


def _shape(network: Network, name: str) -> Shape:
    return network.shapes[name]


def _list(shape: Shape) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"


def activation_first(node: Node, network: Network) -> str | None:
    """The first input is computed from the network's input, not a constant."""
    return "its first input is a constant" if node.inputs[0] in network.constants else None


def weights_constant(node: Node, network: Network) -> str | None:
    """Weights (second input) and bias (third input, if any) are constants of the file."""
    for name, what in zip(node.inputs[1:3], ("weights", "bias"), strict=False):
        if name and name not in network.constants:
            return f"its {what} {name} are computed while the network runs"
    return None


def inner_size(node: Node, network: Network) -> str | None:
    """Weights have a row for each element of the input's last axis (a column with `transB`)."""
    rows = _shape(network, node.inputs[1])
    if node.number("transB", 0) not in (0, 1) or node.number("transA", 0) not in (0, 1):
        return "transA or transB is neither 0 nor 1"
    size = _shape(network, node.inputs[0])[-1]
    if len(rows) == 2 and rows[1 if node.number("transB", 0) else 0] != size:
        return f"its weights have shape {_list(rows)}, its input {size} elements"
    return None


def conv_channels(node: Node, network: Network) -> str | None:
    """Weights are [M, C / group, kernel...] for C input channels; a bias has M elements."""
    channels, weights = _shape(network, node.inputs[0])[1], _shape(network, node.inputs[1])
    group = int(node.number("group", 1))
    if group < 1 or weights[0] % group or weights[1] * group != channels:
        return f"its weights have shape {_list(weights)} for {channels} channels, group {group}"
    if node.ints("kernel_shape", weights[2:]) != weights[2:]:
        return f"kernel_shape is {_list(node.ints('kernel_shape'))}"
    if len(node.inputs) > 2 and _shape(network, node.inputs[2]) != weights[:1]:
        return f"its bias has shape {_list(_shape(network, node.inputs[2]))}"
    return None


def gemm_form(node: Node, network: Network) -> str | None:
    """Input A is not transposed (`transA` 0) and the bias is a scalar or one row."""
    if node.number("transA", 0):
        return "transA is 1"
    if len(node.inputs) > 2 and node.inputs[2]:
        bias = _shape(network, node.inputs[2])
        if prod(bias) not in (1, _shape(network, node.outputs[0])[-1]):
            return f"its bias has shape {_list(bias)}"
    return None


def gemm_unscaled(node: Node, network: Network) -> str | None:
    """`alpha` and `beta` are 1."""
    if node.number("alpha", 1.0) != 1 or node.number("beta", 1.0) != 1:
        return "alpha or beta is not 1"
    return None


def matmul_form(node: Node, network: Network) -> str | None:
    """The input has rank 2 or 3, the weights have rank 2."""
    ranks = [len(_shape(network, name)) for name in node.inputs[:2]]
    if ranks[0] not in (2, 3) or ranks[1] != 2:
        return f"its operands have ranks {ranks[0]} and {ranks[1]}"
    return None


def window_form(node: Node, network: Network) -> str | None:
    """One or two spatial axes; `pads`, not negative, has two entries for each of them.

    `auto_pad` may be NOTSET, VALID, SAME_UPPER or SAME_LOWER.
    """
    axes = len(_shape(network, node.inputs[0])) - 2
    if axes not in (1, 2):
        return f"it has {axes} spatial axes"
    auto = node.text("auto_pad", "NOTSET") or "NOTSET"
    if auto not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        return f"auto_pad is {auto}"
    for name, count in (("kernel_shape", 1), ("strides", 1), ("dilations", 1), ("pads", 2)):
        values = node.ints(name)
        if values and len(values) != axes * count:
            return f"{name} has {len(values)} entries instead of {axes * count}"
        if any(value < (0 if name == "pads" else 1) for value in values):
            return f"{name} is {_list(values)}"
    return None


def pool_form(node: Node, network: Network) -> str | None:
    """No dilation, and the `Indices` output of MaxPool is not used."""
    if any(value != 1 for value in node.ints("dilations")):
        return f"dilations is {_list(node.ints('dilations'))}"
    return extra_outputs_unused(node, network)


def pool_ceil(node: Node, network: Network) -> str | None:
    """With `ceil_mode` 1, no window begins behind the input's end, nor does an average count pads.

    (Implementations disagree on what these mean; MaxPool has no `count_include_pad`.)
    """
    if not node.number("ceil_mode", 0):
        return None
    if node.number("count_include_pad", 0):
        return "ceil_mode and count_include_pad are both 1"
    sizes, out = (_shape(network, name)[2:] for name in (node.inputs[0], node.outputs[0]))
    pads, strides = node.ints("pads"), node.ints("strides") or (1,) * len(sizes)
    for axis, (size, count, stride) in enumerate(zip(sizes, out, strides, strict=True)):
        if (count - 1) * stride >= size + (pads[axis] if pads else 0):
            return f"ceil_mode is 1 and the last window of axis {axis + 2} holds padding only"
    return None


def extra_outputs_unused(node: Node, network: Network) -> str | None:
    """Only the first output is used."""
    for name in filter(None, node.outputs[1:]):
        if name in network.outputs or network.consumers(name):
            return f"its output {name} is used"
    return None


def clip_form(node: Node, network: Network) -> str | None:
    """`min` is 0 and `max` is positive, both constant, or `max` is left out."""
    low, high = node.attributes.get("min"), node.attributes.get("max")
    if any(node.inputs[1:]):
        return "its limits are computed while the network runs"
    if low != 0.0:
        return f"min is {'not given' if low is None else low}"
    if high is not None and not node.number("max", 0.0) > 0:
        return f"max is {high}"
    return None


def add_form(node: Node, network: Network) -> str | None:
    """Two tensors of one shape, or a tensor and a constant that broadcasts to its shape."""
    first, second = node.inputs
    out = _shape(network, node.outputs[0])
    constants = [name in network.constants for name in node.inputs]
    if all(constants):
        return "both operands are constants"
    for name, constant in zip((first, second), constants, strict=True):
        if not constant and _shape(network, name) != out:
            shapes = " and ".join(_list(_shape(network, n)) for n in node.inputs)
            return f"its operands have shapes {shapes}"
    return None


def mul_form(node: Node, network: Network) -> str | None:
    """As Add; besides, one operand may hold one factor for each channel: [1, C, 1, 1]."""
    problem = add_form(node, network)
    if problem is None or any(name in network.constants for name in node.inputs):
        return problem
    out = _shape(network, node.outputs[0])
    factors = (out[0], out[1], *([1] * (len(out) - 2)))
    shapes = [_shape(network, name) for name in node.inputs]
    return None if out in shapes and factors in shapes and len(out) > 2 else problem


def second_constant(node: Node, network: Network) -> str | None:
    """The second operand is a constant that broadcasts to the first one's shape."""
    if node.inputs[0] in network.constants or node.inputs[1] not in network.constants:
        return "its second operand is no constant, or its first one is"
    return add_form(node, network)


def divisor_not_zero(node: Node, network: Network) -> str | None:
    """The divisor holds no zero."""
    divisor = network.constants.get(node.inputs[1])
    return "its divisor holds a zero" if divisor is not None and np.any(divisor == 0) else None


def shift_range(node: Node, network: Network) -> str | None:
    """`shift_bit` lies in -15..15 (negative shifts right)."""
    shift = node.number("shift_bit", 0)
    return None if -15 <= shift <= 15 and shift == int(shift) else f"shift_bit is {shift}"


def normalization_form(node: Node, network: Network) -> str | None:
    """Scale, bias, mean and variance are constants, one for each channel; not in training mode."""
    if node.number("training_mode", 0):
        return "training_mode is 1"
    if not node.number("spatial", 1):
        return "spatial is 0"
    channels = _shape(network, node.inputs[0])[1]
    for name in node.inputs[1:5]:
        if name not in network.constants:
            return f"{name} is computed while the network runs"
        if _shape(network, name) != (channels,):
            return f"{name} has shape {_list(_shape(network, name))}"
    variance = np.asarray(network.constants[node.inputs[4]], dtype=np.float64)
    if not np.all(variance + node.number("epsilon", 1e-5) > 0):
        return "a variance is negative"
    return extra_outputs_unused(node, network)


def dropout_inference(node: Node, network: Network) -> str | None:
    """Not in training mode, and the `mask` output is not used."""
    if node.number("training_mode", 0) or len(node.inputs) > 2:
        return "training_mode is 1, or computed while the network runs"
    return extra_outputs_unused(node, network)


def batch_first(node: Node, network: Network) -> str | None:
    """The first axis stays the batch, of size 1."""
    out = _shape(network, node.outputs[0])
    if not out or out[0] != 1:
        return f"its output has shape {_list(out)}"
    if node.op == "Transpose":
        rank = len(out)
        perm = node.ints("perm", tuple(reversed(range(rank))))
        return f"perm is {_list(perm)}" if perm[0] != 0 else None
    if node.op in ("Concat", "Softmax"):
        axis = int(node.number("axis", -1))
        return "its axis is the batch" if axis % len(out) == 0 else None
    return None


def same_size(node: Node, network: Network) -> str | None:
    """The number of elements does not change."""
    before, after = (_shape(network, name) for name in (node.inputs[0], node.outputs[0]))
    if prod(before) != prod(after):
        return f"it makes {_list(after)} from {_list(before)}"
    return None


def concat_inputs(node: Node, network: Network) -> str | None:
    """All inputs are computed from the network's inputs, none is a constant."""
    for name in node.inputs:
        if name in network.constants:
            return f"its input {name} is a constant"
    return None


def softmax_flat(node: Node, network: Network) -> str | None:
    """Before opset 13: all axes after `axis` have size 1 (they were flattened into one)."""
    # decode.py leaves this mark on nodes of old opsets, whose meaning it would change.
    return "the axes after axis are flattened" if node.number("flattened", 0) else None


def mean_axes(node: Node, network: Network) -> str | None:
    """It runs over all spatial axes of a tensor of rank 3 or 4: global average pooling."""
    rank = len(_shape(network, node.inputs[0]))
    axes = sorted(axis % rank for axis in node.ints("axes"))
    if len(node.inputs) > 1 and any(node.inputs[1:]):
        return "its axes are computed while the network runs"
    return None if rank in (3, 4) and axes == list(range(2, rank)) else f"axes is {_list((*axes,))}"
