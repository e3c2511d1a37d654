"""A network made ready to run many times: compiled where that can be, numpy for the rest."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from studio.quantize.qnetwork import ArrayOp, HistoryOp, Int16, QNetwork, QOp, RecurrentOp
from studio.simulate import kernels, native
from studio.simulate.evaluate import Observer, Product, apply
from studio.simulate.native_ops import zero_after, zero_of
from studio.simulate.program import Program
from studio.simulate.states import all_steps, history, initial

MOST_THREADS = 8
MOST_SAMPLES = 4096
BATCH_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Piece:
    """A run of operations in compiled code, or one operation by itself.

    ``body`` are a recurrent operation's own pieces. ``dropped`` names tensors nobody reads later.
    """

    program: Program | None
    op: QOp | None
    body: tuple[Piece, ...]
    dropped: tuple[str, ...]


class Prepared:
    """``qnetwork`` ready to run; ``prepare`` makes it.

    ``evaluate`` may be called from several threads.
    """

    def __init__(
        self,
        qnetwork: QNetwork,
        array: Product | None = None,
        threads: int | None = None,
        compiled: bool = True,
    ) -> None:
        self.qnetwork = qnetwork
        self.array = array or kernels.array
        self.threads = threads or default_threads()
        self._code = native.code() if compiled else None
        self._by_array = array is not None
        self._zeros = self._find_zeros()

    @cached_property
    def _plain(self) -> tuple[Piece, ...]:
        return self._pieces(self.qnetwork.ops, set(self.qnetwork.outputs), False)

    @cached_property
    def _observed(self) -> tuple[Piece, ...]:
        """Pieces that show what every array operation gives."""
        return self._pieces(self.qnetwork.ops, set(self.qnetwork.outputs), True)

    @cached_property
    def watched(self) -> frozenset[str]:
        """Inputs that compiled code reads first, and refuses where they leave their range."""
        readers = {name: piece for piece in reversed(self._plain) for name in _read(piece)}
        return frozenset(n for n in self.qnetwork.inputs if n in readers and readers[n].program)

    @cached_property
    def batch_size(self) -> int:
        """Samples a batch so that nothing takes more than about BATCH_BYTES at once."""
        tensors, widest = self.qnetwork.tensors, 1
        for op in self.qnetwork.walk():
            size = 16 * sum(tensors[name].size for name in (*op.inputs, op.output))
            if isinstance(op, ArrayOp) and id(op) not in self._compiled:
                w, h, _ = tensors[op.output].shape
                size = 4 * w * h * op.matrices[0].inputs * len(op.matrices)
            widest = max(widest, 0 if id(op) in self._compiled else size)
        crossing = sum(
            16 * tensors[n].size for n in (*self.qnetwork.inputs, *self.qnetwork.outputs)
        )
        return max(1, min(MOST_SAMPLES, BATCH_BYTES // max(widest, crossing)))

    @cached_property
    def _executor(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max(1, self.threads - 1), "simulate")

    def evaluate(
        self,
        inputs: Sequence[Int16],
        states: dict[str, Int16] | None = None,
        observer: Observer | None = None,
    ) -> dict[str, Int16]:
        """As ``evaluate.evaluate``: the network's outputs and what else is left at the end."""
        if states is None:
            states = initial(self.qnetwork, len(inputs[0]))
        values = dict(zip(self.qnetwork.inputs, inputs, strict=True))
        for name, constant in self.qnetwork.constants.items():
            values[name] = constant[np.newaxis]
        self._run(self._observed if observer else self._plain, values, states, observer)
        return values

    def _run(
        self,
        pieces: Sequence[Piece],
        values: dict[str, Int16],
        states: dict[str, Int16],
        observer: Observer | None,
    ) -> None:
        for piece in pieces:
            op = piece.op
            if piece.program is not None:
                values.update(self._call(piece.program, values))
            elif isinstance(op, HistoryOp):
                values[op.output] = history(values[op.input], op, states)
            elif isinstance(op, RecurrentOp):
                values[op.output] = self._recurrent(op, piece, values[op.input], states, observer)
            elif op is not None:
                given = [values[name] for name in op.inputs]
                values[op.output] = apply(op, given, self.qnetwork, self.array)
            if observer is not None:
                ops = piece.program.ops if piece.program is not None else (op,)
                for own in ops:
                    if isinstance(own, ArrayOp | RecurrentOp):
                        observer(own, values[own.output])
            for name in piece.dropped:
                values.pop(name, None)

    def _call(self, program: Program, values: Mapping[str, Int16]) -> dict[str, Int16]:
        given = [values[name] for name in program.inputs]
        n = max(map(len, given))
        given = [x if len(x) == n else np.broadcast_to(x, (n, *x.shape[1:])) for x in given]
        executor = self._executor if program.parts(n, self.threads) > 1 else None
        return dict(zip(program.outputs, program(given, executor, self.threads), strict=True))

    def _recurrent(
        self,
        op: RecurrentOp,
        piece: Piece,
        x: Int16,
        states: dict[str, Int16],
        observer: Observer | None,
    ) -> Int16:
        def step(known: dict[str, Int16], see: Observer | None) -> None:
            self._run(piece.body, known, states, see)

        known = {name: x[np.newaxis] for name, x in self.qnetwork.constants.items()}
        return all_steps(x, op, states, step, observer, known)

    def _find_zeros(self) -> dict[str, int]:
        """The zero of every tensor's stored bytes; the operations not compiled are left out."""
        qnetwork = self.qnetwork
        zeros = {name: zero_of(tensor) for name, tensor in qnetwork.tensors.items()}
        self._compiled: set[int] = set()
        for op in qnetwork.walk() if self._code is not None else ():
            if isinstance(op, ArrayOp) and self._by_array:
                continue
            if all(name in qnetwork.constants for name in op.inputs):
                continue
            zero = zero_after(op, qnetwork, zeros)
            if zero is not None:
                zeros[op.output] = zero
                self._compiled.add(id(op))
        return zeros

    def _pieces(self, ops: Sequence[QOp], kept: set[str], observed: bool) -> tuple[Piece, ...]:
        """Operations in order, cut into programs and single ones."""
        groups: list[list[QOp]] = []
        for op in ops:
            compiled = id(op) in self._compiled
            if compiled and groups and id(groups[-1][0]) in self._compiled:
                groups[-1].append(op)
            else:
                groups.append([op])
        pieces = []
        for index, group in enumerate(groups):
            later = {name for own in groups[index + 1 :] for op in own for name in op.inputs} | kept
            read = {name for op in group for name in op.inputs}
            pieces.append(self._piece(group, later, observed, tuple(sorted(read - later))))
        return tuple(pieces)

    def _piece(
        self, group: list[QOp], later: set[str], observed: bool, dropped: tuple[str, ...]
    ) -> Piece:
        op = group[0]
        if id(op) not in self._compiled or self._code is None:
            body: tuple[Piece, ...] = ()
            if isinstance(op, RecurrentOp):
                kept = {op.result, *(state.next for state in op.states)}
                body = self._pieces(op.body, kept, observed)
            return Piece(None, op, body, dropped)
        made = [own.output for own in group]
        known = self.qnetwork.constants
        given = {name for own in group for name in own.inputs if name not in known} - set(made)
        shown = {own.output for own in group if observed and isinstance(own, ArrayOp)}
        outputs = [name for name in made if name in later | shown]
        program = Program(group, self.qnetwork, sorted(given), outputs, self._zeros, self._code)
        return Piece(program, None, (), tuple({*dropped, *(shown - later)}))


def default_threads() -> int:
    """As many as processors, or as processes of a pool are told (base/threads.py)."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(int(told) if told.isdecimal() and int(told) else os.cpu_count() or 1, MOST_THREADS)


def _read(piece: Piece) -> tuple[str, ...]:
    """Tensors a piece reads."""
    if piece.program is not None:
        return piece.program.inputs
    return piece.op.inputs if piece.op is not None else ()


def prepare(
    qnetwork: QNetwork,
    array: Product | None = None,
    threads: int | None = None,
    compiled: bool = True,
) -> Prepared:
    """Make a network ready to run; keep the result where it runs again.

    ``array`` computes the array operations where given. ``threads``: by default one a processor,
    or OMP_NUM_THREADS, at most MOST_THREADS. ``compiled`` False uses numpy alone.
    """
    return Prepared(qnetwork, array, threads, compiled)
