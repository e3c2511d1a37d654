"""The operations of the CPU as C: calls of the kernels and the tables they need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.firmware import bounds, csource, lines, moves
from studio.firmware.csource import Table
from studio.firmware.moves import Move
from studio.quantize.qcpu import clamped
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    BlendOp,
    ConcatOp,
    HistoryOp,
    LutOp,
    MacOp,
    MatMulOp,
    MeanOp,
    MulOp,
    NormOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    ReshapeOp,
    SliceOp,
    SoftmaxOp,
    SumLutOp,
    ZeroInsertOp,
)


@dataclass(frozen=True)
class Written:
    """One operation in C: ``statements`` inside its function, ``tables`` before it.

    ``resets`` are statements that forget what it remembers.
    """

    statements: tuple[str, ...]
    tables: tuple[Table, ...]
    resets: tuple[str, ...] = ()


def of(op: QOp, prefix: str, qnetwork: QNetwork, names: Mapping[str, str]) -> Written:
    """One operation that is no ArrayOp and no RecurrentOp; checks.operation let it pass.

    ``prefix`` begins the names of its tables; ``names`` are the tensors' C identifiers, each a
    pointer to the tensor's first byte, wherever that lies.
    """
    writer = _Writer(prefix, qnetwork, names)
    statements = writer.statements(op)
    return Written(statements, tuple(writer.tables), tuple(writer.resets))


class _Writer:
    """Statements of one CPU operation; gathers its tables, named after the operation."""

    def __init__(self, prefix: str, qnetwork: QNetwork, names: Mapping[str, str]) -> None:
        self.prefix = prefix
        self.tensors = qnetwork.tensors
        self.names = names
        self.tables: list[Table] = []
        self.resets: list[str] = []

    def statements(self, op: QOp) -> tuple[str, ...]:
        """The statements that compute ``op``."""
        out = self.names[op.output]
        target = self.tensors[op.output]
        positions, channels = target.shape[0] * target.shape[1], target.shape[2]
        sources = ", ".join(map(self._operand, op.inputs))
        size, by_channel = f"{target.size}u", f"{positions}u, {channels}u"
        match op:
            case AddOp():
                tail = f"{clamped(op.shift)}, {int(op.relu)}"
                return (f"kernel_add({sources}, {out}, {size}, {tail});",)
            case MulOp():
                repeat = f"{self.tensors[op.inputs[1]].size}u"
                tail = f"{clamped(op.shift)}, {int(op.relu)}"
                return (f"kernel_mul({sources}, {out}, {size}, {repeat}, {tail});",)
            case AffineOp():
                factor = self._table("int16_t", "factor", op, op.factor)
                half = (1 << op.shift) >> 1
                offset = self._table("int32_t", "offset", op, op.offset.astype(np.int64) + half)
                tail = f"{by_channel}, {op.shift}u, {int(op.relu)}"
                return (f"kernel_affine({sources}, {factor}, {offset}, {out}, {tail});",)
            case LutOp():
                return self._lut(op, out, sources, by_channel)
            case SumLutOp():
                lut = self._table("uint8_t", "table", op, op.table & 255)
                return (f"kernel_sum_lut({sources}, {lut}, {out}, {size});",)
            case MacOp() | BlendOp():
                return self._cell(op, out, size)
            case PoolOp():
                return self._pool(op, out, sources)
            case SoftmaxOp():
                table = self._table("uint16_t", "table", op, op.table)
                return (f"kernel_softmax({sources}, {table}, {out}, {by_channel});",)
            case MeanOp():
                inner = self.tensors[op.input].shape[2]
                tail = f"{csource.real(op.factor)}, {target.low}, {target.high}"
                return (f"kernel_mean({sources}, {out}, {positions}u, {inner}u, {tail});",)
            case NormOp():
                return self._norm(op, out, sources, by_channel)
            case MatMulOp():
                return self._matmul(op, out, sources)
            case HistoryOp():
                return self._history(op, out)
            case ReshapeOp():
                return ("/* the same bytes */",)
            case _:
                return self._moved(op, out)

    def _lut(self, op: LutOp, out: str, source: str, by_channel: str) -> tuple[str, ...]:
        found = lines.of(op.table, self.tensors[op.input]) if op.table.ndim > 1 else None
        if found is not None:
            factor = self._table("int32_t", "factor", op, found.factor)
            offset = self._table("int32_t", "offset", op, found.offset)
            tail = f"{by_channel}, {found.shift}u, {found.low}, {found.high}"
            return (f"kernel_line({source}, {factor}, {offset}, {out}, {tail});",)
        lut = self._table("uint8_t", "table", op, op.table & 255)
        if op.table.ndim > 1:
            call = f"kernel_lut_channels({self.names[op.input]}, {lut}, {out}, {by_channel});"
            return (call,)
        size = f"{self.tensors[op.output].size}u"
        return (f"kernel_lut({self.names[op.input]}, {lut}, {out}, {size});",)

    def _moved(self, op: QOp, out: str) -> tuple[str, ...]:
        """The operations that only move bytes."""
        sources = tuple(self.tensors[name].shape for name in op.inputs)
        target = self.tensors[op.output]
        match op:
            case ConcatOp():
                found = moves.concat(sources, op.axis)
                pairs = zip(op.inputs, found, strict=True)
                return tuple(
                    text
                    for number, (name, move) in enumerate(pairs, 1)
                    for text in self._move(f"move{number}", name, out, move)
                )
            case SliceOp():
                count = target.shape[op.axis]
                move = moves.cut(sources[0], count, op.axis, op.start, op.step)
                return self._move("move", op.input, out, move)
            case ZeroInsertOp():
                spread = self._move("move", op.input, out, moves.spread(sources[0], op.strides))
                return (f"kernel_zero({out}, {target.size}u);", *spread)
            case PermuteOp():
                regular = moves.order(op.order)
                if regular is not None:
                    return self._move("move", op.input, out, regular)
                large = self.tensors[op.input].size > 1 << 16
                kind, call = ("uint32_t", "_large") if large else ("uint16_t", "")
                order = self._table(kind, "order", op, op.order)
                source = self.names[op.input]
                return (f"kernel_permute{call}({source}, {order}, {out}, {target.size}u);",)
            case _:
                raise TypeError(f"{type(op).__name__} has no statements")

    def _operand(self, name: str) -> str:
        return f"{self.names[name]}, {int(self.tensors[name].high > 127)}"

    def _table(self, kind: str, what: str, op: QOp, values: npt.NDArray[np.integer]) -> str:
        name = f"{self.prefix}_{what}"
        self.tables.append(csource.table(kind, name, f"{op.name}: {what}", values))
        return name

    def _struct(self, kind: str, what: str, values: Iterable[str]) -> tuple[str, str]:
        """A constant of a kernel's own type: its declaration, and its name."""
        name = f"{self.prefix}_{what}"
        return f"static const struct {kind} {name} = {{{', '.join(values)}}};", name

    def _move(self, what: str, source: str, out: str, move: Move) -> tuple[str, ...]:
        columns = zip(*move.loops, strict=True)
        values = ("{" + ", ".join(map(str, column)) + "}" for column in columns)
        declaration, name = self._struct("move", what, values)
        begin = f"{self.names[source]} + {move.start}" if move.start else self.names[source]
        end = f"{out} + {move.target}" if move.target else out
        return declaration, f"kernel_move({begin}, {end}, &{name});"

    def _cell(self, op: MacOp | BlendOp, out: str, size: str) -> tuple[str, ...]:
        operands = ", ".join(f"{{{self._operand(name)}}}" for name in op.inputs)
        shifts = ", ".join(map(str, bounds.cell(op, self.tensors).shifts))
        declared = (
            f"const struct operand operands[] = {{{operands}}};",
            f"static const int32_t shifts[] = {{{shifts}}};",
        )
        if isinstance(op, MacOp):
            return (*declared, f"kernel_mac(operands, {out}, {size}, shifts);")
        call = "kernel_blend_mirrored" if op.mirrored else "kernel_blend"
        return (*declared, f"{call}(operands, {out}, {size}, {op.ones}, shifts);")

    def _pool(self, op: PoolOp, out: str, source: str) -> tuple[str, ...]:
        shapes = self.tensors[op.input].shape, self.tensors[op.output].shape
        numbers = (*shapes[0], *shapes[1][:2], *op.kernel, *op.strides, *op.pads[:2])
        window, name = self._struct("pool_window", "window", (f"{n}u" for n in numbers))
        head = f"{source}, {out}, &{name}"
        if op.kind == "max":
            return (window, f"kernel_pool_max({head});")
        head += f", {int(op.count_pads)}"
        if op.ratio != 1:
            return (window, f"kernel_pool_scaled({head}, {csource.real(op.ratio)});")
        return (window, f"kernel_pool_average({head}, {bounds.pool_shift(op)});")

    def _norm(self, op: NormOp, out: str, source: str, by_channel: str) -> tuple[str, ...]:
        target = self.tensors[op.output]
        if op.kind == "sum":
            tail = f"{csource.real(op.scale_out)}, {target.low}, {target.high}"
            return (f"kernel_norm_sum({source}, {out}, {by_channel}, {tail});",)
        positions, channels = target.shape[0] * target.shape[1], target.shape[2]
        layer = op.kind == "layer"
        blocks, groups = (positions, 1) if layer else (1, op.groups)
        count = bounds.norm_count(op, target)
        fixed = bounds.fixed_norm(op, target)
        for what, numbers in (("gain", op.gains), ("offset", op.offsets)):
            table = csource.reals(f"{self.prefix}_{what}", f"{op.name}: {what}", numbers)
            self.tables.append(table)
        for what, integers in (("fixed_gain", fixed.gains), ("fixed_offset", fixed.offsets)):
            self._table("int32_t", what, op, np.array(integers, np.int64))
        reals = (op.scale_in, op.scale_in * op.scale_in, op.epsilon * (count * count))
        values = (
            *(f"{n}u" for n in (blocks, positions // blocks, channels, groups)),
            *map(str, (target.low, target.high)),
            *map(csource.real, reals),
            *(table.name for table in self.tables),
            f"{fixed.count_bits}u",
            str(fixed.points),
            f"{fixed.right}u",
            f"{fixed.band}u",
        )
        declaration, name = self._struct("norm", "norm", values)
        return (declaration, f"kernel_norm({source}, {out}, &{name});")

    def _matmul(self, op: MatMulOp, out: str, sources: str) -> tuple[str, ...]:
        rows, heads, inner = self.tensors[op.inputs[0]].shape
        scaled = bounds.matmul(op, self.tensors)
        sizes = (rows, heads, inner, self.tensors[op.output].shape[2])
        values = (
            *(f"{n}u" for n in sizes),
            str(scaled.factor),
            f"{op.shift}u",
            str(0 if scaled.wide else scaled.half),
            str(scaled.limit),
            str(int(op.transposed)),
        )
        declaration, name = self._struct("matmul", "matmul", values)
        call = "kernel_matmul_wide" if scaled.wide else "kernel_matmul"
        return (declaration, f"{call}({sources}, {out}, &{name});")

    def _history(self, op: HistoryOp, out: str) -> tuple[str, ...]:
        steps, _, channels = self.tensors[op.input].shape
        depth = max(op.lags)
        lags = self._table("uint16_t", "lags", op, np.array(op.lags, np.int64))
        frames, following = f"{self.prefix}_frames", f"{self.prefix}_next"
        size = max(1, depth * channels)
        self.tables.append(csource.memory("uint8_t", frames, f"{op.name}: earlier frames", size))
        self.tables.append(csource.memory("uint32_t", following, f"{op.name}: their ring", 1))
        self.resets.append(f"kernel_zero({frames}, {size}u);")
        values = (f"{steps}u", f"{channels}u", f"{depth}u", f"{len(op.lags)}u", lags)
        declaration, name = self._struct("history", "history", values)
        source = self.names[op.input]
        return (declaration, f"kernel_history({source}, {out}, &{name}, {frames}, {following});")
