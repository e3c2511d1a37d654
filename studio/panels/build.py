"""The deploy's stages, the build log, and what the firmware takes of the chip's memory."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.ui import stage_text, theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.panel import Panel
from studio.ui.records import Status
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import STAGES, Workspace

_SIGNS: dict[Status, tuple[str, str]] = {
    # A sign as well as a colour, for those who see no difference in the colour.
    "waiting": ("○", "muted"),
    "running": ("●", "accent"),
    "done": ("✓", "good"),
    "failed": ("✕", "bad"),
    "cancelled": ("–", "muted"),
}


class Build(QWidget):
    """Stages and sizes at the left, the log at the right."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._signs: dict[str, QLabel] = {}
        self._times: dict[str, QLabel] = {}
        self._bars: list[tuple[QProgressBar, QLabel]] = []
        self._shown = 0
        self._log = QPlainTextEdit(readOnly=True)
        self._log.setFont(theme.mono())
        self._log.setUndoRedoEnabled(False)
        self._log.setMaximumBlockCount(20_000)
        empty = EmptyState(
            "build",
            self.tr("No build yet"),
            self.tr("Deploy writes a C project, compiles it and shows the compiler's words here."),
        )
        self._stack = EmptyOrFull(empty, self._log)
        line = named(QFrame(), "rule")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side())
        row.addWidget(line)
        row.addWidget(self._stack, 1)
        surface(self)
        workspace.stages_changed.connect(self._show_stages)
        workspace.image_changed.connect(self._show_sizes)
        workspace.output_changed.connect(self._show_log)
        self._show_stages()
        self._show_sizes()
        self._show_log()

    def _side(self) -> QWidget:
        side = QWidget()
        side.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        side.setFixedWidth(230)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for index, stage in enumerate(STAGES):
            self._signs[stage] = QLabel()
            self._times[stage] = QLabel(alignment=Qt.AlignmentFlag.AlignRight)
            muted(self._times[stage])
            grid.addWidget(self._signs[stage], index, 0)
            grid.addWidget(QLabel(stage_text.name(stage)), index, 1)
            grid.addWidget(self._times[stage], index, 2)
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(4)
        column.addLayout(grid)
        column.addSpacing(8)
        column.addStretch()
        for title in (self.tr("Code"), self.tr("Data"), self.tr("NPU memory")):
            column.addLayout(self._bar(title))
        return side

    def _bar(self, title: str) -> QVBoxLayout:
        numbers = QLabel(alignment=Qt.AlignmentFlag.AlignRight)
        muted(numbers)
        bar = QProgressBar(textVisible=False)
        bar.setAccessibleName(title)
        self._bars.append((bar, numbers))
        head = QHBoxLayout()
        head.addWidget(QLabel(title))
        head.addWidget(numbers)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(bar)
        return column

    def _show_stages(self) -> None:
        for stage, state in self._workspace.stages.items():
            sign, role = _SIGNS[state.status]
            label = self._signs[stage]
            label.setText(sign)
            label.setAccessibleName(stage_text.status(state.status))
            label.setToolTip(stage_text.status(state.status))
            label.setProperty("role", role)
            label.style().polish(label)
            if state.seconds is None:
                text = ""
            elif state.cached:
                text = self.tr("cached")
            else:
                text = self.tr("{0:.2f} s").format(state.seconds)
            self._times[stage].setText(text)

    def _show_sizes(self) -> None:
        image = self._workspace.image
        if image is None:
            for bar, numbers in self._bars:
                bar.setValue(0)
                numbers.setText("")
            return
        sizes = image.sizes
        pairs = (
            (sizes.code, sizes.code_limit),
            (sizes.data, sizes.data_limit),
            (sizes.sram, sizes.sram_limit),
        )
        for (bar, numbers), (used, limit) in zip(self._bars, pairs, strict=True):
            bar.setRange(0, limit)
            bar.setValue(min(used, limit))
            numbers.setText(self.tr("{0:.1f} of {1:.0f} KiB").format(used / 1024, limit / 1024))

    def _show_log(self) -> None:
        lines = [line for tool in self._workspace.outputs.values() for line in tool]
        if len(lines) < self._shown:
            self._log.clear()
            self._shown = 0
        new = lines[self._shown :]
        if new:
            self._log.appendPlainText("\n".join(new))
        self._shown = len(lines)
        self._stack.set_full(bool(lines))


PANEL = Panel("build", str(QT_TRANSLATE_NOOP("Panel", "Build")), "left-bottom", Build)
