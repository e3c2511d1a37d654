"""The current document: what is to be said of it, its text, the find bar and a footer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from studio.base.errors import StudioError
from studio.ui import colouring, text_file, theme
from studio.ui.code_edit import CodeEdit
from studio.ui.colouring import Colouring
from studio.ui.document import Document
from studio.ui.documents import ZOOM
from studio.ui.find_bar import FindBar
from studio.ui.notice_bar import NoticeBar
from studio.ui.widgets import muted, named
from studio.ui.workspace import Workspace

_ZOOM_STEP = 10  # percent


class DocumentView(QWidget):
    """One CodeEdit for each document that was shown; ``cursor_moved`` is the current one's."""

    cursor_moved = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._documents = workspace.documents
        self._edits: dict[Document, CodeEdit] = {}
        self._colouring = Colouring(self)
        self._notice = NoticeBar()
        self._stack = QStackedWidget()
        self.find_bar = FindBar()
        self._footer = muted(named(QLabel(), "footer"))
        self._footer.setContentsMargins(theme.px(12), theme.px(3), theme.px(12), theme.px(3))
        # A long line must not make the panel wide.
        self._footer.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._notice)
        column.addWidget(self._stack, 1)
        column.addWidget(self.find_bar)
        column.addWidget(self._footer)
        documents = self._documents
        documents.closed.connect(self._remove)
        documents.changed.connect(self._on_changed)
        documents.current_changed.connect(self.show_current)
        self.show_current()

    @property
    def edit(self) -> CodeEdit | None:
        """The view of the current document."""
        current = self._documents.current
        return None if current is None else self._edits.get(current)

    def zoom(self, steps: int) -> None:
        """A larger or smaller font in every document; 0 steps: the normal one."""
        low, high = ZOOM
        wanted = self._documents.zoom + steps * _ZOOM_STEP if steps else 100
        self._documents.zoom = max(low, min(high, wanted))
        for edit in self._edits.values():
            edit.set_zoom(self._documents.zoom)

    def set_wrap(self, wrap: bool) -> None:
        """Whether long lines go on in the next row, in every document."""
        self._documents.wrap = wrap
        for edit in self._edits.values():
            edit.set_wrap(wrap)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape in the text closes the find bar."""
        if event.key() == Qt.Key.Key_Escape and self.find_bar.isVisible():
            self.find_bar.close_bar()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Colour the texts for the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_colouring"):
            self._colouring.follow_theme()

    def show_current(self) -> None:
        """Show the current document."""
        document = self._documents.current
        if document is None:
            self.find_bar.set_view(None)
            return
        if document not in self._edits:
            self._make(document)
        edit = self._edits[document]
        self._stack.setCurrentWidget(edit)
        self.setFocusProxy(edit)
        self.find_bar.set_view(edit)
        self._show_state()

    def show_folder(self) -> None:
        """Show the current document's folder in the system's file manager."""
        document = self._documents.current
        if document is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(document.path.parent)))

    # -- inside

    def _make(self, document: Document) -> None:
        edit = CodeEdit(document)
        edit.setAccessibleName(document.name)
        edit.set_zoom(self._documents.zoom)
        edit.set_wrap(self._documents.wrap)
        edit.zoomed.connect(self.zoom)
        edit.cursorPositionChanged.connect(self._on_cursor)
        self._edits[document] = edit
        self._stack.addWidget(edit)
        self._colouring.add(document)

    def _remove(self, document: Document) -> None:
        self._colouring.remove(document)
        edit = self._edits.pop(document, None)
        if edit is not None:
            self._stack.removeWidget(edit)
            edit.deleteLater()

    def _on_changed(self, document: Document) -> None:
        if document is self._documents.current:
            self._show_state()
        if document in self._edits:
            self._colouring.refresh(document)

    def _on_cursor(self) -> None:
        if self.sender() is self.edit:
            self._show_footer()
            self.cursor_moved.emit()

    def _show_state(self) -> None:
        self._show_notice()
        self._show_footer()

    def _show_footer(self) -> None:
        document, edit = self._documents.current, self.edit
        if document is None or edit is None:
            return
        cursor = edit.textCursor()
        ends = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}[document.form.newline]
        parts = [
            self.tr("Line {0}, column {1}").format(
                cursor.blockNumber() + 1, cursor.positionInBlock() + 1
            ),
            self.tr("Loading…") if document.loading else "",
            self.tr("Read-only") if document.read_only and not document.loading else "",
            colouring.title(document.path),
            document.form.encoding.upper() + (" BOM" if document.form.bom else ""),
            self.tr("Mixed line ends, saved as {0}").format(ends) if document.mixed else ends,
        ]
        self._footer.setText("   ".join(part for part in parts if part))

    def _show_notice(self) -> None:
        document = self._documents.current
        if document is None:
            return
        show_folder = (self.tr("Show in file manager"), self.show_folder)
        if document.disk == "changed":
            self._notice.tell(
                "warning",
                self.tr("Another program has changed this file."),
                [(self.tr("Reload"), self._reload), (self.tr("Keep mine"), self._keep)],
            )
        elif document.disk == "gone":
            again = [(self.tr("Save it again"), self._save)]
            self._notice.tell(
                "warning",
                self.tr("This file is no longer on disk."),
                [] if document.read_only else again,
            )
        elif document.partial:
            text = self.tr("The first {0:.0f} MB of {1:.0f} MB, read-only.")
            self._notice.tell(
                "note",
                text.format(document.end / (1 << 20), document.stamp.size / (1 << 20)),
                [(self.tr("Show more"), self._more), show_folder],
            )
        elif document.generated:
            self._notice.tell(
                "note",
                self.tr("Generated: written anew by every build."),
                [(self.tr("Make my own copy"), self._copy)],
            )
        elif document.locked:
            text = self.tr("Read-only: lines of more than {0} characters are shown cut.")
            self._notice.tell("note", text.format(text_file.LINE), [show_folder])
        elif self._documents.is_own(document.path):
            text = self.tr("Your own file: builds take it, in place of ours of that name.")
            self._notice.tell("note", text, [show_folder])
        else:
            self._notice.hide()

    # -- what the notice offers

    def _reload(self) -> None:
        self._try(self._documents.reload)

    def _keep(self) -> None:
        self._try(self._documents.keep_mine)

    def _save(self) -> None:
        self._try(self._documents.save)

    def _copy(self) -> None:
        self._try(self._documents.copy_of)

    def _more(self) -> None:
        self._try(Document.show_more)

    def _try(self, action: Callable[[Document], object]) -> None:
        document = self._documents.current
        if document is None:
            return
        try:
            action(document)
        except StudioError as error:
            self._workspace.error.emit(error)
        if self.edit is not None:
            self.edit.setFocus()
