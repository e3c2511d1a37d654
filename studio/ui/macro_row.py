"""The user's macros as buttons in a row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from studio.monitor.lines_out import Macro
from studio.ui import own_kept, theme
from studio.ui.flow_rows import FlowRows
from studio.ui.sender import Sender
from studio.ui.widgets import literal, named, tool_button

_WIDEST = 150  # pixels of a name
_KEYS = 9  # macros that have a key
_TOLD = 200  # characters of a text in a tip


class MacroRow(QWidget):
    """One button a macro; those that repeat stay pressed while they do. Hidden without any.

    Alt+1 to Alt+9 press the first nine. ``edit_asked``: the user wants to change them.
    """

    edit_asked = Signal()

    def __init__(self, sender: Sender) -> None:
        super().__init__()
        named(self, "macros")
        self._sender = sender
        self._ready = False
        self._macros: tuple[Macro, ...] = ()
        self.buttons: list[QToolButton] = []
        self._keys: list[QShortcut] = []
        self._rows = FlowRows(1, tool_button("more-macros", "", self.tr("More macros")))
        change = QAction(self.tr("Macros…"), self)
        change.triggered.connect(self.edit_asked)
        self.addAction(change)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._rows)
        self.load()

    def load(self) -> None:
        """Show the macros that are kept."""
        self._macros = own_kept.macros()
        for key in self._keys:
            key.deleteLater()
        self._keys = [self._key(number) for number in range(min(_KEYS, len(self._macros)))]
        self.buttons = [self._button(number) for number in range(len(self._macros))]
        self._rows.set_buttons(self.buttons)
        self.setVisible(bool(self._macros))
        self.set_ready(self._ready)
        self._sender.keep_only(self._macros)
        self.show_running()

    def set_ready(self, ready: bool) -> None:
        """Whether something can be sent."""
        self._ready = ready
        for button in self.buttons:
            button.setEnabled(ready)
        for key in self._keys:
            key.setEnabled(ready)

    def show_running(self) -> None:
        """Let the buttons of those that repeat be pressed."""
        for macro, button in zip(self._macros, self.buttons, strict=True):
            button.setChecked(self._sender.repeats(macro))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_rows"):
            for macro, button in zip(self._macros, self.buttons, strict=True):
                if macro.every:
                    button.setIcon(theme.icon("again"))

    def _key(self, number: int) -> QShortcut:
        key = QShortcut(QKeySequence(f"Alt+{number + 1}"), self)
        key.activated.connect(lambda: self._press(number))
        return key

    def _button(self, number: int) -> QToolButton:
        macro = self._macros[number]
        metrics = self.fontMetrics()
        name = metrics.elidedText(macro.name, Qt.TextElideMode.ElideRight, theme.px(_WIDEST))
        button = tool_button(f"macro-{number + 1}", name.replace("&", "&&"))
        button.setAccessibleName(macro.name)
        button.setToolTip(literal(self._tip(number)))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if macro.every:
            button.setCheckable(True)
            button.setIcon(theme.icon("again"))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda: self._press(number))
        return button

    def _tip(self, number: int) -> str:
        macro = self._macros[number]
        text = macro.text if len(macro.text) <= _TOLD else f"{macro.text[:_TOLD]}…"
        lines = [macro.name, self.tr("Sends: {0}").format(text)]
        if macro.every:
            lines.append(
                self.tr("Again every {0} s, until it is pressed again").format(f"{macro.every:g}")
            )
        if number < _KEYS:
            lines.append(f"Alt+{number + 1}")
        return "\n".join(lines)

    def _press(self, number: int) -> None:
        self._sender.press(self._macros[number])
        self.show_running()
