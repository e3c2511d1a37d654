"""Small models in the maker's dialect, built and run; the primitives of its arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from studio.chip.chip import Chip
from studio.graph.load import load
from studio.graph.network import Network
from studio.quantize import io, stage
from studio.quantize.conventions import Conventions
from studio.quantize.qnetwork import QNetwork
from studio.simulate import run

Ints = npt.NDArray[np.int64]


def node(op: str, inputs: str, outputs: str, **attributes: object) -> onnx.NodeProto:
    """A node; inputs and outputs are names with spaces between."""
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


def tensor(name: str, values: object) -> onnx.TensorProto:
    """A float32 tensor."""
    return numpy_helper.from_array(np.asarray(values, np.float32), name)


def made(
    folder: Path,
    nodes: list[onnx.NodeProto],
    constants: dict[str, object],
    inputs: dict[str, list[int]],
    outputs: str = "y",
) -> Network:
    """The network of these nodes, by way of a file."""

    def info(name: str, shape: list[int] | None) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    graph = helper.make_graph(
        nodes,
        "g",
        [info(name, shape) for name, shape in inputs.items()],
        [info(name, None) for name in outputs.split()],
        [tensor(name, values) for name, values in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)])
    path = folder / "model 模型.onnx"
    path.write_bytes(model.SerializeToString())
    return load(path)


def quantized(network: Network, chip: Chip, *samples: Ints, **switches: object) -> QNetwork:
    """The network in chip integers, verified; ``samples`` tell which inputs are signed."""
    conventions = Conventions(**switches)  # type: ignore[arg-type]
    options = stage.QuantizeOptions(calibration=samples, conventions=conventions)
    found = stage.run(network, chip, options)
    stage.verify(found, chip)
    return found


def outputs(qnetwork: QNetwork, *samples: Ints) -> dict[str, Ints]:
    """What the simulator makes of the samples, as the model sees it."""
    result = run.run(qnetwork, io.encode(qnetwork, samples)).outputs
    return {name: io.decode(qnetwork, name, v).astype(np.int64) for name, v in result.items()}


def sat8(v: npt.NDArray[np.generic]) -> Ints:
    """Clipped to -128..127."""
    return np.clip(v, -128, 127).astype(np.int64)


def half_up(v: npt.NDArray[np.generic], n: int) -> Ints:
    """The right shift H of a whole number, n > 0, or a left shift by -n."""
    wide = np.asarray(v).astype(np.int64)
    return (wide + (1 << (n - 1))) >> n if n > 0 else wide << -n


def gained(sums: npt.NDArray[np.generic], gain: int) -> Ints:
    """sat8(R(sums / gain)): 4 a / G cut toward zero, plus 2, shifted by 2."""
    wide = np.asarray(sums).astype(np.int64) * 4
    quarters = np.sign(wide) * (np.abs(wide) // gain)
    return sat8((quarters + 2) >> 2)
