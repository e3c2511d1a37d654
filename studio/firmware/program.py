"""The operations of a QNetwork as C: a function each, and the tables they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.base.errors import VerifyError
from studio.firmware import array_code, checks, csource, locate
from studio.firmware import statements as statements_of
from studio.firmware.array_code import CBlock
from studio.firmware.csource import Table
from studio.firmware.memory_plan import MemoryPlan
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import ArrayOp, PoolOp, QNetwork, QOp, RecurrentOp, ReshapeOp


@dataclass(frozen=True)
class CTensor:
    """A name for a tensor's first byte: a C expression, and a comment that says what lies there."""

    name: str
    comment: str
    pointer: str


@dataclass(frozen=True)
class Call:
    """One operation: a comment that begins with the layer's mark (locate.py) and a function.

    The function runs the ``statements`` and ends with success, or it ends in the statement
    ``result``. ``definition`` are lines before it. Operations of a cell's body stand before the
    cell, which calls them.
    """

    comment: str
    function: str
    statements: tuple[str, ...]
    blocks: tuple[CBlock, ...]
    layer: str
    definition: tuple[str, ...] = ()
    result: str = ""


@dataclass(frozen=True)
class CLayer:
    """One row of network_layers: an operation of the network itself.

    ``inputs`` and ``output`` are tensor names; constants are left out, and none is there twice.
    """

    name: str
    function: str
    inputs: tuple[str, ...]
    output: str


@dataclass(frozen=True)
class Program:
    """All that network.c says. ``resets`` are the statements that zero every state."""

    tensors: tuple[CTensor, ...]
    tables: tuple[Table, ...]
    calls: tuple[Call, ...]
    layers: tuple[CLayer, ...]
    names: Mapping[str, str]  # tensor name -> C identifier
    resets: tuple[str, ...] = ()
    reset_every: int = 0

    @property
    def blocks(self) -> tuple[CBlock, ...]:
        """The descriptors of all calls."""
        return tuple(block for call in self.calls for block in call.blocks)


def program(
    qnetwork: QNetwork, layout: Layout, plan: MemoryPlan, reset_every: int | None = None
) -> Program:
    """Translate a network. Raises VerifyError where an operation is outside its definition.

    ``reset_every`` as in simulate.run: states are zeroed before every so many samples, 0 is
    never; None is never where samples are the steps of a stream, else before every sample.
    """
    writer = _Writer(qnetwork, layout, plan)
    for op in qnetwork.ops:
        writer.operation(op)
    layers = tuple(
        CLayer(op.name, writer.functions[op.name], layer_inputs(op, qnetwork), op.output)
        for op in qnetwork.ops
    )
    every = reset_every
    if every is None:
        every = 0 if qnetwork.streams or not qnetwork.stateful else 1
    return Program(
        _tensors(qnetwork, plan, writer.names, writer.constants),
        tuple(writer.tables),
        tuple(writer.calls),
        layers,
        writer.names,
        tuple(writer.resets),
        every,
    )


def layer_inputs(op: QOp, qnetwork: QNetwork) -> tuple[str, ...]:
    """The tensors an operation reads, in its order: no constants, and none twice."""
    roots = _constants(qnetwork, {name: name for name in qnetwork.constants})
    return tuple(name for name in dict.fromkeys(op.inputs) if name not in roots)


