"""Normal forms of float networks (normalize_float.py) as the ONNX nodes they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from studio.graph.network import Node

Shape = tuple[int, ...]
Array = npt.NDArray[np.generic]
Value = int | float | str | Sequence[int] | Sequence[str] | onnx.GraphProto
Step = tuple[str, Sequence[str], Sequence[str], Mapping[str, Value]]


@dataclass
class Made:
    """ONNX nodes (operator, inputs, outputs, attributes); ``constants`` are inputs by name."""

    nodes: list[Step] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)

    def ints(self, name: str, values: Sequence[int]) -> str:
        """A constant list of integers."""
        self.constants[name] = np.array(values, np.int64)
        return name

    def add(self, op: str, inputs: Sequence[str], output: str, **attributes: Value) -> str:
        """A node; its output."""
        self.nodes.append((op, inputs, (output,), attributes))
        return output


def parts(node: Node, shapes: Mapping[str, Shape]) -> Made | None:
    """The nodes of ``node``, whose last one makes its output; None where it is ONNX as it is."""
    made, out = Made(), node.outputs[0]
    x = node.inputs[0]
    match node.op:
        case "LSTM" | "GRU" | "RNN" | "ReluRNN":
            _recurrent(made, node)
        case "CellState":
            _cell_state(made, node)
        case "Product":
            made.add("MatMul", node.inputs, out)
        case "Slice":
            names = ("start", "stop", "axis", "step")
            window = [made.ints(name, [int(node.number(name, 0))]) for name in names]
            made.add("Slice", [x, *window], out)
        case "Expand":
            made.add("Expand", [x, made.ints("shape", (1, *shapes[out][1:]))], out)
        case "Resize":
            made.constants["scales"] = np.array(node.ints("factors"), np.float32)
            made.add("Resize", [x, "", "scales"], out, mode="nearest", nearest_mode="floor",
                     coordinate_transformation_mode="asymmetric")  # fmt: skip
        case "ReduceMean" | "ReduceMax":
            made.add(node.op, [x, made.ints("axes", node.ints("axes"))], out, keepdims=1)
        case "LayerNormalization":
            made.add(node.op, node.inputs, out, axis=-1, epsilon=node.number("epsilon", 1e-5))
        case "ZeroInsert":
            # A transposed convolution of each channel by a kernel of one 1.
            channels, strides = shapes[out][1], node.ints("strides")
            made.constants["one"] = np.ones((channels, 1, *([1] * len(strides))), np.float32)
            made.add("ConvTranspose", [x, "one"], out, strides=strides, group=channels)
        case _:
            return None
    return made


def _recurrent(made: Made, node: Node) -> None:
    out = node.outputs[0]
    time_first = made.add("Transpose", node.inputs[:1], f"{out}/time_first", perm=(1, 0, 2))
    attributes: dict[str, Value] = {
        "hidden_size": int(node.number("hidden_size", 0)),
        "direction": node.text("direction", "forward"),
    }
    if node.op == "GRU":
        attributes["linear_before_reset"] = int(node.number("linear_before_reset", 0))
    if node.op == "ReluRNN":
        attributes["activations"] = ["Relu"]
    op = node.op.removeprefix("Relu")
    steps = made.add(op, [time_first, *node.inputs[1:]], f"{out}/steps", **attributes)
    flat = made.add("Squeeze", [steps, made.ints("direction", [1])], f"{out}/flat")
    made.add("Transpose", [flat], out, perm=(1, 0, 2))


def _cell_state(made: Made, node: Node) -> None:
    """C at every step from the gates i, o, f, c (before their functions), [1, T, 4 H]."""
    out, hidden = node.outputs[0], int(node.number("hidden_size", 0))
    gates = made.add("Transpose", node.inputs[:1], f"{out}/gates", perm=(1, 0, 2))
    first = made.add("Gather", [gates, made.ints("zero", [0])], f"{out}/first", axis=0)
    row = made.add("Squeeze", [first, made.ints("axis", [0])], f"{out}/row")
    window = [made.ints(n, [v]) for n, v in (("from", 0), ("to", hidden), ("along", 1))]
    part = made.add("Slice", [row, *window], f"{out}/part")
    start = made.add("Sub", [part, part], f"{out}/start")
    inner = [
        helper.make_node("Split", ["g"], ["i", "o", "f", "t"], axis=1, num_outputs=4),
        *(helper.make_node("Sigmoid", [name], [f"s{name}"]) for name in "if"),
        helper.make_node("Tanh", ["t"], ["st"]),
        helper.make_node("Mul", ["sf", "c"], ["kept"]),
        helper.make_node("Mul", ["si", "st"], ["new"]),
        helper.make_node("Add", ["kept", "new"], ["next"]),
        helper.make_node("Identity", ["next"], ["seen"]),
    ]

    def value(name: str, size: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, size])

    body = helper.make_graph(
        inner,
        "step",
        [value("c", hidden), value("g", 4 * hidden)],
        [value("next", hidden), value("seen", hidden)],
    )
    back = int(node.text("direction", "forward") == "reverse")
    states = f"{out}/states"
    scan: dict[str, Value] = {
        "body": body,
        "num_scan_inputs": 1,
        "scan_input_directions": [back],
        "scan_output_directions": [back],
    }
    made.nodes.append(("Scan", [start, gates], (f"{out}/last", states), scan))
    made.add("Transpose", [states], out, perm=(1, 0, 2))
