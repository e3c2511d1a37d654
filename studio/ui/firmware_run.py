"""The run on emulator or board: its steps as they happen, and what the emulator counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.ui import language
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.firmware_stages import show_sign
from studio.ui.records import Status
from studio.ui.widgets import muted, named, surface, verbatim
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.target import Run

_NARROWEST = 160  # pixels; less than steps and figures side by side ask for
_WIDE = 430  # pixels from which the figures stand beside the steps
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter  # Chinese lines are higher
_STEPS = ("start", "program", "download", "run", "verify", "done")
_OTHERS = {True: "start", False: "download"}  # the step a board, or the emulator, does not have


class EmulatorRun(QWidget):
    """Steps at the left, figures at the right; below, what a failed run says."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self.setMinimumWidth(_NARROWEST)
        self._workspace = workspace
        self._signs: dict[str, QLabel] = {}
        self._details: dict[str, QLabel] = {}
        self._figures: dict[str, QLabel] = {}
        self._titles: dict[str, QLabel] = {}
        self._error = named(QLabel(), "run-error")
        self._error.setProperty("role", "bad")
        self._error.setWordWrap(True)
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._note = muted(QLabel())
        self._note.setWordWrap(True)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(28)
        self._counted = QWidget()
        self._counted.setLayout(self._make_figures())
        self._row.addLayout(self._make_steps(), 3)
        self._row.addWidget(self._counted, 2)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addWidget(self._error)
        column.addLayout(self._row)
        column.addWidget(self._note)
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(surface(full))
        empty = EmptyState(
            "deploy",
            self.tr("Not run yet"),
            self.tr("Run starts the firmware on the target and compares its outputs."),
        )
        self._stack = EmptyOrFull(empty, scroll)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        for signal in (
            workspace.run_changed,
            workspace.live_changed,
            workspace.stages_changed,
            workspace.activity_changed,
            workspace.problems_changed,
        ):
            signal.connect(self._show)
        workspace.chip_changed.connect(self._show_chip)
        self._show_chip()
        self._show()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Show what came while this was hidden."""
        super().showEvent(event)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Put the figures below the steps where there is no room beside."""
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(across if wide else down)
        self._row.setSpacing(28 if wide else 10)

    # -- making

    def _make_steps(self) -> QGridLayout:
        titles = {
            "start": self.tr("Start the emulator"),
            "program": self.tr("Program the array"),
            "download": self.tr("Download the firmware"),
            "run": self.tr("Run the firmware"),
            "verify": self.tr("Compare with the simulator"),
            "done": self.tr("Result"),
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for index, step in enumerate(_STEPS):
            self._signs[step] = named(QLabel(), f"step-{step}")
            self._details[step] = verbatim(named(muted(QLabel()), f"detail-{step}"))
            self._details[step].setWordWrap(True)
            policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self._details[step].setSizePolicy(policy)
            self._details[step].setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse  # GDB's command is there to be copied
            )
            grid.addWidget(self._signs[step], 2 * index, 0)
            self._titles[step] = QLabel(titles[step])
            grid.addWidget(self._titles[step], 2 * index, 1)
            grid.addWidget(self._details[step], 2 * index + 1, 1)
        grid.setRowStretch(2 * len(_STEPS), 1)
        return grid

    def _make_figures(self) -> QGridLayout:
        titles = {
            "speed": self.tr("Instructions/s"),
            "instructions": self.tr("Instructions"),
            "cycles": self.tr("Cycles"),
            "time": "",
            "operations": self.tr("NPU operations"),
            "rounds": self.tr("NPU rounds"),
        }
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)  # in line with the steps beside it
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        for index, (name, title) in enumerate(titles.items()):
            self._figures[name] = named(QLabel(alignment=_RIGHT), name)
            label = muted(QLabel(title))
            if name == "time":
                self._clock = label
            grid.addWidget(label, index, 0)
            grid.addWidget(self._figures[name], index, 1)
        grid.setRowStretch(len(titles), 1)
        grid.setColumnStretch(1, 1)
        return grid

    # -- showing

    def _show_chip(self) -> None:
        chip = self._workspace.chip
        self._clock.setText(self.tr("Time at {0:g} MHz").format(chip.cpu.clock_hz / 1e6))
        cycles = chip.estimates.round.cycles if chip.estimates else 0
        text = self.tr(
            "Counted by the emulator, not measured on a chip: a cycle for each instruction and"
            " {0} for each NPU round."
        )
        self._note.setText(text.format(cycles))

    def _show(self) -> None:
        workspace = self._workspace
        status = workspace.stages["run"].status
        begun = workspace.live is not None or workspace.run is not None
        full = begun or status in ("running", "failed")
        self._stack.set_full(full)
        if not full or not self.isVisible():
            return  # while it runs this is asked for many times a second
        states = self._states(status)
        board, demo = self._on_board, self._demo
        for step in _STEPS:
            shown = step != _OTHERS[board] and not (demo and step in ("verify", "done"))
            show_sign(self._signs[step], states[step])
            text = self._detail(step, states[step])
            self._details[step].setText(text)
            for part in (self._signs[step], self._titles[step]):
                part.setVisible(shown)
            self._details[step].setVisible(shown and bool(text))
        self._counted.setVisible(not board)
        self._note.setVisible(not board)
        self._show_figures()
        found = [p for p in workspace.problems if p.source == "run" and p.severity == "error"]
        self._error.setText(f"✕ {language.message(found[0].message)}" if found else "")
        self._error.setVisible(bool(found))

    @property
    def _on_board(self) -> bool:
        live, run = self._workspace.live, self._workspace.run
        return live.board if live is not None else run is not None and run.analog

    @property
    def held(self) -> bool:
        """Whether the firmware has not begun because GDB has not let it."""
        live = self._workspace.live
        running = self._workspace.stages["run"].status == "running"
        return running and live is not None and live.gdb > 0 and not live.stats.instructions

    @property
    def _demo(self) -> bool:
        """Whether what runs has no end, and so nothing to compare."""
        image = self._workspace.image
        return image is not None and image.mode == "live"

    def _states(self, status: Status) -> dict[str, Status]:
        """The state of each step, from the run's and the step it came to."""
        if self._finished() is not None:
            return dict.fromkeys(_STEPS, "done")
        live = self._workspace.live
        reached = _STEPS.index(live.step) if live is not None else 0
        states: dict[str, Status] = {}
        for index, step in enumerate(_STEPS):
            here: Status = "done" if index < reached else "waiting"
            states[step] = status if index == reached else here
        return states

    def _detail(self, step: str, state: Status) -> str:
        workspace = self._workspace
        run, live = self._finished(), workspace.live
        if step == "program" and live is not None and live.cells:
            return self.tr("{0:,} cells from map.csv").format(live.cells)
        if step == "program" and live is not None and live.programming is not None:
            return language.message(live.programming.text)
        if step == "start" and live is not None and live.gdb:
            return self.tr("GDB: target remote localhost:{0}").format(live.gdb)
        if step == "run" and state == "running" and self.held:
            return self.tr("Waits for a debugger")
        if step == "run" and state == "running" and self._demo:
            return self.tr("A demo runs until it is stopped")
        if step == "run" and state == "running" and workspace.activity.name == "run":
            return workspace.activity.text
        if step == "run" and state == "cancelled":
            return self.tr("Stopped")
        if run is None or state != "done":
            return ""
        if step == "run":
            return self.tr("{0:,} samples in {1:.2f} s").format(run.samples, run.busy_seconds)
        if step == "verify":
            if run.differing and (run.analog or run.noise is not None):
                text = self.tr("{0:,} of {1:,} samples differ, as analog ones may")
                return text.format(run.differing, run.samples)
            if run.differing:
                text = self.tr("{0:,} of {1:,} samples differ")
                return text.format(run.differing, run.samples)
            return self.tr("All outputs equal, bit for bit")
        if step == "done" and run.accuracy is not None:
            return self.tr("Accuracy {0:.1f} %").format(100 * run.accuracy)
        return ""

    def _finished(self) -> Run | None:
        """The run the workspace holds, unless a later one is at work or came to nothing."""
        status = self._workspace.stages["run"].status
        return self._workspace.run if status in ("done", "waiting") else None

    def _show_figures(self) -> None:
        run, live = self._finished(), self._workspace.live
        if run is not None:
            counts = (run.instructions, run.cycles, run.npu_operations, run.npu_rounds)
            rate = run.instructions / run.busy_seconds if run.busy_seconds > 0 else 0.0
        elif live is not None:
            stats = live.stats
            counts = (stats.instructions, stats.cycles, stats.npu_operations, stats.npu_rounds)
            rate = live.rate
        else:
            counts, rate = (0, 0, 0, 0), 0.0
        names = ("instructions", "cycles", "operations", "rounds")
        for name, count in zip(names, counts, strict=True):
            self._figures[name].setText(f"{count:,}" if count else "–")
        self._figures["speed"].setText(self._rate(rate) if rate else "–")
        seconds = counts[1] / self._workspace.chip.cpu.clock_hz
        self._figures["time"].setText(self._seconds(seconds) if seconds else "–")

    def _rate(self, rate: float) -> str:
        return self.tr("{0:,.1f} million").format(rate / 1e6)

    def _seconds(self, seconds: float) -> str:
        if seconds < 1:
            return self.tr("{0:.1f} ms").format(1e3 * seconds)
        return self.tr("{0:.2f} s").format(seconds)
