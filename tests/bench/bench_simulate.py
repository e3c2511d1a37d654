"""The exact simulator beside onnxruntime, samples a second.

    python -m tests.bench.bench_simulate

Two networks of random integers: an MLP 800-256-256-256-256-2 and a CNN of MNIST's size with three
convolutions. The peers are made here from the same integers, each in the form that is quickest and
still exact, on as many threads as we use:

- float: Gemm or Conv in float32 with weights / G and bias / G + 1/2, then Floor and Clip, which is
  the array's rounding where a Relu follows. All sums stay below 2**24.
- integer: MatMulInteger or ConvInteger of uint8 by uint8 with zero point 128, then the same.

Answers are compared before anything is timed. The noise simulator's table (bench_noise.py) follows.
"""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from studio.quantize.qnetwork import (
    ArrayOp,
    Matrix,
    PoolOp,
    QNetwork,
    QOp,
    QTensor,
    ReshapeOp,
    RowTile,
)
from studio.simulate.run import evaluate, prepare, run_prepared
from tests.bench import bench_noise

BATCHES = (1, 64, 1024)
THREADS = 2
GAIN = 1024
MLP = (800, 256, 256, 256, 256, 2)
CHANNELS = (1, 16, 32, 64)
SIDE = 28
SECONDS = 1.0
Array = npt.NDArray[np.generic]


