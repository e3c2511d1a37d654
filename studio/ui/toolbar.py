"""The toolbar: open, undo, and at the right the target with what can be done on it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from studio.ui import theme
from studio.ui.actions import Actions
from studio.ui.target_box import TargetBox
from studio.ui.widgets import muted, named
from studio.ui.workspace import Workspace

_WIDE = 1060  # pixels from which every button has its text

# Buttons without their text where the window is narrow.
_SHRINKING = ("open", "data", "toolbar-connect", "run", "cancel")


class Toolbar(QToolBar):
    """The main button is Deploy; beside it are Connect, and what runs the firmware again."""

    def __init__(self, actions: Actions, workspace: Workspace) -> None:
        super().__init__()
        named(self, "toolbar")
        self.setWindowTitle(self.tr("Main"))
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
        self.box = TargetBox(workspace)
        self.addWidget(self.box)
        main = named(QToolButton(), "deploy")
        main.setToolButtonStyle(both)
        main.setDefaultAction(actions.deploy)
        self.addWidget(main)
        for action, name in (
            (actions.connect_target, "toolbar-connect"),
            (actions.run, "run"),
            (actions.cancel, "cancel"),
        ):
            self.addAction(action)
            self.widgetForAction(action).setObjectName(name)
        for button in self.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_busy(self, busy: bool) -> None:
        """While a board is read the target stays."""
        self.box.setEnabled(not busy)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """In a narrow window the main button must not be what is cut off."""
        super().resizeEvent(event)
        wide = self.width() >= theme.px(_WIDE)
        style = Qt.ToolButtonStyle
        for action in self.actions():  # those there are: while the window dies, buttons go first
            button = self.widgetForAction(action)
            if not isinstance(button, QToolButton) or button.objectName() not in _SHRINKING:
                continue
            button.setToolButtonStyle(
                style.ToolButtonTextBesideIcon if wide else style.ToolButtonIconOnly
            )
