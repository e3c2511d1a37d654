"""How many steps a graph of blocks needs on arrays that work at once.

The model: every array runs at most one of its blocks a step, arrays run at the same time, and
a block runs in a step after the steps of all its predecessors. ``steps`` is list scheduling by
critical path (Hu 1961; Graham 1969): in every step each array runs, of its blocks that are
ready, the one with the longest chain of successors, the first in the network of equals. It is
deterministic and never idles an array that could work, but not always the shortest schedule.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Graph:
    """A graph of blocks without cycles; blocks are known by their position, from 0.

    ``heads`` is the number of blocks on the longest chain that ends just before a block,
    ``tails`` on the longest one that starts with it: head + tail of any block is at most the
    critical path.
    """

    predecessors: tuple[tuple[int, ...], ...]
    successors: tuple[tuple[int, ...], ...]
    heads: tuple[int, ...]
    tails: tuple[int, ...]

    @property
    def critical_path(self) -> int:
        """Blocks on the longest chain."""
        return max(self.tails, default=0)


def graph(predecessors: Sequence[Sequence[int]]) -> Graph:
    """The graph of blocks with these predecessors. Raises ValueError where there is a cycle."""
    order, successors = _order(predecessors)
    if len(order) < len(predecessors):
        raise ValueError("the graph has a cycle")
    heads, tails = [0] * len(order), [1] * len(order)
    for block in order:
        heads[block] = max((heads[own] + 1 for own in predecessors[block]), default=0)
    for block in reversed(order):
        tails[block] = 1 + max((tails[own] for own in successors[block]), default=0)
    return Graph(
        predecessors=tuple(tuple(own) for own in predecessors),
        successors=tuple(tuple(own) for own in successors),
        heads=tuple(heads),
        tails=tuple(tails),
    )


def cycle(predecessors: Sequence[Sequence[int]]) -> list[int]:
    """The blocks of one cycle, each before the one that needs it, the lowest first; or none."""
    done = set(_order(predecessors)[0])
    left = [block for block in range(len(predecessors)) if block not in done]
    if not left:
        return []
    # What is left has a predecessor that is left, so walking back must come round.
    walk: dict[int, int] = {}
    block = left[0]
    while block not in walk:
        walk[block] = len(walk)
        block = next(own for own in predecessors[block] if own not in done)
    ring = [own for own, at in walk.items() if at >= walk[block]][::-1]
    first = ring.index(min(ring))
    return ring[first:] + ring[:first]


def _order(predecessors: Sequence[Sequence[int]]) -> tuple[list[int], list[list[int]]]:
    """Blocks in an order that respects the graph, without those behind a cycle; successors."""
    successors: list[list[int]] = [[] for _ in predecessors]
    for block, own in enumerate(predecessors):
        for before in own:
            successors[before].append(block)
    waiting = [len(own) for own in predecessors]
    order = [block for block, count in enumerate(waiting) if count == 0]
    for block in order:  # grows while it is walked
        for after in successors[block]:
            waiting[after] -= 1
            if waiting[after] == 0:
                order.append(after)
    return order, successors


def steps(own: Graph, arrays: Sequence[int]) -> list[int]:
    """The step, from 0, in which each block runs when block i lies in array ``arrays[i]``."""
    ready: dict[int, list[tuple[int, int]]] = {array: [] for array in arrays}
    waiting = [len(before) for before in own.predecessors]
    for block, count in enumerate(waiting):
        if count == 0:
            heapq.heappush(ready[arrays[block]], (-own.tails[block], block))
    found = [0] * len(arrays)
    step = done = 0
    while done < len(arrays):
        running = [heapq.heappop(heap)[1] for heap in ready.values() if heap]
        for block in running:
            found[block] = step
            for after in own.successors[block]:
                waiting[after] -= 1
                if waiting[after] == 0:
                    heapq.heappush(ready[arrays[after]], (-own.tails[after], after))
        done += len(running)
        step += 1
    return found


def count(found: Sequence[int]) -> int:
    """Steps a schedule takes."""
    return max(found, default=-1) + 1


def least(own: Graph, arrays: Sequence[int]) -> int:
    """No schedule of this placement is shorter: the critical path, the fullest array's blocks."""
    return max(own.critical_path, max(Counter(arrays).values(), default=0))


def least_anywhere(own: Graph, arrays: int) -> int:
    """No placement of the blocks in so many arrays has a shorter schedule.

    Blocks that must wait for h others in a row cannot start before step h and need as many
    steps as there are blocks for each array; likewise seen from the end.
    """
    bound = own.critical_path
    for chain in (own.heads, [tail - 1 for tail in own.tails]):
        for position, length in enumerate(sorted(chain, reverse=True), 1):
            bound = max(bound, length + -(-position // arrays))
    return bound
