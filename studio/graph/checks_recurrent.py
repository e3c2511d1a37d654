"""What LSTM, GRU and RNN nodes may look like. The docstring of a check is the user's rule."""

from __future__ import annotations

import numpy as np

from studio.graph.network import Network, Node

_GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def recurrent_weights(node: Node, network: Network) -> str | None:
    """Weights W, R and bias B are constants of the file, in ONNX's shapes for one hidden size."""
    for name, what in zip(node.inputs[1:4], ("W", "R", "B"), strict=False):
        if name and name not in network.constants:
            return f"its {what} is computed while the network runs"
    shapes = [network.shapes[name] if name else () for name in node.inputs[1:4]]
    if len(shapes) < 2 or len(shapes[0]) != 3 or len(shapes[1]) != 3:
        return f"its weights have shapes {[list(shape) for shape in shapes[:2]]}"
    directions, columns, hidden = shapes[1]
    expected = [
        (directions, columns, network.shapes[node.inputs[0]][-1]),
        (directions, _GATES[node.op] * hidden, hidden),
        (directions, 2 * columns),
    ]
    wanted = 2 if node.text("direction", "forward") == "bidirectional" else 1
    for shape, right in zip(shapes, expected, strict=False):
        if shape and (shape != right or directions != wanted):
            return f"a weight has shape {list(shape)} instead of {list(right)}"
    return None


def recurrent_state(node: Node, network: Network) -> str | None:
    """The state starts at zero, and every sample has all steps of the input.

    Leave `h_0` and `c_0` out when exporting; `sequence_lens` must be left out too.
    """
    for place, what in ((4, "sequence_lens"), (5, "initial_h"), (6, "initial_c"), (7, "P")):
        name = node.inputs[place] if place < len(node.inputs) else ""
        if not name:
            continue
        if what in ("initial_h", "initial_c"):
            if name not in network.constants:
                return f"its {what} is computed while the network runs"
            if not np.any(network.constants[name]):
                continue
            return f"its {what} is not zero"
        if what == "sequence_lens":
            lengths = network.constants.get(name)
            if lengths is not None and np.all(lengths == network.shapes[node.inputs[0]][0]):
                continue
        return f"it has an input {what}"
    return None


def recurrent_form(node: Node, network: Network) -> str | None:
    """The plain cell: default activations, no `clip`, no `input_forget`, `layout` 0.

    Exporters of PyTorch and Keras write these. An RNN's activation is Tanh or Relu.
    """
    if node.number("clip", 0) or node.number("input_forget", 0):
        return "clip or input_forget is set"
    if node.number("layout", 0):
        return "layout is 1"
    default = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh")}.get(node.op)
    known = [default] if default is not None else [("Tanh",), ("Relu",)]
    given = node.attributes.get("activations", ())
    names = tuple(str(item) for item in given) if isinstance(given, tuple) else ("?",)
    if names and not any(names in (plain, 2 * plain) for plain in known):
        return f"its activations are {', '.join(names)}"
    return None


def recurrent_outputs(node: Node, network: Network) -> str | None:
    """Only the outputs Y and Y_h are used, not the cell state Y_c."""
    name = node.outputs[2] if len(node.outputs) > 2 else ""
    if name and (name in network.outputs or network.consumers(name)):
        return f"its output {name} (Y_c) is used"
    return None


CHECKS = (recurrent_weights, recurrent_state, recurrent_form, recurrent_outputs)
