"""Which axis of a time series has its features: shapes and layouts of an integer model together.

Three axes are [1, F, T] or [1, T, F]. The layers that read them tell by the sizes of their
weights, unless F is T. Then a layer's output is as its input was; a Reshape to [T, F] is what it
says, and [1, A, B] the chip's memory read as A steps of B numbers; an input of the graph is
[1, F, T], as the maker's files have their channels first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from studio.graph.network import Node
from studio.graph.shape_rules import Misfit, Shape, features_last
from studio.graph.shapes_dialect import RULES, STEPS, features_and_columns, follow
from studio.graph.tensors import Array

# To these axis 1 is the channels, whatever it was before.
CHANNELS_FIRST = frozenset(("AveragePool", "Conv", "ConvTranspose", "GlobalAveragePool", "MaxPool"))
# To these it is, unless it is known to be something else.
BY_CHANNEL = frozenset(
    ("BatchNormalization", "GroupNorm", "GroupNormalization", "InstanceNormalization")
)


@dataclass(frozen=True)
class Layout:
    """Of a tensor of three axes: ``steps_first`` is [1, T, F], else [1, F, T].

    Not ``certain`` is what holds only where nothing else tells.
    """

    steps_first: bool
    certain: bool = True


UNKNOWN = Layout(steps_first=False, certain=False)


def shapes_and_layouts(
    nodes: Sequence[Node], shapes: Mapping[str, Shape], constants: Mapping[str, Array], source: str
) -> tuple[dict[str, Shape], frozenset[str]]:
    """The shapes of all tensors, and the names of those that are [1, T, F].

    ``shapes`` are those of inputs and constants. Raises ModelError where they do not fit a node.
    """
    known = dict(shapes)
    layouts: dict[str, Layout] = {}
    for number, node in enumerate(nodes):
        before = _before(node, layouts)
        made = follow(node, known, constants, source, before.steps_first)
        if _is_column(node, made) and _takes_one(
            node.outputs[0], nodes[number + 1 :], known, constants
        ):
            made = {node.outputs[0]: (*made[node.outputs[0]], 1)}
        known.update(made)
        for name, shape in made.items():
            if len(shape) == 3:
                layouts[name] = _after(node, before, known, constants, shape)
    return known, frozenset(name for name, layout in layouts.items() if layout.steps_first)


def _before(node: Node, layouts: Mapping[str, Layout]) -> Layout:
    """The layout of a node's inputs, a certain one where there is one."""
    found = [layouts[name] for name in node.inputs if name in layouts]
    return next((layout for layout in found if layout.certain), found[0] if found else UNKNOWN)


def _after(
    node: Node,
    before: Layout,
    shapes: Mapping[str, Shape],
    constants: Mapping[str, Array],
    shape: Shape,
) -> Layout:
    """The layout of a node's output of ``shape``."""
    source = shapes[node.inputs[0]]
    inputs = [shapes[name] if name else () for name in node.inputs]
    step = features_and_columns(node, inputs, constants)
    if step is not None:
        return Layout(features_last(source, step[0], before.steps_first))
    certain = before.certain
    match node.op:
        case "Reshape":
            if node.array("shape").size == 2:
                return Layout(steps_first=True)
            return before if shape == source else Layout(steps_first=True, certain=False)
        case "Squeeze" | "Unsqueeze" | "ReduceMean" if len(source) != 3:
            return Layout(steps_first=len(source) == 2 and shape[1] == 1)
        case "Transpose" if node.ints("perm", (2, 1, 0)) == (0, 2, 1):
            return replace(before, steps_first=not before.steps_first)
        case "MatMul":
            return Layout(steps_first=True)
        case "LayerNormalization":
            return before if certain else Layout(steps_first=True)
        case op if op in CHANNELS_FIRST or (op in BY_CHANNEL and not certain):
            return Layout(steps_first=False)
    return before


def _is_column(node: Node, made: Mapping[str, Shape]) -> bool:
    """Whether a node is a Reshape to [N, 1], which may be N steps of one number or one of N."""
    if node.op != "Reshape" or node.array("shape").size != 2:
        return False
    first, second = (int(size) for size in node.array("shape").reshape(-1))
    shape = made[node.outputs[0]]
    return len(shape) == 2 and shape[1] > 1 and (first == shape[1] or second == 1)


def _takes_one(
    tensor: str,
    behind: Sequence[Node],
    shapes: Mapping[str, Shape],
    constants: Mapping[str, Array],
) -> bool:
    """Whether the next layer with weights behind ``tensor`` takes one number at every step."""
    for node in behind:
        if tensor not in node.inputs:
            continue
        if node.op in STEPS:
            inputs = [shapes.get(name, ()) for name in node.inputs]
            try:
                step = features_and_columns(node, inputs, constants)
            except (Misfit, TypeError, ValueError, ArithmeticError):
                return False  # its own turn comes, with a message
            return step is not None and node.inputs[0] == tensor and step[0] == 1
        if node.op not in RULES or node.op in ("Add", "Mul"):
            return _takes_one(node.outputs[0], behind, shapes, constants)
    return False
