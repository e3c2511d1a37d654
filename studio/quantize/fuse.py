"""Which nodes run as one operation: an array node with its Scale and its Relu."""

from __future__ import annotations

from dataclasses import dataclass

from studio.graph.network import Network, Node

ARRAY = frozenset({"Gemm", "MatMul", "Conv"})
WITH_RELU = ARRAY | {"Add", "Mul", "BatchNormalization"}


@dataclass(frozen=True)
class Group:
    """``main`` and what is fused behind it; ``output`` is the tensor the group leaves."""

    main: Node
    scale: Node | None
    activation: Node | None

    @property
    def output(self) -> str:
        """The last node's output tensor."""
        return (self.activation or self.scale or self.main).outputs[0]

    @property
    def limit(self) -> float | None:
        """Upper bound of a fused Clip; None for Relu or no activation."""
        if self.activation is None or self.activation.op != "Clip":
            return None
        return self.activation.number("max", float("inf"))


def groups(network: Network) -> tuple[Group, ...]:
    """All nodes in execution order, each in exactly one group."""
    taken: set[str] = set()
    found = []
    for node in network.nodes:
        if node.name in taken:
            continue
        tail = node
        scale = activation = None
        if node.op in ARRAY and network.dialect == "integer":
            scale = _only_consumer(network, tail, frozenset({"Scale"}))
            tail = scale or tail
        if node.op in WITH_RELU:
            activation = _only_consumer(network, tail, frozenset({"Relu", "Clip"}))
        taken.update(part.name for part in (node, scale, activation) if part is not None)
        found.append(Group(node, scale, activation))
    return tuple(found)


def _only_consumer(network: Network, node: Node, ops: frozenset[str]) -> Node | None:
    tensor = node.outputs[0]
    users = network.consumers(tensor)
    if tensor in network.outputs or len(users) != 1 or users[0].op not in ops:
        return None
    if users[0].op == "Clip" and users[0].number("min", 0.0) != 0:
        return None
    return users[0]
