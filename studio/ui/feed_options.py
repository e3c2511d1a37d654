"""How a data set is read and sent: its values, how many samples, in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from studio.ui.feeding import Feeding
from studio.ui.widgets import named

if TYPE_CHECKING:
    from studio.formats.feed_scale import Scale

_MOST = 10_000_000
_TIMES = 100_000


class FeedOptions(QWidget):
    """A form of the choices of ``feeding``; changes are its own at once."""

    def __init__(self, feeding: Feeding) -> None:
        super().__init__()
        self._feeding = feeding
        self._scale = named(QComboBox(), "feed-scale")
        for key, text in (
            ("auto", self.tr("as the network's input suggests")),
            ("unit", self.tr("0 to 1")),
            ("signed", self.tr("-1 to 1")),
            ("bytes", self.tr("0 to 255")),
        ):
            self._scale.addItem(text, key)
        self._scale.setToolTip(
            self.tr("What pictures, sounds and numbers of 0 to 255 become, as in training")
        )
        self._scale.setMinimumContentsLength(8)
        self._scale.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._limit = named(QSpinBox(minimum=0, maximum=_MOST), "feed-limit")
        self._limit.setSpecialValueText(self.tr("all"))
        self._limit.setToolTip(self.tr("How many samples are read at most"))
        self._repeat = named(QSpinBox(minimum=1, maximum=_TIMES, prefix="× "), "feed-repeat")
        self._repeat.setAccessibleName(self.tr("Times"))
        self._repeat.setToolTip(self.tr("How many times all of them are sent"))
        self._shuffle = named(QCheckBox(self.tr("In random order, seed")), "feed-shuffle")
        self._seed = named(QSpinBox(minimum=0, maximum=_MOST), "feed-seed")
        self._seed.setAccessibleName(self.tr("Seed of the random order"))
        self._seed.setToolTip(self.tr("The same seed gives the same order"))
        for box in (self._limit, self._seed, self._repeat):
            box.setKeyboardTracking(False)
            box.valueChanged.connect(self._on_changed)
        self._scale.activated.connect(self._on_changed)
        self._shuffle.toggled.connect(self._on_changed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        grid.addWidget(_label(self.tr("Values"), self._scale), 0, 0)
        grid.addLayout(_row(self._scale), 0, 1)
        grid.addWidget(_label(self.tr("Samples"), self._limit), 1, 0)
        grid.addLayout(_row(self._limit, self._repeat), 1, 1)
        grid.addLayout(_row(self._shuffle, self._seed), 2, 1)

    def refresh(self) -> None:
        """Show what is chosen; nothing can be while samples are sent."""
        choice, free = self._feeding.choice, not self._feeding.sending
        boxes = (self._scale, self._limit, self._repeat, self._shuffle, self._seed)
        for box in boxes:
            box.blockSignals(True)
            box.setEnabled(free)
        self._scale.setCurrentIndex(self._scale.findData(choice.scale))
        self._limit.setValue(choice.limit or 0)
        self._repeat.setValue(self._feeding.repeat)
        self._shuffle.setChecked(choice.shuffle is not None)
        if choice.shuffle is not None:
            self._seed.setValue(choice.shuffle)
        self._seed.setEnabled(free and choice.shuffle is not None)
        for box in boxes:
            box.blockSignals(False)

    def _on_changed(self, _value: object) -> None:
        choice = replace(
            self._feeding.choice,
            scale=cast("Scale", self._scale.currentData()),
            limit=self._limit.value() or None,
            shuffle=self._seed.value() if self._shuffle.isChecked() else None,
        )
        self._feeding.repeat = self._repeat.value()
        self._feeding.set_choice(choice)
        self.refresh()


def _label(text: str, of: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(of)
    of.setAccessibleName(text)
    return label


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
