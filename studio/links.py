"""Which nodes of a model's file became which node of the network and which layer of the chip's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from studio.graph.network import Network, Node
from studio.quantize.qnetwork import QNetwork, QOp, RecurrentOp

Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Links:
    """Nodes and layers by name.

    Three things have names: the file's nodes, the network's nodes (after load.py has rewritten
    them), and layers, which are operations of the QNetwork. ``names`` leads from a node of the
    file, a node of the network or a tensor to the network's node, ``layers`` from the same to the
    layer; ``nodes`` from a layer to the network's nodes in their order, ``origins`` from one of
    these to the file's, each by its first output (a node that stands beside others in its layer
    may have none). What was folded away goes with what it was folded into, and a layer that only
    prepares another's input with that one. An operation inside a recurrent cell goes with the
    cell's node; ``inside`` leads from any layer to itself and those in its body. ``layers``,
    ``nodes`` and ``inside`` are empty before the network is quantized.
    """

    layers: Mapping[str, str] = field(default_factory=dict)
    nodes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @staticmethod
    def of(network: Network, qnetwork: QNetwork | None) -> Links:
        """Take time and memory in proportion to nodes and layers."""
        own = {node.name: node.name for node in network.nodes}
        makers = {output: node.name for node in network.nodes for output in node.outputs}
        files = _file_nodes(network, own, makers)
        names = {
            output: files[place]
            for place, node in enumerate(network.file_nodes)
            for output in node.outputs
            if output and place in files
        }
        # A node's name counts for more than a tensor's, and the network's for more than the file's.
        names |= makers
        named = {node.name: files[p] for p, node in enumerate(network.file_nodes) if p in files}
        names |= named | own
        direct, shared = _origins(network, files)
        if qnetwork is None:
            return Links(names=names, origins=shared | direct)
        layer_of = _layers(network, qnetwork)
        layers = {name: layer_of[node] for name, node in names.items() if node in layer_of}
        nodes: dict[str, list[str]] = {}
        for node in network.nodes:
            if node.name in layer_of:
                nodes.setdefault(layer_of[node.name], []).append(node.name)
        for mine in nodes.values():
            if not any(name in direct for name in mine):
                direct |= {name: shared[name] for name in mine if name in shared}
        complete = _with_helpers(qnetwork, {k: tuple(v) for k, v in nodes.items()})
        inside = {op.name: tuple(_within(op)) for op in qnetwork.walk()}
        for op in qnetwork.ops:
            for inner in inside[op.name]:
                complete[inner] = complete.get(op.name, ())
        return Links(layers, complete, names, direct, inside)


def _file_nodes(
    network: Network, own: Mapping[str, str], makers: Mapping[str, str]
) -> dict[int, str]:
    """The network's node for each of the file's, by place; those without one are left out.

    A node that is not in the network itself goes with the first that reads its result, else with
    the one it reads.
    """
    files = network.file_nodes
    found: dict[int, str] = {}
    for place, node in enumerate(files):
        same = own.get(node.name) or next((makers[o] for o in node.outputs if o in makers), None)
        if same is not None:
            found[place] = same
    if len(found) == len(files):
        return found
    readers: dict[str, list[int]] = {}
    for place, node in enumerate(files):
        for name in node.inputs:
            readers.setdefault(name, []).append(place)
    for place in reversed(range(len(files))):
        behind = (user for out in files[place].outputs if out for user in readers.get(out, ()))
        after = next((found[user] for user in behind if user in found), None)
        if place not in found and after is not None:
            found[place] = after
    written = {output: place for place, node in enumerate(files) for output in node.outputs}
    for place, node in enumerate(files):
        before = (written[name] for name in node.inputs if name in written)
        source = next((found[maker] for maker in before if maker in found), None)
        if place not in found and source is not None:
            found[place] = source
    return found


def _origins(network: Network, files: Mapping[int, str]) -> tuple[Names, Names]:
    """The file's nodes of the network's; and of those without any, the one they are called after.

    What is split into several is called NAME/part, such as the way back of a GRU.
    """
    found: dict[str, list[str]] = {}
    outputs: dict[str, str] = {}
    for place, node in enumerate(network.file_nodes):
        outputs.setdefault(node.name, node.outputs[0])
        if place in files:
            found.setdefault(files[place], []).append(node.outputs[0])
    shared: Names = {}
    for node in network.nodes:
        name = node.name
        while node.name not in found and node.name not in shared and "/" in name:
            name = name.rpartition("/")[0]
            if name in outputs:
                shared[node.name] = (outputs[name],)
    return {name: tuple(own) for name, own in found.items()}, shared


def _layers(network: Network, qnetwork: QNetwork) -> dict[str, str]:
    """The layer of each of the network's nodes.

    First the operations that bear a node's name; then each one's output is followed back to its
    inputs, and all nodes in between are its own.
    """
    by_name = {node.name: node for node in network.nodes}
    makers = {output: node for node in network.nodes for output in node.outputs}
    layers: dict[str, str] = {}
    for op in qnetwork.ops:
        for name in (op.name, getattr(op, "trace", "")):
            if name in by_name:
                layers.setdefault(name, op.name)
    for op in qnetwork.ops:
        seen: set[str] = set()
        waiting = [op.output, *(by_name[op.name].outputs if op.name in by_name else ())]
        while waiting:
            tensor = waiting.pop()
            maker = makers.get(tensor)
            if maker is None or maker.name in seen or tensor in op.inputs:
                continue
            if layers.setdefault(maker.name, op.name) == op.name:
                seen.add(maker.name)
                waiting += maker.inputs
    if len(layers) < len(network.nodes):
        _beside(network.nodes, layers)
    return layers


def _beside(nodes: tuple[Node, ...], layers: dict[str, str]) -> None:
    """Nodes that left nothing behind go with the one that reads them, else with what they read."""
    readers: dict[str, str] = {}
    for node in reversed(nodes):
        after = next((readers[out] for out in node.outputs if out in readers), None)
        if node.name not in layers and after is not None:
            layers[node.name] = after
        if node.name in layers:
            readers |= dict.fromkeys(node.inputs, layers[node.name])
    written: dict[str, str] = {}
    for node in nodes:
        before = next((written[name] for name in node.inputs if name in written), None)
        if node.name not in layers and before is not None:
            layers[node.name] = before
        if node.name in layers:
            written |= dict.fromkeys(node.outputs, layers[node.name])


def _with_helpers(qnetwork: QNetwork, nodes: Names) -> Names:
    """``nodes``; an operation without any gets those of one that reads it, else writes to it."""
    complete: Names = {}
    readers: Names = {}
    for op in reversed(qnetwork.ops):
        complete[op.name] = nodes.get(op.name) or readers.get(op.output, ())
        readers |= dict.fromkeys(op.inputs, complete[op.name])
    writers: Names = {}
    for op in qnetwork.ops:
        if not complete[op.name]:
            complete[op.name] = next((writers[i] for i in op.inputs if i in writers), ())
        writers[op.output] = complete[op.name]
    return complete


def _within(op: QOp) -> Iterator[str]:
    yield op.name
    if isinstance(op, RecurrentOp):
        for inner in op.body:
            yield from _within(inner)