@dataclass
class Network:
    """A network in our integers and, layer by layer, what the peers are made of."""

    ops: list[QOp] = field(default_factory=list)
    tensors: dict[str, QTensor] = field(default_factory=dict)
    layers: list[tuple[str, Array, Array]] = field(default_factory=list)

    def tensor(self, shape: tuple[int, int, int], low: int, high: int) -> str:
        """A new tensor's name."""
        name = f"t{len(self.tensors)}"
        w, h, c = shape
        self.tensors[name] = QTensor(name, shape, 1.0, low, high, (1, c, h, w))
        return name

    def qnetwork(self) -> QNetwork:
        """The network from the first tensor to the last."""
        names = list(self.tensors)
        return QNetwork(
            "bench", "wtm2101", (names[0],), (names[-1],), tuple(self.ops), self.tensors
        )

    def array(
        self,
        shape: tuple[int, int, int],
        kernel: int,
        relu: bool,
        random: np.random.Generator,
    ) -> None:
        """Append a layer with random weights that keeps about the size of its inputs."""
        source = list(self.tensors)[-1]
        rows = kernel * kernel * self.tensors[source].shape[2]
        spread = min(127, round(1.2 * GAIN / rows**0.5))
        weights = random.integers(-spread, spread + 1, (rows, shape[2])).astype(np.int16)
        bias = (random.integers(-9, 10, shape[2]) * 128).astype(np.int32)
        matrix = Matrix("m", weights, "unsigned", GAIN, (RowTile(0, rows, bias),))
        assert np.abs(weights).sum(axis=0).max() * 255 < 2**24
        target = self.tensor(shape, 0 if relu else -128, 127)
        pads = (kernel // 2,) * 4
        op = ArrayOp(
            f"l{target}", source, target, (matrix,), (kernel, kernel), pads=pads, relu=relu
        )
        self.ops.append(op)
        kind = "Conv" if kernel > 1 else "Gemm"
        self.layers.append((kind if relu else "Last", weights, bias))

    def pool(self) -> None:
        """Append the maximum of windows of 2 x 2."""
        source = list(self.tensors)[-1]
        w, h, c = self.tensors[source].shape
        target = self.tensor((w // 2, h // 2, c), 0, 127)
        self.ops.append(PoolOp(f"p{target}", source, target, "max", (2, 2), (2, 2)))
        self.layers.append(("MaxPool", np.empty(0), np.empty(0)))

    def flatten(self) -> None:
        """Append a change of shape."""
        source = list(self.tensors)[-1]
        target = self.tensor((1, 1, self.tensors[source].size), 0, 127)
        self.ops.append(ReshapeOp(f"r{target}", source, target))
        self.layers.append(("Flatten", np.empty(0), np.empty(0)))


def mlp() -> Network:
    """800-256-256-256-256-2."""
    random, net = np.random.default_rng(1), Network()
    net.tensor((1, 1, MLP[0]), 0, 255)
    for columns in MLP[1:]:
        net.array((1, 1, columns), 1, columns != MLP[-1], random)
    return net


def cnn() -> Network:
    """Three convolutions 3 x 3 of 16, 32 and 64 channels, each halved, and 10 classes."""
    random, net = np.random.default_rng(2), Network()
    net.tensor((SIDE, SIDE, 1), 0, 255)
    side = SIDE
    for channels in CHANNELS[1:]:
        net.array((side, side, channels), 3, True, random)
        net.pool()
        side //= 2
    net.flatten()
    net.array((1, 1, 10), 1, False, random)
    return net


class Graph:
    """Nodes and constants of a peer."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, values: npt.ArrayLike, kind: type[np.generic]) -> str:
        """A constant's name."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def add(self, op: str, *inputs: str, **attributes: object) -> str:
        """A node; its output's name."""
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def last(self, f: str) -> str:
        """The rounding of both signs: floor(f + 1/2) above 0, ceil(f - 1/4) below."""
        zero = self.constant(0, np.float32)
        up = self.add("Floor", self.add("Add", self.add("Max", f, zero), self.half(0.5)))
        down = self.add("Ceil", self.add("Sub", self.add("Min", f, zero), self.half(0.25)))
        return self.clip(self.add("Add", up, down), -128)

    def half(self, value: float) -> str:
        """A number."""
        return self.constant(value, np.float32)

    def clip(self, name: str, low: int) -> str:
        """Between ``low`` and 127."""
        return self.add("Clip", name, self.half(low), self.half(127))

    def session(self, kind: int, shape: tuple[int, ...]) -> onnxruntime.InferenceSession:
        """Ready to run from x to the last node."""
        graph = helper.make_graph(
            self.nodes,
            "peer",
            [helper.make_tensor_value_info("x", kind, ["n", *shape])],
            [helper.make_tensor_value_info(self.nodes[-1].output[0], TensorProto.FLOAT, None)],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        return onnxruntime.InferenceSession(model.SerializeToString(), options)


def kernel_of(weights: Array) -> Array:
    """Rows (w, h, c) of a 3 x 3 window as ONNX has them: [O, I, kh, kw]."""
    shaped = weights.reshape(3, 3, -1, weights.shape[1])
    return np.ascontiguousarray(shaped.transpose(3, 2, 1, 0))


def peer(net: Network, integer: bool) -> onnxruntime.InferenceSession:
    """The same integers in onnxruntime."""
    graph, name = Graph(), "x"
    for index, (kind, weights, bias) in enumerate(net.layers):
        if kind == "MaxPool":
            name = graph.add("MaxPool", name, kernel_shape=[2, 2], strides=[2, 2])
            continue
        if kind == "Flatten":  # to our order of elements, (w, h, c)
            name = graph.add("Flatten", graph.add("Transpose", name, perm=[0, 3, 2, 1]))
            continue
        conv, last = kind == "Conv", kind == "Last"
        turned = kernel_of(weights) if conv else weights
        offset = bias / GAIN + (0 if last else 0.5)
        if not integer:
            inputs = (graph.constant(turned / GAIN, np.float32), graph.constant(offset, np.float32))
            attributes = {"pads": [1, 1, 1, 1]} if conv else {}
            name = graph.add("Conv" if conv else "Gemm", name, *inputs, **attributes)
        else:
            stored = graph.constant(turned.astype(np.int32) + 128, np.uint8)
            zeros = (graph.constant(0, np.uint8), graph.constant(128, np.uint8))
            op, attributes = (
                ("ConvInteger", {"pads": [1, 1, 1, 1]}) if conv else ("MatMulInteger", {})
            )
            sums = graph.add(op, name, stored, *zeros, **attributes)
            sums = graph.add("Cast", sums, to=TensorProto.FLOAT)
            scaled = graph.add("Mul", sums, graph.half(1 / GAIN))
            offset = offset.reshape(-1, 1, 1) if conv else offset
            name = graph.add("Add", scaled, graph.constant(offset, np.float32))
        name = graph.last(name) if last else graph.clip(graph.add("Floor", name), 0)
        if integer and index + 1 < len(net.layers):
            name = graph.add("Cast", name, to=TensorProto.UINT8)
    w, h, c = net.tensors["t0"].shape
    shape = (c,) if (w, h) == (1, 1) else (c, h, w)
    return graph.session(TensorProto.UINT8 if integer else TensorProto.FLOAT, shape)


def rate(action: Callable[[], object], samples: int) -> float:
    """Samples a second: the median of what fits into SECONDS, at least five."""
    action()
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return samples / statistics.median(times)


def rows(title: str, net: Network) -> list[tuple[str, ...]]:
    """One row of the table for each batch."""
    qnetwork = net.qnetwork()
    prepared = prepare(qnetwork, threads=THREADS)
    peers = {"float": peer(net, False), "integer": peer(net, True)}
    random = np.random.default_rng(3)
    output = qnetwork.outputs[0]
    found = []
    for batch in BATCHES:
        w, h, c = net.tensors["t0"].shape
        x = random.integers(0, 256, (batch, w, h, c)).astype(np.int16)
        x[random.random(x.shape) < 0.5] = 0
        logical = x.reshape(batch, c) if (w, h) == (1, 1) else x.transpose(0, 3, 2, 1)
        given = {
            "float": np.ascontiguousarray(logical, np.float32),
            "integer": np.ascontiguousarray(logical, np.uint8),
        }
        actions: dict[str, Callable[[], Array]] = {
            "ours": lambda x=x: run_prepared(prepared, [x]).outputs[output]  # type: ignore[misc]
        }
        for name, session in peers.items():
            actions[name] = lambda s=session, v=given[name]: s.run(None, {"x": v})[0]  # type: ignore[misc]
        wanted = evaluate(qnetwork, [x])[output].reshape(batch, -1)
        for name, action in actions.items():
            answer = np.asarray(action()).reshape(batch, -1)
            if not np.array_equal(answer, wanted):
                raise AssertionError(f"{title}, {name}: other integers than the reference")
        rates = {name: rate(action, batch) for name, action in actions.items()}
        ratio = rates["ours"] / max(rates["float"], rates["integer"])
        numbers = (f"{rates[name]:,.0f}" for name in actions)
        found.append((title, str(batch), *numbers, f"{ratio:.2f}"))
    return found


def table() -> Table:
    """The exact simulator beside its peers."""
    made = Table("network", "batch", "ours /s", "ort float /s", "ort integer /s", "x", box=SIMPLE)
    for column in made.columns[1:]:
        column.justify = "right"
    for row in itertools.chain(rows("MLP", mlp()), rows("CNN", cnn())):
        made.add_row(*row)
    return made


def main() -> None:
    """Print the tables."""
    console = Console()
    console.print(f"{THREADS} threads, {os.cpu_count()} processors; x: beside the faster peer")
    console.print(table())
    bench_noise.main()


if __name__ == "__main__":
    main()
