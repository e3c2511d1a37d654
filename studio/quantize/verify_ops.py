"""The form of the CPU's operations: shapes and tables as qcpu.py and qstate.py define them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from studio.base.errors import VerifyError
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    BlendOp,
    ConcatOp,
    HistoryOp,
    Int16,
    LutOp,
    MacOp,
    MatMulOp,
    MeanOp,
    MulOp,
    NormOp,
    PermuteOp,
    PoolOp,
    QOp,
    QTensor,
    ReshapeOp,
    SliceOp,
    SoftmaxOp,
    SumLutOp,
    ZeroInsertOp,
)


def expect(condition: bool, message: str) -> None:
    """Raise VerifyError unless ``condition``."""
    if not condition:
        raise VerifyError(f"quantizer: {message}", hint="This is a bug; please report it.")


def fits(op: QOp, tensors: Mapping[str, QTensor]) -> None:
    """Raise VerifyError where an operation of the CPU does not fit its tensors."""
    sources, target = [tensors[name] for name in op.inputs], tensors[op.output]
    shapes, out = [source.shape for source in sources], target.shape
    first = shapes[0]
    match op:
        case AddOp() | MacOp() | BlendOp() | SumLutOp():
            _shape(op, target, first)
            expect(len(set(shapes)) == 1, f"{op.name} combines {shapes}")
        case MulOp():
            _shape(op, target, first)
            fit = shapes[1] in (first, (1, 1, first[2]))
            expect(fit, f"{op.name} multiplies {first} by {shapes[1]}")
        case AffineOp():
            _shape(op, target, first)
            expect(op.factor.shape == op.offset.shape == (first[2],), f"{op.name}: factors")
            expect(op.shift >= 0, f"{op.name}: shift {op.shift}")
        case LutOp() | SoftmaxOp() | NormOp():
            _shape(op, target, first)
        case PoolOp():
            _shape(op, target, (*_positions(op, first), first[2]))
        case ConcatOp():
            _joined(op, sources, target)
        case SliceOp():
            last = op.start + (out[op.axis] - 1) * op.step
            inside = op.start >= 0 and op.step >= 1 and last < first[op.axis]
            expect(inside, f"{op.name} reads up to {last} of {first[op.axis]}")
            _shape(op, target, _with(first, op.axis, out[op.axis]))
        case ZeroInsertOp():
            w, h = ((first[axis] - 1) * op.strides[axis] + 1 for axis in (0, 1))
            _shape(op, target, (w, h, first[2]))
        case PermuteOp():
            inside = len(op.order) == target.size and (
                op.order.min() >= 0 and op.order.max() < sources[0].size
            )
            expect(inside, f"{op.name}: order of {len(op.order)} for {first} to {out}")
        case ReshapeOp():
            expect(math.prod(first) == target.size, f"{op.name} makes {out} of {first}")
        case MatMulOp():
            rows, heads, inner = first
            width, depth = (0, 2) if op.transposed else (2, 0)
            fit = shapes[1][1] == heads and shapes[1][depth] == inner
            expect(fit, f"{op.name} multiplies {first} by {shapes[1]}")
            _shape(op, target, (rows, heads, shapes[1][width]))
        case MeanOp():
            _shape(op, target, (*first[:2], 1))
        case HistoryOp():
            expect(bool(op.lags) and min(op.lags) >= 0, f"{op.name}: lags {op.lags}")
            expect(first[1] == 1, f"{op.name} reads {first}")
            _shape(op, target, (first[0], 1, first[2] * len(op.lags)))
            _range(op, sources[0], target)
    _tables(op, sources, target)


def _tables(op: QOp, sources: list[QTensor], target: QTensor) -> None:
    """Tables have their length and hold numbers of the output's range."""
    channels = sources[0].shape[2]
    match op:
        case LutOp():
            expect(op.table.shape in ((256,), (channels, 256)), f"{op.name}: {op.table.shape}")
            _held(op, op.table, target)
        case SumLutOp():
            expect(op.table.shape == (512,), f"{op.name}: {op.table.shape}")
            expect(sum(source.high for source in sources) <= 255, f"{op.name}: sums above 255")
            _held(op, op.table, target)
        case SoftmaxOp():
            expect(op.table.shape == (256,), f"{op.name}: {op.table.shape}")
        case NormOp():
            expect(op.gamma.size in (0, channels), f"{op.name}: {op.gamma.size} factors")
            expect(channels % op.groups == 0, f"{op.name}: {op.groups} groups of {channels}")
        case ConcatOp():
            for source in sources:
                _range(op, source, target)
        case SliceOp() | PermuteOp() | ReshapeOp() | ZeroInsertOp():
            _range(op, sources[0], target)


def _held(op: QOp, table: Int16, target: QTensor) -> None:
    inside = target.low <= int(table.min()) and int(table.max()) <= target.high
    expect(inside, f"{op.name}: its table leaves {target.low}..{target.high}")


def _range(op: QOp, source: QTensor, target: QTensor) -> None:
    """What is copied keeps its numbers."""
    fit = target.low <= source.low and source.high <= target.high
    expect(fit, f"{op.name}: {source.name} does not fit the range of {target.name}")


def _shape(op: QOp, target: QTensor, wanted: tuple[int, ...]) -> None:
    expect(target.shape == wanted, f"{op.name} writes {target.shape} instead of {wanted}")


def _with(shape: tuple[int, int, int], axis: int, size: int) -> tuple[int, ...]:
    return (*shape[:axis], size, *shape[axis + 1 :])


def _joined(op: ConcatOp, sources: list[QTensor], target: QTensor) -> None:
    first = sources[0].shape
    for source in sources:
        same = _with(source.shape, op.axis, 0) == _with(first, op.axis, 0)
        expect(same, f"{op.name} joins {first} and {source.shape}")
    _shape(op, target, _with(first, op.axis, sum(own.shape[op.axis] for own in sources)))


def _positions(op: PoolOp, shape: tuple[int, int, int]) -> tuple[int, ...]:
    found = []
    for axis in (0, 1):
        room = shape[axis] + op.pads[axis] + op.pads[axis + 2] - op.kernel[axis]
        found.append(room // op.strides[axis] + 1)
    return tuple(found)
