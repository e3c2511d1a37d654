"""What a run has told, read from its lines (ARCHITECTURE.md, "Serial text")."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.monitor.board_info import LayerTime, layer_time

GREETING = "uart ok"
DONE = "done"

_SAMPLE = re.compile(
    r"sample:(?P<index>\d{1,9})(?:,label:(?P<label>\d{1,9}))?(?:,result:(?P<result>\d{1,9}))?"
    r"(?:,ratio:(?P<ratio>\d+(?:\.\d+)?))?,crc:(?P<crc>[0-9a-fA-F]{1,8})"
    r"(?:,out:(?P<out>-?\d{1,6}(?: -?\d{1,6})*))?"
)
_COUNT = re.compile(r"image num:\s*(\d{1,9})")
_RATIO = re.compile(r"correct ratio:\s*(\d+(?:\.\d+)?)")
_ERROR = re.compile(r"error:\s*(.*)")


@dataclass(frozen=True)
class Sample:
    """One sample's line: ``crc`` of all output bytes; None for what the line does not hold."""

    index: int
    label: int | None
    result: int | None
    ratio: float | None
    crc: int
    outputs: tuple[int, ...] | None


@dataclass(frozen=True)
class RunResult:
    """A run so far: samples by index, what the end lines say, and whether ``done`` came.

    ``error`` is the firmware's own report, empty without one; ``garbled`` counts lines that
    begin like a sample's and are not one. ``times`` are those of the layers, where the firmware
    tells them, and of the whole run.
    """

    samples: tuple[Sample, ...] = ()
    images: int | None = None
    ratio: float | None = None
    error: str = ""
    finished: bool = False
    garbled: int = 0
    times: tuple[LayerTime, ...] = ()


@dataclass
class ResultReader:
    """Builds a RunResult line by line. Samples from ``total`` on are refused as garbled."""

    total: int | None = None
    _samples: dict[int, Sample] = field(default_factory=dict)
    _images: int | None = None
    _ratio: float | None = None
    _error: str = ""
    _finished: bool = False
    _garbled: int = 0
    _times: list[LayerTime] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Samples so far."""
        return len(self._samples)

    @property
    def finished(self) -> bool:
        """Whether the last line has come."""
        return self._finished

    @property
    def result(self) -> RunResult:
        """The run so far."""
        samples = tuple(self._samples[index] for index in sorted(self._samples))
        times = tuple(self._times)
        return RunResult(
            samples, self._images, self._ratio, self._error, self._finished, self._garbled, times
        )

    def feed(self, line: str) -> None:
        """Take one line; lines of no known form are skipped."""
        text = line.strip()
        if text == GREETING:  # a start, perhaps again after a reset: what came before is void
            self._samples.clear()
            self._images = self._ratio = None
            self._error, self._finished, self._garbled = "", False, 0
            self._times.clear()
        elif text == DONE:
            self._finished = True
        elif text.startswith("sample:"):
            self._sample(text)
        elif match := _COUNT.fullmatch(text):
            self._images = int(match[1])
        elif match := _RATIO.fullmatch(text):
            self._ratio = float(match[1])
        elif time := layer_time(text):
            self._times.append(time)
        elif match := _ERROR.fullmatch(text):
            # The first error is the cause, later ones follow from it.
            self._error = self._error or match[1].strip() or "the firmware gives no reason"

    def _sample(self, text: str) -> None:
        found = sample(text)
        if found is None or (self.total is not None and found.index >= self.total):
            self._garbled += 1
            return
        self._samples[found.index] = found


def sample(text: str) -> Sample | None:
    """The sample a line tells; None where it tells none."""
    match = _SAMPLE.fullmatch(text)
    if match is None:
        return None
    label, result, ratio, out = match["label"], match["result"], match["ratio"], match["out"]
    return Sample(
        index=int(match["index"]),
        label=int(label) if label is not None else None,
        result=int(result) if result is not None else None,
        ratio=float(ratio) if ratio is not None else None,
        crc=int(match["crc"], 16),
        outputs=tuple(int(value) for value in out.split()) if out is not None else None,
    )
