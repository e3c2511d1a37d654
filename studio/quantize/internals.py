"""Tensors inside of recurrent cells, spelt out so that calibration sees their ranges.

Names are OUTPUT#WHAT, OUTPUT being the tensor the cell makes: ``sigmoid`` and ``tanh`` are what
the functions are applied to, with ``_x`` and ``_h`` for the two summands of a GRU that is linear
before its reset; ``cell`` is an LSTM's c. ``tanh`` of an RNN with Relu is what that is applied to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from studio.graph.network import Attribute, Network, Node

Array = npt.NDArray[np.generic]
Shape = tuple[int, ...]


@dataclass
class Inside:
    """Extra nodes with their constants and shapes; ``names`` are the tensors to observe."""

    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def add(self, op: str, out: str, shape: Shape, *inputs: str, **attributes: Attribute) -> str:
        """A node; its output."""
        self.nodes.append(Node(op, out, inputs, (out,), attributes))
        self.shapes[out] = shape
        return out

    def constant(self, name: str, values: Array) -> str:
        """A constant; its name."""
        self.constants[name] = np.ascontiguousarray(values, np.float32)
        self.shapes[name] = values.shape
        return name

    def part(self, name: str, x: str, start: int, stop: int) -> str:
        """Channels of ``x``, which are to be observed."""
        self.names.append(name)
        return self.cut(name, x, 2, start, stop)

    def cut(self, name: str, x: str, axis: int, start: int, stop: int) -> str:
        """A slice of a tensor of rank 3."""
        shape = list(self.shapes[x])
        shape[axis] = stop - start
        return self.add("Slice", name, tuple(shape), x, axis=axis, start=start, stop=stop, step=1)


def inside(node: Node, network: Network) -> Inside:
    """What to add to ``network`` to see the inside of its recurrent ``node``."""
    made, out, x = Inside(), node.outputs[0], node.inputs[0]
    w, r, b = (np.asarray(network.constants[name], np.float32)[0] for name in node.inputs[1:])
    columns, hidden = r.shape
    made.shapes[out] = network.shapes[out]
    steps = network.shapes[out][1]
    shape = (1, steps, columns)
    before = _before(made, node, steps, hidden)
    of_x = made.add(
        "MatMul", f"{out}#x", shape, x, made.constant(f"{out}#w", w.T),
        made.constant(f"{out}#bx", b[:columns]),
    )  # fmt: skip
    of_h = made.add(
        "MatMul", f"{out}#h", shape, before, made.constant(f"{out}#r", r.T),
        made.constant(f"{out}#bh", b[columns:]),
    )  # fmt: skip
    gates = columns - hidden
    if node.op == "GRU" and node.number("linear_before_reset", 0):
        for which, tensor in (("x", of_x), ("h", of_h)):
            made.part(f"{out}#sigmoid_{which}", tensor, 0, gates)
            made.part(f"{out}#tanh_{which}", tensor, gates, columns)
        return made
    both = made.add("Add", f"{out}#sum", shape, of_x, of_h)
    if not gates:
        made.part(f"{out}#tanh", both, 0, columns)
        return made
    made.part(f"{out}#sigmoid", both, 0, gates)
    if node.op == "LSTM":
        made.part(f"{out}#tanh", both, gates, columns)
        options = {"hidden_size": hidden, "direction": node.text("direction", "forward")}
        made.names.append(made.add("CellState", f"{out}#cell", (1, steps, hidden), both, **options))
        return made
    state = (1, steps, hidden)
    logits = made.cut(f"{out}#logits", both, 2, hidden, gates)
    reset = made.add("Sigmoid", f"{out}#reset", state, logits)
    kept = made.add("Mul", f"{out}#kept", state, reset, before)
    new = made.add(
        "MatMul", f"{out}#new", state, kept, made.constant(f"{out}#rn", r[gates:].T),
        made.constant(f"{out}#bn", b[columns + gates :]),
    )  # fmt: skip
    of_input = made.cut(f"{out}#nx", of_x, 2, gates, columns)
    made.names.append(made.add("Add", f"{out}#tanh", state, of_input, new))
    return made


def _before(made: Inside, node: Node, steps: int, hidden: int) -> str:
    """The state before each step: the outputs one step later, and zero."""
    out = node.outputs[0]
    one = made.cut(f"{out}#one", out, 1, 0, 1)
    zero = made.add("Sub", f"{out}#zero", (1, 1, hidden), one, one)
    if steps == 1:
        return zero
    back = node.text("direction", "forward") == "reverse"
    rest = made.cut(f"{out}#rest", out, 1, int(back), steps - 1 + int(back))
    order = (rest, zero) if back else (zero, rest)
    return made.add("Concat", f"{out}#before", (1, steps, hidden), *order, axis=1)
