"""Above the array: how much of it is used, what it is coloured by, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.chip.chip import Chip
from studio.mapper.layout import Utilization
from studio.ui import array_colours, bank_text, theme
from studio.ui.array_colours import MODES, Mode
from studio.ui.widgets import literal, muted, named, verbatim

_AROUND = 60  # device independent pixels between and beside the parts of the first line
_BETWEEN = 28  # and of the second
_STEPS = 1000


class _Use(QWidget):
    """A part of the chip: its name, its used fraction in figures and as a bar."""

    def __init__(self, short: str, name: str) -> None:
        super().__init__()
        self._full = name
        self._name = verbatim(QLabel(short))
        self._name.setMinimumWidth(1)  # cut off before the figure is
        muted(self._name)
        self.figure = QLabel()
        self.bar = QProgressBar(textVisible=False, maximum=_STEPS)
        self.bar.setAccessibleName(name)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(3)
        grid.addWidget(self._name, 0, 0)
        grid.addWidget(self.figure, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.bar, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)

    def show_use(self, used: float | None, other: float | None, *, brief: bool) -> None:
        """Fractions 0..1, of the layout and of the one it is compared with."""
        shown = [f"{100 * value:.1f} %" for value in (used, other) if value is not None]
        text = f"{shown[0]} ({shown[1]})" if len(shown) > 1 else "".join(shown)
        self.setToolTip(literal(f"{self._full} {text}"))
        least = used if used is not None else other or 0.0
        self.figure.setText(f"{100 * least:.0f} %" if brief else text)
        self.bar.setValue(round(_STEPS * least))


class Header(QWidget):
    """``mode_changed`` tells of another mode; ``compare`` and ``export`` are menus to fill."""

    mode_changed = Signal(str)

    def __init__(self, chip: Chip) -> None:
        super().__init__()
        self._text = ""
        self._shown: tuple[Utilization | None, Utilization | None] = (None, None)
        self.used = QLabel()
        self.used.setFont(theme.sized(1.25, bold=True))
        self.other = QLabel()
        self.other.setMinimumWidth(1)
        muted(self.other)
        self.modes = named(QComboBox(), "mode")
        for place, mode in enumerate(MODES):
            self.modes.addItem(array_colours.name(mode), mode)
            self.modes.setItemData(place, array_colours.explain(mode), Qt.ItemDataRole.ToolTipRole)
        self.modes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.modes.setMinimumContentsLength(5)
        self.modes.setMinimumWidth(6 * self.fontMetrics().averageCharWidth() + 40)
        self.modes.setAccessibleName(self.tr("Colour by"))
        self.modes.setToolTip(self.tr("Colour by"))
        self.modes.currentIndexChanged.connect(self._on_mode)
        self.compare = QMenu(self)
        self.export = QMenu(self)
        self._buttons = (
            (self._button(self.compare, self.tr("Compare with another layout")), "compare"),
            (self._button(self.export, self.tr("Export…")), "export"),
        )
        names = [bank.name for bank in chip.array.banks]
        parts = [(bank_text.short(name), bank_text.full(name)) for name in names]
        parts.append((self.tr("bias"), self.tr("bias strip")))
        self.uses = [_Use(short, long) for short, long in parts]
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 10, 6)
        self._column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.used)
        row.addWidget(self.other, 1)
        row.addWidget(self.modes)
        for button, _ in self._buttons:
            row.addWidget(button)
        self._column.addLayout(row)
        self._parts = QWidget()
        bars = QHBoxLayout(self._parts)
        bars.setContentsMargins(0, 0, 2, 0)
        bars.setSpacing(12)
        for use in self.uses:
            bars.addWidget(use, 1)
        self._parts.setMinimumWidth(1)
        self._column.addWidget(self._parts)
        self._draw_icons()

    @property
    def mode(self) -> Mode:
        """What the array is coloured by."""
        found: Mode = self.modes.currentData()
        return found

    def set_mode(self, mode: Mode) -> None:
        """Choose another mode."""
        self.modes.setCurrentIndex(MODES.index(mode))

    def show_use(self, own: Utilization | None, other: Utilization | None, *, same: bool) -> None:
        """Of the layout, and of the one it is compared with; ``same``: all lies in one place."""
        self._shown = own, other
        self._text = f"{100 * own.cells:.1f} %" if own is not None else ""
        text = ""
        if other is not None and same:
            text = self.tr("(reference {0:.1f} %, the same places)").format(100 * other.cells)
        elif other is not None:
            text = self.tr("(reference {0:.1f} %)").format(100 * other.cells)
        self.other.setText(text)
        self.other.setToolTip(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Say less where there is little room."""
        super().resizeEvent(event)
        self._fit()

    def show_parts(self, shown: bool) -> None:
        """Show or hide the bars."""
        self._parts.setVisible(shown)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_buttons"):
            self._draw_icons()

    def _button(self, menu: QMenu, text: str) -> QToolButton:
        button = QToolButton()
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("role", "bar")
        return button

    def _draw_icons(self) -> None:
        for button, icon in self._buttons:
            button.setIcon(theme.icon(icon))

    def _on_mode(self) -> None:
        self.modes.setToolTip(array_colours.explain(self.mode))
        self.mode_changed.emit(self.mode)

    def _fit(self) -> None:
        """Measured, because fonts and languages differ."""
        long = self.tr("{0} used").format(self._text) if self._text else ""
        rest = self.modes.sizeHint().width() + sum(b.sizeHint().width() for b, _ in self._buttons)
        narrow = self.width() < self.used.fontMetrics().horizontalAdvance(long) + rest + _AROUND
        self.used.setText(self._text if narrow else long)
        self.used.setToolTip(long)
        self.other.setVisible(not (narrow and self._text))
        figure = "upper 00.0 %" if self._shown[1] is None else "upper 00.0 % (00.0 %)"
        wide = self.fontMetrics().horizontalAdvance(figure) + _BETWEEN
        brief = self.width() < len(self.uses) * wide
        for number, use in enumerate(self.uses):
            parts = [None if u is None else (*u.banks, u.bias)[number] for u in self._shown]
            use.show_use(*parts, brief=brief)
