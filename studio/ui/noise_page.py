"""Studying noisy chips: what to study, and what came out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from superqt import QFlowLayout

from studio import studies
from studio.ui import theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.noise_plots import NoisePlots
from studio.ui.records import Ask, Cancel
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace

_DAY = 86400.0


class NoisePage(QWidget):
    """Choices and a button at the top, the figures and plots below."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self._workspace = workspace
        self._model = named(QComboBox(), "noise-model")
        for name in workspace.chip.noise:
            self._model.addItem(name)
        # The first one that has any noise.
        noisy = [name for name, model in workspace.chip.noise.items() if not model.ideal]
        self._model.setCurrentText(noisy[0] if noisy else "")
        self._model.setToolTip(self.tr("Device model of the chip file"))
        self._chips = named(QSpinBox(minimum=2, maximum=100_000, value=50), "noise-chips")
        self._days = QDoubleSpinBox(minimum=0.0, maximum=36_500.0, value=0.0, decimals=1)
        self._days.setToolTip(self.tr("Time since the weights were programmed"))
        self._celsius = QDoubleSpinBox(minimum=-55.0, maximum=175.0, value=25.0, decimals=0)
        self._layers = QCheckBox(self.tr("Each layer alone, too"))
        self._layers.setChecked(True)
        self._layers.setToolTip(self.tr("Also finds out which layers suffer most"))
        self._run = named(QPushButton(self.tr("Study chips")), "noise-run")
        self._run.clicked.connect(self._on_run)
        self._picture = named(QPushButton(self.tr("Save picture…")), "noise-picture")
        self._picture.clicked.connect(self._on_picture)
        self._head = QLabel()
        self._head.setFont(theme.sized(1.25, bold=True))
        self._words = QLabel(wordWrap=True)
        muted(self._words)
        self.plots = NoisePlots()
        empty = EmptyState(
            "noise",
            self.tr("No chips studied yet"),
            self.tr("No two chips are alike: see how many of them stay accurate."),
        )
        self._stack = EmptyOrFull(empty, self._results())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._controls())
        column.addWidget(self._stack, 1)
        workspace.study_changed.connect(self._show)
        workspace.simulation_changed.connect(self._show_state)
        workspace.layout_changed.connect(self._show_state)
        workspace.activity_changed.connect(self._show_state)
        self._show()
        self._show_state()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """The heading's size follows the application's font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange and hasattr(self, "_head"):
            self._head.setFont(theme.sized(1.25, bold=True))

    def _controls(self) -> QWidget:
        bar = QWidget()
        flow = QFlowLayout(bar)
        flow.setContentsMargins(12, 8, 12, 4)
        flow.setHorizontalSpacing(14)
        flow.setVerticalSpacing(6)
        self._days.setSuffix(self.tr(" days"))
        self._celsius.setSuffix(" °C")
        for text, widget in (
            (self.tr("Device"), self._model),
            (self.tr("Chips"), self._chips),
            (self.tr("Age"), self._days),
            (self.tr("At"), self._celsius),
        ):
            flow.addWidget(_pair(text, widget))
        for box in (self._chips, self._days, self._celsius):
            box.setFixedWidth(box.fontMetrics().horizontalAdvance("000000000000") + 24)
        # The flow aligns at the top: of one height they stand on one line.
        for single in (self._layers, self._run):
            single.setMinimumHeight(self._days.sizeHint().height())
            flow.addWidget(single)
        return bar

    def _results(self) -> QWidget:
        page = QWidget()
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 12, 4)
        head.setSpacing(12)
        head.addWidget(self._head)
        head.addWidget(self._words, 1)
        head.addWidget(self._picture)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.plots, 1)
        return page

    def _on_run(self) -> None:
        if self._workspace.activity.name == "noise":
            self._workspace.task_requested.emit(Cancel())
            return
        choice = studies.NoiseChoice(
            self._model.currentText(),
            chips=self._chips.value(),
            seconds=self._days.value() * _DAY,
            celsius=self._celsius.value(),
            layers=self._layers.isChecked(),
        )
        self._workspace.task_requested.emit(
            Ask("noise", studies.noise_study, (choice,), self._workspace.set_study, "map")
        )

    def _on_picture(self) -> None:
        study, out = self._workspace.study, self._workspace.out
        if study is None:
            return
        start = str((out or Path()) / "noise.svg")
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save picture"), start, self.tr("Pictures (*.svg *.png)")
        )
        if name:
            arguments = (study, Path(name), theme.current().dark)
            self._workspace.task_requested.emit(
                Ask("picture", studies.noise_picture, arguments, self._on_saved)
            )

    def _on_saved(self, path: Path) -> None:
        self._workspace.notice.emit(self.tr("Saved {0}").format(path))

    def _show_state(self) -> None:
        workspace = self._workspace
        running = workspace.activity.name == "noise"
        ready = workspace.simulation is not None and workspace.layout is not None
        busy = bool(workspace.activity.name) and not workspace.activity.quiet
        self._run.setText(self.tr("Stop") if running else self.tr("Study chips"))
        self._run.setEnabled(running or (ready and not busy and self._model.count() > 0))
        tip = "" if ready else self.tr("Deploy first: the study needs the layout and samples.")
        self._run.setToolTip(tip)

    def _show(self) -> None:
        study = self._workspace.study
        self._stack.set_full(study is not None)
        self.plots.show_study(study)
        if study is None:
            return
        share, low, high = study.yields()
        self._head.setText(self.tr("Yield {0:.0f} %").format(100 * share))
        self._words.setText(
            self.tr(
                "{0} chips of {1}, {2} samples: mean {3:.2f} %, worst {4:.2f} %, exact {5:.2f} %;"
                " yield between {6:.0f} and {7:.0f} % (95 %)"
            ).format(
                len(study.scores),
                study.model.name,
                study.samples,
                100 * float(study.scores.mean()),
                100 * float(study.scores[study.worst]),
                100 * study.exact,
                100 * low,
                100 * high,
            )
        )


def _pair(text: str, widget: QWidget) -> QWidget:
    """A short label and what it names, which stay together."""
    found = QWidget()
    row = QHBoxLayout(found)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    label = QLabel(text)
    label.setBuddy(widget)
    muted(label)
    row.addWidget(label)
    row.addWidget(widget)
    widget.setAccessibleName(text)
    return found
