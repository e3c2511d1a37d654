"""The main window: panels in their places, the toolbar, menus and the status bar."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFileDialog,
    QLabel,
    QMainWindow,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QTabWidget,
    QToolBar,
    QToolButton,
    QWidget,
)

from studio.base.errors import StudioError
from studio.ui import dialogs, files, stage_text, theme
from studio.ui.panel import Panel
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.widgets import muted, named
from studio.ui.workspace import Workspace

_log = logging.getLogger(__name__)

_SIZE = QSize(1320, 860)
_PROGRESS_STEPS = 1000
_AREAS = {
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "left-bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
    "right-bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}


class MainWindow(QMainWindow):
    """Welcome page until a model is open, then the graph with docks around it.

    ``panels`` are those of ``panel.find()``; ``log`` is named in the crash dialog.
    """

    def __init__(
        self,
        workspace: Workspace,
        runner: TaskRunner,
        panels: list[Panel],
        log: Path | None = None,
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._runner = runner
        self._log = log
        self._notice = ""
        self._docks: dict[str, QDockWidget] = {}
        self._first_docks: dict[str, QDockWidget] = {}
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._make_actions()
        self._make_toolbar()
        self._make_status()
        self._place(panels)
        self._make_menus()
        self.resize(_SIZE)
        workspace.model_changed.connect(self._show_model)
        workspace.model_changed.connect(self._show_state)
        workspace.data_changed.connect(self._show_data)
        workspace.browse_requested.connect(self.browse_model)
        for signal in (
            workspace.layout_changed,
            workspace.run_changed,
            workspace.simulation_changed,
        ):
            signal.connect(self._show_figures)
        runner.state_changed.connect(self._show_state)
        workspace.activity_changed.connect(self._show_progress)
        workspace.notice.connect(self._on_notice)
        runner.failed.connect(self.show_error)
        workspace.error.connect(self.show_error)
        runner.crashed.connect(self.show_crash)
        self._refresh_icons()
        self._show_model()
        self._show_data()
        self._show_state()
        self._show_figures()

    # -- what the application and the runner tell

    def show_error(self, error: StudioError) -> None:
        """A dialog with message, place and hint."""
        dialogs.show_error(self, error)

    def show_crash(self, trace: str) -> None:
        """The dialog for faults of ours."""
        dialogs.show_crash(self, trace, self._log)

    def browse_model(self) -> None:
        """Ask for a model file."""
        self._browse(
            self.tr("Open a model"),
            self.tr("ONNX models ({0})"),
            files.MODELS,
            self._workspace.model,
        )

    def browse_data(self) -> None:
        """Ask for samples and labels."""
        self._browse(
            self.tr("Open samples and labels"),
            self.tr("NumPy arrays ({0})"),
            files.DATA,
            self._workspace.data or self._workspace.model,
        )

    # -- Qt's events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """Take local files, wherever on the window."""
        if files.local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Hand them to the runner, which says what is wrong with them."""
        event.acceptProposedAction()
        self._workspace.files_offered.emit(files.local_files(event.mimeData()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stage_text"):
            self._refresh_icons()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """End the worker and whatever runs."""
        self._runner.close()
        super().closeEvent(event)

    # -- making

    def _make_actions(self) -> None:
        self._open = self._action(self.tr("Open model…"), QKeySequence.StandardKey.Open)
        self._open.setIconText(self.tr("Open"))
        self._open.setToolTip(self.tr("Open an ONNX model"))
        self._open.triggered.connect(self.browse_model)
        self._data = self._action(self.tr("Open data…"), QKeySequence("Ctrl+Shift+O"))
        self._data.triggered.connect(self.browse_data)
        self._deploy = self._action(self.tr("Deploy"), QKeySequence("F5"))
        self._deploy.setToolTip(
            self.tr("Quantize, place, build and run the model on the target (F5)")
        )
        self._deploy.triggered.connect(lambda _checked: self._runner.deploy())
        self._cancel = self._action(self.tr("Cancel"), QKeySequence("Shift+F5"))
        self._cancel.setToolTip(self.tr("Stop what runs (Shift+F5)"))
        self._cancel.triggered.connect(self._runner.cancel)
        self._quit = self._action(self.tr("Quit"), QKeySequence.StandardKey.Quit)
        self._quit.triggered.connect(self.close)

    def _action(self, text: str, shortcut: QKeySequence | QKeySequence.StandardKey) -> QAction:
        action = QAction(text, self)
        action.setShortcut(shortcut)
        self.addAction(action)
        return action

    def _make_toolbar(self) -> None:
        bar = named(QToolBar(self.tr("Main")), "toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.toggleViewAction().setVisible(False)
        self._target = named(QComboBox(), "target")
        self._target.addItem(self.tr("Emulator"))
        self._target.setToolTip(self.tr("Where the firmware runs"))
        self._target.setAccessibleName(self.tr("Target"))
        self._target.setMinimumWidth(120)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        caption = QLabel(self.tr("Target"))
        muted(caption)
        bar.addAction(self._open)
        bar.addAction(self._data)
        bar.addWidget(spacer)
        bar.addWidget(caption)
        bar.addWidget(self._target)
        bar.addAction(self._deploy)
        bar.addAction(self._cancel)
        for action, name in ((self._deploy, "deploy"), (self._cancel, "cancel")):
            bar.widgetForAction(action).setObjectName(name)
        for button in bar.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.addToolBar(bar)

    def _make_status(self) -> None:
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        self._stage_text = named(QLabel(), "stage")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, _PROGRESS_STEPS)
        self._bar.setFixedWidth(220)
        self._bar.setAccessibleName(self.tr("Progress of the deploy"))
        self._figures = {name: named(QLabel(), name) for name in ("chip", "use", "accuracy")}
        status.setContentsMargins(8, 4, 12, 4)
        status.addWidget(self._bar)
        status.addWidget(self._stage_text, 1)
        for label in self._figures.values():
            label.setContentsMargins(12, 0, 0, 0)
            status.addPermanentWidget(label)

    def _place(self, panels: list[Panel]) -> None:
        self._pages = QStackedWidget()
        welcome = QStackedWidget()
        center = QTabWidget(documentMode=True)
        center.setTabBarAutoHide(True)
        for each in panels:
            widget = each.factory(self._workspace)
            title = QCoreApplication.translate("Panel", each.title)
            if each.place == "welcome":
                welcome.addWidget(widget)
            elif each.place == "center":
                center.addTab(widget, title)
            else:
                self._add_dock(each, title, widget)
        self._pages.addWidget(welcome)
        self._pages.addWidget(center)
        self.setCentralWidget(self._pages)

    def _add_dock(self, each: Panel, title: str, widget: QWidget) -> None:
        """A hidden dock at its place; the second of a place is a tab of the first."""
        dock = named(QDockWidget(title, self), each.id)
        dock.setWidget(widget)
        dock.hide()
        first = self._first_docks.setdefault(each.place, dock)
        if first is dock:
            self.addDockWidget(_AREAS[each.place], dock)
        else:
            self.tabifyDockWidget(first, dock)
        halves = [self._first_docks.get(place) for place in ("left-bottom", "right-bottom")]
        if first is dock and dock in halves and halves[0] and halves[1]:
            self.splitDockWidget(halves[0], halves[1], Qt.Orientation.Horizontal)
        self._docks[each.id] = dock

    def _make_menus(self) -> None:
        file = self.menuBar().addMenu(self.tr("&File"))
        file.addActions([self._open, self._data])
        file.addSeparator()
        file.addAction(self._quit)
        deploy = self.menuBar().addMenu(self.tr("&Deploy"))
        deploy.addActions([self._deploy, self._cancel])
        view = self.menuBar().addMenu(self.tr("&View"))
        for dock in self._docks.values():
            view.addAction(dock.toggleViewAction())
        self._view_menu = view

    def _browse(self, title: str, kind: str, endings: tuple[str, ...], near: Path | None) -> None:
        patterns = " ".join(f"*{ending}" for ending in endings)
        name, _ = QFileDialog.getOpenFileName(
            self, title, str(near.parent) if near else "", kind.format(patterns)
        )
        if name:
            self._workspace.files_offered.emit([name])

    # -- showing

    def _show_model(self) -> None:
        model = self._workspace.model
        is_open = model is not None
        first = is_open and self._pages.currentIndex() == 0
        self._pages.setCurrentIndex(1 if is_open else 0)
        self._view_menu.setEnabled(is_open)
        if first:
            self._show_docks()
        self.setWindowFilePath(str(model) if model else "")
        self.setWindowTitle(f"{model.name} – CIM Studio" if model else "CIM Studio")

    def _show_docks(self) -> None:
        """All docks at once, in the proportions of the first layout."""
        for dock in self._docks.values():
            dock.show()
        if {"array", "build", "monitor"} <= self._docks.keys():
            array, build, monitor = (self._docks[name] for name in ("array", "build", "monitor"))
            self.resizeDocks([array], [int(self.width() * 0.42)], Qt.Orientation.Horizontal)
            self.resizeDocks([build, monitor], [self.width() // 2] * 2, Qt.Orientation.Horizontal)
            self.resizeDocks([build], [int(self.height() * 0.37)], Qt.Orientation.Vertical)

    def _show_data(self) -> None:
        data = self._workspace.data
        self._data.setIconText(data.name if data else self.tr("Data"))
        tip = (
            self.tr("Samples and labels: {0}").format(data)
            if data
            else self.tr("Open samples and labels (.npz or .npy)")
        )
        self._data.setToolTip(tip)

    def _show_state(self) -> None:
        runner = self._runner
        self._deploy.setEnabled(runner.can_deploy)
        self._cancel.setEnabled(runner.can_cancel)
        self._bar.setVisible(runner.state is not State.IDLE)
        self._show_progress()

    def _show_progress(self) -> None:
        activity = self._workspace.activity
        self._bar.setValue(round(activity.fraction * _PROGRESS_STEPS))
        if self._runner.state is State.IDLE:
            text = self._idle_text()
        else:
            parts = (stage_text.doing(activity.name), activity.text)
            text = " · ".join(part for part in parts if part)
        self._stage_text.setText(text)

    def _on_notice(self, text: str) -> None:
        self._notice = text
        self._show_progress()

    def _idle_text(self) -> str:
        if self._workspace.model is None:
            return self.tr("Open a model to begin")
        states = [state.status for state in self._workspace.stages.values()]
        if "failed" in states:
            return self.tr("Failed")
        if "cancelled" in states:
            return self.tr("Cancelled")
        if all(state == "done" for state in states):
            return self.tr("Done")
        return self._notice or self.tr("Ready to deploy")

    def _show_figures(self) -> None:
        workspace = self._workspace
        self._figures["chip"].setText(workspace.chip.name)
        layout, run = workspace.layout, workspace.run
        use = self.tr("Array {0:.1f} %").format(100 * layout.utilization.cells) if layout else ""
        self._figures["use"].setText(use)
        self._figures["use"].setVisible(bool(use))
        accuracy = run.accuracy if run is not None else None
        text = "" if accuracy is None else self.tr("Accuracy {0:.1f} %").format(100 * accuracy)
        self._figures["accuracy"].setText(text)
        self._figures["accuracy"].setVisible(bool(text))

    def _refresh_icons(self) -> None:
        colours = theme.current()
        self.setWindowIcon(theme.icon("app"))
        self._open.setIcon(theme.icon("open"))
        self._data.setIcon(theme.icon("data"))
        self._deploy.setIcon(theme.icon("deploy", colours.on_accent))
        self._cancel.setIcon(theme.icon("cancel"))
