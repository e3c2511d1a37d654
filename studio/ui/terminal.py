"""What the board says, as text or bytes, live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.ui.empty import EmptyState
from studio.ui.widgets import named

if TYPE_CHECKING:
    from studio.ui.terminal_page import TerminalPage
    from studio.ui.workspace import Workspace


class Terminal(QWidget):
    """Empty until something comes; then ``page`` shows it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        named(self, "terminal")
        self._workspace = workspace
        self._page: TerminalPage | None = None
        empty = EmptyState(
            "monitor",
            self.tr("The board is silent"),
            self.tr(
                "Deploy runs the firmware, or connect to a board; its text appears here, live."
            ),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        workspace.monitoring.frame.connect(self._on_frame)

    @property
    def page(self) -> TerminalPage:
        """Bars and view; made when they are needed first, since the window shows sooner without."""
        if self._page is None:
            from studio.ui.terminal_page import TerminalPage  # noqa: PLC0415

            self._page = TerminalPage(self._workspace)
            self._stack.addWidget(self._page)
        return self._page

    def text(self, first: int = 0, count: int = 10_000) -> str:
        """The lines as they are shown, ``first`` counted from the oldest one; without times."""
        log = self._workspace.monitoring.live.log
        if self._page is None and log.end == log.first:
            return ""
        return "\n".join(line.text.text for line in self.page.view.shown(first, count))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Catch up."""
        super().showEvent(event)
        self._on_frame()

    def _on_frame(self) -> None:
        if not self.isVisible():
            return
        log = self._workspace.monitoring.live.log
        if self._page is None and log.end == log.first:
            return
        page = self.page
        self._stack.setCurrentIndex(1 if log.end > log.first else 0)
        page.take()
