"""Offsets for buffers in one memory: those that are needed at the same time lie apart."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from studio.firmware import slides
from studio.firmware.schedule import Buffer

Leads = Mapping[tuple[str, str], int]
NONE: Leads = MappingProxyType({})

WORD = 4
SHUFFLES = 200
SEED = 1
_LARGE = 40  # buffers, from which on fewer random orders are tried


@dataclass(frozen=True)
class Placed:
    """A buffer and its offset."""

    offset: int
    buffer: Buffer

    @property
    def stop(self) -> int:
        """The first byte behind it."""
        return self.offset + self.buffer.size


def aligned(offset: int, alignment: int = WORD) -> int:
    """The next multiple of ``alignment``."""
    return -(-offset // alignment) * alignment


def search(
    buffers: Sequence[Buffer],
    limit: int,
    alignments: tuple[int, ...] = (WORD, 1),
    leads: Leads = NONE,
) -> dict[str, int] | None:
    """Offsets by buffer name from the first order that fits; None where none does.

    ``leads``: by the names of an input and an output, how many bytes before the input the output
    may begin and reach into it (slides.py).

    Largest first is the usual good greedy order (it is what TFLite's planner does); the others
    rescue the odd network on which it leaves a hole.
    """
    if most(buffers, leads) > limit:
        return None
    orders = [
        sorted(buffers, key=lambda b: (-b.size, b.first)),
        sorted(buffers, key=lambda b: (b.first - b.last, -b.size)),
        sorted(buffers, key=lambda b: (b.first, -b.size)),
        sorted(buffers, key=lambda b: (b.last, -b.size)),
    ]
    shuffled = random.Random(SEED)
    tries = SHUFFLES if len(buffers) <= _LARGE else SHUFFLES * _LARGE // len(buffers)
    for _ in range(tries):
        orders.append(shuffled.sample(buffers, len(buffers)))
    for alignment in alignments:
        for order in orders:
            offsets = _greedy(order, limit, alignment, leads)
            if offsets is not None:
                return offsets
    return None


def most(buffers: Sequence[Buffer], leads: Leads = NONE) -> int:
    """The most bytes that are needed at the same time: no memory can be smaller."""
    changes: dict[int, int] = {}

    def add(first: int, last: int, size: int) -> None:
        changes[first] = changes.get(first, 0) + size
        changes[last + 1] = changes.get(last + 1, 0) - size

    named = {buffer.name: buffer for buffer in buffers}
    for buffer in buffers:
        add(buffer.first, buffer.last, buffer.size)
    for (source, target), lead in leads.items():
        if source in named and target in named:
            step = named[source].last
            add(step, step, -slides.saved(named[source].size, named[target].size, lead))
    largest = now = 0
    for step in sorted(changes):
        now += changes[step]
        largest = max(largest, now)
    return largest


def gaps(placed: Iterable[Placed], first: int, last: int, limit: int) -> list[tuple[int, int]]:
    """Free bytes, (start, stop), of a memory through the steps ``first`` to ``last``."""
    found, start = [], 0
    for item in sorted(placed, key=lambda item: item.offset):
        if item.buffer.first > last or item.buffer.last < first:
            continue
        if item.offset > start:
            found.append((start, item.offset))
        start = max(start, item.stop)
    if start < limit:
        found.append((start, limit))
    return found


def arrange(free: list[tuple[int, int]], sizes: Mapping[str, int]) -> dict[str, int] | None:
    """Word-aligned offsets for areas used at the same time, largest first; None if they don't fit.

    Each goes into the smallest gap that holds it.
    """
    left = [(aligned(start), stop) for start, stop in free]
    offsets: dict[str, int] = {}
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        fitting = [gap for gap in left if gap[1] - gap[0] >= size]
        if not fitting:
            return None
        start, stop = min(fitting, key=lambda gap: gap[1] - gap[0])
        left.remove((start, stop))
        left.append((aligned(start + size), stop))
        offsets[name] = start
    return offsets


def _greedy(
    order: Iterable[Buffer], limit: int, alignment: int, leads: Leads
) -> dict[str, int] | None:
    """Each buffer at the lowest offset free during its life; None when one does not fit."""
    placed: list[Placed] = []
    for buffer in order:
        offset = lowest(placed, buffer, limit, alignment, leads)
        if offset is None:
            return None
        placed.append(Placed(offset, buffer))
    return {item.buffer.name: item.offset for item in placed}


def lowest(
    placed: Iterable[Placed],
    buffer: Buffer,
    limit: int,
    alignment: int = WORD,
    leads: Leads = NONE,
) -> int | None:
    """The lowest offset free during the buffer's life; None where there is none."""
    # Between these offsets the buffer would meet another.
    taken = sorted(_taken(item, buffer, leads) for item in placed if buffer.meets(item.buffer))
    offset = 0
    for after, stop in taken:
        if after < offset < stop:
            offset = aligned(stop, alignment)
        elif offset <= after:
            break
    return offset if offset + buffer.size <= limit else None


def _taken(item: Placed, buffer: Buffer, leads: Leads) -> tuple[int, int]:
    """The offsets, without the ends, at which ``buffer`` would meet what is placed."""
    as_output = leads.get((item.buffer.name, buffer.name))
    if as_output is not None:
        return item.offset - min(as_output, buffer.size), item.stop
    as_input = leads.get((buffer.name, item.buffer.name))
    if as_input is not None:
        return item.offset - buffer.size, min(item.offset + as_input, item.stop)
    return item.offset - buffer.size, item.stop
