"""Shapes of integer models, node after node: onnx does not know the maker's operators.

A tensor of rank 2 is one frame, [1, F]. A time series has three axes, [1, T, F] or [1, F, T]
(series.py tells which); Gemm and the cells work on every step of it. In the chip's memory either
is T frames of F values one after another. Reshape targets without a batch, such as [T, F], get
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from studio.base.errors import ModelError
from studio.graph.geometry import explicit
from studio.graph.network import Node
from studio.graph.shape_rules import Misfit, Rule, Shape, Step, over_time
from studio.graph.shapes_cells import STEPS as CELLS
from studio.graph.tensors import Array

Constants = Mapping[str, Array]


def follow(
    node: Node,
    shapes: Mapping[str, Shape],
    constants: Constants,
    source: str,
    steps_first: bool = False,
) -> dict[str, Shape]:
    """The shapes of a node's outputs, by name.

    ``node`` has its options as attributes; ``shapes`` holds those of its inputs, the first of
    which has ``steps_first`` where its sizes do not tell features and steps apart. Raises
    ModelError where they do not fit the node. An operator without a rule keeps its first
    input's shape: the operator table refuses it, if it must be.
    """
    inputs = [shapes[name] if name else () for name in node.inputs]
    rule = RULES.get(node.op, _same)
    try:
        step = features_and_columns(node, inputs, constants)
        found = (
            [over_time(inputs[0], *step, steps_first)] if step else rule(node, inputs, constants)
        )
    except (Misfit, TypeError, ValueError, IndexError, ArithmeticError) as error:
        reason = str(error) if isinstance(error, Misfit) else f"its form is not valid ({error})"
        raise ModelError(
            f"the shapes of its layers do not fit: node {node.name} ({node.op}): {reason}",
            hint="The model contradicts itself, or the input shape given for it: check the sizes "
            "in the node named above, or export it again.",
            where=source,
        ) from error
    result = {name: tuple(s) for name, s in zip(node.outputs, found, strict=False) if name}
    for name, shape in result.items():
        if len(shape) < 2 or min(shape) < 1:
            what = "empty" if 0 in shape else "without a batch axis"
            raise ModelError(
                f"the shape of tensor {name} (node {node.name}, {node.op}) is {what}: "
                f"{list(shape)}",
                hint="Check the sizes in this node, or export the model again.",
                where=source,
            )
    return result


def _same(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    return [shapes[0]] if shapes else []


def features_and_columns(
    node: Node, shapes: Sequence[Shape], constants: Constants
) -> tuple[int, int] | None:
    """How many numbers a layer takes and makes at every step; None for one without steps.

    Raises Misfit where its weights have no form that tells.
    """
    if node.op == "MatMul" and (node.inputs[1] not in constants or len(shapes[1]) != 2):
        return None
    rule = STEPS.get(node.op)
    return rule(node, shapes) if rule else None


def _gemm(node: Node, shapes: Sequence[Shape]) -> tuple[int, int]:
    if len(shapes[1]) != 2:
        raise Misfit(f"its weights have shape {list(shapes[1])} instead of rank 2")
    rows, columns = shapes[1][::-1] if node.number("transB", 0) else shapes[1]
    return rows, columns


def _matmul(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    a, b = shapes[:2]
    if len(a) < 2 or len(b) < 2 or a[-1] != b[-2]:
        raise Misfit(f"its operands have shapes {list(a)} and {list(b)}")
    return [(*_broadcast(a[:-2], b[:-2]), a[-2], b[-1])]


def _broadcast(*shapes: Shape) -> Shape:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError as error:
        listed = " and ".join(str(list(shape)) for shape in shapes)
        raise Misfit(f"its operands have shapes {listed}") from error


def _elementwise(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    return [_broadcast(*shapes)]


def _window(node: Node, shape: Shape, kernel: Shape) -> Shape:
    """The spatial sizes behind a sliding window."""
    before = shape[2:]
    if not before or len(before) != len(kernel):
        raise Misfit(f"its window {list(kernel)} does not fit an input of shape {list(shape)}")
    window = explicit(node, kernel, before, (1,) * len(kernel))
    strides, dilations, pads = (_ints(window[n]) for n in ("strides", "dilations", "pads"))
    axes = len(kernel)
    if len(strides) != axes or len(dilations) != axes or len(pads) != 2 * axes:
        raise Misfit(f"its strides {list(strides)} or pads {list(pads)} do not fit its window")
    found = []
    for axis, size in enumerate(before):
        room = size + pads[axis] + pads[axes + axis] - (kernel[axis] - 1) * dilations[axis] - 1
        if room < 0 or strides[axis] < 1:
            raise Misfit(f"its window {list(kernel)} is larger than its input {list(shape)}")
        steps = -(-room // strides[axis]) if node.number("ceil_mode", 0) else room // strides[axis]
        if steps * strides[axis] >= size + pads[axis] and steps:
            steps -= 1  # ONNX: no window begins in the padding behind the input
        found.append(steps + 1)
    return tuple(found)


def _ints(value: object) -> Shape:
    return tuple(int(item) for item in value) if isinstance(value, tuple) else ()


def _conv(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    weights = shapes[1]
    return [(1, weights[0], *_window(node, shapes[0], weights[2:]))]


def _pool(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    return [(*shapes[0][:2], *_window(node, shapes[0], node.ints("kernel_shape")))]


def _global_pool(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    return [(*shapes[0][:2], *([1] * len(shapes[0][2:])))]


def _conv_transpose(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    before, weights = shapes[0], shapes[1]
    axes = len(before) - 2
    if axes not in (1, 2) or len(weights) != len(before):
        raise Misfit(f"its input has shape {list(before)}, its weights {list(weights)}")
    strides, dilations = (node.ints(name) or (1,) * axes for name in ("strides", "dilations"))
    pads = node.ints("pads") or (0,) * 2 * axes
    more = (node.ints("output_padding") or (0,) * axes)[:axes]
    for values, count in ((strides, axes), (dilations, axes), (pads, 2 * axes), (more, axes)):
        if len(values) != count:
            raise Misfit(f"{list(values)} has {len(values)} entries instead of {count}")
    reach = [(weights[2 + i] - 1) * dilations[i] + 1 for i in range(axes)]
    sizes = [
        (size - 1) * strides[i] + reach[i] - pads[i] - pads[axes + i] + more[i]
        for i, size in enumerate(before[2:])
    ]
    if strides[-1] == 1 and not pads[axes - 1] and not pads[-1]:
        sizes[-1] = before[-1]  # causal: the next layer takes the first frames
    return [(1, weights[1] * int(node.number("group", 1)), *sizes)]


def _reshape(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    before = shapes[0]
    target = [int(item) for item in node.array("shape").reshape(-1)]
    for axis, size in enumerate(target):
        if size == 0 and not node.number("allowzero", 0):
            target[axis] = before[axis]
    if target.count(-1) > 1 or any(size < -1 for size in target):
        raise Misfit(f"its target is {target}")
    known = prod(size for size in target if size != -1)
    if -1 in target:
        target[target.index(-1)] = prod(before) // max(known, 1)
    if prod(target) != prod(before):
        raise Misfit(f"its target is {target}, its input has shape {list(before)}")
    if target[:1] == [1] and len(target) > 1:
        return [tuple(target)]
    if len(target) == 2 and target[1] == 1:
        return [(1, target[0])]
    if len(target) > 3:
        raise Misfit(f"its target {target} does not begin with the batch, 1")
    return [(1, *target)]


def _flatten(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    axis = int(node.number("axis", 1))
    axis += len(shapes[0]) if axis < 0 else 0
    return [(prod(shapes[0][:axis]), prod(shapes[0][axis:]))]


def _squeeze(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    rank = len(shapes[0])
    axes = {axis % rank for axis in node.ints("axes")}
    if not axes:
        axes = {axis for axis, size in enumerate(shapes[0]) if size == 1}
    return [tuple(size for axis, size in enumerate(shapes[0]) if axis not in axes)]


def _unsqueeze(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    axes = node.ints("axes")
    rank = len(shapes[0]) + len(axes)
    sizes = iter(shapes[0])
    places = {axis % rank for axis in axes}
    if len(places) != len(axes):
        raise Misfit(f"axes is {list(axes)}")
    return [tuple(1 if axis in places else next(sizes) for axis in range(rank))]


def _transpose(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    rank = len(shapes[0])
    perm = node.ints("perm", tuple(reversed(range(rank))))
    if sorted(perm) != list(range(rank)):
        raise Misfit(f"perm is {list(perm)} for an input of shape {list(shapes[0])}")
    return [tuple(shapes[0][axis] for axis in perm)]


def _concat(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    axis = int(node.number("axis", 1)) % len(shapes[0])
    rest = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    if len(rest) != 1 or len({len(shape) for shape in shapes}) != 1:
        listed = " and ".join(str(list(shape)) for shape in shapes)
        raise Misfit(f"its inputs have shapes {listed}")
    total = sum(shape[axis] for shape in shapes)
    return [(*shapes[0][:axis], total, *shapes[0][axis + 1 :])]


def _slice(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    sizes = list(shapes[0])
    for axis, (start, stop, step) in windows(node, shapes[0]).items():
        sizes[axis] = len(range(start, stop, step))
    return [tuple(sizes)]


def windows(node: Node, shape: Shape) -> dict[int, tuple[int, int, int]]:
    """Axis: (start, stop, step) of a Slice, within the input's ``shape``."""
    starts, ends = (
        tuple(int(item) for item in node.array(name).reshape(-1)) for name in ("starts", "ends")
    )
    axes, steps = tuple(range(len(starts))), (1,) * len(starts)
    if "axes" in node.attributes:
        axes = tuple(int(item) for item in node.array("axes").reshape(-1))
    if "steps" in node.attributes:
        steps = tuple(int(item) for item in node.array("steps").reshape(-1))
    found = {}
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        place = axis % len(shape)
        found[place] = slice(start, end, step).indices(shape[place])
    return found


