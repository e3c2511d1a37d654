"""Files dropped on the window, wherever in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QWindow

from studio.ui.files import local_files


class FileDrops(QObject):
    """Takes local files before the widget below them can.

    Text fields and web views have ideas of their own about dropped files: a text field inserts
    the path, a web view leaves its page. ``wanted`` says whether this is the time to take them.
    """

    def __init__(
        self, wanted: Callable[[], bool], drop: Callable[[list[str]], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._drop = drop

    def watch(self, window: QWindow | None) -> None:
        """Take the files dropped on this window; a second time does nothing."""
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Accept drags of local files, and hand over what is dropped."""
        drags = (QDragEnterEvent, QDragMoveEvent, QDropEvent)
        if not isinstance(event, drags) or not self._wanted():
            return super().eventFilter(watched, event)
        found = local_files(event.mimeData())
        if not found:
            return super().eventFilter(watched, event)
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._drop(found)
        return True
