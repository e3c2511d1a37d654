"""A web view that reaches one origin and nothing else. Importing this needs Qt WebEngine."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QColor
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

_log = logging.getLogger(__name__)
_INNER = ("data", "blob")  # addresses that stay inside the page


class OnlyOrigin(QWebEngineUrlRequestInterceptor):
    """Blocks every request that is not below ``origin``; ``blocked`` keeps their addresses."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self._origin = origin
        self.blocked: list[str] = []
        self.allowed: list[str] = []

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:  # noqa: N802  (Qt's name)
        """Called by Qt for every request of the profile."""
        url = info.requestUrl()
        text = url.toString()
        if url.scheme() in _INNER or text.startswith(self._origin):
            self.allowed.append(text)
        else:
            self.blocked.append(text)
            _log.warning("blocked a request of the graph view to %s", url.host())
            info.block(True)


class _Page(QWebEnginePage):
    """A page that stays below ``origin`` and whose script messages go to our log."""

    def __init__(self, profile: QWebEngineProfile, origin: str, parent: QWidget) -> None:
        super().__init__(profile, parent)
        self._origin = origin

    def acceptNavigationRequest(  # noqa: N802  (Qt's name)
        self,
        url: QUrl | str,
        type: QWebEnginePage.NavigationType,
        isMainFrame: bool,  # noqa: N803  (Qt's name)
    ) -> bool:
        """A link in a node's documentation would put an error page in the graph's place."""
        address = url if isinstance(url, str) else url.toString()
        return address == "about:blank" or address.startswith((self._origin, "blob:", "data:"))

    def javaScriptConsoleMessage(  # noqa: N802  (Qt's name)
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        line: int,
        source: str,
    ) -> None:
        """Netron's messages, for whoever looks for a fault."""
        _log.info("graph view: %s (line %d)", message, line)


class WebView(QWebEngineView):
    """Shows pages below ``origin``; keeps nothing on disk but what was asked for, takes no drops.

    ``saved`` carries the file and why it could not be written, "" where it was.
    """

    saved = Signal(object, str)

    def __init__(self, origin: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A view takes dropped files as pages to open; here the window must get them.
        self.setAcceptDrops(False)
        self._target: Path | None = None
        self.interceptor = OnlyOrigin(origin)
        profile = QWebEngineProfile()
        profile.setUrlRequestInterceptor(self.interceptor)
        self._page = _Page(profile, origin, self)
        # A child added after the page dies after it; Qt warns when the profile goes first.
        profile.setParent(self)
        self.setPage(self._page)
        profile.downloadRequested.connect(self._on_download)

    def save_next(self, path: Path) -> None:
        """Write the page's next download to ``path``; ``saved`` tells how it went."""
        self._target = path

    def _on_download(self, download: QWebEngineDownloadRequest) -> None:
        target, self._target = self._target, None
        if target is None:
            download.cancel()
            return
        download.setDownloadDirectory(str(target.parent))
        download.setDownloadFileName(target.name)
        download.isFinishedChanged.connect(self._on_saved)
        download.accept()

    def _on_saved(self) -> None:
        download = self.sender()
        if isinstance(download, QWebEngineDownloadRequest):
            done = download.state() == QWebEngineDownloadRequest.DownloadState.DownloadCompleted
            path = Path(download.downloadDirectory()) / download.downloadFileName()
            self.saved.emit(path, "" if done else download.interruptReasonString())

    def show_page(self, url: str, background: str) -> None:
        """Load ``url``; ``background`` shows until it has painted."""
        self._page.setBackgroundColor(QColor(background))
        self.load(QUrl(url))
