"""What the operators of float models alone may look like.

The docstring of a check is the user's rule, word for word, as in checks.py.
"""

from __future__ import annotations

from math import prod

import numpy as np

from studio.graph.network import Network, Node

Shape = tuple[int, ...]


def _list(shape: Shape) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"


def _options_constant(node: Node) -> str | None:
    more = [name for name in node.inputs[1:] if name]
    return f"its input {more[0]} is computed while the network runs" if more else None


def broadcast_form(node: Node, network: Network) -> str | None:
    """Two tensors, one of which has the shape of the result, or a tensor and a constant.

    The other is repeated along its axes of size 1.
    """
    out = network.shapes[node.outputs[0]]
    constants = [name in network.constants for name in node.inputs]
    if all(constants):
        return "both operands are constants"
    shapes = [network.shapes[name] for name in node.inputs]
    whole = [shape == out for shape, fixed in zip(shapes, constants, strict=True) if not fixed]
    ranks = {len(shape) for shape, fixed in zip(shapes, constants, strict=True) if not fixed}
    if not any(whole) or len(ranks) > 1 or out[:1] != (1,):
        return f"its operands have shapes {_list(shapes[0])} and {_list(shapes[1])}"
    return None


def power_constant(node: Node, network: Network) -> str | None:
    """The exponent is one constant number."""
    exponent = network.constants.get(node.inputs[1])
    if exponent is None or exponent.size != 1:
        return "its exponent is no constant number"
    return None


def slope_constant(node: Node, network: Network) -> str | None:
    """The slope is constant: one number, or one for each channel."""
    slope = network.constants.get(node.inputs[1])
    if slope is None:
        return "its slope is computed while the network runs"
    shape = network.shapes[node.inputs[0]]
    wide = (shape[1], *([1] * (len(shape) - 2)))
    if slope.size != 1 and slope.shape[-len(wide) :] != wide:
        return f"its slope has shape {_list(slope.shape)}"
    return None


def scalar_limits(node: Node, network: Network) -> str | None:
    """Two operands, one of which is a constant number."""
    if len(node.inputs) != 2:
        return f"it has {len(node.inputs)} inputs"
    if not any(n in network.constants and network.constants[n].size == 1 for n in node.inputs):
        return "neither operand is a constant number"
    return None


def clip_limits(node: Node, network: Network) -> str | None:
    """`min` and `max` are constant, `min` below `max`; each may be left out."""
    if any(node.inputs[1:]):
        return "its limits are computed while the network runs"
    low, high = node.number("min", -np.inf), node.number("max", np.inf)
    return None if low < high else f"min is {low:g} and max is {high:g}"


def product_form(node: Node, network: Network) -> str | None:
    """With constant weights: rank 2, and an input of rank 2 or 3.

    The product of two computed tensors, which runs on the CPU: both of rank 3 or both of rank 4,
    [1, heads, T, d], with as many heads.
    """
    shapes = [network.shapes[name] for name in node.inputs[:2]]
    ranks = [len(shape) for shape in shapes]
    if node.inputs[0] in network.constants:
        return "its first operand is a constant"
    if node.inputs[1] in network.constants:
        if ranks[0] not in (2, 3) or ranks[1] != 2:
            return f"its operands have ranks {ranks[0]} and {ranks[1]}"
        return None
    if ranks[0] != ranks[1] or ranks[0] not in (3, 4) or shapes[0][:-2] != shapes[1][:-2]:
        return f"its operands have shapes {_list(shapes[0])} and {_list(shapes[1])}"
    return None


