"""The graph's server and web view: what they give, and what they refuse."""

from __future__ import annotations

import datetime
import http.client
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from studio.graph import load
from studio.panels.graph import Graph
from studio.ui import theme
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


def shown(
    qtbot: QtBot, workspace: Workspace, model: Path, names: Iterable[str] = ("Conv",)
) -> Graph:
    """The panel with ``model`` drawn."""
    graph = Graph(workspace)
    qtbot.addWidget(graph)
    graph.resize(640, 480)
    workspace.set_model(model, None)
    assert graph.view is None  # a hidden panel costs nothing
    graph.show()
    qtbot.waitUntil(lambda: graph.bridge is not None)
    assert graph.bridge is not None
    with qtbot.waitSignal(graph.bridge.drawn):
        pass
    drawn = js(qtbot, graph, "__view__.activeTarget.nodes.map(n => n.type.name).join(' ')")
    assert all(name in drawn for name in names)
    return graph


def js(qtbot: QtBot, graph: Graph, script: str) -> str:
    """What ``script``, which must give a text, gives in the page."""
    found: list[str] = []
    assert graph.view is not None
    graph.view.page().runJavaScript(script, found.append)
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


SELECTED = "[...__view__.target.selection].map(e => e.value.name).join(' ') || 'none'"
# The middle of a node's title in the page, after it was scrolled into view.
MIDDLE = """(() => {{
    const node = __view__.activeTarget.nodes.find(n => n.name === '{0}');
    const element = __view__.target.find(node).element;
    __view__.target.scrollTo([element], 'instant');
    const box = element.getBoundingClientRect();
    return `${{Math.round(box.x + box.width / 2)}} ${{Math.round(box.y + 10)}}`;
}})()"""


def click(qtbot: QtBot, graph: Graph, node: str) -> None:
    """Click a node of the page with the mouse."""
    assert graph.view is not None
    x, y = map(int, js(qtbot, graph, MIDDLE.format(node)).split())
    qtbot.wait(50)  # what scrolled must have been drawn to be hit
    target = graph.view.focusProxy()
    assert target is not None
    qtbot.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def test_a_click_selects_everywhere_and_back(qtbot: QtBot, workspace: Workspace) -> None:
    model = Path(__file__).parents[1] / "data" / "models" / "transformer_old.onnx"
    network = load.load(model)
    workspace.set_network(network)
    graph = shown(qtbot, workspace, model, ("MatMul",))
    workspace.set_network(network)  # opening the model cleared it
    click(qtbot, graph, "/norms.0/Pow")
    qtbot.waitUntil(lambda: workspace.selected.origin == "graph")
    # A piece of a norm is the network's node that all the pieces became.
    assert workspace.selected.nodes == ("/norms.0/Add_1",)
    assert js(qtbot, graph, SELECTED) == "/norms.0/Pow"
    assert js(qtbot, graph, "__view__._sidebar.identifier || 'closed'") == "closed"
    told: list[object] = []
    workspace.selection_changed.connect(lambda: told.append(workspace.selected))
    workspace.select_node("/norms.1/Add_1", "nodes")
    qtbot.waitUntil(lambda: "norms.1" in js(qtbot, graph, SELECTED))
    assert "/norms.1/ReduceMean" in js(qtbot, graph, SELECTED).split()
    workspace.select_node("", "nodes")
    qtbot.waitUntil(lambda: js(qtbot, graph, SELECTED) == "none")
    qtbot.wait(100)
    assert len(told) == 2  # the page told nothing of what came from elsewhere
    assert graph.view is not None
    assert graph.view.interceptor.blocked == []
    allowed = graph.view.interceptor.allowed
    assert all("127.0.0.1" in url for url in allowed if url.startswith("http"))


