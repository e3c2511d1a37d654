"""What one chunk gives, put together by series from many forms of lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from studio.base.natural import natural
from studio.monitor.batch import Batch, Floats, Points, Sample, Text, Vector
from studio.monitor.board_info import LayerTime
from studio.monitor.csv_lines import Ints
from studio.monitor.named import Column

_T = TypeVar("_T")


@dataclass
class Gathering:
    """Collects parts in any order. An event is a line's or packet's number in the chunk."""

    vectors: list[Vector] = field(default_factory=list)
    samples: list[tuple[int, Sample]] = field(default_factory=list)
    layer_times: list[tuple[int, LayerTime]] = field(default_factory=list)
    texts: list[tuple[int, Text]] = field(default_factory=list)
    garbled: int = 0
    _kinds: dict[str, int] = field(default_factory=dict)
    _names: dict[str, set[str]] = field(default_factory=dict)
    _parts: dict[str, list[tuple[Ints, int, Floats]]] = field(default_factory=dict)
    _units: dict[str, tuple[int, str]] = field(default_factory=dict)

    def count(self, kind: str, count: int) -> None:
        """Count what was recognized; nothing without a name."""
        if kind and count:
            self._kinds[kind] = self._kinds.get(kind, 0) + count

    def name(self, kind: str, series: Iterable[str]) -> None:
        """Tell which series came of a kind."""
        self._names.setdefault(kind, set()).update(series)

    def add(self, events: Ints, column: Column, values: Floats, finite: bool = True) -> None:
        """One column of lines of the same form: events and values, [n] each, events ascending."""
        if not finite:
            sound = np.isfinite(values)
            events, values = events[sound], values[sound]
        if not len(events):
            return
        self._parts.setdefault(column.name, []).append((events, column.slot, values))
        last = int(events[-1])
        if column.unit and last >= self._units.get(column.name, (0, ""))[0]:
            self._units[column.name] = last, column.unit

    def one_line(self, event: int, columns: Iterable[Column], numbers: Sequence[float]) -> None:
        """The values of a single line."""
        for column in columns:
            values = np.array([numbers[column.slot]], np.float64)
            self.add(np.array([event]), column, values, finite=False)

    def batch(self, lines: int, times: Floats, errors: int) -> Batch:
        """Everything in its order; ``times`` are those of the events."""
        return Batch(
            lines=lines,
            series={name: self._points(name, times) for name in sorted(self._parts, key=natural)},
            vectors=tuple(self.vectors),
            samples=_ordered(self.samples),
            times=_ordered(self.layer_times),
            texts=_ordered(self.texts),
            kinds=dict(sorted(self._kinds.items())),
            names={kind: frozenset(names) for kind, names in self._names.items()},
            errors=errors,
        )

    def _points(self, name: str, times: Floats) -> Points:
        parts = self._parts[name]
        if len(parts) == 1:
            events, _, values = parts[0]
        else:
            events = np.concatenate([part[0] for part in parts])
            values = np.concatenate([part[2] for part in parts])
            slots = np.repeat([part[1] for part in parts], [len(part[0]) for part in parts])
            order = np.lexsort((slots, events))
            events, values = events[order], values[order]
        when = times[events]
        when.setflags(write=False)
        values.setflags(write=False)
        return Points(when, values, self._units.get(name, (0, ""))[1])


def _ordered(found: list[tuple[int, _T]]) -> tuple[_T, ...]:
    return tuple(item for _, item in sorted(found, key=lambda pair: pair[0]))
