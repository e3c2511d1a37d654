"""The serial monitor: what the board prints, its values as curves, and its accuracy."""

from __future__ import annotations

import pyqtgraph
from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, Qt, QTimer
from PySide6.QtGui import QColor, QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.monitor.parse import LineParser
from studio.ui import theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.panel import Panel
from studio.ui.serial_text import Floats, Series, TextFeed
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace

_TICK = 16  # milliseconds
_BYTES = 16 * 1024  # a tick; more would hold the event loop longer than a frame
_FRAME = 33  # milliseconds between two drawings of the curves
_BLOCKS = 5000
_CURVES = 8
_WIDE = 480  # device independent pixels from which text and curves stand side by side
_MAIN = "ratio"
# Counters and identifiers of the demos' text: numbers, but nothing to see in a curve.
_NO_CURVE = frozenset({"sample", "label", "result", "crc", "out", "image num", "correct ratio"})


class Monitor(QWidget):
    """Terminal at the left, accuracy and plot at the right.

    Reads at most ``_BYTES`` a tick; what is left waits for the next one.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._serial = workspace.serial
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._take)
        self._next_frame = QTimer(self, singleShot=True, interval=_FRAME)
        self._next_frame.timeout.connect(self._draw)
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setFont(theme.mono())
        self._text.setUndoRedoEnabled(False)
        self._text.setMaximumBlockCount(_BLOCKS)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setAccessibleName(self.tr("What the board prints"))
        self._number = named(QLabel(), "accuracy")
        self._number.setFont(theme.sized(2.4, bold=True))
        policy = self._number.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._number.setSizePolicy(policy)
        self._details = QLabel(wordWrap=True)
        muted(self._details)
        self._checks = QHBoxLayout()
        self._boxes: dict[str, QCheckBox] = {}
        self.plot = pyqtgraph.PlotWidget()
        self._prepare_plot()
        empty = EmptyState(
            "monitor",
            self.tr("The board is silent"),
            self.tr("Deploy runs the firmware; its serial text and accuracy appear here, live."),
        )
        self._stack = EmptyOrFull(empty, self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        workspace.serial_changed.connect(self._on_serial)
        workspace.run_changed.connect(self._show_result)
        workspace.simulation_changed.connect(self._show_result)
        self._start_again()
        self._recolour()
        self._on_serial()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._recolour()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Let text and curves stand below each other where there is no room beside."""
        super().resizeEvent(event)
        size = event.size()
        tall = size.width() < theme.px(_WIDE) and size.height() > size.width() / 2
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._split.setOrientation(down if tall else across)

    def curve(self, name: str) -> tuple[Floats, Floats]:
        """Numbers and values of one name so far; empty where it never came."""
        return self._series.get(name, Series()).points

    # -- making

    def _page(self) -> QWidget:
        side = QWidget()
        surface(side)
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 12, 0)
        head.setSpacing(12)
        head.addWidget(self._number)
        head.addWidget(self._details, 1)
        self._checks.setContentsMargins(12, 0, 12, 0)
        self._checks.setSpacing(12)
        self._checks.addStretch()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        checks = QWidget()
        checks.setLayout(self._checks)
        # Many names must not make the terminal narrow; those that do not fit are cut.
        checks.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column.addWidget(checks)
        no_curve = EmptyState(
            "monitor",
            self.tr("Nothing to plot"),
            self.tr("Values such as name:1.5 in the board's text become curves."),
        )
        self._canvas = EmptyOrFull(no_curve, self.plot)
        # The first bytes must not make this dock higher and all others lower.
        self._canvas.setMinimumHeight(theme.px(60))
        column.addWidget(self._canvas, 1)
        page = self._split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        page.setHandleWidth(1)
        page.addWidget(self._text)
        page.addWidget(side)
        page.setSizes([10_000, 10_000])  # halves, whatever the width will be
        return page

    def _prepare_plot(self) -> None:
        self.plot.setAcceptDrops(False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it has no keys
        self.plot.hideButtons()
        self.plot.setMenuEnabled(False)
        self.plot.setDownsampling(auto=True, mode="peak")
        self.plot.setClipToView(True)
        self.plot.showGrid(y=True, alpha=0.15)
        self.plot.getPlotItem().getViewBox().sigRangeChangedManually.connect(self._stop_following)

    def _start_again(self) -> None:
        """Forget the last run."""
        self._serial = self._workspace.serial
        self._position = 0
        self._feed = TextFeed()
        self._parser = LineParser()
        self._series: dict[str, Series] = {}
        self._curves: dict[str, pyqtgraph.PlotDataItem] = {}
        self._following = True
        self._latest: float | None = None
        self._undrawn = False
        self._text.clear()
        self.plot.clear()
        for box in self._boxes.values():
            box.deleteLater()
        self._boxes.clear()
        self._canvas.set_full(False)
        self._show_result()

    # -- taking bytes

    def _on_serial(self) -> None:
        if self._workspace.serial is not self._serial:
            self._start_again()
        self._stack.set_full(self._serial.end > 0)
        if self._position < self._serial.end and not self._timer.isActive():
            self._timer.start()
            self._take()

    def _take(self) -> None:
        data, self._position = self._serial.since(self._position, _BYTES)
        if not data:
            self._timer.stop()
            return
        self._append(self._feed.feed(data))
        for line in self._parser.feed(data):
            for name, value in () if line.cut else line.values.items():
                self._add_value(name, value)
        # Drawn by itself, together with what comes meanwhile: text and curves hold a frame each.
        self._undrawn = True
        if not self._next_frame.isActive():
            self._next_frame.start()

    def _append(self, text: str) -> None:
        bar = self._text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)
        if at_end:
            bar.setValue(bar.maximum())

    def _add_value(self, name: str, value: float) -> None:
        if name in _NO_CURVE:
            return
        if name not in self._series:
            if len(self._series) == _CURVES:
                return
            self._series[name] = Series()
        self._series[name].add(value)
        if name == _MAIN:
            self._latest = value

    # -- showing

    def _draw(self) -> None:
        if not self._undrawn:
            return
        self._undrawn = False
        self._canvas.set_full(bool(self._series))
        for name, series in self._series.items():
            if name not in self._boxes:
                self._add_box(name)
            if self._boxes[name].isChecked():
                x, y = series.points
                self._curve(name).setData(x, y, autoDownsampleFactor=1, skipFiniteCheck=True)
        if self._following:
            self._follow()
        self._show_result()

    def _curve(self, name: str) -> pyqtgraph.PlotDataItem:
        """Made when it first shows: eight at once would take longer than a frame."""
        if name not in self._curves:
            self._curves[name] = self.plot.plot(pen=self._pen(name))
        return self._curves[name]

    def _add_box(self, name: str) -> None:
        box = QCheckBox(name.replace("&", "&&"))  # a board may print anything; no access key
        box.setChecked(name == _MAIN or _MAIN not in self._series)
        box.toggled.connect(self._on_check)
        self._boxes[name] = box
        self._checks.insertWidget(self._checks.count() - 1, box)

    def _on_check(self) -> None:
        for name, curve in self._curves.items():
            curve.setVisible(self._boxes[name].isChecked())
        self._following = self._undrawn = True
        self._draw()

    def _follow(self) -> None:
        """The whole of every curve that shows; a ratio always from 0 to 1."""
        shown = [self._series[name].points for name, box in self._boxes.items() if box.isChecked()]
        if not shown:
            return
        low = min(float(y.min()) for _, y in shown)
        high = max(float(y.max()) for _, y in shown)
        if self._boxes.get(_MAIN) is not None and self._boxes[_MAIN].isChecked():
            low, high = min(low, 0.0), max(high, 1.0)
        right = max(float(x[-1]) for x, _ in shown)
        left = min(float(x[0]) for x, _ in shown)
        self.plot.setRange(xRange=(left, max(right, left + 1)), yRange=(low, high), padding=0.04)

    def _stop_following(self) -> None:
        self._following = False

    def _show_result(self) -> None:
        run, simulation = self._workspace.run, self._workspace.simulation
        accuracy = self._latest if run is None or run.accuracy is None else run.accuracy
        parts = []
        text = ""
        if accuracy is not None:
            text = f"{100 * accuracy:.1f} %"
            board = run.analog if run is not None else bool(self._workspace.port)
            where = self.tr("accuracy on the board"), self.tr("accuracy on the emulator")
            parts.append(where[0] if board else where[1])
        elif run is not None:
            text = f"{run.samples - run.differing} / {run.samples}"
            parts.append(self.tr("samples come out as simulated"))
        self._number.setText(text)
        self._number.setVisible(bool(text))
        if simulation is not None and simulation.accuracy_integer is not None:
            text = self.tr("simulated {0:.1f} %").format(100 * simulation.accuracy_integer)
            if simulation.accuracy_float is not None:
                text += self.tr(" · float {0:.1f} %").format(100 * simulation.accuracy_float)
            parts.append(text)
        if self._serial.dropped:
            parts.append(self.tr("{0} bytes not shown").format(self._serial.dropped))
        self._details.setText("\n".join(parts))

    def _pen(self, name: str) -> object:
        """The accent for the first curve, layer colours for the others."""
        colours = theme.current()
        choice = (colours.accent, *colours.layers[1:])
        index = list(self._boxes).index(name)
        return pyqtgraph.mkPen(choice[index % len(choice)], width=theme.line_width())

    def _recolour(self) -> None:
        colours = theme.current()
        self.plot.setBackground(colours.base)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(QColor(colours.border))
            axis.setTextPen(QColor(colours.muted))
        for name, curve in self._curves.items():
            curve.setPen(self._pen(name))


PANEL = Panel("monitor", str(QT_TRANSLATE_NOOP("Panel", "Monitor")), "bottom-right", Monitor)
