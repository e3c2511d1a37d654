"""The confusion matrix while samples still arrive."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.ui.confusion import MOST, ConfusionModel, ConfusionView


def test_only_changed_cells_of_the_matrix_are_drawn(themed: QApplication) -> None:
    model = ConfusionModel()
    counts = np.diag(np.arange(100, 110))
    counts[3, 4] = 12
    model.add_counts(counts)
    assert model.rowCount() == 10
    resets, changed = [], []
    model.modelReset.connect(lambda: resets.append(1))
    model.dataChanged.connect(lambda index, _to: changed.append((index.row(), index.column())))
    counts = counts.copy()
    counts[5, 5] += 1
    counts[3, 4] += 1
    model.add_counts(counts)
    assert set(changed) >= {(5, 5), (3, 4)}
    assert {row for row, _ in changed} == {3, 5}
    assert not resets
    assert model.index(5, 5).data() == "106"
    model.add_counts(10 * counts)  # one digit more: columns may have to be wider
    assert resets == [1]
    model.add_counts(np.eye(2, dtype=np.int64))  # another run
    assert model.rowCount() == 2
    model.add_counts(np.zeros((0, 0), np.int64))
    assert model.rowCount() == 0


def test_classes_with_many_more_mistakes_come_into_the_matrix(themed: QApplication) -> None:
    model = ConfusionModel()
    counts = np.zeros((100, 100), np.int64)
    counts[:40, 50] = 3
    model.add_counts(counts)
    assert len(model.classes) == MOST
    before = list(model.classes)
    hidden = next(own for own in range(100) if own not in before)
    counts[hidden, 50] = 4
    model.add_counts(counts)
    assert model.classes == before  # no more than some: what is shown rests
    counts[hidden, 50] = 90
    model.add_counts(counts)
    assert hidden in model.classes


def test_cells_are_painted_in_their_colours(qtbot: QtBot, themed: QApplication) -> None:
    model = ConfusionModel()
    view = ConfusionView(model)
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show()
    model.add_counts(np.array([[9, 0, 1], [0, 0, 0], [0, 0, 5]]))
    image = view.viewport().grab().toImage()

    def ground(row: int, column: int) -> tuple[int, int, int]:
        corner = view.visualRect(model.index(row, column)).topLeft()
        colour = image.pixelColor(corner.x() + 2, corner.y() + 2)
        return colour.red(), colour.green(), colour.blue()

    red, green, _ = ground(2, 2)
    assert green > red  # right
    red, green, _ = ground(0, 2)
    assert red > green  # a mistake
    assert ground(1, 1) == ground(0, 1) == (255, 255, 255)  # never happened
