"""The terminal's menu: copying, saving, and what the bar has too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu

from studio.base.errors import StudioError
from studio.ui import figures_text, terminal_copy
from studio.ui.aside import Aside
from studio.ui.widgets import named

if TYPE_CHECKING:
    from studio.base.job import Job
    from studio.ui.terminal_lines import Lines
    from studio.ui.terminal_page import TerminalPage
    from studio.ui.workspace import Workspace

T = TypeVar("T")

_AT_ONCE = 500  # lines copied without a thread


class TerminalMenu(QObject):
    """Actions on what ``page`` shows; copying and saving much is done on a thread."""

    def __init__(self, page: TerminalPage, workspace: Workspace) -> None:
        super().__init__(page)
        self._page, self._workspace = page, workspace
        keys = QKeySequence.StandardKey
        self.copy = self._action(self.tr("&Copy"), self.copy_selected, keys.Copy)
        self.copy_hex = self._action(self.tr("Copy lines as &hex"), self.copy_as_hex)
        self.all = self._action(self.tr("Select &all"), page.view.select_all, keys.SelectAll)
        self.save = self._action(self.tr("&Save text…"), self.ask_and_save)
        self.usual = self._action(self.tr("&Normal size"), lambda: page.view.set_zoom(0))

    def selected(self) -> Iterator[str]:
        """The text that is selected, in pieces."""
        return terminal_copy.selected(self._page.lines, self._page.view.selection)

    def copy_selected(self) -> None:
        """Copy the text that is selected."""
        self._copy(terminal_copy.selected)

    def copy_as_hex(self) -> None:
        """Copy the bytes of the lines that are selected."""
        self._copy(terminal_copy.as_hex)

    def ask_and_save(self) -> None:
        """Ask for a file, and write all the text there is now into it."""
        lines = self._page.lines.still()
        dialog = named(QFileDialog(self._page.window(), self.tr("Save text")), "terminal-save")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Text ({0})").format("*.txt *.log"))
        dialog.setDefaultSuffix("txt")
        dialog.selectFile("serial.txt")
        dialog.fileSelected.connect(lambda name: self.save_to(Path(name), lines))
        dialog.open()

    def save_to(self, path: Path, lines: Lines | None = None) -> None:
        """Write all lines into a file, on a thread."""
        kept = self._page.lines.still() if lines is None else lines

        def write(job: Job) -> None:
            terminal_copy.save(kept, path, job)

        text, workspace = self.tr("The text is saved in {0}.").format(path.name), self._workspace

        def done(_: None) -> None:
            workspace.notice.emit(text)

        self._run(write, done)

    def show_at(self, point: QPoint) -> None:
        """Show the menu at a place in the view."""
        page = self._page
        menu = named(QMenu(page), "terminal-menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        some = not page.view.selection.empty
        self.copy.setEnabled(some)
        self.copy_hex.setEnabled(some)
        menu.addActions([self.copy, self.copy_hex, self.all])
        menu.addSeparator()
        menu.addMenu(page.bar.times_menu)
        menu.addAction(self._of(menu, page.bar.pause.toolTip(), page.bar.pause.toggle))
        menu.addAction(self._of(menu, page.bar.find_on.toolTip(), page.open_find))
        menu.addAction(self._of(menu, page.bar.filter_on.toolTip(), page.open_filter))
        if page.view.zoom:
            menu.addAction(self.usual)
        menu.addSeparator()
        menu.addAction(self.save)
        menu.addAction(self._of(menu, page.bar.clear.toolTip(), page.clear))
        menu.popup(page.view.viewport().mapToGlobal(point))

    # -- inside

    def _copy(self, pieces: Callable[..., Iterator[str]]) -> None:
        page = self._page
        selection = page.view.selection
        if selection.empty:
            return
        if selection.stop[0] - selection.start[0] <= _AT_ONCE:
            _set_clipboard("".join(pieces(page.lines, selection)))
            return
        lines = page.lines.still()

        def build(job: Job) -> str:
            parts = []
            for part in pieces(lines, selection):
                job.step(0, 0, "")
                parts.append(part)
            return "".join(parts)

        told = self.tr("{0} copied.")
        workspace = self._workspace

        def done(text: str) -> None:
            _set_clipboard(text)
            workspace.notice.emit(told.format(figures_text.size(len(text))))

        self._run(build, done)

    def _run(self, function: Callable[[Job], T], done: Callable[[T], object]) -> None:
        workspace = self._workspace

        def failed(error: StudioError | None) -> None:
            if error is not None:
                workspace.error.emit(error)

        # Not ours: the window may be built again meanwhile.
        Aside(workspace, function, done, failed)

    def _action(
        self, text: str, act: Callable[[], object], key: QKeySequence.StandardKey | None = None
    ) -> QAction:
        action = QAction(text, self._page.view)
        if key is not None:
            action.setShortcut(key)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _=False: act())
        self._page.view.addAction(action)
        return action

    def _of(self, menu: QMenu, text: str, act: Callable[[], object]) -> QAction:
        action = QAction(text, menu)
        action.triggered.connect(lambda _=False: act())
        return action


def _set_clipboard(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
