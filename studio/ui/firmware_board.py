"""The board on the desk: weights and firmware into it, and how well each layer matches."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel, QFlowLayout

from studio.formats.program_live import LayerResult, Programming
from studio.ui import language
from studio.ui.correlation_plot import CorrelationPlot
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.firmware_stages import show_sign
from studio.ui.maker_menu import MakerButton
from studio.ui.records import Board, Status
from studio.ui.table import Cell, Column, Row, RowsModel, Table
from studio.ui.widgets import literal, named, surface, tool_button
from studio.ui.workspace import Workspace

_STEPS = 1000
_WIDE = 430  # pixels from which the plot stands beside the table
_WEAK = 0.95  # correlation below which a layer stands out; published logs have 0.98 to 0.999
_LEAST_HEIGHT = 120  # pixels of table and plot


class BoardPage(QWidget):
    """Buttons for the board's tools, what they do, and the layers' correlations."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self._workspace = workspace
        self._shown: tuple[LayerResult, ...] | None = None
        self._buttons = {
            "program": self._button(
                "program",
                self.tr("Program weights"),
                self.tr("Write the weights into the board's array; takes some minutes"),
            ),
            "download": self._button(
                "download",
                self.tr("Download firmware"),
                self.tr("Write the firmware into the board, compare it and start it"),
            ),
            "tag": self._button(
                "tag", self.tr("Read tag"), self.tr("Ask the array which weights it holds")
            ),
        }
        self._sign = named(QLabel(), "board-sign")
        self._state = named(QElidingLabel(), "board-state")
        self._bar = named(QProgressBar(textVisible=False), "board-progress")
        self._bar.setRange(0, _STEPS)
        self._bar.setMaximumWidth(160)
        self._rows = RowsModel(self._columns())
        self._table = Table(self._rows, fill_first=True)
        named(self._table, "board-layers")
        self._table.setAccessibleName(self.tr("Layers of the array, as the tool measured them"))
        self._plot = CorrelationPlot()
        self._table.setMinimumHeight(_LEAST_HEIGHT)
        self._plot.setMinimumHeight(_LEAST_HEIGHT)
        self._split = split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._table)
        split.addWidget(self._plot)
        split.setSizes([300, 300])
        split.setChildrenCollapsible(False)
        empty = EmptyState(
            "build",
            self.tr("Nothing programmed yet"),
            self.tr(
                "Choose the board's port as the target and deploy, or program and download by"
                " hand. The tools are in the settings, under Board."
            ),
        )
        self._stack = EmptyOrFull(empty, split)
        self._lay_out()
        for signal in (
            workspace.board_changed,
            workspace.image_changed,
            workspace.layout_changed,
            workspace.activity_changed,
        ):
            signal.connect(self._show)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Show what came while this was hidden."""
        super().showEvent(event)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Put the plot below the table where there is no room beside."""
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE
        self._split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        self._fit()

    # -- making

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        return tool_button(f"board-{name}", text, tip)

    def _columns(self) -> list[Column]:
        return [
            Column("layer", self.tr("Layer"), self.tr("The block's number, in execution order")),
            Column(
                "before",
                self.tr("Before"),
                self.tr("Correlation of the chip's outputs with the expected, before correction"),
                numeric=True,
                text=_correlation,
            ),
            Column(
                "after",
                self.tr("After"),
                self.tr("The same after the tool's correction"),
                numeric=True,
                text=_correlation,
            ),
            Column("pass", self.tr("Pass"), self.tr("Which of the tool's passes"), numeric=True),
        ]

    def _lay_out(self) -> None:
        bar = QWidget()
        flow = QFlowLayout(bar)
        flow.setContentsMargins(8, 6, 8, 2)
        flow.setSpacing(4)
        for what, button in self._buttons.items():
            button.clicked.connect(partial(self._ask, what))
            flow.addWidget(button)
        flow.addWidget(named(MakerButton(self._workspace), "maker"))
        status = QHBoxLayout()
        status.setContentsMargins(12, 4, 12, 4)
        status.setSpacing(8)
        status.addWidget(self._sign)
        status.addWidget(self._state, 1)
        status.addWidget(self._bar)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addLayout(status)
        # No higher than it must be: where even that does not fit, all of the page scrolls.
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._stack.setMinimumHeight(_LEAST_HEIGHT)
        column.addWidget(self._stack, 1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(surface(full))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    # -- showing

    def _show(self) -> None:
        workspace = self._workspace
        deploying = bool(workspace.port) and workspace.activity.name == "run"
        free = not workspace.board.doing and not deploying
        self._buttons["program"].setEnabled(free and workspace.layout is not None)
        self._buttons["download"].setEnabled(free and workspace.image is not None)
        self._buttons["tag"].setEnabled(free)
        if not self.isVisible():
            return
        programming = workspace.programming
        results = programming.last if programming is not None else ()
        self._stack.set_full(bool(results))
        self._fit()
        if results != self._shown:
            self._shown = results
            self._rows.set_rows([_row(result) for result in results])
            self._plot.set_results(results)
        status, text = self._told(programming)
        show_sign(self._sign, status)
        self._state.setText(text)
        self._state.setToolTip(literal(text))
        self._bar.setVisible(bool(workspace.board.doing))
        self._bar.setValue(round(workspace.board.fraction * _STEPS))

    def _fit(self) -> None:
        """Ask for the height of table and plot where they stand below each other."""
        below = self._split.orientation() == Qt.Orientation.Vertical
        both = below and self._stack.currentWidget() is self._split
        self._stack.setMinimumHeight((2 if both else 1) * _LEAST_HEIGHT)

    def _told(self, programming: Programming | None) -> tuple[Status, str]:
        """How it stands, in one line."""
        board = self._workspace.board
        if board.status != "waiting":
            title = {
                "program": self.tr("Programming the weights"),
                "download": self.tr("Downloading the firmware"),
                "tag": self.tr("Reading the tag"),
            }.get(board.doing, "")
            return board.status, " · ".join(part for part in (title, board.text) if part)
        if programming is None:
            return "waiting", self.tr("No tool has run yet")
        text = language.message(programming.text)
        if programming.verdict == "running":
            return "running", text
        done = programming.verdict == "finished"
        worst = programming.worst
        if done and worst is not None:
            text = self.tr("Programmed; the least correlation is {0:.3f}, of layer {1}").format(
                worst.after.correlation, worst.layer
            )
        return "done" if done else "failed", text

    # -- what the buttons do

    def _ask(self, what: str) -> None:
        if what in ("program", "download", "tag"):
            self._workspace.task_requested.emit(Board(what))  # type: ignore[arg-type]


def _row(result: LayerResult) -> Row:
    low = frozenset({"after"}) if result.after.correlation < _WEAK else frozenset()
    cells: tuple[Cell, ...] = (
        result.layer,
        result.before.correlation,
        result.after.correlation,
        result.number + 1,
    )
    return Row(str(result.layer), cells, sign="⚠" if low else "", alert=low)


def _correlation(value: Cell) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
