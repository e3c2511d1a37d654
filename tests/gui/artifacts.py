"""Small artifacts made by hand: what each stage would have put into the workspace."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.chip import noise as noises
from studio.chip.chip import Chip
from studio.chip.noise import Conditions
from studio.firmware.image import Image, Sizes
from studio.graph.network import Network, Node
from studio.mapper.layout import Block, Layout, Utilization, bias_cells
from studio.mapper.request import Search
from studio.quantize.qnetwork import (
    ArrayOp,
    Matrix,
    PoolOp,
    QNetwork,
    QTensor,
    ReshapeOp,
    RowTile,
)
from studio.simulate.noise_study import Study
from studio.simulate.stage import Simulation
from studio.target import Run
from studio.ui.workspace import Workspace

SHAPES = {
    "x": (1, 1, 8, 8),
    "c": (1, 16, 8, 8),
    "p": (1, 16, 4, 4),
    "f": (1, 256),
    "h": (1, 300),
    "y": (1, 10),
}


def network() -> Network:
    """A convolution, a pool and two dense layers."""
    rng = np.random.default_rng(1)
    nodes = (
        Node("Conv", "conv1", ("x", "w1"), ("c",), {}),
        Node("MaxPool", "pool1", ("c",), ("p",), {}),
        Node("Flatten", "flat", ("p",), ("f",), {}),
        Node("Gemm", "dense1", ("f", "w2"), ("h",), {}),
        Node("Gemm", "dense2", ("h", "w3"), ("y",), {}),
    )
    constants = {
        "w1": rng.normal(size=(16, 1, 3, 3)).astype(np.float32),
        "w2": rng.normal(size=(300, 256)).astype(np.float32),
        "w3": rng.normal(size=(10, 300)).astype(np.float32),
    }
    return Network("digits", "digits.onnx", "float", ("x",), ("y",), nodes, constants, SHAPES)


def qnetwork() -> QNetwork:
    """The same in chip integers."""
    rng = np.random.default_rng(2)

    def matrix(name: str, inputs: int, columns: int, signed: bool) -> Matrix:
        weights = rng.integers(-128, 128, (inputs, columns)).astype(np.int16)
        bias = (rng.integers(-20, 20, columns) * 128).astype(np.int32)
        encoding = "pn" if signed else "unsigned"
        return Matrix(name, weights, encoding, 1024, (RowTile(0, inputs, bias),))

    def tensor(name: str, shape: tuple[int, int, int]) -> QTensor:
        return QTensor(name, shape, 0.1, 0, 127, SHAPES[name])

    tensors = {
        "x": tensor("x", (8, 8, 1)),
        "c": tensor("c", (8, 8, 16)),
        "p": tensor("p", (4, 4, 16)),
        "f": tensor("f", (1, 1, 256)),
        "h": tensor("h", (1, 1, 300)),
        "y": tensor("y", (1, 1, 10)),
    }
    ops = (
        ArrayOp("conv1", "x", "c", (matrix("conv1", 9, 16, False),), kernel=(3, 3), relu=True),
        PoolOp("pool1", "c", "p", "max", (2, 2), (2, 2)),
        ReshapeOp("flat", "p", "f"),
        ArrayOp("dense1", "f", "h", (matrix("dense1", 256, 300, True),), relu=True),
        ArrayOp("dense2", "h", "y", (matrix("dense2", 300, 10, False),)),
    )
    return QNetwork("digits", "wtm2101", ("x",), ("y",), ops, tensors, notes=("A remark.",))


def layout(net: QNetwork) -> Layout:
    """Blocks side by side from column 128 on, the second one in the lower bank."""
    places = {"conv1": (0, 128, 0), "dense1": (896, 200, 0), "dense2": (0, 600, 8)}
    blocks = []
    for op in net.array_ops:
        (matrix,) = op.matrices
        (tile,) = matrix.tiles
        row, column, bias_row = places[op.name]
        assert tile.bias is not None
        blocks.append(
            Block(
                layer=op.name,
                matrix=0,
                tile=0,
                first_column=0,
                gain=matrix.gain,
                array=0,
                row=row,
                column=column,
                bias_row=bias_row,
                cells=matrix.cells(tile),
                bias_cells=bias_cells(tile.bias, 8, 128),
            )
        )
    search = Search("in order", 4, 0.01, 1, 1, 0, optimal=True, proof="All are placed.")
    use = Utilization(0.098, (0.004, 0.192), 0.18)
    return Layout("wtm2101", tuple(blocks), use, search, 128)


def image(folder: Path) -> Image:
    """A build of 30 KiB."""
    sizes = Sizes(30_720, 131_072, 49_152, 131_072, 2_048, 8_192)
    log = "zig cc main.c network.c\n0 warnings"
    return Image(folder / "firmware.elf", folder, "zig 0.14", 360, True, 7, sizes, log)


def simulation(samples: int = 360) -> Simulation:
    """Labelled samples of which all but a few are right."""
    labels = np.arange(samples) % 10
    predictions = labels.copy()
    predictions[: samples // 40] += 1
    inputs = (np.zeros((samples, 8, 8, 1), np.int16),)
    outputs = (np.zeros((samples, 1, 1, 10), np.int16),)
    return Simulation(inputs, outputs, labels, predictions, 0.975, 0.9778)


def run(samples: int = 360) -> Run:
    """What the board said at the end."""
    return Run(
        samples=samples,
        accuracy=0.975,
        predictions=tuple(int(i) % 10 for i in range(samples)),
        differing=0,
        instructions=9_000_000,
        cycles=12_000_000,
        busy_seconds=0.4,
        seconds=1.4,
    )


def serial(samples: int = 360) -> bytes:
    """The board's text, as ARCHITECTURE.md has it."""
    lines = ["uart ok"]
    right = 0
    for index in range(samples):
        label = index % 10
        result = label if index % 40 else (label + 1) % 10
        right += result == label
        outputs = " ".join(str(5 if digit == result else -3) for digit in range(10))
        lines.append(
            f"sample:{index},label:{label},result:{result},ratio:{right / (index + 1):.6f},"
            f"crc:{index:08x},out:{outputs}"
        )
    lines += [f"image num:{samples}", f"correct ratio:{right / samples:.6f}", "done"]
    return "".join(f"{line}\r\n" for line in lines).encode()


def said(workspace: Workspace) -> bytes:
    """Everything the monitor has of what the board printed, notes left out."""
    live = workspace.monitoring.live
    assert live.drain()
    blocks = live.log.blocks(0)
    return b"".join(block.data for block in blocks if block.kind == "in")


def study(chip: Chip, layers: tuple[str, ...] = ("conv1", "dense1")) -> Study:
    """Four noisy chips, with each layer's noise alone."""
    rng = np.random.default_rng(3)
    nothing = np.full(4, np.nan)
    found = len(layers)
    return Study(
        network="digits",
        model=noises.pick(chip.noise, "nor55", chip.name),
        conditions=Conditions(),
        seed=0,
        samples=12,
        labels=True,
        exact_accuracy=0.98,
        yield_at=None,
        accuracy=np.array([0.98, 0.975, 0.94, 0.98]),
        agreement=nothing,
        cosine=nothing,
        traced=layers,
        correlation=rng.uniform(0.98, 1.0, (2, found)),
        saturation=np.zeros((2, found)),
        layers=layers,
        layer_accuracy=rng.uniform(0.95, 0.98, (found, 3)),
        layer_agreement=rng.uniform(0.95, 0.98, (found, 3)),
        layer_cosine=rng.uniform(0.95, 0.98, (found, 3)),
    )
