"""What the network answered, sample by sample, and where it was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """Labels and predictions [n] of the samples that have a label, and their sample numbers [n].

    ``emulator`` says who answered: the emulator, or the exact simulator. ``classes`` is one more
    than the largest label or prediction.
    """

    samples: Numbers
    labels: Numbers
    predictions: Numbers
    emulator: bool
    classes: int

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which ones are right, [n]."""
        return np.equal(self.labels, self.predictions)

    @property
    def accuracy(self) -> float:
        """The fraction of right answers."""
        return float(self.right.mean())

    def confusion(self) -> Numbers:
        """How often each class (row) was answered as each other (column): [classes, classes]."""
        flat = self.labels * self.classes + self.predictions
        counts = np.bincount(flat, minlength=self.classes**2)
        return counts.astype(np.int64).reshape(self.classes, self.classes)

    def chosen(self, label: int | None, prediction: int | None) -> Numbers:
        """Places of the samples of that label and prediction; None for both: all wrong ones."""
        if label is None or prediction is None:
            return np.flatnonzero(~self.right)
        return np.flatnonzero((self.labels == label) & (self.predictions == prediction))


def of(workspace: Workspace, *, emulator: bool) -> Answers | None:
    """The emulator's answers, or the simulator's; None without labels, or where it has not run."""
    simulation, run = workspace.simulation, workspace.run
    if simulation is None or simulation.labels is None:
        return None
    found = simulation.predictions
    if emulator:
        results = run.predictions if run is not None else None
        found = None if results is None else np.asarray(results, np.int64)
    if found is None:
        return None
    count = min(len(found), len(simulation.labels))
    samples = np.flatnonzero(simulation.labels[:count] >= 0)
    if not samples.size:
        return None
    labels, predictions = simulation.labels[samples], found[samples]
    classes = int(max(labels.max(), predictions.max())) + 1
    return Answers(samples, labels, predictions, emulator, classes)
