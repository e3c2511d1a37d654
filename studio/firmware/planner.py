"""Where every activation lies in the NPU's SRAM, and how long it must stay there."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.base.errors import FitError
from studio.chip.chip import Chip
from studio.quantize.qnetwork import AddOp, AffineOp, LutOp, MulOp, QNetwork, QOp, ReshapeOp

WORD = 4
SHUFFLES = 200
SEED = 1


@dataclass(frozen=True)
class Place:
    """Bytes ``offset`` .. ``offset + size`` of the SRAM, taken from step ``first`` to ``last``.

    Step i is operation i of the network; graph inputs are written in step -1 and graph outputs
    are read in the step after the last operation.
    """

    offset: int
    size: int
    first: int
    last: int


@dataclass(frozen=True)
class MemoryPlan:
    """The place of every activation by tensor name; tensors that share bytes share a place.

    Constants are not in it: the CPU reads them from code memory. ``high_water`` is the number of
    bytes used, of ``limit``.
    """

    places: Mapping[str, Place]
    high_water: int
    limit: int


@dataclass(frozen=True)
class _Buffer:
    """A place in the making: tensors that share bytes, the first to be written by name."""

    name: str
    size: int
    first: int
    last: int

    def meets(self, other: _Buffer) -> bool:
        return self.first <= other.last and other.first <= self.last


def plan(qnetwork: QNetwork, chip: Chip) -> MemoryPlan:
    """Place all activations, or raise FitError naming the operation that needs too much.

    Operations that work element by element on the CPU write over an input that dies there.
    """
    buffers, roots = _buffers(qnetwork)
    limit = chip.npu.sram_size
    _check_worst_step(qnetwork, buffers, roots, limit)
    offsets = _search(list(buffers.values()), limit)
    if offsets is None:
        raise _too_scattered(qnetwork, buffers, roots, limit)
    places = {
        name: Place(offsets[root], *_measures(buffers[root]))
        for name, root in roots.items()
        if root in buffers
    }
    high_water = max((place.offset + place.size for place in places.values()), default=0)
    return MemoryPlan(places, high_water, limit)


def _measures(buffer: _Buffer) -> tuple[int, int, int]:
    return buffer.size, buffer.first, buffer.last


def _buffers(qnetwork: QNetwork) -> tuple[dict[str, _Buffer], dict[str, str]]:
    """Buffers by name of their first tensor, and that name for every tensor."""
    uses = _last_uses(qnetwork)
    roots = {name: name for name in (*qnetwork.inputs, *qnetwork.constants)}
    first = dict.fromkeys(qnetwork.inputs, -1)
    last = {name: uses.get(name, -1) for name in qnetwork.inputs}
    for step, op in enumerate(qnetwork.ops):
        heir = _overwritten(op, step, qnetwork, roots, last)
        root = op.output if heir is None else roots[heir]
        roots[op.output] = root
        if root in qnetwork.constants:
            continue
        first.setdefault(root, step)
        last[root] = max(last.get(root, step), uses.get(op.output, step))
    return {
        name: _Buffer(name, qnetwork.tensors[name].size, first[name], last[name]) for name in first
    }, roots


def _last_uses(qnetwork: QNetwork) -> dict[str, int]:
    """The last step that reads each tensor; a reshaped tensor lives as long as its readers."""
    uses = {name: step for step, op in enumerate(qnetwork.ops) for name in op.inputs}
    uses |= dict.fromkeys(qnetwork.outputs, len(qnetwork.ops))
    for op in reversed(qnetwork.ops):
        if isinstance(op, ReshapeOp):
            uses[op.input] = max(uses[op.input], uses.get(op.output, -1))
    return uses


def _overwritten(
    op: QOp, step: int, qnetwork: QNetwork, roots: Mapping[str, str], last: Mapping[str, int]
) -> str | None:
    """The input whose bytes the operation's output takes over; None for bytes of its own."""
    if isinstance(op, ReshapeOp):
        return op.input
    if not isinstance(op, AddOp | MulOp | AffineOp | LutOp):
        return None
    size = qnetwork.tensors[op.output].size
    for name in op.inputs:
        root = roots[name]
        dies = root not in qnetwork.constants and last[root] == step
        if dies and qnetwork.tensors[name].size == size:
            return name
    return None


