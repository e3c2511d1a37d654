"""What float models end with that changes no decision: LogSoftmax and ArgMax are left out.

The chip then gives the logits. The network's own outputs are these logits too, so the float
reference and the chip are compared in the same numbers.
"""

from __future__ import annotations

from dataclasses import replace

from studio.graph.network import Network, Node


def without_heads(network: Network) -> Network:
    """``network`` without such last nodes, and with a note for each.

    One whose result other nodes read, or that takes an input of the network, stays: the
    operator table refuses it.
    """
    for node in network.nodes:
        end = node.outputs[0] in network.outputs and not network.consumers(node.outputs[0])
        if node.op not in HEADS or not end or network.producer(node.inputs[0]) is None:
            continue
        network = _without(network, node)
    return network


HEADS = {
    "LogSoftmax": "the output {} is the logits, which LogSoftmax only shifts: the largest is the"
    " same one",
    "ArgMax": "the output {} is the scores, not the index of the largest: the prediction is that"
    " index, as in the model",
}


def _without(network: Network, node: Node) -> Network:
    scores = node.inputs[0]
    names = dict.fromkeys(scores if name == node.outputs[0] else name for name in network.outputs)
    nodes = tuple(other for other in network.nodes if other is not node)
    note = f"{node.name} ({node.op}) is left out; {HEADS[node.op].format(scores)}."
    return replace(network, nodes=nodes, outputs=tuple(names), notes=(*network.notes, note))
