"""The QNetwork: a network in the chip's integers and the chip's memory layout.

Every tensor has the shape (W, H, C): W is width or time, C is fastest in memory, the batch is
not stored. An ONNX tensor [N, C, H, W] is (W, H, C) here, [N, C, L] of a 1-D convolution is
(L, 1, C), [N, T, C] is (T, 1, C), [N, C] is (1, 1, C). In memory a tensor is W*H*C bytes.

The operations (qarray.py, qcpu.py, qstate.py) are the whole instruction set; simulator and
firmware implement exactly these. ``sat8(v)`` clips to the chip's output range -128..127 and
``R`` is the array's rounding: ``R(a / G) = (trunc(4 * a / G) + 2) >> 2`` with an arithmetic
shift.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from studio.quantize.qarray import ArrayOp, Encoding, Int16, Int32, Matrix, RowTile
from studio.quantize.qcpu import (
    AddOp,
    AffineOp,
    BlendOp,
    ConcatOp,
    LutOp,
    MacOp,
    MatMulOp,
    MeanOp,
    MulOp,
    NormOp,
    PermuteOp,
    PoolOp,
    ReshapeOp,
    SliceOp,
    SoftmaxOp,
    SumLutOp,
    ZeroInsertOp,
)
from studio.quantize.qstate import HistoryOp, RecurrentOp, State

__all__ = [
    "AddOp",
    "AffineOp",
    "ArrayOp",
    "BlendOp",
    "ConcatOp",
    "Encoding",
    "HistoryOp",
    "Int16",
    "Int32",
    "LutOp",
    "MacOp",
    "MatMulOp",
    "Matrix",
    "MeanOp",
    "MulOp",
    "NormOp",
    "PermuteOp",
    "PoolOp",
    "QNetwork",
    "QOp",
    "QTensor",
    "RecurrentOp",
    "ReshapeOp",
    "RowTile",
    "Shape",
    "SliceOp",
    "SoftmaxOp",
    "State",
    "SumLutOp",
    "ZeroInsertOp",
]

Shape = tuple[int, int, int]
Real = npt.NDArray[np.float64]

QOp = (
    ArrayOp
    | AddOp
    | MulOp
    | AffineOp
    | PoolOp
    | LutOp
    | SumLutOp
    | MacOp
    | BlendOp
    | ConcatOp
    | SliceOp
    | ZeroInsertOp
    | PermuteOp
    | ReshapeOp
    | SoftmaxOp
    | MeanOp
    | NormOp
    | MatMulOp
    | HistoryOp
    | RecurrentOp
)


@dataclass(frozen=True)
class QTensor:
    """One activation.

    ``scale`` is the real value of one integer step (1.0 where the model was integer already).
    ``low`` and ``high`` bound its integers: -128..127, 0..127 or 0..255 (uint8 in memory when
    ``high`` is above 127). ``onnx_shape`` and ``onnx_axes`` tell how to see it as the model's
    tensor: the array (N, W, H, C) transposed by ``onnx_axes`` and reshaped to
    (N, *onnx_shape[1:]).
    """

    name: str
    shape: Shape
    scale: float
    low: int
    high: int
    onnx_shape: tuple[int, ...]
    onnx_axes: tuple[int, int, int, int] = (0, 3, 2, 1)

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self.shape[0] * self.shape[1] * self.shape[2]

    @property
    def signed(self) -> bool:
        """Whether negative values occur."""
        return self.low < 0


@dataclass(frozen=True)
class QNetwork:
    """A network in chip integers, operations in execution order.

    ``inputs`` and ``outputs`` are tensor names in the model's order. ``chip`` is the chip's id.
    ``constants`` are activations known beforehand (a second operand of Add or Mul), int16 in
    the tensor's (W, H, C) shape. ``notes`` are remarks for the user, one sentence each.
    ``equalized``: by tensor, what cross-layer equalization divided the model's values by, in a
    shape that broadcasts to the model's tensor; real value = integer * scale * factor.
    """

    name: str
    chip: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    ops: tuple[QOp, ...]
    tensors: Mapping[str, QTensor]
    constants: Mapping[str, Int16] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    equalized: Mapping[str, Real] = field(default_factory=dict)

    @property
    def integer(self) -> bool:
        """Whether the model was in chip integers already: every scale is 1."""
        return all(tensor.scale == 1.0 for tensor in self.tensors.values())

    def walk(self) -> Iterator[QOp]:
        """Every operation in execution order, those of a body right after what holds them."""
        return _walk(self.ops)

    @property
    def array_ops(self) -> tuple[ArrayOp, ...]:
        """The operations that multiply by weights, bodies included, in execution order."""
        return tuple(op for op in self.walk() if isinstance(op, ArrayOp))

    @property
    def stateful(self) -> tuple[HistoryOp | RecurrentOp, ...]:
        """The operations that remember something from step to step."""
        return tuple(op for op in self.ops if isinstance(op, HistoryOp | RecurrentOp))

    @property
    def streams(self) -> bool:
        """Whether samples are the time steps of one stream: states go on from one to the next."""
        return any(self.tensors[op.input].shape[0] == 1 for op in self.stateful)


def _walk(ops: tuple[QOp, ...]) -> Iterator[QOp]:
    for op in ops:
        yield op
        if isinstance(op, RecurrentOp):
            yield from _walk(op.body)
