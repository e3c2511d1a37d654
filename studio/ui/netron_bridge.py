"""What Netron's page and the graph panel say to each other. Importing this needs Qt WebEngine."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QFile, QIODevice, QObject, Signal, Slot
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineScript

from studio.base import paths

_CHANNEL = ":/qtwebchannel/qwebchannel.js"  # comes with Qt


class NetronBridge(QObject):
    """The page's object ``bridge``; resources/netron/bridge.js is its other half.

    The page calls the slots, which go on as signals: ``selected`` (name and first output of a
    node, both empty for none), ``drawing`` (that many nodes), ``drawn``, ``failed`` (Netron's
    message). It listens to ``select``, ``command`` and ``dress``.
    """

    selected = Signal(str, str)
    drawing = Signal(int)
    drawn = Signal(int)
    failed = Signal(str)

    select = Signal(list)
    command = Signal(str)
    dress = Signal(bool, str, str)

    def __init__(self, page: QWebEnginePage) -> None:
        super().__init__(page)
        self._wanted: list[str] = []
        self._channel = QWebChannel(self)
        self._channel.registerObject("bridge", self)
        page.setWebChannel(self._channel)
        script = QWebEngineScript()
        script.setName("bridge")
        script.setSourceCode(_channel_source() + _bridge_source())
        # Before Netron's own scripts, and where they are: the main world.
        script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
        script.setWorldId(QWebEngineScript.ScriptWorldId.MainWorld)
        page.scripts().insert(script)

    def mark(self, outputs: Sequence[str]) -> None:
        """Select the nodes that write these tensors, now or once there is a drawing."""
        self._wanted = list(outputs)
        self.select.emit(self._wanted)

    @Slot()
    def on_ready(self) -> None:
        """The page listens; what was said before it did not hear."""
        self.select.emit(self._wanted)

    @Slot(str, str)
    def on_selected(self, name: str, output: str) -> None:
        """The user selected a node, or nothing."""
        self.selected.emit(name, output)

    @Slot(int)
    def on_drawing(self, nodes: int) -> None:
        """The model is read, its drawing begins."""
        self.drawing.emit(nodes)

    @Slot(int)
    def on_drawn(self, nodes: int) -> None:
        """The drawing shows."""
        self.drawn.emit(nodes)

    @Slot(str)
    def on_failed(self, message: str) -> None:
        """Netron gave up."""
        self.failed.emit(message)


def _channel_source() -> str:
    file = QFile(_CHANNEL)
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise ImportError(f"this Qt has no {_CHANNEL}")
    try:
        return bytes(file.readAll().data()).decode() + "\n"
    finally:
        file.close()


def _bridge_source() -> str:
    return paths.resource("netron", "bridge.js").read_text(encoding="utf-8")
