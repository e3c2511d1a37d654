"""The layers on the target: whether each equals the simulator, and how long it takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from superqt import QElidingLabel

from studio import studies
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.firmware_stages import show_sign
from studio.ui.records import Ask, Status
from studio.ui.table import Cell, Column, Row, RowsModel, Table
from studio.ui.widgets import literal, named, surface, tool_button
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.layer_check import LayerCheck
    from studio.monitor.board_info import LayerTime

SAMPLES = 4
_ID = "firmware"


class LayerChecks(QWidget):
    """A button that runs every layer alone, and the table of what came of it.

    Before that it has the times of a run whose firmware took them.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self._workspace = workspace
        self._shown: tuple[LayerCheck, ...] | tuple[LayerTime, ...] | None = None
        self._check = tool_button(
            "check-layers",
            self.tr("Check layers"),
            self.tr("Run each layer by itself on the target and compare it with the simulator"),
        )
        self._check.clicked.connect(self._ask)
        self._sign = named(QLabel(), "check-sign")
        self._state = named(QElidingLabel(), "check-state")
        self._rows = RowsModel(self._columns())
        self._table = Table(self._rows, fill_first=True)
        named(self._table, "check-table")
        self._table.setAccessibleName(self.tr("Layers on the target"))
        self._table.clicked.connect(self._select)
        self._stack = EmptyOrFull(
            EmptyState(
                "layers",
                self.tr("Not checked yet"),
                self.tr(
                    "Each layer is run by itself on the target and compared with the simulator. A"
                    " board needs firmware whose samples come over the serial line."
                ),
            ),
            self._table,
        )
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 12, 4)
        bar.setSpacing(8)
        bar.addWidget(self._check)
        bar.addWidget(self._sign)
        bar.addWidget(self._state, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)
        workspace.checks_changed.connect(self._show)
        workspace.activity_changed.connect(self._show)
        workspace.run_changed.connect(self._show)
        workspace.layout_changed.connect(self._forget)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Show what came while this was hidden."""
        super().showEvent(event)
        self._show()

    def _columns(self) -> list[Column]:
        return [
            Column("layer", self.tr("Layer")),
            Column(
                "differing",
                self.tr("Differing"),
                self.tr("Values that are not the simulator's"),
                numeric=True,
                text=_count,
            ),
            Column(
                "largest",
                self.tr("At most"),
                self.tr("The largest difference, in integer steps"),
                numeric=True,
                text=_count,
            ),
            Column(
                "correlation",
                self.tr("Correlation"),
                self.tr("Of all values with the simulator's"),
                numeric=True,
                text=_correlation,
            ),
            Column(
                "time",
                self.tr("Time, µs"),
                self.tr("Mean time of one run at the chip's clock"),
                numeric=True,
                text=_count,
            ),
            Column("cycles", self.tr("Cycles"), numeric=True, text=_count),
        ]

    def _show(self) -> None:
        workspace = self._workspace
        busy = bool(workspace.activity.name) and not workspace.activity.quiet
        self._check.setEnabled(workspace.model is not None and not busy)
        if not self.isVisible():
            return
        checks, times = workspace.checks, self._times()
        self._stack.set_full(bool(checks or times))
        if (checks or times) != self._shown:
            self._shown = checks or times
            rows = [_row(check) for check in checks] or [_timed(time) for time in times]
            self._rows.set_rows(rows)
        status, text = self._told()
        show_sign(self._sign, status)
        self._sign.setVisible(bool(text))
        self._state.setText(text)
        self._state.setToolTip(literal(text))

    def _times(self) -> tuple[LayerTime, ...]:
        """Of the last run, where its firmware was built to take them."""
        run = self._workspace.run
        return run.times if run is not None else ()

    def _told(self) -> tuple[Status, str]:
        workspace = self._workspace
        if workspace.activity.name == "check":
            return "running", workspace.activity.text
        if not workspace.checks:
            return "waiting", self.tr("Times of the last run") if self._times() else ""
        wrong = sum(check.differing > 0 for check in workspace.checks)
        if not wrong:
            return "done", self.tr("Every layer equals the simulator, bit for bit")
        text = self.tr("{0} of {1} layers differ from the simulator")
        return "failed", text.format(wrong, len(workspace.checks))

    def _forget(self) -> None:
        if self._workspace.checks:
            self._workspace.set_checks(())

    def _ask(self) -> None:
        workspace = self._workspace
        arguments = (workspace.port, SAMPLES)
        asked = Ask("check", studies.check_layers, arguments, workspace.set_checks, until="build")

        def ask() -> None:
            workspace.task_requested.emit(asked)

        if workspace.port:
            workspace.monitoring.leave_until_idle("the check of layers", ask)
        else:
            ask()

    def _select(self) -> None:
        key = self._rows.row(self._table.currentIndex().row()).key
        self._workspace.select_layer(key, _ID)


def _row(check: LayerCheck) -> Row:
    cells: tuple[Cell, ...] = (
        check.layer,
        check.differing,
        check.largest,
        check.correlation,
        check.microseconds,
        check.cycles,
    )
    alert = frozenset({"differing"}) if check.differing else frozenset()
    return Row(check.layer, cells, sign="≠" if check.differing else "", alert=alert)


def _timed(time: LayerTime) -> Row:
    return Row(time.name, (time.name, None, None, None, time.microseconds, time.cycles))


def _count(value: Cell) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _correlation(value: Cell) -> str:
    if not isinstance(value, float) or math.isnan(value):
        return "–"
    return f"{value:.6f}"
