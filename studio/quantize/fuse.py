"""Which nodes run as one operation: an array node with its Scale and its Relu."""

from __future__ import annotations

from dataclasses import dataclass, replace

from studio.graph.checks_dialect import is_gain, on_array
from studio.graph.network import Network, Node
from studio.quantize.chains import Chain, chains
from studio.quantize.conventions import Conventions

ARRAY = frozenset({"Gemm", "MatMul", "Conv", "ConvTranspose"})
WITH_RELU = ARRAY | {"Tdnn", "Add", "Mul", "Sub", "BatchNormalization"}
# Of integer models: tables, and what saturates to its tensor's range.
INTEGER_RELU = frozenset(
    (
        "ActLut", "ClearLowBits", "FloatScale", "GroupNorm", "LayerNormalization", "ReduceMean",
        "Scalar", "Scale",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """``main`` and what is fused behind it; ``output`` is the tensor the group leaves.

    ``second`` is a Scale behind ``scale`` whose factor belongs to the gain. In a float network
    ``scale`` is a Mul by a number behind the product of two tensors, and where ``chain`` is set,
    ``main`` stands for its nodes: a "Table", or "Scaled" where they multiply by its factor.
    """

    main: Node
    scale: Node | None
    activation: Node | None
    second: Node | None = None
    chain: Chain | None = None

    @property
    def output(self) -> str:
        """The last node's output tensor."""
        return (self.activation or self.second or self.scale or self.main).outputs[0]

    @property
    def limit(self) -> float | None:
        """Upper bound of a fused Clip; None for Relu or no activation."""
        if self.activation is None or self.activation.op != "Clip":
            return None
        return self.activation.number("max", float("inf"))


def groups(network: Network, conventions: Conventions | None = None) -> tuple[Group, ...]:
    """All nodes in execution order, each in exactly one group."""
    if network.dialect == "float":
        return _float_groups(network)
    conventions = conventions or Conventions()
    taken: set[str] = set()
    found = []
    for node in network.nodes:
        if node.name in taken:
            continue
        tail = node
        scale = second = activation = None
        integer = network.dialect == "integer"
        if integer and on_array(node, network):
            scale = _only_consumer(network, tail, frozenset({"Scale"}))
            scale = scale if scale is not None and is_gain(scale) else None
            tail = scale or tail
            if scale is not None and conventions.second_scale == "fused":
                second = _fused(scale, _only_consumer(network, scale, frozenset({"Scale"})))
                tail = second or tail
        products = node.op == "MatMul" and not on_array(node, network)
        if (node.op in WITH_RELU and not products) or (integer and node.op in INTEGER_RELU):
            activation = _only_consumer(network, tail, frozenset({"Relu", "Clip"}))
        parts = (node, scale, second, activation)
        taken.update(part.name for part in parts if part is not None)
        found.append(Group(node, scale, activation, second))
    return tuple(found)


def _float_groups(network: Network) -> tuple[Group, ...]:
    behind: dict[str, Node] = {}
    for node in network.nodes:
        ops = {"Product": frozenset({"Mul"})}.get(node.op, frozenset({"Relu", "Clip"}))
        if node.op in ARRAY | {"Product", "BatchNormalization"}:
            user = _only_consumer(network, node, ops)
            if user is not None and (user.op != "Mul" or _number_beside(network, user)):
                behind[node.name] = user
    found = chains(network, {node.name for node in behind.values()})
    inner = {node.name for chain in found for node in chain.nodes}
    ends = {chain.nodes[-1].name: chain for chain in found}
    taken = {node.name for node in behind.values()}
    made: list[Group] = []
    for node in network.nodes:
        if node.name in ends:
            made.append(_of_chain(ends[node.name]))
        if node.name in taken or node.name in inner:
            continue
        after = behind.get(node.name)
        if node.op == "Product":
            made.append(Group(node, after, None))
            continue
        if after is None and node.op in WITH_RELU:
            after = _only_consumer(network, node, frozenset({"Relu", "Clip"}))
            after = None if after is None or after.name in inner else after
        if after is not None:
            taken.add(after.name)
        made.append(Group(node, None, after))
    return tuple(made)


def _number_beside(network: Network, mul: Node) -> bool:
    """Whether a Mul is by one positive number."""
    beside = [network.constants[name] for name in mul.inputs if name in network.constants]
    return len(beside) == 1 and beside[0].size == 1 and beside[0].reshape(-1)[0] > 0


def _of_chain(chain: Chain) -> Group:
    last = chain.nodes[-1]
    if len(chain.nodes) == 1 and last.op in ("Relu", "Clip", "Sigmoid", "Tanh"):
        return Group(last, None, None)
    op = "Table" if chain.factor is None else "Scaled"
    main = Node(op, last.name, (chain.source,), last.outputs, {})
    return Group(main, None, None, chain=chain)


def _fused(scale: Node, second: Node | None) -> Node | None:
    """``second`` where both factors together are a gain of the chip, else None."""
    if second is None:
        return None
    both = scale.number("scale", 1.0) * second.number("scale", 1.0)
    return second if is_gain(replace(scale, attributes={"scale": both})) else None


def _only_consumer(network: Network, node: Node, ops: frozenset[str]) -> Node | None:
    tensor = node.outputs[0]
    users = network.consumers(tensor)
    if tensor in network.outputs or len(users) != 1 or users[0].op not in ops:
        return None
    if users[0].op == "Clip" and users[0].number("min", 0.0) != 0:
        return None
    return users[0]
