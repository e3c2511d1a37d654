"""The title bar of a dock: its name, and buttons to float and to close it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from studio.ui import theme
from studio.ui.widgets import named

_ICON = 14
_NO_LIMIT = 16777215  # Qt's QWIDGETSIZE_MAX


class TitleBar(QWidget):
    """Drawn like a tab; ``set_compact`` hides it where a tab bar already names the panel."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("dock-title")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dock = dock
        self._compact = False
        self._height = 0
        self._measure()
        self._label = named(QLabel(dock.windowTitle()), "dock-name")
        # A long name must not hold the dock wide.
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._float = self._button("float")
        self._float.clicked.connect(self._toggle_floating)
        self._close = self._button("close")
        self._close.setToolTip(self.tr("Close; the View menu opens it again"))
        self._close.setAccessibleName(self.tr("Close {0}").format(dock.windowTitle()))
        self._close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 6, 0)
        row.setSpacing(2)
        row.addWidget(self._label, 1)
        row.addWidget(self._float)
        row.addWidget(self._close)
        dock.topLevelChanged.connect(self._show_floating)
        self._show_floating(dock.isFloating())

    def set_compact(self, compact: bool) -> None:
        """Take no room."""
        if compact == self._compact:
            return
        self._compact = compact
        for child in (self._label, self._float, self._close):
            child.setVisible(not compact)
        self.setMaximumHeight(0 if compact else _NO_LIMIT)
        layout = self._dock.layout()
        if layout is not None:  # a floating dock does not look by itself
            layout.invalidate()
            layout.activate()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As high as a tab."""
        return QSize(80, 0 if self._compact else self._height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As high as a tab."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours, and fit the new font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_close"):
            self._show_floating(self._dock.isFloating())
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()

    def _measure(self) -> None:
        # Kept, because Qt asks a thousand times while it lays the docks out.
        self._height = self.fontMetrics().height() + theme.px(14) + 6

    def _button(self, name: str) -> QToolButton:
        button = named(QToolButton(self), f"dock-{name}")
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(theme.px(_ICON), theme.px(_ICON)))
        return button

    def _toggle_floating(self) -> None:
        self._dock.setFloating(not self._dock.isFloating())

    def _show_floating(self, floating: bool) -> None:
        tip = self.tr("Put back into the window") if floating else self.tr("Make a window of it")
        colour = theme.current().muted
        self._float.setToolTip(tip)
        self._float.setAccessibleName(tip)
        self._float.setIcon(theme.icon("dock" if floating else "float", colour))
        self._close.setIcon(theme.icon("clear", colour))
