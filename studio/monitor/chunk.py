"""What everything in the monitor passes on: bytes, when they came, and which way they went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["in", "out", "note"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of one moment.

    ``time`` is in seconds since the epoch and never falls within a connection. ``kind``: "in" was
    received, "out" was sent, "note" is a remark of ours in UTF-8 (opened, lost, baud changed).
    """

    time: float
    data: bytes
    kind: Kind = "in"
