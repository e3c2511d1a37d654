"""PySide6 6.12.0 on Python 3.11 loses references to True, False and None and then aborts."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot
from pytestqt.qtbot import QtBot

ROUNDS = 60  # few: with the leak, some hundred abort Python instead of failing the test
SLACK = ROUNDS // 5  # other code takes and gives back a few; a leak is one or more each round


class Source(QObject):
    changed = Signal(object)
    toggled = Signal(bool)
    done = Signal()


class Target(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    @Slot(object)
    def take(self, value: object) -> None:
        self.calls += 1

    @Slot(bool)
    def toggle(self, value: bool) -> bool:
        self.calls += 1
        return value

    @Slot()
    def finish(self) -> None:
        self.calls += 1


@pytest.mark.skipif(
    sys.version_info >= (3, 12),
    reason="True, False and None are immortal since Python 3.12: their count does not move",
)
@pytest.mark.parametrize("value", [True, False, None])
def test_references_stay(qtbot: QtBot, value: bool | None) -> None:
    source, target = Source(), Target()
    source.changed.connect(target.take)
    source.toggled.connect(target.toggle)
    source.done.connect(target.finish)

    def rounds() -> None:
        for _ in range(ROUNDS):
            source.changed.emit(value)
            source.toggled.emit(bool(value))
            source.done.emit()
            source.setProperty("value", value)
            source.property("value")
            source.blockSignals(False)
            source.setObjectName("name")  # returns nothing
        QCoreApplication.processEvents()

    rounds()  # what is built at first use is not counted
    before = sys.getrefcount(value)
    rounds()
    assert abs(sys.getrefcount(value) - before) < SLACK
    assert target.calls == 2 * 3 * ROUNDS
