"""The steps a network takes, and how long each tensor's bytes are needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    BlendOp,
    LutOp,
    MacOp,
    MulOp,
    NormOp,
    QNetwork,
    QOp,
    RecurrentOp,
    ReshapeOp,
    SoftmaxOp,
    SumLutOp,
)

# Their kernels may write over an input of the same size.
IN_PLACE = AddOp | MulOp | AffineOp | LutOp | SumLutOp | MacOp | BlendOp | SoftmaxOp | NormOp


@dataclass(frozen=True)
class Step:
    """One step: an operation; of a cell its "begin" and "end" around the steps of its body.

    A cell's "begin" takes the next frame into the body, "end" gives its result out and moves the
    states on. ``layer`` is the number of the network's operation, ``rounds`` how often the step
    runs a sample.
    """

    op: QOp
    kind: Literal["run", "begin", "end"]
    layer: int
    rounds: int
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Buffer:
    """Bytes that one tensor, or several in turn, lie in: from step ``first`` to step ``last``.

    ``name`` is the first tensor's. Graph inputs are written in step -1, graph outputs read in the
    step after the last.
    """

    name: str
    size: int
    first: int
    last: int

    def meets(self, other: Buffer) -> bool:
        """Whether both are needed at some time."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class Lifetimes:
    """``roots``: the name of the buffer (or constant) whose bytes are a tensor's, by tensor."""

    steps: tuple[Step, ...]
    buffers: Mapping[str, Buffer]
    roots: Mapping[str, str]


def steps(qnetwork: QNetwork) -> tuple[Step, ...]:
    """All steps in order; a body stands there once, between its begin and its end."""
    found: list[Step] = []
    for number, op in enumerate(qnetwork.ops):
        if not isinstance(op, RecurrentOp):
            found.append(Step(op, "run", number, 1, op.inputs))
            continue
        rounds = qnetwork.tensors[op.input].shape[0]
        found.append(Step(op, "begin", number, rounds, (op.input,)))
        found += [Step(inner, "run", number, rounds, inner.inputs) for inner in op.body]
        # The whole input is needed until the last round.
        ends = (op.input, op.result, *(state.next for state in op.states))
        found.append(Step(op, "end", number, rounds, ends))
    return tuple(found)


def lifetimes(qnetwork: QNetwork) -> Lifetimes:
    """Buffers and their lives: tensors share bytes where that needs no thought of places.

    A reshaped tensor is the same bytes. Operations that can write over an input that dies there
    do. A cell's state takes over the body's tensor it becomes, where its old
    value is no longer needed when that is written. States live always.
    """
    return _Lives(qnetwork).all()


class _Lives:
    """Gathers buffers step by step."""

    def __init__(self, qnetwork: QNetwork) -> None:
        self.qnetwork = qnetwork
        self.steps = steps(qnetwork)
        self.end = len(self.steps)
        self.uses = self._last_uses()
        self.roots = {name: name for name in (*qnetwork.constants, *qnetwork.inputs)}
        self.first = dict.fromkeys(qnetwork.inputs, -1)
        self.last = {name: self.uses.get(name, -1) for name in qnetwork.inputs}
        self.next_of: dict[str, str] = {}  # body tensor -> the state it becomes

    def all(self) -> Lifetimes:
        for op in self.qnetwork.ops:
            if isinstance(op, RecurrentOp):
                for state in op.states:
                    self._born(state.tensor, -1, self.end)
                    self.next_of.setdefault(state.next, state.tensor)
        for index, step in enumerate(self.steps):
            match step.op, step.kind:
                case RecurrentOp() as op, "begin":
                    # Every round writes a part of the output, so it is there from the first.
                    self._born(op.step_input, index, self.uses.get(op.step_input, index))
                    stop = index + len(op.body) + 1
                    self._born(op.output, index, max(stop, self.uses.get(op.output, stop)))
                case op, "run":
                    self._run(op, index)
        tensors = self.qnetwork.tensors
        buffers = {
            name: Buffer(name, tensors[name].size, first, self.last[name])
            for name, first in self.first.items()
        }
        return Lifetimes(self.steps, buffers, self.roots)

    def _born(self, name: str, first: int, last: int) -> None:
        self.roots[name], self.first[name], self.last[name] = name, first, last

    def _run(self, op: QOp, index: int) -> None:
        last = self.uses.get(op.output, index)
        heir = self._overwritten(op, index)
        if heir is None:
            self._born(op.output, index, last)
            return
        root = self.roots[heir]
        self.roots[op.output] = root
        if root not in self.qnetwork.constants:
            self.last[root] = max(self.last[root], last)

    def _last_uses(self) -> dict[str, int]:
        """The last step that reads each tensor; a reshaped tensor lives as long as its readers."""
        uses = {name: index for index, step in enumerate(self.steps) for name in step.reads}
        uses |= dict.fromkeys(self.qnetwork.outputs, self.end)
        for step in reversed(self.steps):
            if isinstance(step.op, ReshapeOp):
                source, target = step.op.input, step.op.output
                uses[source] = max(uses[source], uses.get(target, -1))
        return uses

    def _overwritten(self, op: QOp, index: int) -> str | None:
        """The tensor whose bytes the operation's output takes over; None for bytes of its own."""
        if isinstance(op, ReshapeOp):
            return op.input
        tensors = self.qnetwork.tensors
        size = tensors[op.output].size
        state = self.next_of.get(op.output)
        if state is not None:
            needed = self.uses.get(state, -1)
            if needed < index or (needed == index and isinstance(op, IN_PLACE)):
                return state
        if not isinstance(op, IN_PLACE):
            return None
        for name in op.inputs:
            root = self.roots[name]
            dies = root not in self.qnetwork.constants and self.last[root] == index
            if dies and tensors[name].size == size:
                return name
        return None
