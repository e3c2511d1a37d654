"""A small button with rounded ends: a sign, a name and a count."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from studio.ui import theme
from studio.ui.widgets import named

_SIDE, _HIGH, _GAP, _ICON = 9, 4, 6, 13  # pixels
_WIDEST = 190  # pixels of a name


class Pill(QAbstractButton):
    """``tone``: the colour of name and sign, one of Theme's text colours ("text", "bad", ...)."""

    def __init__(self, object_name: str, name: str, tone: str = "text", icon: str = "") -> None:
        super().__init__()
        named(self, object_name)
        self.setText(name.replace("&", "&&"))
        self._tone = tone
        self._icon = icon
        self._count = ""
        self._hint: tuple[tuple[str, str], QSize] | None = None  # of what, and how large
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_count("")

    def set_count(self, count: str) -> None:
        """Show how many there were."""
        if count != self._count or not self.accessibleName():
            before, self._count = _spread(self._count), count
            self.setAccessibleName(f"{self._name}  {count}".strip())
            if _spread(count) != before:
                self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As large as what it shows; counts of as many signs take the same room."""
        shown = (self.text(), _spread(self._count))
        if self._hint is None or self._hint[0] != shown:  # layouts ask ten times each
            self._hint = shown, self._measured()
        return self._hint[1]

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Names are never cut twice."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Another font takes another room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._hint = None

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw it in the colours of the theme there is now."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        over = self.underMouse() or self.isDown()
        painter.setPen(QColor(colours.accent if self.hasFocus() else colours.border))
        painter.setBrush(QColor(colours.raised if over else colours.base))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        tint = str(getattr(colours, self._tone))
        left = theme.px(_SIDE)
        if self._icon:
            size, ratio = theme.px(_ICON), self.devicePixelRatioF()
            left -= theme.px(2)
            top = (self.height() - size) // 2
            painter.drawPixmap(left, top, theme.pixmap(self._icon, size, tint, ratio))
            left += size + theme.px(_GAP)
        painter.setPen(QColor(tint))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        flags = middle | Qt.TextFlag.TextSingleLine
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), int(flags), self._shown())
        if self._count:
            painter.setPen(QColor(colours.muted))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            side = self.rect().adjusted(0, 0, -theme.px(_SIDE), 0)
            painter.drawText(side, int(flags | Qt.TextFlag.TextSingleLine), self._count)
        painter.end()

    def _measured(self) -> QSize:
        metrics = self.fontMetrics()
        width = 2 * theme.px(_SIDE) + metrics.horizontalAdvance(self._shown())
        if self._icon:
            width += theme.px(_ICON) + theme.px(_GAP) - theme.px(2)
        if self._count:
            width += theme.px(_GAP) + metrics.horizontalAdvance(_spread(self._count))
        return QSize(width, metrics.height() + 2 * theme.px(_HIGH))

    @property
    def _name(self) -> str:
        return self.text().replace("&&", "&")

    def _shown(self) -> str:
        room = theme.px(_WIDEST)
        return self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, room)


def _spread(count: str) -> str:
    """Every digit as wide as a 0, so that counting does not move the others."""
    return "".join("0" if sign.isdigit() else sign for sign in count)
