"""The remark on an accuracy that integers cost."""

from __future__ import annotations

import numpy as np
import pytest

from studio.simulate.stage import Simulation, loss_note


def simulated(labels: int, before: float | None, after: float, unlabelled: int = 0) -> Simulation:
    own = np.concatenate([np.zeros(labels, np.int64), np.full(unlabelled, -1, np.int64)])
    values = np.zeros((len(own), 1, 1, 2), np.int16)
    return Simulation((values,), (values,), own, own, after, before)


@pytest.mark.parametrize(
    ("count", "before", "after", "noted"),
    [
        (500, 0.968, 0.938, True),
        (500, 0.93, 0.914, True),
        (500, 0.95, 0.941, False),
        (500, 0.93, 0.95, False),
        (20, 0.95, 0.90, False),
        (20, 0.95, 0.85, True),
        (500, None, 0.5, False),
    ],
)
def test_more_than_a_point_of_accuracy_lost_is_remarked(
    count: int, before: float | None, after: float, noted: bool
) -> None:
    for unlabelled in (0, 300):
        note = loss_note(simulated(count, before, after, unlabelled))
        assert bool(note) == noted
    if noted and before is not None:
        assert f"from {100 * before:.1f} % to {100 * after:.1f} %" in note
