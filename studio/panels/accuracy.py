"""How good the network is: by class, sample by sample, layer by layer, and on noisy chips."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.ui import answers, theme
from studio.ui.answers import Answers
from studio.ui.confusion import Confusion, ConfusionModel, ConfusionView
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.error_plot import ErrorPlot
from studio.ui.noise_page import NoisePage
from studio.ui.panel import Panel
from studio.ui.sample_list import SampleList, SampleModel
from studio.ui.widgets import muted, named, surface, verbatim
from studio.ui.workspace import Workspace

_ORIGIN = "accuracy"
_WIDE = 480  # device independent pixels from which matrix and samples stand side by side


class Accuracy(QWidget):
    """Tabs: samples with the confusion matrix, layers, noise."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._answers: Answers | None = None
        self._known: list[Answers] = []
        self._stale = True
        self._tabs = QTabWidget(documentMode=True)
        self._tabs.addTab(self._samples_page(), self.tr("Samples"))
        self._tabs.addTab(self._layers_page(), self.tr("Layers"))
        self._tabs.addTab(NoisePage(workspace), self.tr("Noise"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)
        workspace.simulation_changed.connect(self._on_answers)
        workspace.run_changed.connect(self._on_answers)
        workspace.comparison_changed.connect(self._show_layers)
        workspace.selection_changed.connect(self._show_selection)
        self._show_layers()
        self._show_selection()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Let matrix and samples stand below each other where there is no room beside."""
        super().resizeEvent(event)
        size = event.size()
        tall = size.width() < theme.px(_WIDE) and size.height() > size.width()
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._split.setOrientation(down if tall else across)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Count what came while the panel was hidden."""
        super().showEvent(event)
        self._refresh()

    # -- making

    def _samples_page(self) -> QWidget:
        self._number = named(QLabel(), "accuracy-number")
        self._number.setFont(theme.sized(1.6, bold=True))
        self._words = QLabel(wordWrap=True)
        muted(self._words)
        self._who = named(QComboBox(), "answers-of")
        self._who.setAccessibleName(self.tr("Whose answers"))
        self._who.setToolTip(self.tr("Whose answers"))
        self._who.activated.connect(self._on_who)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 6)
        head.setSpacing(12)
        head.addWidget(self._number)
        head.addWidget(self._words, 1)
        head.addWidget(self._who)
        self._matrix = ConfusionModel()
        self.matrix = ConfusionView(self._matrix)
        self.matrix.picked.connect(self._on_picked)
        self._samples = SampleModel()
        self.list = SampleList(self._samples)
        self._title = verbatim(QLabel())
        self._all = named(QPushButton(self.tr("All wrong ones")), "all-wrong")
        self._all.clicked.connect(self._show_wrong)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 4)
        row.addWidget(self._title, 1)
        row.addWidget(self._all)
        side = surface(QWidget())
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        parts = self._split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        parts.setHandleWidth(1)
        parts.addWidget(Confusion(self.matrix))
        parts.addWidget(side)
        parts.setSizes([10_000, 10_000])
        page = surface(QWidget())
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(parts, 1)
        empty = EmptyState(
            "accuracy",
            self.tr("No answers yet"),
            self.tr("Deploy with labelled samples to see which ones come out wrong."),
        )
        self._samples_stack = EmptyOrFull(empty, page)
        return self._samples_stack

    def _layers_page(self) -> QWidget:
        self.errors = ErrorPlot()
        self.errors.picked.connect(self._on_layer)
        empty = EmptyState(
            "accuracy",
            self.tr("No comparison yet"),
            self.tr("After a deploy each layer is compared with the float model."),
        )
        self._layers_stack = EmptyOrFull(empty, self.errors)
        return self._layers_stack

    # -- showing

    def _on_answers(self) -> None:
        self._stale = True
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        if not self._stale:
            return
        self._stale = False
        both = {
            title: found
            for title, emulator in ((self.tr("Emulator"), True), (self.tr("Simulator"), False))
            if (found := answers.of(self._workspace, emulator=emulator)) is not None
        }
        self._known = list(both.values())
        self._who.clear()
        self._who.addItems(list(both))
        self._who.setVisible(len(both) > 1)
        self._on_who(0)

    def _on_who(self, index: int) -> None:
        self._answers = found = self._known[index] if self._known else None
        self._samples_stack.set_full(found is not None)
        self._matrix.set_answers(found)
        self._show_wrong()
        if found is None:
            return
        self._number.setText(self.tr("{0:.2f} %").format(100 * found.accuracy))
        text = self.tr("answers of the exact simulator")
        if found.emulator:
            text = self.tr("answers of the emulator")
        wrong = int((~found.right).sum())
        count = self.tr("{0} of {1} samples wrong").format(wrong, len(found.labels))
        self._words.setText(f"{text} · {count}")

    def _on_picked(self, label: int, prediction: int) -> None:
        self._show_samples(label, prediction)
        self._title.setText(self.tr("{0} answered as {1}").format(label, prediction))

    def _show_wrong(self) -> None:
        self._show_samples(None, None)
        self._title.setText(self.tr("Wrong answers"))

    def _show_samples(self, label: int | None, prediction: int | None) -> None:
        simulation = self._workspace.simulation
        if self._answers is None or simulation is None:
            self._samples.show(None, None, ())
            return
        places = self._answers.chosen(label, prediction)
        self._samples.show(self._answers, simulation.inputs[0], places.tolist())

    def _show_layers(self) -> None:
        report = self._workspace.comparison
        self._layers_stack.set_full(report is not None and report.reference)
        self.errors.set_report(report)

    def _show_selection(self) -> None:
        self.errors.select(self._workspace.selected.layer)

    def _on_layer(self, layer: str) -> None:
        self._workspace.select_layer(layer, _ORIGIN)


PANEL = Panel("accuracy", str(QT_TRANSLATE_NOOP("Panel", "Accuracy")), "right", Accuracy, order=2)
