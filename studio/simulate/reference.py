"""Float tensors as they lie in a QNetwork's memory, to set beside its integers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError
from studio.graph.network import Network
from studio.quantize.calibrate import FloatRunner
from studio.quantize.qnetwork import (
    ArrayOp,
    LutOp,
    PermuteOp,
    QNetwork,
    QOp,
    QTensor,
    RecurrentOp,
    ReshapeOp,
)
from studio.simulate.kernels import Int16

Real = npt.NDArray[np.float64]
CLIPPED = " clipped"
RESCALED = " rescaled"


@dataclass(frozen=True)
class Reference:
    """A float network, and which of its tensors each of a QNetwork's tensors stands for."""

    network: Network
    of: Mapping[str, str]

    def batches(
        self, qnetwork: QNetwork, samples: Sequence[npt.NDArray[np.generic]], size: int
    ) -> Iterator[dict[str, Real]]:
        """Float values of the QNetwork's tensors, (n, W, H, C), ``size`` samples at a time."""
        runner = FloatRunner(self.network, list(dict.fromkeys(self.of.values())))
        rows: list[Mapping[str, npt.NDArray[np.float32]]] = []
        for values in runner.run(samples):
            rows.append(values)
            if len(rows) == size:
                yield self._batch(qnetwork, rows)
                rows = []
        if rows:
            yield self._batch(qnetwork, rows)

    def _batch(
        self, qnetwork: QNetwork, rows: Sequence[Mapping[str, npt.NDArray[np.float32]]]
    ) -> dict[str, Real]:
        found = {}
        for name, source in self.of.items():
            values = np.stack([row[source] for row in rows]).astype(np.float64)
            values = values.reshape(len(rows), *self.network.shapes[source][1:])
            if source in qnetwork.equalized:
                values = values / qnetwork.equalized[source]
            found[name] = in_memory(qnetwork.tensors[name], values)
        return found


def of_network(network: Network, qnetwork: QNetwork) -> Reference:
    """Match tensors by name; what is not the model's, or in an order not known, is left out.

    A flattened tensor keeps the chip's order until the next matrix, whose rows are permuted
    instead, so neither it nor what is computed from it element by element can be compared.
    """
    known = {*network.inputs, *(name for node in network.nodes for name in node.outputs)}
    found = {name: name for name in qnetwork.inputs if name in known}
    disordered: set[str] = set()
    for op in qnetwork.ops:
        name = op.output
        if isinstance(op, ReshapeOp):
            if name not in qnetwork.outputs:
                disordered.add(name)
                continue
        elif not isinstance(op, ArrayOp | RecurrentOp | PermuteOp) and disordered & {*op.inputs}:
            disordered.add(name)
            continue
        source = name.removesuffix(CLIPPED)
        if source in known and _same_size(network, source, qnetwork.tensors[name]):
            found[name] = source
    return Reference(network, found)


def check(network: Network, qnetwork: QNetwork, source: str) -> None:
    """Raise DataError where ``network`` cannot be the float model that ``qnetwork`` was made of.

    Inputs and outputs must have the same names and sizes, and the layers on the array the same
    names. ``source`` is what the network was given as, for messages.
    """
    wrong = ""
    if network.dialect != "float":
        wrong = "it is an integer model"
    for kind, wanted, given in (
        ("input", qnetwork.inputs, network.inputs),
        ("output", qnetwork.outputs, network.outputs),
    ):
        if not wrong and tuple(wanted) != tuple(given):
            wrong = f"its {kind}s are {', '.join(given)}, not {', '.join(wanted)}"
        for name in wanted if not wrong else ():
            if not wrong and not _same_size(network, name, qnetwork.tensors[name]):
                sizes = (network.shapes[name], qnetwork.tensors[name].onnx_shape)
                found, expected = (" x ".join(map(str, own[1:])) for own in sizes)
                wrong = f"its {kind} {name} is {found}, not {expected}"
    if not wrong:
        known = {node.name for node in network.nodes}
        known |= {name for node in network.nodes for name in node.outputs}
        lacking = [op.trace for op in qnetwork.array_ops if op.trace and op.trace not in known]
        wrong = f"it has no layer {lacking[0]}" if lacking else ""
    if wrong:
        raise DataError(
            f"this is not the float model of that folder: {wrong}",
            hint="Name the model that was quantized into the folder with --model.",
            where=source,
        )


def _same_size(network: Network, source: str, tensor: QTensor) -> bool:
    return tuple(network.shapes.get(source, ()))[1:] == tuple(tensor.onnx_shape[1:])


def in_memory(tensor: QTensor, values: Real) -> Real:
    """The model's values (n, *ONNX shape[1:]) in the chip's order, (n, W, H, C)."""
    w, h, c = tensor.shape
    sizes = (len(values), w, h, c)
    logical = values.reshape([sizes[axis] for axis in tensor.onnx_axes])
    return np.ascontiguousarray(logical.transpose(np.argsort(tensor.onnx_axes)))


def rounded(tensor: QTensor, values: Real) -> Int16:
    """Real values as the tensor's integers."""
    found: Int16 = np.clip(np.rint(values / tensor.scale), tensor.low, tensor.high).astype(np.int16)
    return found


def moves(op: QOp) -> bool:
    """Whether an operation only moves data."""
    return isinstance(op, ReshapeOp | PermuteOp)


def cuts(op: QOp) -> bool:
    """Whether an operation is the upper limit of a Clip that belongs to the one before."""
    return op.output.endswith(CLIPPED)


def rescaled(qnetwork: QNetwork, tensor: str) -> str:
    """What a tensor is a copy of in other steps; itself where it is no such copy."""
    for op in qnetwork.ops:
        if op.output == tensor and isinstance(op, LutOp) and RESCALED in op.name:
            return op.input
    return tensor


def limit(qnetwork: QNetwork, tensor: str) -> int | None:
    """Where a Clip behind a tensor cuts its integers; None where none does."""
    cut = qnetwork.tensors.get(f"{tensor}{CLIPPED}")
    return None if cut is None else cut.high