def layer_norm_form(node: Node, network: Network) -> str | None:
    """It runs over the last axis, with constant scale and bias; only the first output is used."""
    shape = network.shapes[node.inputs[0]]
    if int(node.number("axis", -1)) % len(shape) != len(shape) - 1:
        return f"its axis is {node.number('axis', -1):g}"
    for name in node.inputs[1:3]:
        if name and name not in network.constants:
            return f"{name} is computed while the network runs"
        if name and network.constants[name].size not in (1, shape[-1]):
            return f"{name} has shape {_list(network.shapes[name])}"
    for name in filter(None, node.outputs[1:]):
        if name in network.outputs or network.consumers(name):
            return f"its output {name} is used"
    return None


def group_norm_form(node: Node, network: Network) -> str | None:
    """Constant scale and bias for each channel or group; the groups divide the channels."""
    shape = network.shapes[node.inputs[0]]
    if len(shape) not in (3, 4):
        return f"its input has shape {_list(shape)}"
    groups = int(node.number("num_groups", shape[1]))
    if groups < 1 or shape[1] % groups:
        return f"num_groups is {groups} for {shape[1]} channels"
    for name in node.inputs[1:3]:
        if name not in network.constants:
            return f"{name} is computed while the network runs"
        if network.constants[name].size not in (groups, shape[1]):
            return f"{name} has shape {_list(network.shapes[name])}"
    return None


def last_node(node: Node, network: Network) -> str | None:
    """Only as the last node, where it is left out: the outputs are the logits.

    Their largest is the same one. Apply it after the network, or train with a loss of logits.
    """
    users = ", ".join(user.op for user in network.consumers(node.outputs[0]))
    return f"its output goes to {users}" if users else "it is applied to an input of the network"


def concat_form(node: Node, network: Network) -> str | None:
    """At least one input is computed; constants, as a class token, may stand beside it."""
    computed = [name for name in node.inputs if name not in network.constants]
    return None if computed else "all its inputs are constants"


def slice_form(node: Node, network: Network) -> str | None:
    """Constant starts and ends, steps above 0, and something is left; not along the batch."""
    problem = _options_constant(node)
    if problem:
        return problem
    shape, out = network.shapes[node.inputs[0]], network.shapes[node.outputs[0]]
    if "steps" in node.attributes and any(step < 1 for step in node.ints("steps")):
        return f"steps is {_list(node.ints('steps'))}"
    if out[:1] != shape[:1] or shape[0] != 1 or not prod(out):
        return f"it makes {_list(out)} from {_list(shape)}"
    return None


def split_form(node: Node, network: Network) -> str | None:
    """Constant sizes; not along the batch."""
    axis = int(node.number("axis", 0)) % len(network.shapes[node.inputs[0]])
    return _options_constant(node) or ("its axis is the batch" if axis == 0 else None)


def gather_form(node: Node, network: Network) -> str | None:
    """One constant index (x[:, -1] in PyTorch); not along the batch."""
    if "indices" not in node.attributes:
        return "its index is computed while the network runs"
    if not isinstance(node.attributes["indices"], int):
        return f"its index has shape {_list(node.array('indices').shape)}"
    axis = int(node.number("axis", 0)) % len(network.shapes[node.inputs[0]])
    return "its axis is the batch" if axis == 0 else None


def pad_form(node: Node, network: Network) -> str | None:
    """Zeros around the spatial axes, and only convolutions read the result."""
    problem = _options_constant(node)
    if problem:
        return problem
    rank = len(network.shapes[node.inputs[0]])
    pads = pads_of(node, rank)
    if node.text("mode", "constant") != "constant" or node.number("value", 0) != 0:
        return "it fills with something else than zero"
    if min(pads) < 0 or any(pads[axis] or pads[rank + axis] for axis in (0, 1)):
        return f"pads is {_list(pads)}"
    users = network.consumers(node.outputs[0])
    if node.outputs[0] in network.outputs or any(
        user.op != "Conv" or user.text("auto_pad", "NOTSET") not in ("", "NOTSET") for user in users
    ):
        return f"its output goes to {', '.join(user.op for user in users) or 'no node'}"
    return None


