"""The tabs of the open documents."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTabBar

from studio.ui import theme
from studio.ui.document import Document
from studio.ui.documents import Documents

_WIDTH = 220


class DocumentTabs(QTabBar):
    """One tab a document, ``●`` before the name of one that is not saved.

    ``close_asked`` carries the Document whose tab was closed, by its button or a middle click.
    """

    close_asked = Signal(object)

    def __init__(self, documents: Documents) -> None:
        super().__init__()
        self._documents = documents
        self._shown: list[Document] = []
        self.setObjectName("documents")
        self.setTabsClosable(True)
        self.setMovable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUsesScrollButtons(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Open files"))
        for document in documents.all:
            self._add(document)
        self._show_current()
        documents.opened.connect(self._add)
        documents.closed.connect(self._remove)
        documents.changed.connect(self._show_name)
        documents.current_changed.connect(self._show_current)
        self.currentChanged.connect(self._on_current)
        self.tabMoved.connect(self._on_moved)
        self.tabCloseRequested.connect(self._on_close)

    def step(self, by: int) -> None:
        """Go to the next (+1) or previous (-1) tab, round at the end."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + by) % self.count())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """The tabs may be scrolled: they do not make the panel wide."""
        return QSize(theme.px(60), super().minimumSizeHint().height())

    def tabSizeHint(self, index: int) -> QSize:  # noqa: N802  (Qt's name)
        """As wide as the name, within limits."""
        size = super().tabSizeHint(index)
        return QSize(min(size.width(), theme.px(_WIDTH)), size.height())

    def minimumTabSizeHint(self, index: int) -> QSize:  # noqa: N802  (Qt's name)
        """Tabs do not shrink: with many of them the bar scrolls."""
        return self.tabSizeHint(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """A middle click closes."""
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self._on_close(index)
            return
        super().mouseReleaseEvent(event)

    def _add(self, document: Document) -> None:
        self._shown.append(document)
        blocked = self.blockSignals(True)
        self.addTab(document.name)
        self.blockSignals(blocked)
        self._show_names()

    def _remove(self, document: Document) -> None:
        index = self._shown.index(document)
        self._shown.pop(index)
        blocked = self.blockSignals(True)
        self.removeTab(index)
        self.blockSignals(blocked)
        self._show_names()
        self._show_current()

    def _show_names(self) -> None:
        for document in self._shown:
            self._show_name(document)

    def _show_name(self, document: Document) -> None:
        if document not in self._shown:
            return
        index = self._shown.index(document)
        same = [each for each in self._shown if each.name == document.name]
        name = document.name
        if len(same) > 1:
            name = f"{document.path.parent.name}/{name}"
        text = f"● {name}" if document.modified else name
        # A single & would be taken for the mark of a shortcut.
        text = text.replace("&", "&&")
        if text != self.tabText(index):
            self.setTabText(index, text)
        tip = str(document.path)
        if document.modified:
            tip += "\n" + self.tr("Not saved")
        self.setTabToolTip(index, tip)

    def _show_current(self) -> None:
        if self._documents.current in self._shown:
            self.setCurrentIndex(self._shown.index(self._documents.current))

    def _on_current(self, index: int) -> None:
        if 0 <= index < len(self._shown):
            self._documents.set_current(self._shown[index])

    def _on_moved(self, start: int, end: int) -> None:
        self._shown.insert(end, self._shown.pop(start))
        self._documents.all.sort(key=self._shown.index)

    def _on_close(self, index: int) -> None:
        self.close_asked.emit(self._shown[index])
