"""Lets a window take a web view later without being made anew."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def prepare(parent: QWidget) -> bool:
    """Put an invisible Qt Quick widget into ``parent``; False where this Qt has none.

    A window that gets its first such widget (a web view holds one) after it was shown is thrown
    away and made again, black for a moment, because it is then drawn in another way. With one
    from the start it is drawn that way at once, and the web view, which takes half a second to
    make, can wait until it is needed.
    """
    try:
        from PySide6.QtQuickWidgets import QQuickWidget  # noqa: PLC0415  (may be missing)
    except ImportError:
        return False
    widget = QQuickWidget(parent)
    widget.setGeometry(0, 0, 1, 1)
    widget.hide()
    return True
