"""Which tensors of a float network share one scale.

What a MaxPool or a Reshape leaves is in the scale of what it takes: these tensors form a class.
Add, Sub and Concat take all their inputs in the scale of their output. An input that nothing
else reads gets that scale from the start, since it is rounded to it anyway. One that others read
as well joins if the scale it needs itself is nearly as large, and keeps its own otherwise: a
table look-up brings it to the output's, and its other readers see all its levels. So does a
layer whose weights would force a much larger scale on the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from studio.graph.network import Network
from studio.quantize.fuse import Group

PASS_THROUGH = frozenset(
    {"Expand", "MaxPool", "ReduceMax", "Reshape", "Resize", "Slice", "Transpose", "ZeroInsert"}
)
TIED = frozenset({"Add", "Concat", "Sub"})
# A tensor that would lose more than this factor of its levels is worth a table.
WORTH_A_TABLE = 1.5


@dataclass
class Classes:
    """Disjoint sets of tensors; ``find`` gives the one that stands for a tensor's class."""

    parent: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str:
        """The representative of the class ``name`` is in."""
        while self.parent.setdefault(name, name) != name:
            name = self.parent[name]
        return name

    def unite(self, name: str, into: str) -> None:
        """Put two classes together; the representative of ``into`` stays."""
        self.parent[self.find(name)] = self.find(into)


@dataclass(frozen=True)
class _Edge:
    """An input of an operation that wants one scale; ``free`` if it may keep another."""

    source: str
    output: str
    free: bool


def classes(
    network: Network,
    parts: Sequence[Group],
    needed: Mapping[str, float],
    apart: Collection[str] = (),
) -> Classes:
    """Classes of the tensors in ``needed``, which holds the scale each would have alone.

    What only passes on those in ``apart`` joins no operation that takes several inputs.
    """
    made = passed_on(parts, needed)
    edges = _edges(network, parts, needed, made)
    alone = {made.find(name) for name in apart}
    edges = [edge for edge in edges if made.find(edge.source) not in alone]
    most: dict[str, float] = {}
    for name, scale in needed.items():
        most[made.find(name)] = max(scale, most.get(made.find(name), 0.0))
    least = dict(most)
    for edge in edges:
        if not edge.free:
            source, output = made.find(edge.source), made.find(edge.output)
            made.unite(source, output)
            most[output] = max(most[source], most[output])
    while edges := [edge for edge in edges if made.find(edge.source) != made.find(edge.output)]:
        lost = {edge: _lost(edge, made, most, least) for edge in edges}
        nearest = min(edges, key=lambda edge: lost[edge])
        if lost[nearest] > WORTH_A_TABLE:
            break
        source, output = made.find(nearest.source), made.find(nearest.output)
        made.unite(source, output)
        most[output] = max(most[source], most[output])
        least[output] = min(least[source], least[output])
    return made


def passed_on(parts: Sequence[Group], known: Collection[str]) -> Classes:
    """Classes of the tensors that operations only pass on, which no table can tell apart."""
    made = Classes()
    for group in parts:
        if group.main.op in PASS_THROUGH:
            for name in _operands(group, known):
                made.unite(name, group.output)
    return made


def _joins(group: Group, known: Collection[str]) -> bool:
    """Whether a group takes its inputs in one scale: an Add with a constant has a table for it."""
    several = group.main.op == "Concat" or len(_operands(group, known)) > 1
    return group.main.op in TIED and several


def joining(parts: Sequence[Group], known: Collection[str]) -> set[str]:
    """The tensors that an Add, Sub or Concat takes together with others."""
    return {name for group in parts if _joins(group, known) for name in _operands(group, known)}


def _lost(
    edge: _Edge, made: Classes, most: Mapping[str, float], least: Mapping[str, float]
) -> float:
    """The largest factor by which a tensor's scale would grow; 0 where an input needs it.

    An input larger than the output would be clipped by the output's scale.
    """
    source, output = made.find(edge.source), made.find(edge.output)
    if most[source] >= most[output]:
        return 0.0
    return most[output] / min(least[source], least[output])


def _operands(group: Group, known: Collection[str]) -> list[str]:
    return [name for name in group.main.inputs if name in known]


def _edges(
    network: Network, parts: Sequence[Group], needed: Mapping[str, float], made: Classes
) -> list[_Edge]:
    readers: dict[str, set[str]] = {}
    for group in parts:
        if group.main.op not in PASS_THROUGH:
            for name in _operands(group, needed):
                readers.setdefault(made.find(name), set()).add(group.output)
    for name in network.outputs:
        readers.setdefault(made.find(name), set()).add("")
    return [
        _Edge(name, group.output, len(readers[made.find(name)]) > 1)
        for group in parts
        if _joins(group, needed)
        for name in _operands(group, needed)
    ]
