"""What came back of a data set that is fed to a board, while it comes."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np

from studio import serial_run
from studio.base.errors import DataError
from studio.base.files import replacing
from studio.formats.feed_samples import LARGEST, Samples
from studio.monitor.accuracy import wilson
from studio.quantize.qnetwork import QNetwork
from studio.simulate.stage import Simulation

_LISTED = serial_run.MAX_LISTED
_TELLING = 0.1  # seconds a rate is of, at least


class Answers:
    """What came back so far, by place in what is sent; written by the feed, read by anybody.

    ``results`` int64 [n]: the class, -1 where there is no answer yet or it means no class.
    ``outputs`` [n] bytes, b"" beyond the first 64 of a sample. ``expected`` int64 [n]: the
    simulator's class, -1 for none; ``same`` [n]: whether all bytes are the simulator's. Places
    from ``done`` on are not answered. ``times``: seconds (monotonic) of the first and the newest.
    """

    def __init__(self, samples: Samples, qnetwork: QNetwork, repeat: int = 1) -> None:
        if repeat < 1:
            raise DataError(f"repeat is {repeat}, must be at least 1")
        count = len(samples) * repeat
        size = sum(qnetwork.tensors[name].size for name in qnetwork.inputs)
        if count * size > LARGEST:
            raise DataError(
                f"these samples take {count * size >> 20} MB, {repeat} times",
                hint="Repeat them less often, or choose fewer.",
                where=samples.source,
            )
        self.samples = samples
        self.repeat = repeat
        self.results = np.full(count, -1, np.int64)
        self.expected = np.full(count, -1, np.int64)
        self.same = np.zeros(count, bool)
        self.outputs: list[bytes] = []
        self.done = 0
        self.labelled = 0
        self.correct = 0
        self.times = (0.0, 0.0)
        self._kinds = [
            (serial_run.kind_of(tensor), tensor.size)
            for tensor in (qnetwork.tensors[name] for name in qnetwork.outputs)
        ]
        self._wanted: serial_run.Bytes | None = None

    def __len__(self) -> int:
        return len(self.results)

    @property
    def rate(self) -> float | None:
        """Samples a second; None where there are too few to tell."""
        first, last = self.times
        return (self.done - 1) / (last - first) if last - first > _TELLING else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the accuracy truly lies, 95 times of 100 (accuracy.wilson).

        The same samples again tell nothing new: the interval is that of sending each once.
        """
        labels = self.samples.labels
        most = 0 if labels is None else int(np.count_nonzero(labels >= 0))
        n = min(self.labelled, most)
        right = self.correct * n / self.labelled if self.labelled else 0.0
        low, high = wilson(right, n)
        return float(low), float(high)

    @property
    def differing(self) -> int:
        """Answers that are not the simulator's to the last bit."""
        return self.done - int(np.count_nonzero(self.same[: self.done]))

    def sample(self, place: int) -> int:
        """Which of the samples was sent there."""
        return place % len(self.samples)

    def label(self, place: int) -> int | None:
        """What it should be; None where that is not known."""
        labels = self.samples.labels
        label = -1 if labels is None else int(labels[self.sample(place)])
        return label if label >= 0 else None

    def name(self, place: int) -> str:
        """The file it came from; "" for arrays."""
        names = self.samples.names
        return names[self.sample(place)] if names else ""

    def title(self, label: int | None) -> str:
        """A class by its name, where it has one; "" for None and -1."""
        if label is None or label < 0:
            return ""
        classes = self.samples.classes
        name = classes[label] if label < len(classes) else ""
        return str(label) if name in ("", str(label)) else f"{label} {name}"

    def values(self, place: int) -> tuple[int, ...]:
        """The outputs there, all tensors one after another; () where they are more than 64."""
        data, found, at = self.outputs[place], [], 0
        for kind, size in self._kinds if data else ():
            found += np.frombuffer(data, kind, size, at).tolist()
            at += size
        return tuple(found)

    def begin(self, simulation: Simulation, wanted: serial_run.Bytes) -> None:
        """The simulator's answers are known."""
        if simulation.predictions is not None:
            self.expected[:] = simulation.predictions
        self._wanted = wanted

    def add(self, place: int, data: bytes, result: int | None) -> None:
        """One answer; they come in order."""
        now = time.monotonic()
        self.times = (self.times[0] if place else now, now)
        assert self._wanted is not None, "the feed has not begun"
        self.same[place] = data == self._wanted[place].tobytes()
        self.outputs.append(data if len(data) <= _LISTED else b"")
        label = self.label(place)
        if result is not None:
            self.results[place] = result
            if label is not None:
                self.labelled += 1
                self.correct += result == label
        self.done = place + 1


def save_csv(answers: Answers, path: Path) -> None:
    """One row an answer: place, sample, file, label, result, simulated, exact, outputs.

    UTF-8 with the mark that has Excel read it as such. Raises ProjectError where ``path`` cannot
    be written.
    """
    with (
        replacing(path) as temporary,
        temporary.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        out = csv.writer(file)
        out.writerow(
            ("index", "sample", "file", "label", "result", "simulated", "exact", "outputs")
        )
        for place in range(answers.done):
            label = answers.label(place)
            result, simulated = int(answers.results[place]), int(answers.expected[place])
            out.writerow(
                (
                    place,
                    answers.sample(place),
                    answers.name(place),
                    "" if label is None else label,
                    "" if result < 0 else result,
                    "" if simulated < 0 else simulated,
                    int(answers.same[place]),
                    " ".join(map(str, answers.values(place))),
                )
            )