def test_what_was_selected_before_shows_in_a_model_with_an_odd_name(
    qtbot: QtBot, workspace: Workspace, example: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "a #1 50% 模型.onnx"
    odd.write_bytes(example.read_bytes())
    graph = Graph(workspace)
    qtbot.addWidget(graph)
    workspace.set_model(odd, None)
    workspace.set_network(load.load(odd))
    workspace.select_node("/conv3/Conv", "nodes")
    graph.resize(640, 480)
    graph.show()
    qtbot.waitUntil(graph.actions_by_name["fit"].isEnabled)
    qtbot.waitUntil(lambda: js(qtbot, graph, SELECTED) == "/conv3/Conv")
    # In the other theme's colours, and from another place, without loading again.
    before = js(qtbot, graph, "window.__view__.mark = 'same'")
    theme.apply(QApplication.instance(), theme.DARK)  # type: ignore[arg-type]
    dark = "getComputedStyle(document.querySelector('.node-item-type text')).fill"
    qtbot.waitUntil(lambda: js(qtbot, graph, dark) == "rgb(223, 223, 223)")
    (tmp_path / "project").mkdir()
    workspace.set_model(odd.rename(tmp_path / "project" / odd.name), None)
    qtbot.wait(100)
    assert graph.actions_by_name["fit"].isEnabled()
    assert js(qtbot, graph, "window.__view__.mark") == before


def test_actions_of_the_graph(
    qtbot: QtBot,
    workspace: Workspace,
    example: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = shown(qtbot, workspace, example)
    actions = graph.actions_by_name
    zoom = "String(__view__.target.zoom)"
    first = float(js(qtbot, graph, zoom))
    actions["zoom-out"].trigger()
    qtbot.waitUntil(lambda: float(js(qtbot, graph, zoom)) < first)
    actions["zoom-in"].trigger()
    actions["fit"].trigger()
    whole = "const t = document.getElementById('target'); String(t.scrollHeight <= t.clientHeight)"
    qtbot.waitUntil(lambda: js(qtbot, graph, f"{{{whole}}}") == "true")
    graph.setFocus()
    actions["find"].trigger()
    sidebar = "__view__._sidebar.identifier || 'closed'"
    qtbot.waitUntil(lambda: js(qtbot, graph, sidebar) == "find")
    actions["properties"].trigger()
    qtbot.waitUntil(lambda: js(qtbot, graph, sidebar) == "target")
    actions["direction"].trigger()
    qtbot.waitUntil(lambda: js(qtbot, graph, "__view__.options.direction") == "horizontal")
    qtbot.waitUntil(lambda: js(qtbot, graph, "String(!!__view__.target)") == "true")
    for kind, begin in (("svg", b"<svg"), ("png", b"\x89PNG")):
        path = tmp_path / f"b #2 图.{kind}"
        monkeypatch.setattr(QFileDialog, "open", lambda own, p=path: own.fileSelected.emit(str(p)))
        with qtbot.waitSignal(workspace.notice) as told:
            actions[kind].trigger()
        assert told.args == [f"Saved {path.name}"]
        assert path.read_bytes().startswith(begin)


def test_a_picture_that_cannot_be_saved_is_an_error(
    qtbot: QtBot, qtlog: Any, workspace: Workspace, example: Path, tmp_path: Path
) -> None:
    graph = shown(qtbot, workspace, example)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    # WebEngine warns of it as well.
    with qtlog.disabled(), qtbot.waitSignal(workspace.error) as told:
        graph.save(tmp_path / "file" / "graph.svg")
    assert "could not be saved" in told.args[0].message


def test_the_view_reaches_no_other_address(
    qtbot: QtBot, workspace: Workspace, example: Path
) -> None:
    graph = shown(qtbot, workspace, example)
    view = graph.view
    assert view is not None
    page = view.url()
    js(qtbot, graph, "new Image().src = 'http://127.0.0.1:9/x.png'; 'asked'")
    js(qtbot, graph, "window.location = 'http://127.0.0.1:9/away'; 'asked'")
    qtbot.waitUntil(lambda: bool(view.interceptor.blocked))
    assert view.interceptor.blocked == ["http://127.0.0.1:9/x.png"]
    assert view.url() == page


def test_a_file_that_is_no_model_leaves_no_note_behind(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> None:
    model = tmp_path / "no.onnx"
    model.write_bytes(b"nothing of the kind")
    graph = Graph(workspace)
    qtbot.addWidget(graph)
    graph.resize(640, 480)
    workspace.set_model(model, None)
    graph.show()
    qtbot.waitUntil(lambda: graph.bridge is not None)
    assert graph.bridge is not None
    assert graph.note.isVisible()
    with qtbot.waitSignal(graph.bridge.failed):
        pass
    assert not graph.note.isVisible()
    assert not graph.actions_by_name["fit"].isEnabled()


def test_without_web_engine_there_are_nodes_and_the_browser(
    qtbot: QtBot, workspace: Workspace, example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in sys.modules is how Python says that an import must fail.
    monkeypatch.setitem(sys.modules, "studio.ui.web_view", None)
    monkeypatch.delattr("studio.ui.web_view", raising=False)
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    graph = Graph(workspace)
    qtbot.addWidget(graph)
    workspace.set_model(example, None)
    workspace.set_network(artifacts.network())
    graph.show()
    qtbot.waitUntil(lambda: bool(graph.findChildren(QTableView)))
    assert graph.view is None
    assert not graph.note.isVisible()
    qtbot.waitUntil(lambda: graph.findChildren(QTableView)[0].model().rowCount() == 5)
    (button,) = graph.findChildren(QPushButton, "browser")
    button.click()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32}/view/0/index\.html", opened[0])
