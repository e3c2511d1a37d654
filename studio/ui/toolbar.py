"""The toolbar: open, undo, and at the right the target with what can be done on it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from studio.ui import theme
from studio.ui.actions import Actions
from studio.ui.target_box import TargetBox, TargetChoice
from studio.ui.widgets import muted, named

_WIDE = 900  # pixels from which every button has its text


class Toolbar(QToolBar):
    """The main button is Deploy; for a board at a port there is Listen, too."""

    def __init__(self, actions: Actions, target: TargetChoice) -> None:
        super().__init__()
        named(self, "toolbar")
        self.setWindowTitle(self.tr("Main"))
        self._actions = actions
        self._target = target
        self.setMovable(False)
        self.setIconSize(QSize(theme.px(18), theme.px(18)))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        both = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        self.setToolButtonStyle(both)
        for action, name in ((actions.open_model, "open"), (actions.open_data, "data")):
            self.addAction(action)
            self.widgetForAction(action).setObjectName(name)
        self.addSeparator()
        for action in (actions.undo, actions.redo):
            self.addAction(action)
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
                button.setObjectName(action.iconText())
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self.addWidget(muted(QLabel(self.tr("Target"))))
        self.box = TargetBox(target)
        self.addWidget(self.box)
        main = named(QToolButton(), "deploy")
        main.setToolButtonStyle(both)
        main.setDefaultAction(actions.deploy)
        self.addWidget(main)
        tools = ((actions.listen, "listen"), (actions.run, "run"), (actions.cancel, "cancel"))
        for action, name in tools:
            self.addAction(action)
            self.widgetForAction(action).setObjectName(name)
        names = ("open", "data", "listen", "run", "cancel")
        self._shrinking = [
            button for button in self.findChildren(QToolButton) if button.objectName() in names
        ]
        for button in self.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        target.changed.connect(self._show_target)
        self._show_target()

    def set_busy(self, busy: bool) -> None:
        """While a board is read the target stays."""
        self.box.setEnabled(not busy)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """In a narrow window the main button must not be what is cut off."""
        super().resizeEvent(event)
        wide = self.width() >= theme.px(_WIDE)
        style = Qt.ToolButtonStyle
        for button in self._shrinking:
            button.setToolButtonStyle(
                style.ToolButtonTextBesideIcon if wide else style.ToolButtonIconOnly
            )

    def _show_target(self) -> None:
        self._actions.listen.setVisible(bool(self._target.port))
