"""A Network under construction: what the passes of normalize.py and fold.py work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from studio.base.errors import ModelError
from studio.graph.network import Attribute, Network, Node
from studio.graph.tensors import Array, freeze

Shape = tuple[int, ...]


@dataclass
class Draft:
    """The mutable twin of a Network; it never leaves the graph room."""

    network: Network
    nodes: list[Node]
    constants: dict[str, Array]
    shapes: dict[str, Shape]

    def constant(self, name: str, array: Array) -> str:
        """Add ``array`` under ``name``, or under a name like it that is free; returns the name."""
        free, count = name, 1
        while free in self.shapes:
            count += 1
            free = f"{name}_{count}"
        self.constants[free] = freeze(np.array(array))
        self.shapes[free] = tuple(array.shape)
        return free

    def tensor(self, name: str, shape: Shape) -> str:
        """Declare an activation under a free name like ``name``; returns the name."""
        free, count = name, 1
        while free in self.shapes:
            count += 1
            free = f"{name}_{count}"
        self.shapes[free] = shape
        return free

    def users(self, tensor: str) -> list[Node]:
        """Nodes that read ``tensor``."""
        return [node for node in self.nodes if tensor in node.inputs]

    def rename(self, old: str, new: str) -> None:
        """Read and write ``new`` wherever ``old`` was."""
        self.nodes = [
            replace(
                node,
                inputs=tuple(new if name == old else name for name in node.inputs),
                outputs=tuple(new if name == old else name for name in node.outputs),
            )
            for node in self.nodes
        ]

    def drop(self, node: Node) -> None:
        """Remove a node whose first output is its first input unchanged.

        Raises ModelError where a network output would become an input or another output.
        """
        tensor, out = node.inputs[0], node.outputs[0]
        self.nodes = [other for other in self.nodes if other is not node]
        if out not in self.network.outputs:
            self.rename(out, tensor)
            return
        if tensor in (*self.network.inputs, *self.network.outputs, *self.constants):
            raise ModelError(
                f"output {out} is a copy of {tensor}: there is nothing to compute",
                hint=f"Export the model without the output {out}.",
                where=self.network.source,
            )
        self.rename(tensor, out)

    def finish(self) -> Network:
        """The Network, without nodes, constants and shapes that no output needs."""
        needed = set(self.network.outputs)
        kept: list[Node] = []
        for node in reversed(self.nodes):
            if needed & set(node.outputs):
                kept.append(node)
                needed |= set(node.inputs)
        alive = needed | set(self.network.inputs)
        constants = {n: freeze(a) for n, a in self.constants.items() if n in alive}
        return replace(
            self.network,
            nodes=tuple(reversed(kept)),
            constants=constants,
            shapes={name: self.shapes[name] for name in self.shapes if name in alive},
            steps_first=self.network.steps_first & alive,
        )


def begin(network: Network) -> Draft:
    """A draft of ``network``."""
    return Draft(network, list(network.nodes), dict(network.constants), {**network.shapes})


def with_attributes(node: Node, op: str, attributes: Mapping[str, Attribute]) -> Node:
    """``node`` as another operator of its first input."""
    return replace(node, op=op, inputs=node.inputs[:1], attributes=dict(attributes))
