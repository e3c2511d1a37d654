"""The model's graph: Netron in a web view."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.netron_server import NetronServer
from studio.ui.node_table import NodeTable
from studio.ui.panel import Panel
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.ui.web_view import WebView

_log = logging.getLogger(__name__)


class Graph(QWidget):
    """Netron where Qt WebEngine is there, else the nodes and a button for the browser.

    The page loads when the panel is first seen: a hidden web view never finishes loading.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._server = NetronServer()
        self.view = _web_view(self._server)
        self._loaded = ""
        page = self.view if self.view is not None else self._fallback()
        empty = EmptyState(
            "graph", self.tr("No model open"), self.tr("Drop an .onnx file on the window.")
        )
        self._stack = EmptyOrFull(empty, page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.destroyed.connect(self._server.close)
        workspace.model_changed.connect(self._refresh)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Load what was opened while the panel was hidden."""
        super().showEvent(event)
        self._load()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Load again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._load()

    def _refresh(self) -> None:
        self._loaded = ""
        self._stack.set_full(self._workspace.model is not None)
        if self.isVisible():
            self._load()

    def _load(self) -> None:
        model = self._workspace.model
        if self.view is None or model is None or not self.isVisible():
            return
        colours = theme.current()
        key = f"{colours.dark} {model}"
        if key != self._loaded:
            self._loaded = key
            self._dress(colours)
            self.view.show_page(self._server.url(model), colours.base)

    def _dress(self, colours: theme.Theme) -> None:
        """Let the page look as the window does."""
        self._server.dark = colours.dark
        self._server.background = colours.base

    def _fallback(self) -> QWidget:
        button = named(QPushButton(self.tr("Open in browser")), "browser")
        button.clicked.connect(self._open_browser)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.addWidget(muted(QLabel(self.tr("This Qt has no web view to draw the graph in."))), 1)
        head.addWidget(button)
        page = surface(QWidget())
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(NodeTable(self._workspace), 1)
        return page

    def _open_browser(self) -> None:
        if self._workspace.model is not None:
            self._dress(theme.current())
            QDesktopServices.openUrl(QUrl(self._server.url(self._workspace.model)))


def _web_view(server: NetronServer) -> WebView | None:
    """A web view on ``server``, or None where this Qt comes without WebEngine."""
    try:
        from studio.ui.web_view import WebView  # noqa: PLC0415  (may be missing)
    except ImportError as error:
        _log.warning("no web view for the graph: %s", error)
        return None
    return WebView(server.origin)


PANEL = Panel("graph", str(QT_TRANSLATE_NOOP("Panel", "Graph")), "center", Graph)
