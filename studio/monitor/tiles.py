"""The tiles of a dashboard: those there are without any set-up, and as plain values for a file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

from studio.monitor.verdict import Show, Threshold, Tile

MOST = 24  # tiles on one dashboard
_FEW = 6  # of them without any set-up
_LONGEST = 200  # characters of a name

# What the firmware's own lines say of the accuracy, which has a tile.
_OF_SAMPLES = frozenset(("ratio", "correct ratio", "image num"))


def automatic(names: Iterable[str], accuracy: bool) -> tuple[Tile, ...]:
    """A tile for the accuracy, where samples came that tell it, and for the first series."""
    tiles = [Tile("", "accuracy")] if accuracy else []
    tiles += [Tile(name) for name in names if not (accuracy and name in _OF_SAMPLES)]
    return tuple(tiles[:_FEW])


def plain(tile: Tile) -> dict[str, Any]:
    """A tile as a table of text and numbers; what is as usual is left out."""
    table: dict[str, Any] = {"show": tile.show, "series": tile.series}
    if tile.title:
        table["title"] = tile.title
    if tile.threshold is not None:
        table |= {"good": tile.threshold.good, "bad": tile.threshold.bad}
    if math.isfinite(tile.stale):
        table["stale"] = tile.stale
    return table


def read(tables: Iterable[object]) -> tuple[Tile, ...]:
    """The tiles of such tables, MOST at most; what is none is left out."""
    found = (_tile(table) for table in tables if isinstance(table, Mapping))
    return tuple(tile for tile in found if tile is not None)[:MOST]


def _tile(table: Mapping[Any, object]) -> Tile | None:
    show, stale = table.get("show"), _number(table.get("stale"))
    if show not in get_args(Show):
        return None
    good, bad = _number(table.get("good")), _number(table.get("bad"))
    threshold = None if good is None or bad is None else Threshold(good, bad)
    series, title = (str(table.get(key, ""))[:_LONGEST] for key in ("series", "title"))
    if not series and show != "accuracy":
        return None
    return Tile(
        series,
        cast("Show", show),
        threshold,
        math.inf if stale is None or stale <= 0 else stale,
        title,
    )


def _number(value: object) -> float | None:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain and math.isfinite(value) else None  # type: ignore[arg-type]
