"""The dialog in which a tile of the dashboard is chosen."""

from __future__ import annotations

import math
from typing import cast

from PySide6.QtCore import QLocale, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.monitor.verdict import Show, Threshold, Tile
from studio.ui import theme
from studio.ui.tile import TileView
from studio.ui.tile_model import TileModel, accuracy_threshold
from studio.ui.widgets import centre_labels, muted, named, verbatim

_LONGEST = 200
_AGAIN = 200  # milliseconds between two looks at the values


class TileDialog(QDialog):
    """What a tile shows, and how; ``chosen`` hands it over when the user accepts."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, model: TileModel, tile: Tile | None = None) -> None:
        super().__init__(parent)
        named(self, "tile-dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Add a tile") if tile is None else self.tr("Edit the tile"))
        self._model = model
        first = model.names[0] if model.names else ""
        tile = tile or Tile(first, "number" if first else "accuracy")
        self._show = self._make_show(tile)
        self._series = self._make_series(tile)
        self._title = self._line("title", self.tr("Title"))
        self._title.setText(tile.title)
        self._title.setMaxLength(_LONGEST)
        self._good = self._number("good", self.tr("Good from"))
        self._bad = self._number("bad", self.tr("Bad from"))
        self._wanted = self._number("wanted", self.tr("Wanted accuracy in percent"), 0.0, 100.0)
        self._stale = self._number("stale", self.tr("Seconds without a new value"), 0.1, 1e6)
        self._stale.setPlaceholderText(self.tr("never"))
        limit = tile.threshold
        if limit is not None and tile.show == "accuracy":
            self._wanted.setText(f"{100 * limit.good:.12g}")
        elif limit is not None:
            self._good.setText(f"{limit.good:.12g}")
            self._bad.setText(f"{limit.bad:.12g}")
        if math.isfinite(tile.stale):
            self._stale.setText(f"{tile.stale:.12g}")
        self._preview = TileView(editable=False)
        self._preview.setFixedSize(QSize(theme.px(300), theme.px(170)))
        self._note = muted(verbatim(QLabel(wordWrap=True)))
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        named(self._buttons.button(QDialogButtonBox.StandardButton.Ok), "primary")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._place()
        self._timer = QTimer(self, interval=_AGAIN)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self._look()

    # -- making

    def _make_show(self, tile: Tile) -> QComboBox:
        box = named(QComboBox(), "show")
        for show, text in (
            ("number", self.tr("Number")),
            ("gauge", self.tr("Gauge")),
            ("lamp", self.tr("Good or bad")),
            ("accuracy", self.tr("Accuracy of the samples")),
        ):
            box.addItem(text, show)
        box.setCurrentIndex(box.findData(tile.show))
        box.setAccessibleName(self.tr("Show"))
        box.currentIndexChanged.connect(self._look)
        return box

    def _make_series(self, tile: Tile) -> QComboBox:
        box = named(QComboBox(), "series")
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems(self._model.names)
        box.setCurrentText(tile.series)
        box.setAccessibleName(self.tr("Value"))
        line = box.lineEdit()
        assert line is not None
        line.setMaxLength(_LONGEST)
        line.setPlaceholderText(self.tr("A name that came, or will come"))
        box.setMinimumContentsLength(18)
        box.currentTextChanged.connect(self._look)
        return box

    def _line(self, name: str, spoken: str) -> QLineEdit:
        line = named(QLineEdit(), name)
        line.setAccessibleName(spoken)
        line.textChanged.connect(self._look)
        return line

    def _number(
        self, name: str, spoken: str, low: float = -1e300, high: float = 1e300
    ) -> QLineEdit:
        line = self._line(name, spoken)
        check = QDoubleValidator(low, high, 12, line)
        check.setLocale(QLocale.c())
        line.setValidator(check)
        line.setMaximumWidth(theme.px(140))
        return line

    def _place(self) -> None:
        self._form = form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(8))
        form.addRow(self.tr("Show"), self._show)
        form.addRow(self.tr("Value"), self._series)
        form.addRow(self.tr("Title"), self._title)
        form.addRow(self.tr("Good from"), self._good)
        form.addRow(self.tr("Bad from"), self._bad)
        form.addRow(self.tr("Wanted, in %"), self._wanted)
        form.addRow(self.tr("Old after, in s"), self._stale)
        centre_labels(form)
        column = QVBoxLayout(self)
        column.setContentsMargins(*4 * (theme.px(16),))
        column.setSpacing(theme.px(12))
        column.addWidget(self._preview, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(form)
        column.addWidget(self._note)
        column.addStretch()
        column.addWidget(self._buttons)

    # -- what is chosen

    @property
    def tile(self) -> Tile | None:
        """The tile as it is chosen; None where something is missing."""
        show = cast("Show", self._show.currentData())
        series = self._series.currentText().strip()
        if show == "accuracy":
            wanted = _value(self._wanted)
            threshold = None if wanted is None else accuracy_threshold(wanted / 100)
            series = ""
        else:
            good, bad = _value(self._good), _value(self._bad)
            if (good is None) != (bad is None):
                # One limit says both: good from here, bad on the other side.
                good = bad = good if bad is None else bad
            threshold = None if good is None or bad is None else Threshold(good, bad)
            if not series or (show == "lamp" and threshold is None):
                return None
        if not all(line.hasAcceptableInput() for line in self._numbers if line.text()):
            return None
        stale = _value(self._stale)
        title = self._title.text().strip()
        return Tile(series, show, threshold, math.inf if stale is None else stale, title)

    @property
    def _numbers(self) -> tuple[QLineEdit, ...]:
        return self._good, self._bad, self._wanted, self._stale

    def accept(self) -> None:
        """Hand the tile over."""
        tile = self.tile
        if tile is not None:
            self.chosen.emit(tile)
            super().accept()

    def _look(self) -> None:
        """Show the tile as it would be, and what is still missing."""
        if not hasattr(self, "_buttons") or not hasattr(self, "_form"):
            return
        accuracy = self._show.currentData() == "accuracy"
        self._form.setRowVisible(self._series, not accuracy)
        self._form.setRowVisible(self._good, not accuracy)
        self._form.setRowVisible(self._bad, not accuracy)
        self._form.setRowVisible(self._wanted, accuracy)
        tile = self.tile
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(tile is not None)
        if tile is not None:
            self._preview.set_shown(self._model.preview(tile))
        self._note.setText(self._say(tile))

    def _say(self, tile: Tile | None) -> str:
        if tile is None:
            if not self._series.currentText().strip():
                return self.tr("Choose a value.")
            return self.tr("A lamp needs a number from which it is good, or bad.")
        if tile.show == "accuracy":
            return self.tr("It is told once the whole 95 % interval is on one side.")
        limit = tile.threshold
        if limit is None:
            return self.tr("Without limits it is neither good nor bad.")
        if limit.good >= limit.bad:
            text = self.tr("Good at {0} and above, bad at {1} and below.")
            if limit.good == limit.bad:
                text = self.tr("Good at {0} and above, bad below.")
        else:
            text = self.tr("Good at {0} and below, bad at {1} and above.")
        return text.format(f"{limit.good:g}", f"{limit.bad:g}")


def _value(line: QLineEdit) -> float | None:
    value, fine = QLocale.c().toDouble(line.text())
    return float(value) if fine and math.isfinite(value) else None