def _split(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    axis, parts = portions(node, shapes[0])
    return [(*shapes[0][:axis], part, *shapes[0][axis + 1 :]) for part in parts]


def portions(node: Node, shape: Shape) -> tuple[int, tuple[int, ...]]:
    """Axis and part sizes of a Split of a tensor of ``shape``."""
    axis = int(node.number("axis", 0)) % len(shape)
    count = len(node.outputs)
    if "split" in node.attributes:
        parts = tuple(int(item) for item in node.array("split").reshape(-1))
    else:
        each = -(-shape[axis] // count)
        parts = (*((each,) * (count - 1)), shape[axis] - each * (count - 1))
    if len(parts) != count or sum(parts) != shape[axis]:
        raise Misfit(f"it makes {list(parts)} of {shape[axis]} along axis {axis}")
    return axis, parts


def _mean(node: Node, shapes: Sequence[Shape], constants: Constants) -> Sequence[Shape]:
    rank = len(shapes[0])
    axes = {axis % rank for axis in node.ints("axes")} or set(range(1, rank))
    if node.number("keepdims", 1):
        return [tuple(1 if a in axes else size for a, size in enumerate(shapes[0]))]
    return [tuple(size for a, size in enumerate(shapes[0]) if a not in axes)]


STEPS: Mapping[str, Step] = {**CELLS, "Gemm": _gemm, "MatMul": _gemm}
RULES: Mapping[str, Rule] = {
    "Add": _elementwise,
    "AveragePool": _pool,
    "Concat": _concat,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "Flatten": _flatten,
    "GlobalAveragePool": _global_pool,
    "MatMul": _matmul,
    "MaxPool": _pool,
    "Mul": _elementwise,
    "ReduceMean": _mean,
    "Reshape": _reshape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