def pads_of(node: Node, rank: int) -> Shape:
    """The padding of a Pad for all axes: begins, then ends."""
    pads = node.ints("pads") or (0,) * 2 * rank
    if "axes" not in node.attributes:
        return pads
    found = [0] * (2 * rank)
    axes = node.ints("axes")
    for place, axis in enumerate(axes):
        found[axis % rank] = pads[place]
        found[rank + axis % rank] = pads[len(axes) + place]
    return tuple(found)


def mean_rows(node: Node, network: Network) -> str | None:
    """Constant axes, not the batch; a tensor of rank 2, 3 or 4."""
    shape = network.shapes[node.inputs[0]]
    if any(node.inputs[1:]):
        return "its axes are computed while the network runs"
    axes = {axis % len(shape) for axis in node.ints("axes")}
    if not axes or 0 in axes or len(shape) not in (2, 3, 4):
        return f"axes is {_list(tuple(sorted(axes)))} of a tensor of rank {len(shape)}"
    return None


def maximum_axes(node: Node, network: Network) -> str | None:
    """At most two axes."""
    return f"axes is {_list(node.ints('axes'))}" if len(node.ints("axes")) > 2 else None


def resize_form(node: Node, network: Network) -> str | None:
    """Mode nearest, every spatial axis longer by a whole factor (nn.Upsample(scale_factor=2))."""
    problem = _options_constant(node)
    if problem:
        return problem
    before, after = (network.shapes[name] for name in (node.inputs[0], node.outputs[0]))
    if node.text("mode", "nearest") != "nearest":
        return f"its mode is {node.text('mode', 'nearest')}"
    if before[:2] != after[:2] or any(a % b for a, b in zip(after, before, strict=True)):
        return f"it makes {_list(after)} from {_list(before)}"
    place = node.text("coordinate_transformation_mode", "half_pixel")
    near = node.text("nearest_mode", "round_prefer_floor")
    repeats = (place == "asymmetric" and near == "floor") or (
        place in ("half_pixel", "pytorch_half_pixel") and near.startswith("round_prefer")
    )
    return None if repeats else f"it takes {near} of {place} positions"


def expand_form(node: Node, network: Network) -> str | None:
    """A constant shape, the batch staying 1 and the number of axes the same."""
    before, after = (network.shapes[name] for name in (node.inputs[0], node.outputs[0]))
    if len(before) != len(after) or after[0] != 1:
        return f"it makes {_list(after)} from {_list(before)}"
    return _options_constant(node)


def transposed_form(node: Node, network: Network) -> str | None:
    """One or two spatial axes, dilation 1, explicit pads below the kernel's size.

    Weights [C, M / group, kernel...] and the bias are constants.
    """
    shape, weights = network.shapes[node.inputs[0]], network.shapes[node.inputs[1]]
    axes = len(shape) - 2
    if axes not in (1, 2) or len(weights) != len(shape):
        return f"its input has shape {_list(shape)}, its weights {_list(weights)}"
    for name in node.inputs[1:3]:
        if name and name not in network.constants:
            return f"{name} is computed while the network runs"
    if any(size != 1 for size in node.ints("dilations")):
        return f"dilations is {_list(node.ints('dilations'))}"
    if node.text("auto_pad", "NOTSET") not in ("", "NOTSET") or node.ints("output_shape"):
        return "its padding is not given by pads"
    group = int(node.number("group", 1))
    if group < 1 or weights[0] != shape[1] or shape[1] % group:
        return f"its weights have shape {_list(weights)} for {shape[1]} channels, group {group}"
    pads, more = node.ints("pads") or (0,) * 2 * axes, node.ints("output_padding") or (0,) * axes
    for axis, size in enumerate(weights[2:]):
        before, after = pads[axis], pads[axes + axis]
        if min(before, after, more[axis]) < 0 or max(before, after - more[axis]) >= size:
            return f"pads is {_list(pads)} for a kernel of {_list(weights[2:])}"
    return None
