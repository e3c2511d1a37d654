"""The operations of a QNetwork as C: calls in execution order and the tables they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from studio.base.errors import VerifyError
from studio.chip.npu import Descriptor, Flag
from studio.firmware import checks, csource, descriptors, locate
from studio.firmware import statements as statements_of
from studio.firmware.csource import Table
from studio.firmware.planner import MemoryPlan
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import ArrayOp, PoolOp, QNetwork, QOp, ReshapeOp


@dataclass(frozen=True)
class CBlock:
    """A ``static const struct npu_op``: its name, a comment and (field, value) pairs."""

    name: str
    comment: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CTensor:
    """A name for a tensor's first byte: in the SRAM at ``offset``, or a constant's table."""

    name: str
    comment: str
    offset: int | None
    constant: str


@dataclass(frozen=True)
class Call:
    """One operation: a comment that begins with the layer's mark (locate.py) and a function.

    The function runs ``blocks``, then the ``statements``; only the former may fail.
    """

    comment: str
    function: str
    statements: tuple[str, ...]
    blocks: tuple[CBlock, ...]
    layer: str


@dataclass(frozen=True)
class Program:
    """All that network.c says."""

    tensors: tuple[CTensor, ...]
    tables: tuple[Table, ...]
    calls: tuple[Call, ...]
    names: Mapping[str, str]  # tensor name -> C identifier

    @property
    def blocks(self) -> tuple[CBlock, ...]:
        """The descriptors of all calls."""
        return tuple(block for call in self.calls for block in call.blocks)


def program(qnetwork: QNetwork, layout: Layout, plan: MemoryPlan) -> Program:
    """Translate a network. Raises VerifyError where an operation is outside its definition."""
    names = csource.identifiers("t", qnetwork.tensors)
    tables: list[Table] = []
    constants: dict[str, str] = {}
    for name, values in qnetwork.constants.items():
        kind = "uint8_t" if qnetwork.tensors[name].high > 127 else "int8_t"
        checks.constant(qnetwork, name)
        constants[name] = f"{names[name]}_values"
        tables.append(csource.table(kind, constants[name], f"Constant {name}", values))
    calls: list[Call] = []
    functions = csource.identifiers("run", (op.name for op in qnetwork.ops), first=1)
    for number, op in enumerate(qnetwork.ops, 1):
        checks.operation(op, qnetwork)
        comment = f"layer {locate.mark(op.name)}: {csource.comment(_about(op, qnetwork))}"
        blocks: tuple[CBlock, ...] = ()
        statements: tuple[str, ...] = ()
        if isinstance(op, ArrayOp):
            blocks = tuple(
                _block(f"op{number}_block{index}", op, block)
                for index, block in enumerate(descriptors.of(op, qnetwork, layout, plan), 1)
            )
        else:
            written = statements_of.of(op, f"op{number}", qnetwork, names)
            statements = written.statements
            tables += written.tables
        calls.append(Call(comment, functions[op.name], statements, blocks, op.name))
    tensors = _tensors(qnetwork, plan, names, constants)
    return Program(tensors, tuple(tables), tuple(calls), names)


def _about(op: QOp, qnetwork: QNetwork) -> str:
    """``a (8, 8, 1) -> b (8, 8, 16), window 3 x 3``."""
    sources = ", ".join(f"{name} {qnetwork.tensors[name].shape}" for name in op.inputs)
    text = f"{type(op).__name__} {sources} -> {op.output} {qnetwork.tensors[op.output].shape}"
    if isinstance(op, ArrayOp | PoolOp) and op.kernel != (1, 1):
        text += (
            f", window {op.kernel[0]} x {op.kernel[1]}, stride {op.strides[0]} x {op.strides[1]}"
        )
    return text + (", relu" if getattr(op, "relu", False) else "")


def _block(name: str, op: ArrayOp, block: descriptors.BlockOp) -> CBlock:
    values = []
    for field in fields(Descriptor):
        value = getattr(block.descriptor, field.name)
        values.append((field.name, _flags(value) if field.name == "flags" else f"{value}u"))
    return CBlock(name, csource.comment(f"{op.name}: {block.note}"), tuple(values))


def _flags(value: int) -> str:
    return " | ".join(f"NPU_{flag.name}" for flag in Flag if flag & value) or "0u"


def _tensors(
    qnetwork: QNetwork, plan: MemoryPlan, names: Mapping[str, str], constants: Mapping[str, str]
) -> tuple[CTensor, ...]:
    """In memory order of the steps; a tensor that is a constant reshaped names its table."""
    roots = dict(constants)
    for op in qnetwork.ops:
        if isinstance(op, ReshapeOp) and op.input in roots:
            roots[op.output] = roots[op.input]
    found = []
    for name, tensor in qnetwork.tensors.items():
        place = plan.places.get(name)
        if place is None and name not in roots:
            raise VerifyError("the tensor has no place in memory", where=name)
        kind = "uint8" if tensor.high > 127 else "int8"
        text = f"{name} {tensor.shape} {kind}"
        if place is not None:
            text += f", bytes {place.offset}..{place.offset + place.size - 1}"
        found.append(
            CTensor(
                names[name],
                csource.comment(text),
                place.offset if place else None,
                roots.get(name, ""),
            )
        )
    return tuple(found)
