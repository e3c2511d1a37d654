"""The programming tool's log read while it is written: how far it is, and each layer's result.

The log's form is program_log.py's. Progress stands in marks of one growing line, so text is
taken in pieces of any length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from studio.base.errors import DataError
from studio.formats import program_log
from studio.formats.program_log import Row

Verdict = Literal["running", "finished", "failed", "cancelled"]

_TITLE = re.compile(r"Program Tool for (\S+) V(\S+)")
_STEP = re.compile(r"Program Step (\d+) Start!")
_MARK = re.compile(r"(\d{1,3})%>*")
_REFINE = re.compile(r"Refine: *(\d+)/(\d+)")
_START = re.compile(r"STAT START (\d+)")
_END = re.compile(r"STAT END (\d+)")
_TAG = re.compile(r"Tag: *(\S+)")
_SECONDS = re.compile(r"Total program time: *(\d+) *sec")
_COMPLAINT = re.compile(r"\b(?:error|fail(?:ed|ure)?|timeout|not found|cannot)\b", re.IGNORECASE)

# Where a pass is after each of its steps: seconds of the real log, 25, 142 and 20 of 187.
_STEP_ENDS = (0.0, 0.13, 0.89, 1.0)
_LONGEST_LINE = 4096
_COMPLAINTS = 20  # the last ones are kept
STEPS = {
    0: "reading the map",
    1: "erasing and preparing the array",
    2: "writing the weights",
    3: "measuring the layers",
}


@dataclass(frozen=True)
class LayerResult:
    """One layer in one pass: the tool's statistics before and after its correction."""

    number: int
    layer: int
    before: Row
    after: Row


@dataclass(frozen=True)
class Programming:
    """How far the tool is. Every change makes a new one.

    ``progress`` is 0..1, an estimate by the seconds the steps took in a real log; ``text`` says
    what the tool does. ``layers`` are the results so far, pass by pass. ``complaints`` are lines
    that speak of an error. ``tag`` and ``seconds`` come at the end.
    """

    progress: float = 0.0
    text: str = "starting"
    chip: str = ""
    version: str = ""
    number: int = 0
    passes: int = 1
    layers: tuple[LayerResult, ...] = ()
    tag: str | None = None
    seconds: int | None = None
    verdict: Verdict = "running"
    complaints: tuple[str, ...] = ()

    @property
    def last(self) -> tuple[LayerResult, ...]:
        """Each layer's latest result, in the layers' order: what a table shows."""
        latest = {result.layer: result for result in self.layers}
        return tuple(latest[layer] for layer in sorted(latest))

    @property
    def worst(self) -> LayerResult | None:
        """The layer whose outputs match least after the last correction."""
        return min(self.last, key=lambda result: result.after.correlation, default=None)


class LiveLog:
    """Takes the log piece by piece; ``state`` is how far it is.

    ``passes`` is how many passes the tool was told to make (its ``-k``). Broken statistics are a
    complaint, no error: the tool may be writing flash meanwhile and must not be stopped for that.
    """

    def __init__(self, passes: int = 1) -> None:
        self.state = Programming(passes=max(1, passes))
        self._line = ""
        self._step = 0
        self._inside = False
        self._before: Row | None = None

    def feed(self, text: str) -> bool:
        """Take a piece of text; whether the state changed."""
        earlier = self.state
        for part in text.splitlines(keepends=True):
            self._line = (self._line + part)[-_LONGEST_LINE:]
            if part.endswith(("\n", "\r")):
                self._whole(self._line.strip())
                self._line = ""
            elif self._step == 2:
                self._marks(self._line)
        return self.state != earlier

    def end(self, code: int) -> Programming:
        """The final state after the tool ended with exit code ``code``.

        What counts is that it said "Program Finished!": what its exit codes mean is not published,
        so one other than 0 is a complaint then.
        """
        if self._line.strip():
            self._whole(self._line.strip())
            self._line = ""
        if self.state.verdict != "finished":
            return self._set(verdict="failed")
        if code:
            self._complain(f"the tool ended with exit code {code}")
        return self.state

    def _whole(self, line: str) -> None:
        if found := _START.fullmatch(line):
            self._inside, self._before = True, None
            self._set(number=int(found[1]))
        elif _END.fullmatch(line):
            self._inside = False
            self._at(3, 1.0)
        elif self._inside and line:
            self._statistics(line)
        elif found := _STEP.search(line):
            self._at(int(found[1]), 0.0)
        elif "%" in line and self._step == 2:
            self._marks(line)
        elif found := _REFINE.search(line):
            number, passes = int(found[1]), int(found[2])
            self._step = 0
            passes = max(passes, number, 1)
            base = (number - 1) / passes if number else 0.0
            self._set(number=max(0, number - 1), passes=passes, progress=self._more(base))
        elif found := _TITLE.search(line):
            self._set(chip=found[1], version=found[2], text=STEPS[0])
        elif found := _TAG.match(line):
            self._set(tag=found[1])
        elif found := _SECONDS.search(line):
            self._set(seconds=int(found[1]))
        elif "Program Finished!" in line:
            self._set(verdict="finished", progress=1.0, text="finished")
        elif _COMPLAINT.search(line):
            self._complain(line[:200])

    def _statistics(self, line: str) -> None:
        try:
            row = program_log.row(line, "statistics")
        except DataError as error:
            self._complain(f"{error.message}: {line[:80]}")
            return
        before, self._before = self._before, None
        if before is None or before.layer != row.layer:
            self._before = row
            return
        result = LayerResult(self.state.number, row.layer, before, row)
        self._set(layers=(*self.state.layers, result))

    def _complain(self, text: str) -> None:
        self._set(complaints=(*self.state.complaints, text)[-_COMPLAINTS:])

    def _marks(self, line: str) -> None:
        marks = [int(mark) for mark in _MARK.findall(line)]
        if marks:
            self._at(2, min(marks[-1], 100) / 100)

    def _at(self, step: int, share: float) -> None:
        """Set the progress to ``share`` of a step of the current pass."""
        self._step = step
        last = len(_STEP_ENDS) - 1
        start, stop = _STEP_ENDS[min(max(step - 1, 0), last)], _STEP_ENDS[min(max(step, 0), last)]
        here = (self.state.number + start + (stop - start) * share) / self.state.passes
        text = STEPS.get(step, f"step {step}")
        if self.state.passes > 1:
            text += f", pass {self.state.number + 1} of {self.state.passes}"
        self._set(progress=self._more(min(here, 1.0)), text=text)

    def _more(self, progress: float) -> float:
        return max(self.state.progress, progress)

    def _set(self, **changes: object) -> Programming:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        return self.state
