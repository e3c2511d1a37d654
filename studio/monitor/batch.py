"""What was recognized in a piece of a serial stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.monitor import result
from studio.monitor.board_info import LayerTime

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Points:
    """Values of one series, in the order they came.

    ``times`` [n] in seconds since the epoch never fall, and grow from line to line; ``values`` [n]
    are finite; ``unit`` is "" where none was printed.
    """

    times: Floats
    values: Floats
    unit: str = ""


@dataclass(frozen=True)
class Vector:
    """The numbers of one packet, [n]: int16 audio, uint8 features, int8 outputs, float32 logs.

    ``name`` is the packet's type, ``rate`` samples a second where they follow in time. Audio and
    features may also be what the host sent.
    """

    name: str
    time: float
    values: npt.NDArray[Any]
    rate: float | None = None


@dataclass(frozen=True)
class Sample(result.Sample):
    """A sample's line (result.Sample) and when it came, in seconds since the epoch."""

    time: float


@dataclass(frozen=True)
class Text:
    """A line, or what takes its place.

    ``level`` says what it is: "start" the firmware's greeting, "done" its end, "error" its report,
    "command" a cmd_ packet, "note" a remark of the connection; "text" all other lines without
    values, where asked for.
    """

    time: float
    level: str
    text: str


@dataclass(frozen=True)
class Batch:
    """What one chunk completed.

    ``kinds`` counts lines and packets by what they were recognized as ("name: value", "csv",
    "packet nnet", ...) and ``names`` has the series that came of each; ``errors`` counts packets
    with wrong checksums and garbled sample lines.
    """

    lines: int = 0
    series: Mapping[str, Points] = field(default_factory=dict)
    vectors: tuple[Vector, ...] = ()
    samples: tuple[Sample, ...] = ()
    times: tuple[LayerTime, ...] = ()
    texts: tuple[Text, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    errors: int = 0