class _Writer:
    """Gathers functions, tables and resets, operation by operation."""

    def __init__(self, qnetwork: QNetwork, layout: Layout, plan: MemoryPlan) -> None:
        self.qnetwork, self.layout, self.plan = qnetwork, layout, plan
        self.names = csource.identifiers("t", qnetwork.tensors)
        walked = [op.name for op in qnetwork.walk()]
        self.functions = csource.identifiers("run", walked, first=1)
        self.prefixes = {name: f"op{number}" for number, name in enumerate(walked, 1)}
        self.tables: list[Table] = []
        self.calls: list[Call] = []
        self.resets: list[str] = []
        self.constants: dict[str, str] = {}
        used = _read(qnetwork)  # compilers complain of tables that are not
        for name, values in qnetwork.constants.items():
            kind = "uint8_t" if qnetwork.tensors[name].high > 127 else "int8_t"
            checks.constant(qnetwork, name)
            self.constants[name] = f"{self.names[name]}_values"
            if name in used:
                table = csource.table(kind, self.constants[name], f"Constant {name}", values)
                self.tables.append(table)

    def operation(self, op: QOp) -> None:
        """One operation, after those of its body."""
        if isinstance(op, RecurrentOp):
            for inner in op.body:
                self.operation(inner)
            self._cell(op)
            return
        checks.operation(op, self.qnetwork)
        if isinstance(op, ArrayOp):
            self._array(op)
            return
        written = statements_of.of(op, self.prefixes[op.name], self.qnetwork, self.names)
        self.tables += written.tables
        self.resets += written.resets
        self._call(op, written.statements)

    def _call(
        self,
        op: QOp,
        statements: tuple[str, ...],
        blocks: tuple[CBlock, ...] = (),
        definition: tuple[str, ...] = (),
        result: str = "",
    ) -> None:
        about = csource.comment(_about(op, self.qnetwork))
        comment = f"layer {locate.mark(op.name)}: {about}"
        function = self.functions[op.name]
        self.calls.append(Call(comment, function, statements, blocks, op.name, definition, result))

    def _array(self, op: ArrayOp) -> None:
        prefix = self.prefixes[op.name]
        if op.name not in self.plan.staging:
            raise VerifyError("the array operation has no place in memory", where=op.name)
        staging = self.plan.staging[op.name]
        code = array_code.of(op, self.qnetwork, self.layout, staging, prefix)
        self.tables += code.tables
        source, target = self.names[op.input], self.names[op.output]
        result = f"return array_run(&{code.variable}, {source}, {target}, fault);"
        self._call(op, (), code.blocks, code.definition, result)

    def _cell(self, op: RecurrentOp) -> None:
        """A loop over the steps; each takes its frame in, runs the body, gives its result out."""
        tensors, names = self.qnetwork.tensors, self.names
        width, _, taken = tensors[op.input].shape
        given = tensors[op.output].shape[2]
        zero = [_zero(names[state.tensor], tensors[state.tensor].size) for state in op.states]
        self.resets += zero
        at = f"{width - 1}u - step" if op.reverse else "step"
        lines = [f"for (uint32_t step = 0u; step < {width}u; step++) {{"]
        if op.reset_every:
            count = f"{self.prefixes[op.name]}_steps"
            about = f"{op.name}: steps since its states were zeroed"
            self.tables.append(csource.memory("uint32_t", count, about, 1))
            self.resets.append(f"{count}[0] = 0u;")
            lines += [
                f"    if ({count}[0] == 0u) {{",
                *(f"        {text}" for text in zero),
                "    }",
            ]
            lines.append(f"    {count}[0] = ({count}[0] + 1u) % {op.reset_every}u;")
        begin = f"{names[op.input]} + ({at}) * {taken}u"
        lines.append(f"    memcpy({names[op.step_input]}, {begin}, {taken}u);")
        for inner in op.body:
            lines += [
                f"    if (!{self.functions[inner.name]}(fault)) {{",
                "        return 0;",
                "    }",
            ]
        end = f"{names[op.output]} + ({at}) * {given}u"
        lines.append(f"    memcpy({end}, {names[op.result]}, {given}u);")
        lines += [f"    {line}" for line in self._advance(op)]
        self._call(op, (*lines, "}"))

    def _advance(self, op: RecurrentOp) -> list[str]:
        """Statements by which each state becomes its next, all at once."""
        tensors, places = self.qnetwork.tensors, self.plan.places
        moves = [
            (state.tensor, state.next, tensors[state.tensor].size)
            for state in op.states
            if places.get(state.next) != places[state.tensor]
        ]
        states = {state.tensor for state in op.states}
        if not any(places.get(source) == places[s] for _, source, _ in moves for s in states):
            return [_copy(self.names[to], self.names[source], size) for to, source, size in moves]
        # A state becomes another's old value: all are read before one is written.
        scratch = f"{self.prefixes[op.name]}_next"
        total = sum(size for _, _, size in moves)
        self.tables.append(csource.memory("uint8_t", scratch, f"{op.name}: next states", total))
        reads, writes, offset = [], [], 0
        for to, source, size in moves:
            reads.append(_copy(f"{scratch} + {offset}u", self.names[source], size))
            writes.append(_copy(self.names[to], f"{scratch} + {offset}u", size))
            offset += size
        return [*reads, *writes]


def _copy(to: str, source: str, size: int) -> str:
    return f"memcpy({to}, {source}, {size}u);"


def _zero(to: str, size: int) -> str:
    return f"memset({to}, 0, {size}u);"


def _about(op: QOp, qnetwork: QNetwork) -> str:
    """``a (8, 8, 1) -> b (8, 8, 16), window 3 x 3``."""
    sources = ", ".join(f"{name} {qnetwork.tensors[name].shape}" for name in op.inputs)
    text = f"{type(op).__name__} {sources} -> {op.output} {qnetwork.tensors[op.output].shape}"
    if isinstance(op, ArrayOp | PoolOp) and op.kernel != (1, 1):
        text += (
            f", window {op.kernel[0]} x {op.kernel[1]}, stride {op.strides[0]} x {op.strides[1]}"
        )
    return text + (", relu" if getattr(op, "relu", False) else "")


def _read(qnetwork: QNetwork) -> set[str]:
    """The constants that the C reads, whatever their shape is then."""
    roots = _constants(qnetwork, {name: name for name in qnetwork.constants})
    read = {*qnetwork.outputs}
    for op in qnetwork.ops:
        read |= {*op.inputs, op.output}  # what network_layers says
    for op in qnetwork.walk():
        if isinstance(op, RecurrentOp):
            read |= {op.result, *(state.next for state in op.states)}
        elif not isinstance(op, ReshapeOp):
            read |= {*op.inputs}
    return {roots[name] for name in read if name in roots}


def _constants(qnetwork: QNetwork, names: Mapping[str, str]) -> dict[str, str]:
    """``names`` of the constants, and of what is a constant reshaped."""
    roots = dict(names)
    for op in qnetwork.walk():
        if isinstance(op, ReshapeOp) and op.input in roots:
            roots[op.output] = roots[op.input]
    return roots


def _tensors(
    qnetwork: QNetwork, plan: MemoryPlan, names: Mapping[str, str], constants: Mapping[str, str]
) -> tuple[CTensor, ...]:
    """All tensors; one that is a constant reshaped names its table."""
    roots = _constants(qnetwork, constants)
    found = []
    for name, tensor in qnetwork.tensors.items():
        place = plan.places.get(name)
        text = f"{name} {tensor.shape} {'uint8' if tensor.high > 127 else 'int8'}"
        if place is not None:
            macro = "SRAM" if place.memory == "sram" else "RAM"
            pointer = f"{macro}({place.offset}u)"
            text += f", bytes {place.offset}..{place.offset + place.size - 1}"
        elif name in roots:
            pointer = f"((uint8_t *)(uintptr_t){roots[name]})"
            text += ", constant"
        else:
            raise VerifyError("the tensor has no place in memory", where=name)
        found.append(CTensor(names[name], csource.comment(text), pointer))
    return tuple(found)
