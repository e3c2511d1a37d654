"""A widget full screen in a window of its own, for the projector."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.widgets import named

_HINT = 4000  # milliseconds


class Projector(QWidget):
    """Shows ``content`` full screen: on another screen than ``owner``'s, when there is one.

    Escape or F11 ends it; so does the end of ``owner``'s window.
    """

    def __init__(self, owner: QWidget, content: QWidget, title: str) -> None:
        super().__init__(owner.window(), Qt.WindowType.Window)
        named(self, "projector")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        edge = theme.px(8)
        column.setContentsMargins(edge, edge, edge, edge)
        column.addWidget(content)
        self._hint = named(QLabel(self.tr("Esc ends the full screen"), self), "note")
        self._hint.setContentsMargins(theme.px(8), theme.px(3), theme.px(8), theme.px(3))
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        QTimer.singleShot(_HINT, self._hint, self._hint.hide)
        self.setGeometry(_place(owner))

    def start(self) -> None:
        """Show it."""
        self.showFullScreen()
        self.raise_()
        self.activateWindow()
        self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep the hint in the corner."""
        super().resizeEvent(event)
        self._hint.adjustSize()
        room = theme.px(14)
        self._hint.move(
            self.width() - self._hint.width() - room, self.height() - self._hint.height() - room
        )
        self._hint.raise_()

    def event(self, event: QEvent) -> bool:
        """Take the keys that end it before the main window's shortcuts do."""
        if event.type() == QEvent.Type.ShortcutOverride and _ends(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape and F11 end it."""
        if _ends(event):
            self.close()
        else:
            super().keyPressEvent(event)


class Projectable(QWidget):
    """A panel for which F11 means itself, while the focus is in it, and not the window."""

    def project(self) -> Projector:
        """Show it full screen."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """Take F11 before the window's shortcut does."""
        if event.type() == QEvent.Type.ShortcutOverride and _asked(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """F11 shows it full screen."""
        if _asked(event):
            self.project()
        else:
            super().keyPressEvent(event)


def _asked(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F11


def _ends(event: QEvent) -> bool:
    return _asked(event) or (isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape)


def _place(owner: QWidget) -> QRect:
    """Another screen than that of ``owner``, or its own."""
    own = owner.screen()
    others = [screen for screen in QGuiApplication.screens() if screen is not own]
    return (others[0] if others else own).geometry()
