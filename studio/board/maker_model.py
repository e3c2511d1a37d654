"""A QNetwork as an ONNX file in the maker's dialect, and the proof that it is the same network.

The maker's mapper takes integer weights stored as floats, with a Scale of 1/G behind each Gemm and
Conv (OPS.md). What the dialect cannot say is refused by name. Every export is read again by our own
loader and simulated: it must have the same cells and give the same integers.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from studio.base.errors import ModelError, VerifyError
from studio.base.job import Job
from studio.board.maker_nodes import write
from studio.board.maker_sheet import Sheet, Unsayable, onnx_shape
from studio.chip.chip import Chip
from studio.graph import load
from studio.quantize import stage as quantizer
from studio.quantize.layer_options import LayerChoice, LayerChoices
from studio.quantize.qnetwork import Int16, QNetwork
from studio.simulate.run import run

OPSET = 15  # the maker's images have onnx 1.10
IR_VERSION = 8
FRAMES = 8
_LISTED = 8


@dataclass(frozen=True)
class Exported:
    """The model, the layer options that belong to it, and what is uncertain about it."""

    model: onnx.ModelProto
    choices: tuple[LayerChoice, ...]
    notes: tuple[str, ...]


def export(qnetwork: QNetwork, chip: Chip, job: Job) -> Exported:
    """The network in the maker's dialect, proved to be the same network.

    Raises ModelError naming what the dialect cannot say, VerifyError for a bug of ours.
    """
    job.step(0, 2, "writing the model in the maker's dialect")
    made = to_dialect(qnetwork)
    job.step(1, 2, "comparing it with the network")
    verify(made, qnetwork, chip)
    return made


def to_dialect(qnetwork: QNetwork) -> Exported:
    """The network in the maker's dialect, not yet proved. Raises ModelError."""
    sheet = Sheet(qnetwork)
    for name, values in qnetwork.constants.items():
        shape = onnx_shape(qnetwork.tensors[name].shape)
        sheet.constant(name, values.transpose(2, 1, 0).reshape(shape))
    refused = []
    for op in qnetwork.ops:
        try:
            write(op, sheet)
        except Unsayable as error:
            refused.append(f"{op.name} ({type(op).__name__.removesuffix('Op')}): {error}")
    if refused:
        more = f"; and {len(refused) - _LISTED} more" if len(refused) > _LISTED else ""
        raise ModelError(
            "the maker's dialect cannot say this network: " + "; ".join(refused[:_LISTED]) + more,
            hint="Give the maker's mapper a network of Gemm, Conv, Relu, Add, Mul, Concat, Slice,"
            " AveragePool and tables; or, of a model that is in the maker's dialect already, the"
            " model itself (--model FILE).",
            where=qnetwork.name,
            node=qnetwork.ops[0].name if qnetwork.ops else "",
        )
    graph = helper.make_graph(
        sheet.nodes,
        "network",
        [_value(qnetwork, name) for name in qnetwork.inputs],
        [_value(qnetwork, name) for name in qnetwork.outputs],
        list(sheet.constants.values()),
    )
    model = helper.make_model(
        graph,
        producer_name="CIM Studio",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    return Exported(model, tuple(sheet.choices), tuple(sheet.notes))


def verify(made: Exported, qnetwork: QNetwork, chip: Chip, seed: int = 0) -> None:
    """Read the export as anybody's model, and compare cells, gains and outputs.

    Raises VerifyError where any of them differs.
    """
    samples = frames(qnetwork, FRAMES, seed)
    again = reload(made, samples, chip)
    if cells(again) != cells(qnetwork):
        raise VerifyError("the exported model has other cells", where=qnetwork.name)
    ours, theirs = run(qnetwork, samples).outputs, run(again, samples).outputs
    for mine, other in zip(qnetwork.outputs, again.outputs, strict=True):
        if not np.array_equal(ours[mine].ravel(), theirs[other].ravel()):
            raise VerifyError("the exported model computes something else", where=mine)


def reload(made: Exported, samples: tuple[Int16, ...], chip: Chip) -> QNetwork:
    """The export as our own loader and quantizer understand it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(made.model.SerializeToString())
        network = load.load(path, {})
    given = tuple(
        x.transpose(0, 3, 2, 1).reshape(len(x), *network.shapes[name][1:])
        for name, x in zip(network.inputs, samples, strict=True)
    )
    options = quantizer.QuantizeOptions(given, layers=LayerChoices(made.choices, "export"))
    return quantizer.run(network, chip, options)


def cells(qnetwork: QNetwork) -> list[tuple[int, bytes, tuple[int, ...], bytes]]:
    """Gain, cells and bias of every round, in execution order: what lies on the array."""
    found = []
    for op in qnetwork.array_ops:
        for matrix in op.matrices:
            for tile in matrix.tiles:
                own = np.ascontiguousarray(matrix.cells(tile), np.int16)
                bias = np.zeros(matrix.columns, np.int32) if tile.bias is None else tile.bias
                found.append((matrix.gain, own.tobytes(), own.shape, bias.tobytes()))
    return found


def frames(qnetwork: QNetwork, count: int, seed: int) -> tuple[Int16, ...]:
    """Random samples that reach the ends of every input's range, one array (n, W, H, C) each."""
    random = np.random.default_rng(seed)
    made = []
    for name in qnetwork.inputs:
        tensor = qnetwork.tensors[name]
        values = random.integers(tensor.low, tensor.high + 1, (count, *tensor.shape))
        values.reshape(-1)[:2] = tensor.low, tensor.high
        made.append(values.astype(np.int16))
    return tuple(made)


def _value(qnetwork: QNetwork, name: str) -> onnx.ValueInfoProto:
    shape = onnx_shape(qnetwork.tensors[name].shape)
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
