"""The operations of the CPU as C: calls of the kernels and the tables they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from studio.firmware import checks, csource
from studio.firmware.csource import Table
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ConcatOp,
    LutOp,
    MulOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    ReshapeOp,
    SoftmaxOp,
)


@dataclass(frozen=True)
class Written:
    """One operation in C: ``statements`` inside its function, ``tables`` before it."""

    statements: tuple[str, ...]
    tables: tuple[Table, ...]


def of(op: QOp, prefix: str, qnetwork: QNetwork, names: Mapping[str, str]) -> Written:
    """One operation that is no ArrayOp and no RecurrentOp.

    ``prefix`` begins the names of its tables; ``names`` are the tensors' C identifiers, each a
    pointer to the tensor's first byte, wherever that lies.
    """
    writer = _Writer(prefix, qnetwork, names)
    statements = writer.statements(op)
    return Written(statements, tuple(writer.tables))


class _Writer:
    """Statements of one CPU operation; gathers its tables, named after the operation."""

    def __init__(self, prefix: str, qnetwork: QNetwork, names: Mapping[str, str]) -> None:
        self.prefix = prefix
        self.tensors = qnetwork.tensors
        self.names = names
        self.tables: list[Table] = []

    def statements(self, op: QOp) -> tuple[str, ...]:
        """The statements that compute ``op``."""
        out = self.names[op.output]
        size = f"{self.tensors[op.output].size}u"
        match op:
            case AddOp():
                a, b = (self._operand(name) for name in op.inputs)
                tail = f"{checks.clamped(op.shift)}, {int(op.relu)}"
                return (f"kernel_add({a}, {b}, {out}, {size}, {tail});",)
            case MulOp():
                a, b = (self._operand(name) for name in op.inputs)
                repeat = f"{self.tensors[op.inputs[1]].size}u"
                tail = f"{checks.clamped(op.shift)}, {int(op.relu)}"
                return (f"kernel_mul({a}, {b}, {out}, {size}, {repeat}, {tail});",)
            case AffineOp():
                factor = self._table("int16_t", "factor", op.name, op.factor)
                offset = self._table("int32_t", "offset", op.name, op.offset)
                tail = f"{op.factor.size}u, {op.shift}, {int(op.relu)}"
                x = self._operand(op.input)
                return (f"kernel_affine({x}, {factor}, {offset}, {out}, {size}, {tail});",)
            case PoolOp():
                return self._pool(op, out)
            case LutOp():
                lut = self._table("uint8_t", "table", op.name, op.table & 255)
                return (f"kernel_lut({self.names[op.input]}, {lut}, {out}, {size});",)
            case ConcatOp():
                return self._concat(op, out)
            case PermuteOp():
                order = self._table("uint16_t", "order", op.name, op.order)
                return (f"kernel_permute({self.names[op.input]}, {order}, {out}, {size});",)
            case SoftmaxOp():
                table = self._table("uint16_t", "table", op.name, op.table)
                width, height, channels = self.tensors[op.input].shape
                x = self._operand(op.input)
                tail = f"{width * height}u, {channels}u"
                return (f"kernel_softmax({x}, {table}, {out}, {tail});",)
            case ReshapeOp():
                return ("/* the same bytes */",)
            case _:
                raise TypeError(f"{type(op).__name__} has no statements (supported.py)")

    def _operand(self, name: str) -> str:
        return f"{self.names[name]}, {int(self.tensors[name].high > 127)}"

    def _table(self, kind: str, what: str, layer: str, values: np.ndarray) -> str:
        name = f"{self.prefix}_{what}"
        self.tables.append(csource.table(kind, name, f"{layer}: {what}", values))
        return name

    def _pool(self, op: PoolOp, out: str) -> tuple[str, ...]:
        source, target = self.tensors[op.input].shape, self.tensors[op.output].shape
        numbers = (*source, *target[:2], *op.kernel, *op.strides, *op.pads[:2])
        window = f"static const struct pool_window {self.prefix}_window = {{"
        window += ", ".join(f"{number}u" for number in numbers) + "};"
        x = self._operand(op.input)
        if op.kind == "max":
            return (window, f"kernel_pool_max({x}, {out}, &{self.prefix}_window);")
        tail = f"{int(op.count_pads)}, {max(op.shift, -checks.POOL_SHIFT)}"
        return (window, f"kernel_pool_average({x}, {out}, &{self.prefix}_window, {tail});")

    def _concat(self, op: ConcatOp, out: str) -> tuple[str, ...]:
        """Each input is ``rows`` runs of bytes; the runs of all inputs interleave."""
        target = self.tensors[op.output].shape
        rows = int(np.prod(target[: op.axis], dtype=int))
        stride = self.tensors[op.output].size // rows
        found, start = [], 0
        for name in op.inputs:
            run = self.tensors[name].size // rows
            source = self.names[name]
            found.append(f"kernel_concat({source}, {run}u, {out} + {start}u, {stride}u, {rows}u);")
            start += run
        return tuple(found)
