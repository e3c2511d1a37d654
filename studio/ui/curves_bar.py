"""What can be done with the live plot: actions, their menu, and the bar above it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QToolButton,
    QWidget,
)

from studio.ui import theme
from studio.ui.curves_choice import Choice
from studio.ui.widgets import named

_SPANS = (0.0, 10.0, 30.0, 60.0, 300.0)  # seconds that can be followed; 0 is all
_OTHER = -1.0
_LONGEST = 1e6  # seconds
_ICON = 16  # device independent pixels
_NARROW = 240
_ROOMY = 380  # width from which all buttons are there


class CurvesActions(QObject):
    """The actions, and ``menu`` with them; choices are checked as ``choice`` says."""

    def __init__(self, choice: Choice, plot: QWidget) -> None:
        super().__init__(plot)
        self._plot = plot

        self.pause = self._add(
            "pause", self.tr("Pause"), self.tr("The picture stands still; no data is lost"), "Space"
        )
        self.follow = self._add("follow", self.tr("Follow"), self.tr("Show the newest values"), "F")
        self.lanes = self._add(
            "lanes", self.tr("Lanes"), self.tr("A strip of its own for each series")
        )
        self.cursors = self._add(
            "cursors",
            self.tr("Cursors"),
            self.tr("Read values at A and B; a click moves the nearer one"),
        )
        self.histogram = self._add(
            "histogram",
            self.tr("Histogram"),
            self.tr("How often which values came in the time shown"),
        )
        self.legend = self._add("legend", self.tr("Legend"), self.tr("List of all series"))
        self.clock = self._add("clock", self.tr("Clock time"))
        self.logarithmic = self._add("logarithmic", self.tr("Logarithmic values"))
        self.automatic = self._add("automatic", self.tr("Automatic range of values"))
        self.range = self._add("range", self.tr("Range of values…"), once=True)
        self.fit = self._add("fit", self.tr("Show everything"), keys="Home", once=True)
        self.reset = self._add("reset", self.tr("Reset view"), once=True)
        self.copy = self._add("copy", self.tr("Copy picture"), keys="Ctrl+C", once=True)
        self.lanes.setChecked(choice.lanes)
        self.cursors.setChecked(choice.cursors)
        self.histogram.setChecked(choice.histogram)
        self.clock.setChecked(choice.clock)
        self.logarithmic.setChecked(choice.logarithmic)
        self.automatic.setChecked(choice.heights is None)
        self.menu = named(QMenu(plot), "curves-menu")
        for group in (
            (self.pause, self.follow),
            (self.lanes, self.logarithmic, self.clock, self.automatic, self.range),
            (self.cursors, self.histogram, self.legend),
            (self.fit, self.reset),
            (self.copy,),
        ):
            self.menu.addActions(group)
            if group[-1] is not self.copy:
                self.menu.addSeparator()

    def recolour(self) -> None:
        """Draw icons in the theme's colours: what is switched on has the accent."""
        for action in (
            self.pause, self.follow, self.lanes, self.cursors, self.histogram, self.legend,
        ):  # fmt: skip
            colour = theme.current().accent if action.isChecked() else None
            action.setIcon(theme.icon(action.objectName().removeprefix("curves-"), colour))

    def _add(
        self, name: str, text: str, tip: str = "", keys: str = "", *, once: bool = False
    ) -> QAction:
        action = QAction(text, self)
        action.setObjectName(f"curves-{name}")
        action.setCheckable(not once)
        action.setIconVisibleInMenu(False)
        action.setToolTip(tip or text.rstrip("…"))
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{action.toolTip()} ({shown})")
        action.toggled.connect(self.recolour)
        self._plot.addAction(action)
        return action


class CurvesBar(QWidget):
    """Buttons for the actions, and the time that is followed.

    ``seconds_changed`` carries the seconds to follow, 0 for all.
    """

    seconds_changed = Signal(float)

    def __init__(self, actions: CurvesActions, seconds: float) -> None:
        super().__init__()
        self._actions = actions
        self._seconds = seconds
        self.span = named(QComboBox(), "curves-span")
        self.span.setToolTip(self.tr("How much time is followed"))
        self.span.setAccessibleName(self.tr("How much time is followed"))
        self.span.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.span.activated.connect(self._on_span)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(2)
        row.addWidget(self._button(actions.pause))
        row.addWidget(self._button(actions.follow))
        row.addWidget(self.span)
        row.addSpacing(4)
        self._spare = [
            self._button(action)
            for action in (actions.lanes, actions.cursors, actions.histogram)
        ]  # fmt: skip
        for button in self._spare:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._button(actions.legend))
        self._more = self._button(None)
        self._more.setMenu(actions.menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setToolTip(self.tr("More about the plot"))
        self._more.setAccessibleName(self.tr("More about the plot"))
        named(self._more, "curves-more")
        row.addWidget(self._more)
        self._list_spans()
        self.recolour()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw icons in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_more"):
            self.recolour()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """What is needed where buttons are left to the menu."""
        return QSize(theme.px(_NARROW), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave buttons to the menu where there is no room."""
        super().resizeEvent(event)
        for button in self._spare:
            button.setVisible(event.size().width() >= theme.px(_ROOMY))

    def recolour(self) -> None:
        """Draw icons in the theme's colours."""
        self._actions.recolour()
        self._more.setIcon(theme.icon("more"))

    def set_seconds(self, seconds: float) -> None:
        """Show how much is followed."""
        self._seconds = seconds
        self._list_spans()

    def _list_spans(self) -> None:
        spans = [*_SPANS]
        if self._seconds not in spans:
            spans = sorted([*spans, self._seconds])
        self.span.clear()
        for seconds in spans:
            self.span.addItem(self._words(seconds), seconds)
        self.span.addItem(self.tr("Other…"), _OTHER)
        self.span.setCurrentIndex(spans.index(self._seconds))

    def _words(self, seconds: float) -> str:
        if not seconds:
            return self.tr("All")
        if seconds >= 60 and seconds % 60 == 0:
            return self.tr("{0} min").format(f"{seconds / 60:g}")
        return self.tr("{0} s").format(f"{seconds:g}")

    def _on_span(self) -> None:
        seconds = float(self.span.currentData())
        if seconds != _OTHER:
            self._choose(seconds)
            return
        self._list_spans()
        dialog = named(QInputDialog(self), "curves-seconds")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Follow"))
        dialog.setLabelText(self.tr("Seconds to show:"))
        dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
        dialog.setDoubleDecimals(3)
        dialog.setDoubleRange(0.001, _LONGEST)
        dialog.setDoubleValue(self._seconds or 10.0)
        dialog.doubleValueSelected.connect(self._choose)
        dialog.open()

    def _choose(self, seconds: float) -> None:
        self.set_seconds(seconds)
        self.seconds_changed.emit(seconds)

    def _button(self, action: QAction | None) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "bar")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(theme.px(_ICON), theme.px(_ICON)))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        if action is not None:
            button.setDefaultAction(action)
            button.setAccessibleName(action.text())
            named(button, f"{action.objectName()}-button")
        return button
