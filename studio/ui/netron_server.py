"""Serves Netron's own files and the open model to the graph panel, on this machine only.

Netron as it comes refuses to start some months after its build, asks for cookie consent,
reports usage and looks up the user's place. The page we serve says version 0.0.0 (no usage
reports), today's date and a consent cookie, so that it makes no request to anyone else.
"""

from __future__ import annotations

import datetime
import html
import http.server
import importlib.util
import logging
import re
import secrets
import sys
import threading
from http import HTTPStatus
from pathlib import Path

from studio.base.errors import ToolError

_log = logging.getLogger(__name__)

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
_DARK = "@media (prefers-color-scheme: dark)"
# Netron's own menu opens other files and asks for updates: neither has a place in a panel.
_STYLE = """<style>
.menu-button, .logo-github, .open-file-button {{ display: none !important }}
:root {{ --studio-background: {background}; --studio-accent: {accent} }}
.default, .target, .welcome {{ background-color: var(--studio-background) !important }}
.select > .node.node-border {{ stroke: var(--studio-accent) !important;
    stroke-width: 3px !important }}
.select.edge-path {{ stroke: var(--studio-accent) !important }}
.select.node-argument > rect {{ stroke: var(--studio-accent) !important }}
</style>
"""


def netron_folder() -> Path:
    """Where the installed Netron's web files lie. Raises ToolError where there is none."""
    spec = importlib.util.find_spec("netron")
    if spec is None or not spec.submodule_search_locations:
        raise ToolError(
            "Netron is not installed.", hint="Install it with: python -m pip install netron"
        )
    return Path(spec.submodule_search_locations[0])


class NetronServer:
    """An HTTP server on 127.0.0.1 with a random port and an unguessable first path element.

    Models are numbered, because a file's name may hold characters that break an address.
    ``dark``, ``background`` and ``accent`` (``#rrggbb``) hold for pages loaded from then on.
    """

    def __init__(self) -> None:
        self._folder = netron_folder()
        self._secret = secrets.token_urlsafe(24)
        self._models: list[Path] = []
        self._lock = threading.Lock()
        self.dark = False
        self.background = "#ffffff"
        self.accent = "#3563e0"
        owner = self

        class Handler(_Handler):
            server_owner = owner

        self._http = _Http(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, name="netron", daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        """``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self._http.server_port}"

    @property
    def origin(self) -> str:
        """What every allowed address starts with."""
        return f"http://{self.host}/{self._secret}/"

    def url(self, model: Path) -> str:
        """The address of the page that shows ``model``."""
        with self._lock:
            if model not in self._models:
                self._models.append(model)
            number = self._models.index(model)
        return f"{self.origin}view/{number}/index.html"

    def end(self) -> None:
        """Close without waiting: ending takes up to half a second."""
        threading.Thread(target=self.close, name="netron end", daemon=True).start()

    def close(self) -> None:
        """End the server; its threads end with it."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """Content type and bytes for a path of a request, None where there is nothing.

        Paths are ``/SECRET/view/NUMBER/FILE``: a file of Netron's, or ``model.onnx``.
        """
        parts = path.partition("?")[0].split("/")
        if len(parts) != 5 or parts[0] or parts[2] != "view":
            return None
        if not secrets.compare_digest(parts[1].encode(), self._secret.encode()):
            return None
        model, name = self._model(parts[3]), parts[4]
        if model is None:
            return None
        if name == "model.onnx":
            return "application/octet-stream", model.read_bytes()
        # One name without a folder: nothing but Netron's own files can be reached.
        if not re.fullmatch(r"[A-Za-z0-9_-]+\.[a-z]+", name):
            return None
        file = self._folder / name
        kind = _TYPES.get(file.suffix)
        if kind is None or not file.is_file():
            return None
        if name == "index.html":
            return kind, self._index(file.read_text(encoding="utf-8"), model.name).encode()
        if name == "grapher.css":
            return kind, self._scheme(file.read_text(encoding="utf-8")).encode()
        return kind, file.read_bytes()

    def _model(self, number: str) -> Path | None:
        with self._lock:
            if number.isdecimal() and int(number) < len(self._models):
                return self._models[int(number)]
        return None

    def _index(self, text: str, name: str) -> str:
        today = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
        label = html.escape(name, quote=True)
        meta = (
            '<meta name="version" content="0.0.0">\n'
            '<meta name="file" content="model.onnx">\n'
            f'<meta name="identifier" content="{label}">\n'
            f'<meta name="name" content="{label}">'
        )
        text = re.sub(r'<meta name="version" content="[^"]*">', lambda _: meta, text)
        text = re.sub(
            r'<meta name="date" content="[^"]*">', f'<meta name="date" content="{today}">', text
        )
        style = _STYLE.format(background=self.background, accent=self.accent)
        return self._scheme(text).replace("</head>", style + "</head>")

    def _scheme(self, text: str) -> str:
        """Light or dark as the window is, whatever the web engine thinks of the system."""
        return text.replace(_DARK, "@media all" if self.dark else "@media not all")


class _Http(http.server.ThreadingHTTPServer):
    """Its errors go to the log; a program without a console has no stderr to print them on."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A view that loads another page hangs up: that is no news."""
        error = sys.exception()
        level = logging.DEBUG if isinstance(error, ConnectionError) else logging.ERROR
        _log.log(level, "a request of the graph failed", exc_info=error)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers GET with what the owner has for the path."""

    server_owner: NetronServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One file, or 404; 403 for another host name, as a page elsewhere might try."""
        if self.headers.get("Host") != self.server_owner.host:
            self._send(HTTPStatus.FORBIDDEN, "text/plain", b"")
            return
        try:
            found = self.server_owner.answer(self.path)
        except OSError as error:
            _log.warning("cannot serve a file to the graph: %s", error)
            found = None
        if found is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"")
        else:
            self._send(HTTPStatus.OK, *found)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are no news; the secret must not reach the log."""

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Set-Cookie", "consent=1; Path=/; SameSite=Strict")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)
