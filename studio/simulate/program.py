"""A run of operations made ready for the compiled code, and run on several threads."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError
from studio.quantize.qnetwork import ArrayOp, Int16, QNetwork, QOp, QTensor, ReshapeOp, Shape
from studio.simulate import native_ops
from studio.simulate.native import Code, COp, CProgram, CTensor, Kind, Memory
from studio.simulate.native_array import multiplications

ARENA_BYTES = 384 * 1024  # what a core's second cache holds beside weights
MOST_SAMPLES = 192
THREAD_WORK = 3_000_000  # elementary steps below which another thread does not pay
SLACK = 64  # bytes that the code may read past a window


class Program:
    """Operations of ``qnetwork`` from some tensors to others, in compiled code.

    ``zeros`` has the zero of every tensor that ``ops`` read or give (native_ops). Calling it
    takes arrays int16 (n, W, H, C) for ``inputs`` and gives those of ``outputs``. Samples are
    computed each by itself, so the answer does not depend on the threads.
    """

    def __init__(
        self,
        ops: Sequence[QOp],
        qnetwork: QNetwork,
        inputs: Sequence[str],
        outputs: Sequence[str],
        zeros: Mapping[str, int],
        code: Code,
    ) -> None:
        self.ops, self.inputs, self.outputs = tuple(ops), tuple(inputs), tuple(outputs)
        self._code, self._memory = code, Memory()
        self._tensors = qnetwork.tensors
        self._shapes = [qnetwork.tensors[name].shape for name in outputs]
        self._kept = threading.local()
        plan = _Plan(qnetwork, zeros, self._memory)
        constants = [n for op in ops for n in op.inputs if n in qnetwork.constants]
        for name in dict.fromkeys((*inputs, *constants)):
            plan.tensor(name, qnetwork.tensors[name].shape)
        made = [own for op in ops for own in plan.op(op, code.level)]
        places, self._bytes = _places(made, plan, inputs, outputs)
        for tensor, offset in zip(plan.tensors, places, strict=True):
            tensor.offset = offset
        block = max(1, min(MOST_SAMPLES, ARENA_BYTES // max(1, self._bytes)))
        self._scratch = plan.scratch
        self._work = plan.work + self._bytes
        memory = self._memory
        self._program = CProgram(
            tensors=memory.structures(CTensor, plan.tensors),
            ops=memory.structures(COp, made),
            inputs=memory.ints(plan.numbers[name] for name in inputs),
            outputs=memory.ints(plan.numbers[name] for name in outputs),
            scratch=self._bytes * block + SLACK,
            count=len(made),
            n_inputs=len(inputs),
            n_outputs=len(outputs),
            block=block,
            level=code.level,
        )
        self._address = ctypes.addressof(self._program)

    def parts(self, n: int, threads: int) -> int:
        """On how many threads ``n`` samples run."""
        return max(1, min(threads, n, n * self._work // THREAD_WORK))

    def __call__(
        self, inputs: Sequence[Int16], executor: Executor | None = None, threads: int = 1
    ) -> list[Int16]:
        """All samples; on ``threads`` threads of ``executor`` where it pays.

        Raises DataError where an input leaves its tensor's range.
        """
        n = len(inputs[0])
        given = [np.ascontiguousarray(x, np.int16) for x in inputs]
        made = [np.empty((n, *shape), np.int16) for shape in self._shapes]
        into = _addresses(given)
        out = _addresses(made)
        parts = self.parts(n, threads) if executor is not None else 1
        if parts == 1 or executor is None:
            wrong = self._run(into, out, 0, n)
        else:
            edges = [n * part // parts for part in range(parts + 1)]
            jobs = [
                executor.submit(self._run, into, out, start, stop)
                for start, stop in pairwise(edges[1:])
            ]
            wrong = self._run(into, out, 0, edges[1])
            wrong = max([wrong, *(job.result() for job in jobs)])
        if wrong >= 0:
            name = self.inputs[wrong]
            raise outside(inputs[wrong], self._tensors[name])
        return made

    def _run(self, into: object, out: object, start: int, stop: int) -> int:
        """Some of the samples, in this thread's own memory."""
        arena: int | None = getattr(self._kept, "address", None)
        if arena is None:
            size = self._program.scratch + self._scratch + SLACK
            self._kept.memory = np.zeros(size, np.uint8)
            arena = self._kept.address = int(self._kept.memory.ctypes.data)
        run = self._code.library.run_program
        return int(run(self._address, arena, into, out, start, stop))


def outside(x: Int16, tensor: QTensor) -> DataError:
    """What to raise where integers leave a tensor's range."""
    return DataError(
        f"values {x.min()}..{x.max()} leave the input's range {tensor.low}..{tensor.high}",
        where=tensor.name,
    )


def _addresses(arrays: Sequence[npt.NDArray[Any]]) -> Any:
    return (ctypes.c_void_p * max(1, len(arrays)))(*(x.ctypes.data for x in arrays))


