"""LSTM, GRU and RNN nodes of one direction with the batch in front, from those ONNX has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.graph.draft import Draft
from studio.graph.network import Attribute, Node

OPS = frozenset({"LSTM", "GRU", "RNN"})


@dataclass(frozen=True)
class Split:
    """``nodes`` and what they make: ``sequence`` [1, T, D, H] and ``last`` [1, D, H].

    D is the number of directions; ``last`` are the states after each direction's last step.
    """

    nodes: list[Node]
    sequence: str
    last: str


def split(node: Node, x: str, draft: Draft) -> Split:
    """One node for each direction of ``node``, which keeps the checks of checks_recurrent.py.

    ``x`` is its input as [1, T, C]. A new node's inputs are x [1, T, C], W [1, G, C], R
    [1, G, H] and B [1, 2 G], its output is [1, T, H], its attributes are hidden_size, direction
    ("forward" or "reverse") and, of a GRU, linear_before_reset, of an RNN, activations (one).
    G is 4, 3 or 1 times H.
    """
    _, steps, _ = draft.shapes[x]
    weights = [np.asarray(draft.constants[name], np.float32) for name in node.inputs[1:3]]
    directions, columns, hidden = weights[1].shape
    bias = np.zeros((directions, 2 * columns), np.float32)
    if len(node.inputs) > 3 and node.inputs[3]:
        bias = np.asarray(draft.constants[node.inputs[3]], np.float32)
    nodes: list[Node] = []
    outputs, states = [], []
    reverse = node.text("direction", "forward") == "reverse"
    for number in range(directions):
        back = reverse or number == 1
        name = node.name if number == 0 else f"{node.name}/reverse"
        operands = [
            draft.constant(f"{name}/{part}", array[number : number + 1])
            for part, array in zip("WRB", (*weights, bias), strict=True)
        ]
        out = draft.tensor(f"{name}/steps", (1, steps, hidden))
        attributes: dict[str, Attribute] = {
            "hidden_size": hidden,
            "direction": "reverse" if back else "forward",
        }
        if node.op == "GRU":
            attributes["linear_before_reset"] = int(node.number("linear_before_reset", 0))
        if node.op == "RNN":
            attributes["activations"] = (_activation(node),)
        nodes.append(Node(node.op, name, (x, *operands), (out,), attributes))
        outputs.append(out)
        end = draft.tensor(f"{name}/last", (1, 1, hidden))
        start = 0 if back else steps - 1
        window: dict[str, Attribute] = {
            "starts": (start,), "ends": (start + 1,), "axes": (1,), "steps": (1,),
        }  # fmt: skip
        nodes.append(Node("Slice", end, (out,), (end,), window))
        states.append(end)
    sequence = _joined(nodes, draft, outputs, f"{node.name}/sequence", 2)
    four = draft.tensor(f"{node.name}/directions", (1, steps, directions, hidden))
    nodes.append(Node("Reshape", four, (sequence,), (four,), {}))
    return Split(nodes, four, _joined(nodes, draft, states, f"{node.name}/state", 1))


def _activation(node: Node) -> str:
    """What an RNN applies to its sum, "Tanh" or "Relu"."""
    given = node.attributes.get("activations", ())
    return str(given[0]) if isinstance(given, tuple) and given else "Tanh"


def _joined(nodes: list[Node], draft: Draft, parts: list[str], name: str, axis: int) -> str:
    if len(parts) == 1:
        return parts[0]
    shape = list(draft.shapes[parts[0]])
    shape[axis] *= len(parts)
    out = draft.tensor(name, tuple(shape))
    nodes.append(Node("Concat", out, tuple(parts), (out,), {"axis": axis}))
    return out
