"""The model's graph: Netron in a web view, linked with every other panel."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.base.errors import StudioError
from studio.ui import composed, theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.graph_note import GraphNote
from studio.ui.netron_server import NetronServer
from studio.ui.node_table import NodeTable
from studio.ui.panel import Panel
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.ui.netron_bridge import NetronBridge
    from studio.ui.web_view import WebView

_log = logging.getLogger(__name__)

_ORIGIN = "graph"
_MANY = 1000  # nodes: drawing takes seconds
_COMPARED = 4 << 20  # bytes that are read at once without being noticed


class Graph(QWidget):
    """Netron where Qt WebEngine is there, else the nodes and a button for the browser.

    The web view is made when the panel is first seen with a model, a step of the event loop at a
    time: it takes half a second, and a hidden one never finishes loading.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._server = NetronServer()
        self.view: WebView | None = None
        self.bridge: NetronBridge | None = None
        self._wanted = self._loaded = ""
        self._missing = not composed.prepare(self)
        self._imported = False
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._step)
        self._page = surface(QWidget())
        self._inner = QVBoxLayout(self._page)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(0)
        self.note = GraphNote(self._page)
        empty = EmptyState(
            "graph", self.tr("No model open"), self.tr("Drop an .onnx file on the window.")
        )
        self._stack = EmptyOrFull(empty, self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._make_actions()
        self.destroyed.connect(self._server.end)
        workspace.model_changed.connect(self._refresh)
        workspace.selection_changed.connect(self._follow)
        self._refresh()

    # -- Qt's events

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Load what was opened while the panel was hidden."""
        super().showEvent(event)
        self._later.start(0)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Take the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._dress()

    # -- what the user can do

    def _make_actions(self) -> None:
        keys = QKeySequence.StandardKey
        self.actions_by_name: dict[str, QAction] = {}
        for name, text, key in (
            ("find", self.tr("Find in the graph"), keys.Find),
            ("fit", self.tr("Show the whole graph"), "Ctrl+0"),
            ("zoom-in", self.tr("Zoom in"), keys.ZoomIn),
            ("zoom-out", self.tr("Zoom out"), keys.ZoomOut),
            ("properties", self.tr("Show properties"), "Ctrl+Return"),
            ("direction", self.tr("Turn the graph"), ""),
            ("svg", self.tr("Save the graph as SVG…"), ""),
            ("png", self.tr("Save the graph as PNG…"), ""),
        ):
            action = QAction(text, self)
            action.setObjectName(name)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setEnabled(False)
            action.triggered.connect(self._on_action)
            self.addAction(action)
            self.actions_by_name[name] = action

    def _on_action(self) -> None:
        name = self.sender().objectName()
        if self.bridge is None or self._workspace.model is None:
            return
        if name not in ("svg", "png"):
            if self.view is not None:
                self.view.setFocus()
            self.bridge.command.emit(name)
            return
        suggested = self._workspace.model.with_suffix(f".{name}")
        dialog = QFileDialog(self, self.tr("Save the graph"), str(suggested.parent))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(name)
        dialog.setNameFilter(f"{name.upper()} (*.{name})")
        dialog.selectFile(suggested.name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    def _on_chosen(self, name: str) -> None:
        self.save(Path(name))

    def save(self, path: Path) -> None:
        """Write the whole graph to ``path``, an .svg or .png; a notice or an error follows."""
        if self.view is not None and self.bridge is not None:
            self.view.save_next(path)
            self.bridge.command.emit(path.suffix.lower().lstrip("."))

    def _on_saved(self, path: Path, reason: str) -> None:
        if reason:
            hint = self.tr("Choose another folder.")
            error = StudioError(
                self.tr("The graph could not be saved: {0}").format(reason),
                hint=hint,
                where=str(path),
            )
            self._workspace.error.emit(error)
        else:
            self._workspace.notice.emit(self.tr("Saved {0}").format(path.name))

    # -- loading, a step at a time

    def _refresh(self) -> None:
        model = self._workspace.model
        self._stack.set_full(model is not None)
        wanted = _identity(model) if model is not None else ""
        if wanted != self._wanted:
            self._wanted = wanted
            self._enable(False)
        if self.isVisible():
            self._later.start(0)

    def _step(self) -> None:
        """Do what comes next, and let the window paint before what comes then."""
        model = self._workspace.model
        if model is None or self._loaded == self._wanted or not self.isVisible():
            return
        if self._missing:
            self._loaded = self._wanted
            if not self._page.findChildren(NodeTable):
                self._inner.addWidget(self._fallback())
            return
        if self.view is None:
            if not self.note.isVisible():
                self.note.tell(self.tr("Loading the graph…"))
            elif not self._imported:
                self._import()
            else:
                self._make_view()
            self._later.start(0)
            return
        self._loaded = self._wanted
        self.note.tell(self.tr("Loading the graph…"))
        self._dress()
        self.view.show_page(self._server.url(model), theme.current().base)

    def _import(self) -> None:
        """Import what may be missing."""
        try:
            from studio.ui import netron_bridge, web_view  # noqa: PLC0415, F401
        except ImportError as error:
            _log.warning("no web view for the graph: %s", error)
            self._missing = True
            self.note.tell("")
        self._imported = True

    def _make_view(self) -> None:
        """Start the browser's engine: 0.1 s, the longest step."""
        from studio.ui.netron_bridge import NetronBridge  # noqa: PLC0415 - see _import
        from studio.ui.web_view import WebView  # noqa: PLC0415

        self.view = WebView(self._server.origin)
        self.bridge = NetronBridge(self.view.page())
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.view.addActions(list(self.actions_by_name.values()))
        self.view.saved.connect(self._on_saved)
        self.bridge.selected.connect(self._on_selected)
        self.bridge.drawing.connect(self._on_drawing)
        self.bridge.drawn.connect(self._on_drawn)
        self.bridge.failed.connect(self._on_failed)
        self._inner.addWidget(self.view)
        self.note.raise_()
        self._follow()

    def _on_drawing(self, nodes: int) -> None:
        text = self.tr("Drawing {0:,} nodes…").format(nodes)
        if nodes > _MANY:
            text = self.tr("Drawing {0:,} nodes: this takes some seconds.").format(nodes)
        self.note.tell(text)

    def _on_drawn(self, _nodes: int) -> None:
        self.note.tell("")
        self._enable(True)

    def _on_failed(self, message: str) -> None:
        self.note.tell("")
        _log.warning("Netron: %s", message)

    def _enable(self, enabled: bool) -> None:
        for action in self.actions_by_name.values():
            action.setEnabled(enabled)

    def _dress(self) -> None:
        """Let the page look as the window does, now and when it is loaded again."""
        colours = theme.current()
        self._server.dark = colours.dark
        self._server.background = colours.base
        self._server.accent = colours.accent
        if self.bridge is not None:
            self.bridge.dress.emit(colours.dark, colours.base, colours.accent)

    # -- links

    def _on_selected(self, name: str, output: str) -> None:
        names = self._workspace.links.names
        self._workspace.select_node(names.get(output) or name or output, _ORIGIN)

    def _follow(self) -> None:
        selected = self._workspace.selected
        if self.bridge is None or selected.origin == _ORIGIN:
            return
        links = self._workspace.links
        nodes = selected.nodes
        if not any(node in links.origins for node in nodes):
            # A node of our own making: show those of the file that it came with.
            nodes = (*links.nodes.get(selected.layer, ()), *nodes)
        outputs = [output for node in nodes for output in links.origins.get(node, ())]
        # Before the network is read, nodes are known by what was selected.
        self.bridge.mark(list(dict.fromkeys(outputs or selected.nodes)))

    # -- without WebEngine

    def _fallback(self) -> QWidget:
        button = named(QPushButton(self.tr("Open in browser")), "browser")
        button.clicked.connect(self._open_browser)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        text = QLabel(self.tr("This Qt has no web view to draw the graph in."), wordWrap=True)
        head.addWidget(muted(text), 1)
        head.addWidget(button)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(NodeTable(self._workspace), 1)
        return page

    def _open_browser(self) -> None:
        if self._workspace.model is not None:
            self._dress()
            QDesktopServices.openUrl(QUrl(self._server.url(self._workspace.model)))


def _identity(model: Path) -> str:
    """The same for the same content: a model that moves into its project is not drawn again."""
    try:
        state = model.stat()
        if state.st_size <= _COMPARED:
            return f"{model.name} {hashlib.sha256(model.read_bytes()).hexdigest()}"
    except OSError:
        return str(model)  # Netron says what is wrong with it
    return f"{model} {state.st_size} {state.st_mtime_ns}"


PANEL = Panel("graph", str(QT_TRANSLATE_NOOP("Panel", "Graph")), "center", Graph)
