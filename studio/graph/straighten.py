"""Batch first throughout: what exporters write time first, or without a batch, turned round.

torch runs recurrent layers and its own attention on [T, N, C], and merges the batch into other
axes where it is 1. A tensor here has, besides its shape in the file, a twin with the batch in
front: the same elements in the same order but for axes of size 1. Transposes and reshapes that
only move axes are collected and written once, where an operation wants them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from studio.base.errors import ModelError
from studio.graph import optable, recurrent
from studio.graph.draft import Draft, begin
from studio.graph.network import Attribute, Network, Node

Shape = tuple[int, ...]
RESHAPES = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze"})
# Operations on axes that attributes name, and those that treat every element for itself.
AXIS = frozenset({"Concat", "Gather", "Softmax", "Split"})
REDUCTIONS = frozenset({"ReduceMax", "ReduceMean", "ReduceSum"})
AXES = REDUCTIONS | {"Slice"}
LAST = frozenset({"MatMul", "LayerNormalization"})
BATCHED = frozenset(
    {
        "AveragePool", "BatchNormalization", "Conv", "ConvTranspose", "GlobalAveragePool",
        "GlobalMaxPool",
        "GroupNormalization", "InstanceNormalization", "MaxPool", "Pad", "PRelu", "Resize",
    }
)  # fmt: skip
MOST_AXES = 4


@dataclass(frozen=True)
class Place:
    """Where a tensor of the file is: axes of ``root``, a tensor with the batch in front.

    ``order`` are root's axes of other sizes than 1 (counted among themselves, batch left out) in
    this tensor's order; ``shape`` is the file's, its batch at ``batch``, None where it is merged.
    """

    root: str
    order: tuple[int, ...]
    shape: Shape
    batch: int | None

    @property
    def twin(self) -> Shape:
        """The shape with the batch in front."""
        if self.batch is None:
            return (1, *self.shape)
        return (1, *self.shape[: self.batch], *self.shape[self.batch + 1 :])

    def axis(self, axis: int) -> int:
        """An axis of the file's shape as the twin's."""
        axis %= len(self.shape)
        if self.batch is None:
            return axis + 1
        return 0 if axis == self.batch else axis + (axis < self.batch)


def straighten(network: Network) -> Network:
    """``network`` with the batch first everywhere, and recurrent nodes of one direction.

    Recurrent nodes take [1, T, C] and give [1, T, H] afterwards. A network that needs none of
    it comes back as it is, and so does one without recurrent nodes whose batch cannot be followed:
    the operator table refuses it. Raises ModelError where recurrent nodes break a rule, or the
    batch cannot be followed behind them.
    """
    if not any(_needs(node, network) for node in network.nodes):
        return network
    optable.check(network, [node for node in network.nodes if node.op in recurrent.OPS])
    try:
        return _Walk(network).run()
    except ModelError:
        if any(node.op in recurrent.OPS for node in network.nodes):
            raise
        return network  # the operator table says what is wrong with its nodes


def _needs(node: Node, network: Network) -> bool:
    shape = network.shapes.get(node.outputs[0], (1,))
    return node.op in recurrent.OPS or shape[:1] != (1,) or len(shape) > MOST_AXES


class _Walk:
    """One pass over the nodes."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.draft: Draft = begin(network)
        self.draft.nodes = []
        self.places: dict[str, Place] = {}
        self.made: dict[tuple[str, tuple[int, ...], Shape], str] = {}

    def run(self) -> Network:
        for name in self.network.inputs:
            self._settle(name, name, self.network.shapes[name], 0)
        for node in self.network.nodes:
            self._node(node)
        for name in self.network.outputs:
            self._output(name)
        return self.draft.finish()

    def _settle(self, name: str, root: str, shape: Shape, batch: int | None) -> None:
        """Record that the file's tensor ``name`` is ``root`` itself, but for its batch."""
        if batch is None and shape[:1] == (1,) and len(shape) > 1:
            batch = 0
        count = sum(size != 1 for size in shape)
        self.places[name] = Place(root, tuple(range(count)), shape, batch)

    def _error(self, node: Node, problem: str, hint: str) -> ModelError:
        where = f"{self.network.source}, node {node.name}"
        return ModelError(f"{problem} ({node.op})", hint=hint, where=where)

    def _node(self, node: Node) -> None:
        shape = self.network.shapes[node.outputs[0]]
        if not any(name in self.places for name in node.inputs):
            self.draft.nodes.append(node)  # reads constants only: the operator table refuses it
            for name in node.outputs:
                self._settle(name, name, self.network.shapes.get(name, ()), 0)
        elif node.op == "Transpose":
            self._transpose(node, shape)
        elif node.op in RESHAPES:
            self._reshape(node, shape)
        elif node.op in recurrent.OPS:
            self._recurrent(node)
        elif all(self.places[name].batch == 0 for name in node.inputs if name in self.places):
            if node.op == "Gather" and shape[:1] != (1,):
                raise self._error(node, "it picks from the batch", _BATCH_HINT)
            self._copy(node)
        else:
            self._moved(node, shape)

    def _copy(self, node: Node) -> None:
        """A node whose inputs all have the batch in front."""
        inputs = tuple(self.read(name) if name in self.places else name for name in node.inputs)
        self.draft.nodes.append(replace(node, inputs=inputs))
        for name in filter(None, node.outputs):
            if name in self.network.shapes:
                self._settle(name, name, self.network.shapes[name], 0)

    def _transpose(self, node: Node, shape: Shape) -> None:
        place = self.places[node.inputs[0]]
        rank = len(shape)
        perm = node.ints("perm", tuple(reversed(range(rank))))
        places = iter(place.order)
        known = {axis: next(places) for axis, size in enumerate(place.shape) if size != 1}
        order = tuple(known[axis] for axis in perm if axis in known)
        batch = None if place.batch is None else perm.index(place.batch)
        if batch is None and shape[0] == 1 and rank > 1:
            batch = 0
        self.places[node.outputs[0]] = Place(place.root, order, shape, batch)

    def _reshape(self, node: Node, shape: Shape) -> None:
        place = self.places[node.inputs[0]]
        if prod(shape) != prod(place.shape):
            raise self._error(node, f"it makes {list(shape)} from {list(place.shape)}", _SIZE_HINT)
        batch = _batch_after(node, place, shape)
        kept = [size for size in shape if size != 1]
        if kept == [size for size in place.shape if size != 1]:
            self.places[node.outputs[0]] = Place(place.root, place.order, shape, batch)
            return
        target = Place("", (), shape, batch).twin
        if len(target) > MOST_AXES:
            target = (1, *kept)
        out = self.draft.tensor(node.outputs[0], target) if self._taken(node, target) else ""
        out = out or node.outputs[0]
        self.draft.shapes[out] = target
        self.draft.nodes.append(
            Node("Reshape", node.name, (self.read(node.inputs[0]),), (out,), {})
        )
        self._settle(node.outputs[0], out, shape, batch)

    def _taken(self, node: Node, target: Shape) -> bool:
        """Whether the output's own name must stay free for a tensor of its own shape."""
        name = node.outputs[0]
        return name in self.network.outputs and target != self.network.shapes[name]

    def read(self, name: str, shape: Shape | None = None) -> str:
        """A tensor that holds the twin of ``name`` (under ``shape``), written where it must be."""
        place = self.places[name]
        target = shape or place.twin
        if len(target) > MOST_AXES:
            target = (1, *(size for size in target if size != 1))
        key = (place.root, place.order, target)
        if key not in self.made:
            self.made[key] = self._write(name, place, target)
        return self.made[key]

    def _write(self, name: str, place: Place, target: Shape) -> str:
        current, shape = place.root, self.draft.shapes[place.root]
        if place.order != tuple(sorted(place.order)):
            core = tuple(size for size in shape[1:] if size != 1)
            wide = [axis for axis, size in enumerate(shape) if axis and size != 1]
            if len(shape) != len(target):
                current, shape = self._emit("Reshape", name, current, (1, *core), {})
                wide = list(range(1, len(shape)))
            moved = iter(wide[axis] for axis in place.order)
            spare = iter(axis for axis in range(1, len(shape)) if axis not in wide)
            goal = target if len(shape) == len(target) else (1, *(core[a] for a in place.order))
            perm = (0, *(next(moved) if size != 1 else next(spare) for size in goal[1:]))
            permuted = tuple(shape[axis] for axis in perm)
            current, shape = self._emit("Transpose", name, current, permuted, {"perm": perm})
        if shape != target:
            current, shape = self._emit("Reshape", name, current, target, {})
        return current

    def _emit(
        self, op: str, name: str, source: str, shape: Shape, attributes: Mapping[str, Attribute]
    ) -> tuple[str, Shape]:
        out = self.draft.tensor(f"{name}/{op.lower()}", shape)
        self.draft.nodes.append(Node(op, out, (source,), (out,), attributes))
        return out, shape

    def _recurrent(self, node: Node) -> None:
        place = self.places[node.inputs[0]]
        if place.batch != 1 and not (place.batch is None and place.shape[1] == 1):
            raise self._error(
                node,
                "its steps run along the model's first axis, which is the batch",
                "Export the model with batch_first=True, so that its input is [1, time, "
                "features]; a model of one step a call cannot keep its state between calls.",
            )
        steps = (1, place.shape[0], place.shape[2])
        made = recurrent.split(node, self.read(node.inputs[0], steps), self.draft)
        self.draft.nodes += made.nodes
        shapes = self.network.shapes
        for name, root in zip(node.outputs, (made.sequence, made.last), strict=False):
            if name:
                shape = shapes.get(name) or self._state_shape(node)
                self._settle(name, root, shape, len(shape) - 2)

    def _state_shape(self, node: Node) -> Shape:
        directions, _, hidden = self.network.shapes[node.inputs[2]]
        return (directions, 1, hidden)

    def _moved(self, node: Node, shape: Shape) -> None:
        """A node some of whose inputs have their batch elsewhere: on their twins instead."""
        first = next(self.places[name] for name in node.inputs if name in self.places)
        if node.op in BATCHED:
            raise self._error(node, "the batch is not the first axis of its input", _BATCH_HINT)
        attributes = dict(node.attributes)
        batch = first.batch
        if node.op in AXIS:
            default = {"Gather": 0, "Split": 0}.get(node.op, -1)
            axis = first.axis(int(node.number("axis", default)))
            if axis == 0:
                raise self._error(node, "it works along the batch", _BATCH_HINT)
            attributes["axis"] = axis
            if node.op == "Gather" and batch is not None:
                picked = int(node.number("axis", 0)) % len(first.shape)
                batch -= picked < batch
        elif node.op in AXES:
            axes = node.ints("axes", tuple(range(len(first.shape))))
            attributes["axes"] = tuple(first.axis(axis) for axis in axes)
            if node.op in REDUCTIONS and not node.number("keepdims", 1) and batch is not None:
                batch -= sum(axis % len(first.shape) < batch for axis in axes)
        elif node.op in LAST and batch == len(first.shape) - 1:
            raise self._error(node, "it works along the batch", _BATCH_HINT)
        inputs = tuple(self._operand(name, first, len(shape)) for name in node.inputs)
        op = node.op
        if op == "Gemm" and len(first.twin) != 2:
            inputs, op, attributes = self._dense(node, inputs), "MatMul", {}
        out = node.outputs[0]
        for name, size in zip(node.outputs, self._sizes(node, shape), strict=False):
            if name:
                self.draft.shapes[name] = Place("", (), size, batch).twin
                self._settle(name, name, size, batch)
        if op == "MatMul" and node.op == "Gemm" and len(inputs) > 2:
            product = self.draft.tensor(f"{out}/product", self.draft.shapes[out])
            self.draft.nodes.append(Node("MatMul", node.name, inputs[:2], (product,), {}))
            self.draft.nodes.append(Node("Add", f"{out}/bias", (product, inputs[2]), (out,), {}))
            return
        self.draft.nodes.append(replace(node, op=op, inputs=inputs, attributes=attributes))

    def _sizes(self, node: Node, shape: Shape) -> list[Shape]:
        return [self.network.shapes.get(name, shape) for name in node.outputs]

    def _operand(self, name: str, first: Place, rank: int) -> str:
        """An input of a node that works on twins: an activation's twin, or a constant like it."""
        if name in self.places:
            return self.read(name)
        array = self.network.constants.get(name)
        if array is None or array.ndim < rank or array.ndim < 2 or array.ndim != len(first.shape):
            return name
        twin = array[np.newaxis] if first.batch is None else np.moveaxis(array, first.batch, 0)
        return self.draft.constant(name, twin)

    def _dense(self, node: Node, inputs: tuple[str, ...]) -> tuple[str, ...]:
        """Operands of a Gemm as those of a MatMul, which takes more axes."""
        weights = np.asarray(self.network.constants[node.inputs[1]], np.float32)
        weights = weights.T if node.number("transB", 0) else weights
        found = [inputs[0], self.draft.constant(node.inputs[1], weights * node.number("alpha", 1))]
        if len(node.inputs) > 2:
            bias = np.asarray(self.network.constants[node.inputs[2]], np.float32)
            scaled = (bias * node.number("beta", 1)).reshape(-1)
            found.append(self.draft.constant(node.inputs[2], scaled))
        return tuple(found)

    def _output(self, name: str) -> None:
        place = self.places.get(name)
        if place is None:
            return
        if place.batch != 0:
            raise ModelError(
                f"output {name} of shape {list(place.shape)} has no batch in front",
                hint="Export the model so that its outputs begin with the batch (for recurrent "
                "layers batch_first=True).",
                where=self.network.source,
            )
        found = self.read(name)
        if found != name:
            self.draft.shapes[name] = place.shape
            self.draft.nodes.append(Node("Reshape", f"{name}/out", (found,), (name,), {}))


_BATCH_HINT = "Export the model so that the batch stays the first axis (batch_first=True)."
_SIZE_HINT = "Export the model with fixed shapes and a batch of 1."


def _batch_after(node: Node, place: Place, shape: Shape) -> int | None:
    """Where the batch is after a reshape to ``shape``; None where it is merged."""
    batch = place.batch
    if node.op in ("Squeeze", "Unsqueeze") and batch is not None:
        gained = node.op == "Unsqueeze"
        rank = len(shape) if gained else len(place.shape)
        if not node.ints("axes"):
            return None  # a Squeeze of all axes of size 1
        axes = {axis % rank for axis in node.ints("axes")}
        if gained:
            return [axis for axis in range(rank) if axis not in axes][batch]
        return None if batch in axes else batch - sum(axis < batch for axis in axes)
    if batch is not None and place.shape[: batch + 1] == shape[: batch + 1]:
        return batch
    return 0 if shape[:1] == (1,) and len(shape) > 1 else None
