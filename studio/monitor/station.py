"""What one studio shows of itself to a classroom, and its form on the wire."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from studio.base.errors import DataError

SCHEMA = 1
MOST_VALUES = 32  # named values a station shows
LONGEST = 80  # characters of a text
LARGEST = 64 << 10  # bytes of an answer that are read

State = Literal["idle", "deploying", "running", "done", "failed"]


@dataclass(frozen=True)
class Station:
    """One studio at a moment. ``updated`` is seconds since the epoch, by its own clock.

    ``accuracy`` is 0..1 of ``samples`` so far, None where none is known. ``values`` are the last
    values of named series.
    """

    name: str
    state: State = "idle"
    model: str = ""
    target: str = ""
    accuracy: float | None = None
    samples: int = 0
    updated: float = 0.0
    values: Mapping[str, float] = field(default_factory=dict)


def encode(station: Station) -> bytes:
    """A station as JSON. Texts are cut and values limited; what is no finite number is left out."""
    kept = {name[:LONGEST]: value for name, value in station.values.items() if math.isfinite(value)}
    tree = asdict(station) | {
        "schema": SCHEMA,
        "name": station.name[:LONGEST],
        "model": station.model[:LONGEST],
        "target": station.target[:LONGEST],
        "values": dict(list(kept.items())[:MOST_VALUES]),
    }
    return json.dumps(tree, ensure_ascii=False, allow_nan=False).encode("utf-8")


def decode(data: bytes, where: str = "") -> Station:
    """Read a station back. Raises DataError for anything that is none."""
    try:
        raw = json.loads(data.decode("utf-8"))
        if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
            raise ValueError("another version's answer, or none of CIM Studio")
        return _station(raw)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise DataError(
            f"this station's answer cannot be read: {error}",
            hint="Is it a CIM Studio of this version?",
            where=where,
        ) from error


def _station(raw: Mapping[str, Any]) -> Station:
    if raw["state"] not in get_args(State):
        raise ValueError(f"a state {raw['state']!r}")
    accuracy = raw["accuracy"]
    if accuracy is not None:
        accuracy = float(accuracy)
        if not 0 <= accuracy <= 1:
            raise ValueError("an accuracy outside 0..1")
    values = {str(key)[:LONGEST]: float(value) for key, value in dict(raw["values"]).items()}
    texts = {name: str(raw[name])[:LONGEST] for name in ("name", "model", "target")}
    return Station(
        **texts,
        state=raw["state"],
        accuracy=accuracy,
        samples=int(raw["samples"]),
        updated=float(raw["updated"]),
        values=dict(list(values.items())[:MOST_VALUES]),
    )
