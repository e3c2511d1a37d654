"""The editor: open text files as tabs, the project's files beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.base.errors import StudioError
from studio.firmware import locate
from studio.ui import files, save_dialog, text_file, theme
from studio.ui.document import Document
from studio.ui.document_tabs import DocumentTabs
from studio.ui.document_view import DocumentView
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.file_tree import FileTree
from studio.ui.panel import Panel
from studio.ui.widgets import bar_button
from studio.ui.workspace import Workspace

_NARROW = 560  # pixels below which the files are hidden at first
_TREE = 180
_FOLLOW = 250  # milliseconds the cursor rests in a layer's function before it is selected


class Editor(QWidget):
    """Tabs above, files at the left, the current text, and a menu of everything it can do."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._documents = workspace.documents
        self._show_files: bool | None = None  # None: as wide as there is room
        self._tabs = DocumentTabs(self._documents)
        self._view = DocumentView(workspace)
        self._tree = FileTree(workspace)
        self._files = bar_button("files", self.tr("Files of the project"))
        self._files.setCheckable(True)
        self._more = bar_button("more", self.tr("Open, save, find and more"))
        self._make_actions()
        self._place()
        self._rest = QTimer(self, interval=_FOLLOW, singleShot=True)
        self._rest.timeout.connect(self._select_layer)
        self._tree.chosen.connect(self._documents.show)
        self._tabs.close_asked.connect(self._close)
        self._view.cursor_moved.connect(self._rest.start)
        self._files.clicked.connect(self._on_files)
        self._documents.current_changed.connect(self._show_state)
        self._documents.changed.connect(self._show_state)
        workspace.selection_changed.connect(self._show_layer)
        self.setAcceptDrops(True)
        self._refresh_icons()
        self._show_state()

    # -- Qt's events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """Take text files; the window takes the others."""
        paths = [Path(name) for name in files.local_files(event.mimeData())]
        if paths and all(text_file.is_text(path) for path in paths):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Open them."""
        event.acceptProposedAction()
        for name in files.local_files(event.mimeData()):
            self._documents.show(Path(name))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Hide the files where there is little room, unless the user wants them."""
        super().resizeEvent(event)
        if self._show_files is None:
            self._set_files(self.width() >= theme.px(_NARROW))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_rest"):
            self._refresh_icons()

    # -- making

    def _make_actions(self) -> None:
        menu = QMenu(self)
        view, bar = self._view, self._view.find_bar
        self._of_text: list[QAction] = []

        def add(
            text: str, keys: str, action: Callable[[], object], *, always: bool = False
        ) -> QAction:
            made = QAction(text, self)
            made.setShortcuts([QKeySequence(key) for key in keys.split()])
            context = Qt.ShortcutContext
            # What needs no open file works as long as the panel can be seen, as it says itself.
            made.setShortcutContext(
                context.WindowShortcut if always else context.WidgetWithChildrenShortcut
            )
            made.triggered.connect(lambda _checked: action())
            self.addAction(made)
            menu.addAction(made)
            if not always:
                self._of_text.append(made)
            return made

        add(self.tr("Open file…"), "Ctrl+Shift+E", self._browse, always=True)
        self._save_action = add(self.tr("Save"), "Ctrl+S", self._save)
        add(self.tr("Save as…"), "Ctrl+Shift+S", self._save_as)
        add(self.tr("Save all"), "Ctrl+Alt+S", self._save_all)
        add(self.tr("Close file"), "Ctrl+W", self._close_current)
        menu.addSeparator()
        add(self.tr("Find…"), "Ctrl+F", bar.open)
        add(self.tr("Replace…"), "Ctrl+H", partial(bar.open, replace=True))
        add(self.tr("Find next"), "F3", bar.find_next)
        add(self.tr("Find previous"), "Shift+F3", bar.find_previous)
        add(self.tr("Go to line…"), "Ctrl+G", self._ask_line)
        menu.addSeparator()
        wrap = add(self.tr("Word wrap"), "Alt+Z", lambda: view.set_wrap(wrap.isChecked()))
        wrap.setCheckable(True)
        wrap.setChecked(self._documents.wrap)
        add(self.tr("Larger text"), "Ctrl+= Ctrl++", partial(view.zoom, 1))
        add(self.tr("Smaller text"), "Ctrl+-", partial(view.zoom, -1))
        add(self.tr("Normal text size"), "Ctrl+0", partial(view.zoom, 0))
        menu.addSeparator()
        add(self.tr("Next file"), "Ctrl+Tab", partial(self._tabs.step, 1))
        add(self.tr("Previous file"), "Ctrl+Shift+Tab", partial(self._tabs.step, -1))
        add(self.tr("Show in file manager"), "", view.show_folder)
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _place(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(6), 0, theme.px(6), 0)
        head.setSpacing(theme.px(2))
        head.addWidget(self._files)
        head.addWidget(self._tabs, 1)
        head.addWidget(self._more)
        empty = EmptyState(
            "editor",
            self.tr("No file open"),
            self.tr("Choose one of the project's files, or press Ctrl+Shift+E to open another."),
        )
        self._stack = EmptyOrFull(empty, self._view)
        self._split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._split.setHandleWidth(1)
        self._split.addWidget(self._tree)
        self._split.addWidget(self._stack)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([theme.px(_TREE), theme.px(_TREE) * 4])
        self._tree.setMinimumWidth(theme.px(100))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._split, 1)

    # -- showing

    def _show_state(self) -> None:
        document = self._documents.current
        self._stack.set_full(document is not None)
        for action in self._of_text:
            action.setEnabled(document is not None)
        if document is not None:
            self._save_action.setEnabled(not document.read_only)
        self._tree.select(None if document is None else document.path)

    def _refresh_icons(self) -> None:
        for button in (self._files, self._more):
            button.setIcon(theme.icon(button.objectName()))

    def _on_files(self) -> None:
        self._show_files = self._files.isChecked()
        self._set_files(self._show_files)

    def _set_files(self, show: bool) -> None:
        self._tree.setVisible(show)
        self._files.setChecked(show)

    # -- links with the layers

    def _show_layer(self) -> None:
        """Go to the function of the layer selected elsewhere, where network.c is open."""
        selected = self._workspace.selected
        if not selected.layer or selected.origin == "editor":
            return
        for document in self._documents.all:
            if document.name == locate.NETWORK and not document.loading:
                line = locate.line_of(document.content(), selected.layer)
                if line is not None:
                    self._documents.set_current(document)
                    document.go_to(line)
                    return

    def _select_layer(self) -> None:
        """Select the layer in whose function the user put the cursor."""
        document, edit = self._documents.current, self._view.edit
        if document is None or edit is None or not edit.hasFocus():
            return
        if document.name == locate.NETWORK:
            layer = locate.layer_at(document.content(), edit.textCursor().blockNumber() + 1)
            if layer and layer != self._workspace.selected.layer:
                self._workspace.select_layer(layer, "editor")

    # -- actions

    def _browse(self) -> None:
        current = self._documents.current
        start = current.path.parent if current is not None else self._workspace.out
        dialog = self._dialog(self.tr("Open a file"), start)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._open_all)
        dialog.open()

    def _open_all(self, names: list[str]) -> None:
        for name in names:
            self._documents.show(Path(name))

    def _save(self) -> None:
        self._try(self._documents.save)

    def _save_all(self) -> None:
        self._try(lambda _document: self._documents.save_all())

    def _save_as(self) -> None:
        current = self._documents.current
        if current is None:
            return
        folder = self._documents.own_folder if current.generated else current.path.parent
        dialog = self._dialog(self.tr("Save the text as"), folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(current.name)
        dialog.fileSelected.connect(self._save_to)
        dialog.open()

    def _save_to(self, name: str) -> None:
        self._try(lambda document: self._documents.save_as(document, Path(name)))
        self._tree.refresh()

    def _dialog(self, title: str, folder: Path | None) -> QFileDialog:
        dialog = QFileDialog(self, title, str(folder or ""))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _close_current(self) -> None:
        if self._documents.current is not None:
            self._close(self._documents.current)

    def _close(self, document: Document) -> None:
        """Close a document; one that is not saved only after a question."""
        unsaved = [document] if document.modified else []
        self._documents.set_current(document)
        save_dialog.ask(self, self._workspace, unsaved, partial(self._documents.close, document))

    def _ask_line(self) -> None:
        edit = self._view.edit
        if edit is None:
            return
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Go to line"))
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(1, edit.blockCount())
        dialog.setIntValue(edit.textCursor().blockNumber() + 1)
        dialog.setLabelText(self.tr("Line, 1 to {0}:").format(edit.blockCount()))
        dialog.intValueSelected.connect(self._go_to)
        dialog.open()

    def _go_to(self, line: int) -> None:
        current = self._documents.current
        if current is not None:
            current.go_to(line)

    def _try(self, action: Callable[[Document], object]) -> None:
        document = self._documents.current
        if document is None:
            return
        try:
            action(document)
        except StudioError as error:
            self._workspace.error.emit(error)


PANEL = Panel("editor", str(QT_TRANSLATE_NOOP("Panel", "Editor")), "center", Editor, order=1)