def _search(buffers: list[_Buffer], limit: int) -> dict[str, int] | None:
    """Offsets by buffer name from the first order that fits: word-aligned if possible.

    Largest first is the usual good greedy order (it is what TFLite's planner does); the others
    rescue the odd network on which it leaves a hole.
    """
    orders = [
        sorted(buffers, key=lambda b: (-b.size, b.first)),
        sorted(buffers, key=lambda b: (b.first - b.last, -b.size)),
        sorted(buffers, key=lambda b: (b.first, -b.size)),
        sorted(buffers, key=lambda b: (b.last, -b.size)),
    ]
    shuffled = random.Random(SEED)
    for _ in range(SHUFFLES):
        orders.append(shuffled.sample(buffers, len(buffers)))
    for alignment in (WORD, 1):
        for order in orders:
            offsets = _greedy(order, limit, alignment)
            if offsets is not None:
                return offsets
    return None


def _greedy(order: Iterable[_Buffer], limit: int, alignment: int) -> dict[str, int] | None:
    """Each buffer at the lowest offset free during its life; None when one does not fit."""
    placed: list[tuple[int, _Buffer]] = []
    for buffer in order:
        offset = 0
        for start, other in sorted(placed, key=lambda item: item[0]):
            if not buffer.meets(other):
                continue
            if offset + buffer.size <= start:
                break
            offset = max(offset, -(-(start + other.size) // alignment) * alignment)
        if offset + buffer.size > limit:
            return None
        placed.append((offset, buffer))
    return {buffer.name: offset for offset, buffer in placed}


def _alive(buffers: Mapping[str, _Buffer], step: int) -> list[_Buffer]:
    return [buffer for buffer in buffers.values() if buffer.first <= step <= buffer.last]


def _worst_step(qnetwork: QNetwork, buffers: Mapping[str, _Buffer]) -> int:
    steps = range(-1, len(qnetwork.ops) + 1)
    return max(steps, key=lambda step: sum(buffer.size for buffer in _alive(buffers, step)))


def _check_worst_step(
    qnetwork: QNetwork, buffers: Mapping[str, _Buffer], roots: Mapping[str, str], limit: int
) -> None:
    step = _worst_step(qnetwork, buffers)
    alive = _alive(buffers, step)
    total = sum(buffer.size for buffer in alive)
    if total > limit:
        what, where = _describe(qnetwork, step)
        raise FitError(
            f"Layer inputs and outputs must fit in the {limit} bytes of NPU memory: "
            f"{what} {_sum(qnetwork, alive, roots, step)} = {total} bytes",
            hint="Use smaller feature maps: larger strides, pooling earlier, fewer channels, "
            "a smaller input, or fewer branches held at the same time.",
            where=where,
        )


def _describe(qnetwork: QNetwork, step: int) -> tuple[str, str]:
    if 0 <= step < len(qnetwork.ops):
        return f"operation {qnetwork.ops[step].name} needs", qnetwork.ops[step].name
    return ("the inputs need" if step < 0 else "the outputs need"), qnetwork.name


def _sum(qnetwork: QNetwork, alive: list[_Buffer], roots: Mapping[str, str], step: int) -> str:
    """``a (28 x 28 x 1: 784 bytes) + b (…, kept for a later operation)``."""
    inside = 0 <= step < len(qnetwork.ops)
    op = qnetwork.ops[step] if inside else None
    touched = {roots[name] for name in (*op.inputs, op.output)} if op is not None else set()
    parts = []
    for buffer in alive:
        width, height, channels = qnetwork.tensors[buffer.name].shape
        kept = op is not None and buffer.name not in touched
        note = ", kept for a later operation" if kept else ""
        parts.append(f"{buffer.name} ({width} x {height} x {channels}: {buffer.size} bytes{note})")
    return " + ".join(parts)


def _too_scattered(
    qnetwork: QNetwork, buffers: Mapping[str, _Buffer], roots: Mapping[str, str], limit: int
) -> FitError:
    step = _worst_step(qnetwork, buffers)
    alive = _alive(buffers, step)
    what, where = _describe(qnetwork, step)
    return FitError(
        f"Layer inputs and outputs must fit in the {limit} bytes of NPU memory, each in one "
        f"piece: {what} {_sum(qnetwork, alive, roots, step)} = {sum(b.size for b in alive)} bytes, "
        f"and no arrangement of the network's {len(buffers)} tensors was found",
        hint="Use slightly smaller feature maps, or fewer branches held at the same time.",
        where=where,
    )
