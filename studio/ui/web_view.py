"""A web view that reaches one origin and nothing else. Importing this needs Qt WebEngine."""

from __future__ import annotations

import logging

from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor
from PySide6.QtWebEngineCore import (
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
    """A page whose script messages go to our log instead of the console."""

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
    """Shows pages below ``origin``; keeps nothing on disk, takes no drops."""

    def __init__(self, origin: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A view takes dropped files as pages to open; here the window must get them.
        self.setAcceptDrops(False)
        self.interceptor = OnlyOrigin(origin)
        profile = QWebEngineProfile()
        profile.setUrlRequestInterceptor(self.interceptor)
        self._page = _Page(profile, self)
        # A child added after the page dies after it; Qt warns when the profile goes first.
        profile.setParent(self)
        self.setPage(self._page)

    def show_page(self, url: str, background: str) -> None:
        """Load ``url``; ``background`` shows until it has painted."""
        self._page.setBackgroundColor(QColor(background))
        self.load(QUrl(url))
