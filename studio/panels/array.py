"""The array: banks, reserved columns, the blocks of the layout and the bias strip."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.array_page import ArrayPage
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.panel import Panel
from studio.ui.workspace import Workspace


class Array(QWidget):
    """The layout drawn to scale: look, compare, move blocks by hand, save."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._build()
        workspace.layout_changed.connect(self._show)
        workspace.reference_changed.connect(self._show)
        workspace.chip_changed.connect(self._build)

    def _build(self) -> None:
        """Everything, for the chip there is now."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        empty = EmptyState(
            "array",
            self.tr("Nothing on the array yet"),
            self.tr("Deploy places the weights of every layer; the layout appears here."),
        )
        self.page = ArrayPage(self._workspace)
        self._stack = EmptyOrFull(empty, self.page)
        self._column.addWidget(self._stack)
        self._show()

    def _show(self) -> None:
        made = (self._workspace.layout, self._workspace.reference_layout)
        self._stack.set_full(any(own is not None for own in made))


PANEL = Panel("array", str(QT_TRANSLATE_NOOP("Panel", "Array")), "right", Array)