class _Plan:
    """Collects tensors and operations while a program is built."""

    def __init__(self, qnetwork: QNetwork, zeros: Mapping[str, int], memory: Memory) -> None:
        self.tensors: list[CTensor] = []
        self.numbers: dict[str, int] = {}
        self.scratch = self.work = 0
        self._qnetwork, self._zeros, self._memory = qnetwork, zeros, memory
        self.same: dict[int, int] = {}  # reshaped tensors: where their bytes lie

    def tensor(self, name: str, shape: Shape, of: str = "") -> int:
        """Declare a tensor; ``of`` names the one whose range it has, where it is none's own."""
        known = self._qnetwork.tensors[of or name]
        w, h, c = shape
        zero = self._zeros[of or name]
        made = CTensor(
            constant=None, w=w, h=h, c=c, size=w * h * c, zero=zero, low=known.low, high=known.high
        )
        constant = None if of else self._qnetwork.constants.get(name)
        if constant is not None:
            made.constant = self._memory.array((constant + zero).astype(np.uint8), SLACK)
        self.tensors.append(made)
        self.numbers[name] = len(self.tensors) - 1
        return self.numbers[name]

    def op(self, op: QOp, level: int) -> list[COp]:
        """The compiled operations of one; declares what it gives."""
        qnetwork, zeros, memory = self._qnetwork, self._zeros, self._memory
        sources = [self.numbers[name] for name in op.inputs]
        if isinstance(op, ReshapeOp):
            out = self.tensor(op.output, qnetwork.tensors[op.output].shape)
            self.same[out] = self.same.get(sources[0], sources[0])
            self.tensors[out].constant = self.tensors[sources[0]].constant
            return []
        if not isinstance(op, ArrayOp):
            out = self.tensor(op.output, qnetwork.tensors[op.output].shape)
            found = native_ops.numbers(op, qnetwork, zeros)
            data = None if found.data is None else memory.array(found.data, 16)
            return [self._made(found, sources, out, data)]
        shape, made = qnetwork.tensors[op.input].shape, []
        if any(op.pads):
            left, top, right, bottom = op.pads
            shape = (shape[0] + left + right, shape[1] + top + bottom, shape[2])
            padded = self.tensor(f"{op.name} padded", shape, op.input)
            numbers = native_ops.Numbers(Kind.PAD, [left, top])
            made = [self._made(numbers, sources, padded, None)]
            sources = [padded]
        found, address, scratch = native_ops.array_numbers(
            op, shape, qnetwork, zeros[op.input], level, memory
        )
        self.scratch = max(self.scratch, scratch)
        width, height, _ = qnetwork.tensors[op.output].shape
        self.work += multiplications(op, width * height) // 8
        out = self.tensor(op.output, qnetwork.tensors[op.output].shape)
        return [*made, self._made(found, sources, out, address)]

    def _made(
        self, found: native_ops.Numbers, sources: list[int], out: int, data: int | None
    ) -> COp:
        memory = self._memory
        self.work += int(self.tensors[out].size)
        return COp(
            inputs_at=memory.ints(sources),
            data=data,
            more=None if found.more is None else memory.array(found.more, 16),
            ratio=found.ratio,
            kind=int(found.kind),
            inputs=len(sources),
            out=out,
            relu=int(found.relu),
            p=(ctypes.c_int32 * 12)(*found.p),
        )


def _places(
    ops: list[COp], plan: _Plan, inputs: Sequence[str], outputs: Sequence[str]
) -> tuple[list[int], int]:
    """Offsets of the tensors for one sample, first fit by time of life, and bytes in all."""
    count = len(plan.tensors)
    first = [len(ops)] * count
    last = [-1] * count
    for name in inputs:
        first[plan.numbers[name]] = -1
    for index, op in enumerate(ops):
        read = (ctypes.c_int32 * op.inputs).from_address(op.inputs_at)
        for number in (*read, op.out):
            root = plan.same.get(number, number)
            last[root] = max(last[root], index)
        first[op.out] = min(first[op.out], index)
    for name in outputs:
        last[plan.same.get(plan.numbers[name], plan.numbers[name])] = len(ops)
    placed: list[tuple[int, int, int, int]] = []  # offset, end, first, last
    offsets = [0] * count
    for number in sorted(range(count), key=lambda n: first[n]):
        tensor = plan.tensors[number]
        if number in plan.same or tensor.constant:
            continue
        offset = 0
        for start, end, born, died in sorted(placed):
            alive = born <= max(last[number], first[number]) and first[number] <= died
            if alive and start < offset + tensor.size and offset < end:
                offset = end
        offsets[number] = offset
        life = max(last[number], first[number])
        placed.append((offset, offset + tensor.size, first[number], life))
    for number, root in plan.same.items():
        offsets[number] = offsets[root]
    return offsets, max((end for _, end, _, _ in placed), default=0)
