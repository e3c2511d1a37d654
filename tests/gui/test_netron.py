"""The graph's server and web view: what they give, and what they refuse."""

from __future__ import annotations

import datetime
import http.client
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QTableView
from pytestqt.qtbot import QtBot

from studio.panels.graph import Graph
from studio.ui.netron_server import NetronServer
from studio.ui.workspace import Workspace
from tests.gui import artifacts


@pytest.fixture
def server() -> Iterator[NetronServer]:
    made = NetronServer()
    yield made
    made.close()


def get(server: NetronServer, path: str, host: str | None = None) -> tuple[int, str, bytes]:
    """Status, consent cookie and body."""
    connection = http.client.HTTPConnection(server.host, timeout=5)
    connection.request("GET", path, headers={"Host": host or server.host})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers.get("Set-Cookie", ""), body


def path_of(server: NetronServer, model: Path) -> str:
    return server.url(model).removeprefix(f"http://{server.host}")


def test_serves_the_model_by_number_whatever_its_name(
    server: NetronServer, example: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "a #1 50% 模型 <b>.onnx" if sys.platform != "win32" else tmp_path / "a #1.onnx"
    odd.write_bytes(b"content")
    server.url(example)
    page = path_of(server, odd)
    assert re.fullmatch(r"/[\w-]{32}/view/1/index\.html", page)
    status, cookie, body = get(server, page)
    assert status == 200
    assert cookie.startswith("consent=1")
    text = body.decode()
    assert '<meta name="version" content="0.0.0">' in text
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    assert f'<meta name="date" content="{today}' in text
    assert "<b>.onnx" not in text
    assert get(server, page.replace("index.html", "model.onnx"))[2] == b"content"
    assert get(server, page.replace("index.html", "view.js?cb=1"))[0] == 200


def test_dark_and_light_do_not_depend_on_the_browser(server: NetronServer, example: Path) -> None:
    page = path_of(server, example)
    style = page.replace("index.html", "grapher.css")
    for dark, wanted in ((False, "@media not all"), (True, "@media all")):
        server.dark = dark
        for path in (page, style):
            text = get(server, path)[2].decode()
            assert wanted in text
            assert "prefers-color-scheme" not in text


def test_refuses_everything_else(server: NetronServer, example: Path) -> None:
    page = path_of(server, example)
    _, secret, *_ = page.split("/")
    for path in (
        "/",
        "/index.html",
        page.replace(secret, "x" * len(secret)),
        page.replace("/0/", "/1/"),
        page.replace("/0/", "/-1/"),
        page.replace("index.html", "server.py"),
        page.replace("index.html", "../netron/index.html"),
        page.replace("index.html", "..%2findex.html"),
        page.replace("index.html", "missing.js"),
    ):
        assert get(server, path)[0] == 404, path
    # A page elsewhere that resolves its own name to 127.0.0.1 sends that name.
    assert get(server, page, host="evil.example")[0] == 403


def test_a_model_that_went_away_is_not_found(server: NetronServer, tmp_path: Path) -> None:
    model = tmp_path / "gone.onnx"
    page = path_of(server, model)
    assert get(server, page.replace("index.html", "model.onnx"))[0] == 404


def test_the_view_draws_the_graph_without_leaving_the_machine(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    graph = Graph(workspace)
    qtbot.addWidget(graph)
    graph.resize(640, 480)
    workspace.set_model(example, None)
    view = graph.view
    assert view is not None
    assert view.interceptor.allowed == []  # a hidden view loads nothing
    graph.show()
    found: list[object] = []

    def names() -> bool:
        script = "window.__view__?.activeTarget?.nodes?.map(n => n.type.name).join(' ') ?? ''"
        view.page().runJavaScript(script, found.append)
        return bool(found) and bool(found[-1])

    qtbot.waitUntil(names, timeout=30_000)
    assert "Conv" in str(found[-1])
    assert view.interceptor.blocked == []
    assert all("127.0.0.1" in url for url in view.interceptor.allowed if url.startswith("http"))


def test_the_view_reaches_no_other_address(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    graph = Graph(workspace)
    qtbot.addWidget(graph)
    workspace.set_model(example, None)
    graph.show()
    view = graph.view
    assert view is not None
    with qtbot.waitSignal(view.loadFinished, timeout=30_000):
        pass
    view.page().runJavaScript("new Image().src = 'http://127.0.0.1:9/x.png'")
    qtbot.waitUntil(lambda: bool(view.interceptor.blocked), timeout=10_000)
    assert view.interceptor.blocked == ["http://127.0.0.1:9/x.png"]


def test_without_web_engine_there_are_nodes_and_the_browser(
    qtbot: QtBot, workspace: Workspace, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in sys.modules is how Python says that an import must fail.
    monkeypatch.setitem(sys.modules, "studio.ui.web_view", None)
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    graph = Graph(workspace)
    qtbot.addWidget(graph)
    workspace.set_model(example, None)
    workspace.set_network(artifacts.network())
    graph.show()
    assert graph.view is None
    assert graph.findChildren(QTableView)[0].model().rowCount() == 5
    (button,) = graph.findChildren(QPushButton, "browser")
    button.click()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32}/view/0/index\.html", opened[0])
