"""The mapper: what it is asked for, its work, and what came of it or why nothing did."""

from __future__ import annotations

import importlib.util

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.base import fields
from studio.mapper.options import MapOptions, wanted_bias_rows
from studio.options import Options
from studio.ui import field_editors, mapper_edits, mapper_layers, theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.form import Form
from studio.ui.mapper_failure import Failure
from studio.ui.mapper_head import Head
from studio.ui.mapper_layers import LayersModel, LayersTable
from studio.ui.mapper_result import Result
from studio.ui.panel import Panel
from studio.ui.records import Problem, Target
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace

_ID = "mapper"
_FIELDS = tuple(field for field in fields.of(Options) if field.group == "Map")


class Mapper(QWidget):
    """Head with the actions; tabs for the result, the options and the layers' choices."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._stale = True
        self._following = False
        self.head = Head(workspace)
        self.head.map.clicked.connect(self._show_result)
        self.head.again.clicked.connect(self._show_result)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self._result_page(), self.tr("Result"))
        self.tabs.addTab(self._options_page(), self.tr("Options"))
        self.tabs.addTab(self._layers_page(), self.tr("Layers"))
        self.tabs.setCurrentIndex(workspace.views.get(_ID, 0))
        self.tabs.currentChanged.connect(self._on_tab)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.tabs, 1)
        empty = EmptyState(
            "array",
            self.tr("Nothing to map"),
            self.tr("Open a model: the mapper places its weights on the array."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        for signal in (
            workspace.model_changed,
            workspace.qnetwork_changed,
            workspace.options_changed,
            workspace.chip_changed,
        ):
            signal.connect(self._refresh)
        for signal in (
            workspace.layout_changed,
            workspace.stages_changed,
            workspace.problems_changed,
        ):
            signal.connect(self._refresh_outcome)
        workspace.selection_changed.connect(self._follow)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw what came while the panel was hidden."""
        super().showEvent(event)
        self._build()

    # -- making

    def _result_page(self) -> QWidget:
        self.result = Result()
        self.result.layer_picked.connect(self._on_layer)
        self.result.layer_opened.connect(self._on_layer_opened)
        self.failure = Failure()
        self.failure.jumped.connect(self._on_jump)
        self.failure.options_asked.connect(self._show_options)
        self._none = EmptyState(
            "array",
            self.tr("No layout yet"),
            self.tr("Map places every layer on the array and shows here what came of it."),
        )
        self._busy = EmptyState(
            "array",
            self.tr("Mapping…"),
            self.tr("The layout is shown here as soon as it is found."),
        )
        self.pages = QStackedWidget()
        for page in (self._none, self._busy, self.result, self.failure):
            self.pages.addWidget(page)
        return self.pages

    def _options_page(self) -> QWidget:
        self.form = Form(_FIELDS, self._workspace.options)
        self.form.changed.connect(self._on_option)
        self._extra = muted(named(QLabel(wordWrap=True), "extra"))
        self._extra.setText(
            self.tr("Proving needs OR-tools, which is not installed: pip install {0}").format(
                "cim-studio[prove]"
            )
        )
        self._extra.setContentsMargins(theme.px(12), 0, theme.px(12), theme.px(12))
        self._extra.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        page = surface(QWidget())
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.form)
        column.addWidget(self._extra)
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        return scroll

    def _layers_page(self) -> QWidget:
        self.layers = LayersModel()
        self.layers.edited.connect(self._on_choice)
        self.table = named(LayersTable(self.layers), "mapper-layers")
        self.table.setAccessibleName(self.tr("Choices for single layers"))
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.reset = named(QPushButton(self.tr("Reset all layers")), "reset-layers")
        self.reset.clicked.connect(self._on_reset)
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(8))
        row.addWidget(self.reset)
        row.addStretch()
        page = surface(QWidget())
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        empty = EmptyState(
            "layers",
            self.tr("No layers yet"),
            self.tr("They are known once the model is quantized. Map does that too."),
        )
        self._layers_stack = EmptyOrFull(empty, page)
        return self._layers_stack

    # -- showing

    def _refresh(self) -> None:
        self._stale = True
        if self.isVisible():
            self._build()

    def _refresh_outcome(self) -> None:
        if self.isVisible() and not self._stale:
            self._show_outcome()
        else:
            self._refresh()

    def _build(self) -> None:
        if not self._stale:
            return
        self._stale = False
        workspace = self._workspace
        self._stack.setCurrentIndex(0 if workspace.model is None else 1)
        self._show_outcome()
        self.form.set_values(workspace.options)
        proving = importlib.util.find_spec("ortools") is not None
        chosen = workspace.options.prove_seconds > 0
        self.form.set_row_enabled("prove_seconds", proving or chosen)
        self._extra.setVisible(not proving)
        self.layers.set_rows(mapper_layers.rows(workspace))
        self._layers_stack.set_full(self.layers.rowCount() > 0)
        self.reset.setEnabled(bool(workspace.options.layers))
        self._follow()

    def _show_outcome(self) -> None:
        workspace = self._workspace
        failed = workspace.stages["map"].status == "failed"
        problem = self._problem() if failed else None
        if problem is not None:
            self.failure.show_problem(problem)
            self.pages.setCurrentWidget(self.failure)
        elif workspace.layout is not None:
            wanted = MapOptions(bias_rows=workspace.options.bias_rows)
            rows = wanted_bias_rows(workspace.chip, wanted)
            self.result.show_layout(workspace.layout, workspace.chip, rows)
            self.pages.setCurrentWidget(self.result)
        else:
            running = any(state.status == "running" for state in workspace.stages.values())
            self.pages.setCurrentWidget(self._busy if running else self._none)

    def _problem(self) -> Problem | None:
        """What ended the map stage."""
        errors = (own for own in self._workspace.problems if own.source == "map")
        return next((own for own in errors if own.severity == "error"), None)

    def _follow(self) -> None:
        """Select the layer that is selected everywhere."""
        selected = self._workspace.selected
        if selected.origin == _ID and self.table.selectionModel().hasSelection():
            return
        self._following = True
        number = self.layers.number(selected.layer)
        if number < 0:
            self.table.clearSelection()
        else:
            self.table.selectRow(number)
        self._following = False

    # -- what the user does

    def _show_result(self) -> None:
        self.tabs.setCurrentIndex(0)

    def _show_options(self) -> None:
        self.tabs.setCurrentIndex(1)
        self.form.editor(_FIELDS[0].name).setFocus()

    def _on_tab(self, index: int) -> None:
        self._workspace.views[_ID] = index

    def _on_option(self, name: str, value: object) -> None:
        field = next(own for own in _FIELDS if own.name == name)
        text = self.tr("Change {0}").format(field_editors.label(field))
        mapper_edits.set_option(self._workspace, text, name, value)

    def _on_choice(self, layer: str, name: str, value: object) -> None:
        text = self.tr("Change {0}").format(layer)
        if mapper_edits.set_layer(self._workspace, text, layer, name, value):
            self._workspace.notice.emit(self.tr("{0} is not pinned any more.").format(layer))

    def _on_reset(self) -> None:
        mapper_edits.reset_layers(self._workspace, self.tr("Reset all layers"))

    def _on_selected(self) -> None:
        chosen = self.table.selectionModel().selectedRows()
        if chosen and not self._following:
            self._on_layer(self.layers.row(chosen[0].row()).layer)

    def _on_layer(self, layer: str) -> None:
        self._workspace.select_layer(layer, _ID)

    def _on_layer_opened(self, layer: str) -> None:
        self._workspace.select_layer(layer, _ID)
        self._workspace.panel_requested.emit("array")

    def _on_jump(self, target: Target) -> None:
        self._workspace.select_layer(target.layer, _ID)
        self._workspace.panel_requested.emit("layers")


PANEL = Panel(_ID, str(QT_TRANSLATE_NOOP("Panel", "Mapper")), "right", Mapper, order=1)
