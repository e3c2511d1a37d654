"""The main window: the welcome page or the docks, with menus, toolbar and status bar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QGraphicsScene,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QWidget,
)

from studio.base.errors import StudioError
from studio.ui import commands, dialogs, files, layouts, theme
from studio.ui.actions import Actions
from studio.ui.commands import Commands
from studio.ui.docks import Docks
from studio.ui.drops import FileDrops
from studio.ui.menus import Menus
from studio.ui.palette import Entry, Palette
from studio.ui.panel import Panel
from studio.ui.status import Status
from studio.ui.tasks import TaskRunner
from studio.ui.toolbar import Toolbar
from studio.ui.widgets import plain
from studio.ui.workspace import Workspace

_ASKED = "panels-asked"  # in workspace.views: whether a panel was asked for with nothing open
_SIZE = QSize(1440, 900)
_SMALLEST = QSize(720, 480)


class MainWindow(QMainWindow):
    """Welcome page until something is open, then every other panel as a dock.

    ``panels`` are those of ``panel.find()``, or only the welcome page: then the others follow by
    ``add_panel`` and ``complete``, while the first page is looked at (``painted`` tells when).
    ``log`` is named in the crash dialog. What the window shows is in the workspace and what it
    remembers in window.ini, so that it can be built again at any time; ``runner`` goes on.
    """

    painted = Signal()

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
        self._monitoring = workspace.monitoring
        self._discarded = False
        self._was_painted = False
        self._monitor_shown: tuple[object, ...] = (False, None)
        self.setAcceptDrops(True)
        self.setMinimumSize(_SMALLEST)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.store = layouts.Store()
        self._panels: list[Panel] = []
        self._layouts: tuple[layouts.Layout, ...] = ()
        self._welcome = QStackedWidget()
        self.docks = Docks()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._welcome)
        self._pages.addWidget(self.docks)
        self.setCentralWidget(self._pages)
        self._commands = Commands(self, workspace, self.docks, self.store, log)
        self.actions_ = Actions(self, workspace, runner, self._commands, self.docks)
        self.actions_.palette.triggered.connect(self.open_palette)
        self._menus = Menus(
            self.menuBar(), self.actions_, self._commands, self.docks, self.store, workspace
        )
        self._toolbar = Toolbar(self.actions_, workspace)
        self.addToolBar(self._toolbar)
        self.setStatusBar(Status(workspace, runner, self.actions_.cancel))
        self._drops = FileDrops(self._is_open, workspace.files_offered.emit, self)
        self._connect()
        screen = self.screen().availableGeometry().size()
        self.resize(_SIZE.boundedTo(screen * 0.92))
        self.restoreGeometry(self.store.bytes("window/geometry"))
        self._draw_icon()
        self._show_open()
        for each in panels:
            self.add_panel(each)
        if self.docks.names:
            self.complete()

    def _connect(self) -> None:
        workspace, runner = self._workspace, self._runner
        for signal in (workspace.model_changed, workspace.project_changed):
            signal.connect(self._show_open)
        workspace.documents.opened.connect(self._show_open)
        workspace.documents.closed.connect(self._show_open)
        workspace.browse_requested.connect(self._commands.open_model)
        workspace.panel_requested.connect(self.go_to)
        workspace.error.connect(self.show_error)
        runner.failed.connect(self.show_error)
        runner.crashed.connect(self.show_crash)
        self._monitoring.changed.connect(self._on_monitoring)
        self.docks.changed.connect(self._watch_windows)
        self._on_monitoring()

    def add_panel(self, each: Panel) -> None:
        """Build a panel and put it away until ``complete``; the welcome page shows at once."""
        widget = each.factory(self._workspace)
        if each.place == "welcome":
            self._welcome.addWidget(widget)
        else:
            self._panels.append(each)
            self.docks.add(each.id, QCoreApplication.translate("Panel", each.title), widget)

    def complete(self) -> None:
        """All panels are there: place them as they were, and name them in the menus."""
        self._layouts = layouts.named(self._panels)
        self.actions_.add_panels(self.docks, self.go_to)
        self._menus.add_panels(self._layouts)
        self.docks.restore(self.store.bytes("window/docks"), self._layouts[0].tree)

    # -- what the application and the runner tell

    def go_to(self, name: str) -> None:
        """Give a panel the keyboard, also while nothing is open: some need nothing."""
        if name in self.docks.names and not self._is_open():
            self._workspace.views[_ASKED] = True
            self._show_open()
        self.docks.focus_panel(name)

    def show_error(self, error: StudioError) -> None:
        """A dialog with message, place and hint, where the monitor does not show them already."""
        shown = "monitor" in self.docks.names and self.docks.panel("monitor").isVisible()
        if not shown or error is not self._workspace.monitoring.error:
            dialogs.show_error(self, error)

    def show_crash(self, trace: str) -> None:
        """A dialog for faults of ours, with the traceback to copy."""
        dialogs.show_crash(self, trace, self._log)

    def remember(self) -> None:
        """Keep place, size and docks for the next window."""
        self.store.set("window/geometry", self.saveGeometry())
        state = self.docks.save()
        if not state.isEmpty():
            self.store.set("window/docks", state)
        self.store.sync()

    def discard(self) -> None:
        """Go without a question: another window takes this one's place."""
        self._discarded = True
        self.close()
        self.deleteLater()

    def open_palette(self) -> Palette:
        """The command palette over this window."""
        palette = Palette(self, self._entries())
        palette.open()
        return palette

    # -- Qt's events

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_drops"):
            self._draw_icon()
            self.actions_.draw_icons()
            self.actions_.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """From now on there is a window to drop files on."""
        super().showEvent(event)
        self._watch_windows()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Tell of the first one."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """Take files, nothing else."""
        if files.local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Open the dropped files."""
        self._workspace.files_offered.emit(files.local_files(event.mimeData()))
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Ask about unsaved documents, then remember how the window looks."""
        unsaved = [] if self._discarded else self._unsaved()
        if unsaved:
            event.ignore()
            box = commands.ask_to_save(self, unsaved)
            box.buttonClicked.connect(self._on_answer)
            box.open()
            return
        if not self._discarded:
            self.remember()
        super().closeEvent(event)

    # -- inside

    def _is_open(self) -> bool:
        workspace = self._workspace
        files_open = bool(workspace.documents.all)
        model_open = workspace.model is not None or workspace.project is not None
        asked = bool(workspace.views.get(_ASKED))
        return model_open or files_open or self._monitoring.used or asked

    def _show_open(self) -> None:
        model, project = self._workspace.model, self._workspace.project
        if model is not None:
            self._workspace.views.pop(_ASKED, None)  # once it is closed: the welcome page
        focused = self.focusWidget()
        on_welcome = focused is not None and self._welcome.isAncestorOf(focused)
        self._pages.setCurrentIndex(1 if self._is_open() else 0)
        if on_welcome and self._is_open():
            self.docks.setFocus()  # else Qt goes on to whatever button comes first
        replay = self._monitoring.replay
        name = project.name if project is not None else model.name if model is not None else ""
        if not name and replay is not None:
            name = replay.recording.parts[0].path.name
        self.setWindowFilePath(str(model) if model else "")
        self.setWindowTitle(f"{name} – CIM Studio" if name else "CIM Studio")

    def _on_monitoring(self) -> None:
        self._toolbar.set_busy(self._monitoring.active)
        shown = (self._is_open(), self._monitoring.replay)
        if shown != self._monitor_shown:
            self._monitor_shown = shown
            self._show_open()

    def _watch_windows(self) -> None:
        self._drops.watch(self.windowHandle())
        for window in self.docks.windows():
            self._drops.watch(window)

    def _unsaved(self) -> list[str]:
        return [document.path.name for document in self._workspace.documents.unsaved]

    def _on_answer(self, button: QAbstractButton) -> None:
        box = self.sender()
        if not isinstance(box, QMessageBox):
            return
        role = box.buttonRole(button)
        if role == QMessageBox.ButtonRole.RejectRole:
            return
        if role == QMessageBox.ButtonRole.AcceptRole:
            try:
                self._workspace.documents.save_all()
            except StudioError as error:
                self.show_error(error)
                return
        self._discarded = True
        self.remember()
        self.close()

    def _entries(self) -> list[Entry]:
        """What the palette offers: actions of menus and panels, buttons, panels, layers."""
        docks, found = self.docks, []
        toggles = {docks.toggle_action(name): name for name in docks.names}
        for category, action in self._menus.entries():
            text = plain(action.text())
            if action in toggles:
                text = self.tr("Open or close {0}").format(text)
            elif action in self.actions_.focus_panels:
                text = self.tr("Go to panel {0}").format(text)
            found.append(_entry(text, category, action))
        for name in docks.names if self._is_open() else ():
            for action in docks.panel(name).findChildren(QAction):
                text = plain(action.text())
                ours = not isinstance(action.parent(), QGraphicsScene)  # pyqtgraph has its own
                shown = action.isVisible() and not action.isSeparator() and not action.menu()
                if text and ours and shown:
                    found.append(_entry(text, _within(docks.title(name), action), action))
            found += _of_buttons(docks.panel(name), docks.title(name), found)
        if self._workspace.qnetwork is not None:
            for op in self._workspace.qnetwork.ops:
                text = self.tr("Go to layer {0}").format(op.name)
                found.append(Entry(text, self.tr("Layers"), self._layer_opener(op.name)))
        return found

    def _layer_opener(self, layer: str) -> Callable[[], None]:
        def go() -> None:
            self._workspace.select_layer(layer, "palette")
            self.docks.focus_panel("layers")

        return go

    def _draw_icon(self) -> None:
        self.setWindowIcon(theme.icon("app", theme.current().accent))


def _within(panel: str, action: QAction) -> str:
    """A panel, and the button in it whose menu ``action`` stands in, or the tab it is of."""
    menu = action.parent()
    button = menu.parent() if isinstance(menu, QMenu) else None
    if isinstance(button, QAbstractButton):
        return f"{panel} › {plain(button.text()) or button.accessibleName()}"
    page: QObject | None = menu
    while page is not None:
        stack = page.parent()
        tabs = stack.parent() if isinstance(stack, QStackedWidget) else None
        if isinstance(tabs, QTabWidget) and isinstance(page, QWidget):
            return f"{panel} › {plain(tabs.tabText(tabs.indexOf(page)))}"
        page = stack
    return panel


def _of_buttons(panel: QWidget, title: str, known: list[Entry]) -> list[Entry]:
    """What the icons in a panel's bars do, where no action does it."""
    taken = {entry.text for entry in known if entry.category == title}
    found = []
    for button in panel.findChildren(QToolButton):
        text = plain(button.accessibleName() or button.toolTip())
        own = button.property("role") == "bar" and not button.menu() and not button.defaultAction()
        if own and text and text not in taken and button.isVisibleTo(panel):
            taken.add(text)
            found.append(Entry(text, title, button.click, "", button.isEnabled()))
    return found


def _entry(text: str, category: str, action: QAction) -> Entry:
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return Entry(text, category, action.trigger, key, action.isEnabled())
