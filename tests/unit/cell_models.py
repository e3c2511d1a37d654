"""Models of the maker's cells for tests, and their arithmetic once more in plain Python.

The reference follows the arithmetic as documented, number by number, and shares no code with
the studio: a cell is a function of one step that keeps its state in a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Vector = list[int]
Step = Callable[[Vector, dict[str, Vector]], Vector]


def sat8(value: int) -> int:
    return max(-128, min(127, value))


def half_up(value: int, shift: int) -> int:
    """``shift`` < 0: right, half up; else left."""
    return value << shift if shift >= 0 else (value + (1 << (-shift - 1))) >> -shift


def array(x: Vector, weights: Any, bias: Any, gain: int) -> Vector:
    """One round of the array for each column: sat8(R((x @ W + b) / G))."""
    found = []
    for column in range(weights.shape[1]):
        a = sum(int(v) * int(w) for v, w in zip(x, weights[:, column], strict=True))
        a += int(bias[column])
        quarters = abs(4 * a) // gain * (1 if a >= 0 else -1)
        found.append(sat8((quarters + 2) >> 2))
    return found


def look_up(table: Any, v: int) -> int:
    return int(table[v & 255 if len(table) == 256 else (2 * v) & 1023])


@dataclass
class Cell:
    """A node: its operator, constants in input order, attributes, and features of x and h."""

    op: str
    constants: list[Any]
    attributes: dict[str, Any]
    features: int
    hidden: int
    tables: list[Any] = field(default_factory=list)

    def save(
        self,
        path: Path,
        steps: int | None = None,
        relu: bool = False,
        last: bool = False,
        computed: str = "",
    ) -> Path:
        """The node alone as a model of [1, F], or of [1, F, steps], or of [1, steps, F].

        ``computed`` is a constant that becomes an input of the model.
        """
        time = () if steps is None else (steps,)
        names = [f"c{n}" for n in range(len(self.constants))]
        attributes = dict(self.attributes)
        if self.tables:
            same = len({len(table) for table in self.tables}) == 1
            stacked = numpy_helper.from_array(np.array(self.tables, np.float32)) if same else None
            attributes["activate_table"] = stacked or [
                numpy_helper.from_array(np.asarray(t, np.float32)) for t in self.tables
            ]
        result = "before" if relu else "out"
        node = helper.make_node(self.op, ["in", *names], [result], name="cell", **attributes)
        nodes = [node] + ([helper.make_node("Relu", ["before"], ["out"])] if relu else [])
        weights = [
            numpy_helper.from_array(np.asarray(values, np.float32), name)
            for name, values in zip(names, self.constants, strict=True)
        ]
        sizes = {"in": self.features, "out": self.hidden}
        shapes = {name: (1, *time, n) if last else (1, n, *time) for name, n in sizes.items()}
        infos = {
            name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in shapes.items()
        }
        given = [infos["in"]]
        for tensor in [own for own in weights if own.name == computed]:
            weights.remove(tensor)
            given.append(helper.make_tensor_value_info(computed, TensorProto.FLOAT, tensor.dims))
        graph = helper.make_graph(nodes, "cell", given, [infos["out"]], weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
        model.ir_version = 8
        onnx.save(model, str(path))
        return path


def run(step: Step, x: Any, hidden: int, reset: int = 0, names: Sequence[str] = "hc") -> Any:
    """The outputs of all steps of one stream, [T, H]; states are zero before every ``reset``."""
    state: dict[str, Vector] = {}
    found = []
    for t, frame in enumerate(x):
        if t == 0 or (reset and t % reset == 0):
            state = {name: [0] * hidden for name in names}
        found.append(step([int(v) for v in frame], state))
    return np.array(found)


def lstm(cell: Cell, shifts: Sequence[int]) -> Step:
    """Lstm: ``shifts`` are those of f c, i t, their sum, and o T2(c)."""
    ifo, ct, ifo_bias, ct_bias = cell.constants
    t0, t1, t2 = cell.tables
    size = cell.hidden

    def step(x: Vector, state: dict[str, Vector]) -> Vector:
        both = [*x, *state["h"]]
        g = array(both, ifo, ifo_bias, cell.attributes["scale_ioft"])
        gc = array(both, ct, ct_bias, cell.attributes["scale_ct"])
        for k in range(size):
            i, f, o = (look_up(t0, g[part * size + k]) for part in range(3))
            fc = half_up(f * state["c"][k], shifts[0])
            it = half_up(i * look_up(t1, gc[k]), shifts[1])
            state["c"][k] = sat8(half_up(fc + it, shifts[2]))
            state["h"][k] = sat8(half_up(o * look_up(t2, state["c"][k]), shifts[3]))
        return list(state["h"])

    return step


def gru_two(cell: Cell, shifts: Sequence[int], ones: int) -> Step:
    """Gru of two matrices, whose rows are [h, x] and [r h, x]."""
    zr, wh, zr_bias, wh_bias = cell.constants
    t0, t1 = cell.tables
    size = cell.hidden

    def step(x: Vector, state: dict[str, Vector]) -> Vector:
        h = state["h"]
        g = array([*h, *x], zr, zr_bias, cell.attributes["scale_zr"])
        z, r = ([look_up(t0, v) for v in g[k * size : (k + 1) * size]] for k in range(2))
        rh = [sat8(half_up(a * b, shifts[0])) for a, b in zip(r, h, strict=True)]
        n = array([*rh, *x], wh, wh_bias, cell.attributes["scale_ht"])
        n = [look_up(t1, v) for v in n]
        state["h"] = [
            sat8(half_up((ones - z[k]) * h[k] + z[k] * n[k], shifts[1])) for k in range(size)
        ]
        return list(state["h"])

    return step


def gru_three(cell: Cell, shifts: Sequence[int], ones: int) -> Step:
    """Gru of three matrices: of [x, h], of h for n, of x for n."""
    zr, whn, win, zr_bias, hn_bias, in_bias = cell.constants
    t0, t1 = cell.tables
    size = cell.hidden

    def step(x: Vector, state: dict[str, Vector]) -> Vector:
        h = state["h"]
        g = array([*x, *h], zr, zr_bias, cell.attributes["scale_zr"])
        z, r = ([look_up(t0, v) for v in g[k * size : (k + 1) * size]] for k in range(2))
        hn = array(h, whn, hn_bias, cell.attributes["scale_ht"])
        xn = array(x, win, in_bias, cell.attributes["scale_in"])
        n = [look_up(t1, xn[k] + sat8(half_up(r[k] * hn[k], shifts[0]))) for k in range(size)]
        state["h"] = [
            sat8(half_up((ones - z[k]) * n[k] + z[k] * h[k], shifts[1])) for k in range(size)
        ]
        return list(state["h"])

    return step


def gru2array(cell: Cell, shifts: Sequence[int], ones: int, hidden_shift: int = 0) -> Step:
    """Gru2Array: columns z, r, n of both matrices; ``shifts``: r gh, sum, (1 - z) n, z h."""
    w1, w2, b1, b2 = cell.constants
    t0, t1 = cell.tables
    size = cell.hidden

    def step(x: Vector, state: dict[str, Vector]) -> Vector:
        h = state["h"]
        gi = array(x, w1, b1, cell.attributes["scale_input"])
        gh = array(h, w2, b2, cell.attributes["scale_hidden"])
        gh = [sat8(half_up(v, hidden_shift)) for v in gh]
        new = []
        for k in range(size):
            z = look_up(t0, gi[k] + gh[k])
            r = look_up(t0, gi[size + k] + gh[size + k])
            product = sat8(half_up(r * gh[2 * size + k], shifts[0]))
            n = look_up(t1, gi[2 * size + k] + product)
            if ones == 128:
                a = half_up((z - 128) * n, shifts[2]) - half_up(z * h[k], shifts[3])
                new.append(max(-127, min(127, -half_up(a, shifts[1]))))
            else:
                a = half_up((ones - z) * n, shifts[2]) + half_up(z * h[k], shifts[3])
                new.append(sat8(half_up(a, shifts[1])))
        state["h"] = new
        return new

    return step


def tdnn(x: Any, weights: Any, bias: Any, gain: int, offsets: Sequence[int]) -> Any:
    """All steps of one stream [T, F]; frames before the start are zero."""
    ordered = sorted(offsets)
    latest = max(0, *ordered)
    zero = [0] * x.shape[1]
    found = []
    for t in range(len(x)):
        row: Vector = []
        for offset in ordered:
            at = t - latest + offset
            row += [int(v) for v in x[at]] if at >= 0 else zero
        found.append(array(row, weights, bias, gain))
    return np.array(found)


def gates_table(entries: int, slope: float = 32) -> Any:
    """A sigmoid in 1/127 over v (256) or v / 2 (1024 entries, signed index)."""
    index = np.arange(entries)
    v = np.where(index < entries // 2, index, index - entries) / (1 if entries == 256 else 2)
    return np.round(127 / (1 + np.exp(-v / slope)))


def candidate_table(entries: int, slope: float = 64) -> Any:
    """A hyperbolic tangent in 1/127, as ``gates_table``."""
    index = np.arange(entries)
    v = np.where(index < entries // 2, index, index - entries) / (1 if entries == 256 else 2)
    return np.round(127 * np.tanh(v / slope))
