"""The docks: layouts, tabs, floating, focus, and what is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QFrame,
    QLabel,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.ui import layouts
from studio.ui.docks import Docks
from studio.ui.layouts import Group, Split, Store
from studio.ui.panel import Panel
from tests.gui import light

PANELS = [each for each in light.PANELS if each.id != "firmware"]
NAMES = [each.id for each in PANELS if each.place != "welcome"]


def make() -> Docks:
    docks = Docks()
    for name in NAMES:
        docks.add(name, name.title(), light.LightPanel())
    docks.resize(1200, 800)
    return docks


@pytest.fixture
def docks(qtbot: QtBot, themed: QApplication) -> Iterator[Docks]:
    made = make()
    qtbot.addWidget(made)
    made.show()
    made.arrange(layouts.named(PANELS)[0].tree)
    QTest.qWait(20)
    yield made


def dock(docks: Docks, name: str) -> QDockWidget:
    (found,) = docks.findChildren(QDockWidget, name)
    return found


def shown(docks: Docks) -> set[str]:
    return {name for name in docks.names if docks.panel(name).isVisible()}


def tabs(docks: Docks) -> dict[str, list[str]]:
    """The tab bars in use by their selected tab."""
    found = {}
    for bar in docks.findChildren(QTabBar):
        if bar.isVisible() and bar.parent() is docks:
            texts = [bar.tabText(index) for index in range(bar.count())]
            found[bar.tabText(bar.currentIndex())] = texts
    return found


def centre(docks: Docks, name: str) -> tuple[float, float]:
    point = dock(docks, name).geometry().center()
    return point.x() / docks.width(), point.y() / docks.height()


def test_the_default_layout_is_by_place(docks: Docks) -> None:
    assert tabs(docks) == {"Graph": ["Graph", "Editor", "Layers"], "Array": ["Array", "Mapper"]}
    assert shown(docks) == {"project", "graph", "array", "problems", "monitor"}
    assert centre(docks, "project")[0] < centre(docks, "graph")[0] < centre(docks, "array")[0]
    assert centre(docks, "problems")[1] > 0.6 > centre(docks, "array")[1]
    assert centre(docks, "problems")[0] < 0.5 < centre(docks, "monitor")[0]
    assert dock(docks, "project").width() < 0.22 * docks.width()
    assert dock(docks, "array").width() > 0.35 * docks.width()


@pytest.mark.parametrize(
    ("number", "front", "ratio"),
    [
        (1, {"array", "mapper", "layers", "problems"}, ("array", 0.4)),
        (2, {"project", "editor", "problems", "monitor"}, ("editor", 0.3)),
        (3, {"graph", "array", "monitor"}, ("monitor", 0.4)),
        (4, {"monitor"}, ("monitor", 0.9)),
    ],
)
def test_named_layouts(
    docks: Docks, number: int, front: set[str], ratio: tuple[str, float]
) -> None:
    docks.arrange(layouts.named(PANELS)[number].tree)
    QTest.qWait(20)
    assert shown(docks) == front
    name, part = ratio
    size = dock(docks, name).size()
    assert size.width() * size.height() > part * docks.width() * docks.height()
    # What is closed comes back beside its neighbours.
    docks.show_panel("layers")
    QTest.qWait(20)
    assert docks.panel("layers").isVisible()
    assert docks.dockWidgetArea(dock(docks, "layers")) != Qt.DockWidgetArea.NoDockWidgetArea


def test_a_layout_takes_what_panels_there_are() -> None:
    few = [panel for panel in PANELS if panel.id in ("array", "monitor")]
    default, _, build, workshop, _ = layouts.named(few)
    assert [group.panels for group in layouts.groups(default.tree)] == [("array",), ("monitor",)]
    assert [group.panels for group in layouts.groups(workshop.tree)] == [("array",), ("monitor",)]
    assert build.tree == Group(("monitor",), build.tree.weight, ("array",))
    tree = Split(False, (Group(("gone",)), Group(("array",))))
    assert layouts.complete(tree, few) == Group(("array",), 1, ("monitor",))


def test_a_panel_behind_a_tab_is_hidden(docks: Docks) -> None:
    assert not docks.panel("layers").isVisible()
    docks.show_panel("layers")
    QTest.qWait(20)
    assert docks.panel("layers").isVisible()
    assert not docks.panel("graph").isVisible()


def test_closing_and_opening(docks: Docks, qtbot: QtBot) -> None:
    with qtbot.waitSignal(docks.changed):
        docks.close_panel("array")
    assert not docks.is_open("array")
    assert not docks.panel("array").isVisible()
    docks.toggle_action("array").trigger()
    assert docks.is_open("array")
    docks.close_panel("monitor")
    docks.focus_panel("monitor")
    QTest.qWait(20)
    assert docks.panel("monitor").isVisible()
    assert docks.focused() == "monitor"
    docks.focus_panel("nothing")
    assert docks.focused() == "monitor"


def test_buttons_of_the_title_bar(docks: Docks, qtbot: QtBot) -> None:
    monitor = dock(docks, "monitor")
    (float_button,) = monitor.findChildren(QToolButton, "dock-float")
    (close_button,) = monitor.findChildren(QToolButton, "dock-close")
    assert float_button.accessibleName() == "Make a window of it"
    float_button.setFocus()
    qtbot.keyClick(float_button, Qt.Key.Key_Space)
    assert monitor.isFloating()
    assert float_button.accessibleName() == "Put back into the window"
    assert len(docks.windows()) == 1
    qtbot.mouseClick(float_button, Qt.MouseButton.LeftButton)
    assert not monitor.isFloating()
    qtbot.mouseClick(close_button, Qt.MouseButton.LeftButton)
    assert not docks.is_open("monitor")


def test_the_title_bar_goes_where_a_tab_says_the_name(docks: Docks) -> None:
    def height(name: str) -> int:
        bar = dock(docks, name).titleBarWidget()
        assert bar is not None
        return bar.height()

    QTest.qWait(20)
    assert height("monitor") > 20
    assert height("array") == 0
    docks.close_panel("mapper")
    QTest.qWait(20)
    assert height("array") > 20
    docks.float_panel("editor")
    QTest.qWait(20)
    assert height("editor") > 20
    docks.tabify("monitor", "problems")
    QTest.qWait(20)
    assert height("monitor") == 0


def bar_of(docks: Docks, title: str) -> tuple[QTabBar, int]:
    for bar in docks.findChildren(QTabBar):
        for index in range(bar.count()):
            if bar.tabText(index) == title and bar.isVisible():
                return bar, index
    raise AssertionError(title)


def test_tabs_close_and_float(docks: Docks, qtbot: QtBot) -> None:
    bar, index = bar_of(docks, "Editor")
    button = bar.tabButton(index, QTabBar.ButtonPosition.RightSide)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not docks.is_open("editor")
    bar, index = bar_of(docks, "Layers")
    qtbot.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())
    assert dock(docks, "layers").isFloating()


def test_tabs_close_even_where_the_keyboard_was_first(qtbot: QtBot, themed: QApplication) -> None:
    # As in the program: the focus changes before the tabs are tidied up for the first time.
    made = make()
    qtbot.addWidget(made)
    made.show()
    made.arrange(layouts.named(PANELS)[0].tree)
    themed.focusChanged.emit(None, None)
    QTest.qWait(20)
    bar, index = bar_of(made, "Editor")
    assert bar.tabsClosable()
    assert bar.tabButton(index, QTabBar.ButtonPosition.RightSide) is not None


def test_a_click_on_a_tab_gives_its_panel_the_keyboard(docks: Docks, qtbot: QtBot) -> None:
    docks.focus_panel("monitor")
    bar, index = bar_of(docks, "Layers")
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())
    assert docks.focused() == docks.current == "layers"


def test_a_floating_dock_is_drawn_after_a_start(qtbot: QtBot, themed: QApplication) -> None:
    tree = layouts.named(PANELS)[0].tree
    before = make()
    qtbot.addWidget(before)
    before.show()
    before.arrange(tree)
    before.float_panel("monitor")
    QTest.qWait(20)
    pages = QStackedWidget()
    qtbot.addWidget(pages)
    pages.addWidget(QLabel("welcome"))
    after = make()
    pages.addWidget(after)
    after.restore(before.save(), tree)
    pages.show()
    pages.setCurrentWidget(after)
    QTest.qWait(20)
    assert dock(after, "monitor").isFloating()
    assert dock(after, "monitor").updatesEnabled()
    assert after.panel("monitor").updatesEnabled()


def test_the_menu_of_a_tab(docks: Docks) -> None:
    bar, index = bar_of(docks, "Editor")
    bar.customContextMenuRequested.emit(bar.tabRect(index).center())
    (menu,) = bar.findChildren(QMenu)
    texts = [action.text() for action in menu.actions()]
    assert texts == ["Make a window of it", "Close", "Close the others"]
    menu.actions()[2].trigger()
    assert docks.is_open("editor")
    assert not docks.is_open("graph")
    assert not docks.is_open("layers")
    menu.close()


def test_f6_goes_round(docks: Docks) -> None:
    docks.focus_panel("monitor")
    order = []
    for _ in range(6):
        docks.step(1)
        order.append(docks.focused())
    assert order == ["project", "graph", "array", "problems", "monitor", "project"]
    docks.step(-1)
    assert docks.focused() == "monitor"
    assert docks.current == "monitor"


def test_the_focused_panel_is_marked(docks: Docks) -> None:
    docks.focus_panel("monitor")
    bar = dock(docks, "monitor").titleBarWidget()
    assert bar is not None
    assert bar.property("dock") == "active"
    docks.focus_panel("array")
    QTest.qWait(20)
    assert bar.property("dock") == "idle"
    tab_bar, _ = bar_of(docks, "Array")
    assert tab_bar.property("dock") == "active"


def test_a_layout_comes_back(docks: Docks, qtbot: QtBot) -> None:
    docks.close_panel("project")
    docks.tabify("monitor", "array")
    docks.show_panel("mapper")
    QTest.qWait(20)
    state, seen, width = docks.save(), shown(docks), dock(docks, "graph").width()
    other = make()
    qtbot.addWidget(other)
    other.restore(state, layouts.named(PANELS)[0].tree)
    assert other.save() == state  # it waits until it shows
    other.show()
    QTest.qWait(20)
    assert shown(other) == seen
    assert abs(dock(other, "graph").width() - width) <= 2
    assert tabs(other)["Mapper"] == ["Array", "Mapper", "Monitor"]


@pytest.mark.parametrize("state", [b"", b"nonsense", b"\x00\x00\x00\xff" * 9])
def test_a_broken_state_gives_the_default(qtbot: QtBot, themed: QApplication, state: bytes) -> None:
    docks = make()
    qtbot.addWidget(docks)
    docks.restore(QByteArray(state), layouts.named(PANELS)[0].tree)
    docks.show()
    QTest.qWait(20)
    assert shown(docks) == {"project", "graph", "array", "problems", "monitor"}


def test_a_state_of_fewer_panels(docks: Docks, qtbot: QtBot) -> None:
    state = docks.save()
    more = make()
    qtbot.addWidget(more)
    more.add("accuracy", "Accuracy", light.LightPanel())
    accuracy = Panel("accuracy", "Accuracy", "right", light.LightPanel)
    more.restore(state, layouts.named([*PANELS, accuracy])[0].tree)
    more.show()
    QTest.qWait(20)
    assert shown(more) == shown(docks)
    more.focus_panel("accuracy")
    QTest.qWait(20)
    assert more.panel("accuracy").isVisible()
    assert not dock(more, "accuracy").isFloating()


def test_the_store_keeps_layouts(tmp_path: Path) -> None:
    path = tmp_path / "一" / "window.ini"
    store = Store(path)
    kept = {"My desk": QByteArray(b"a"), "投影/仪": QByteArray(b"b")}
    store.set_layouts(kept)
    store.set("target/port", "COM3")
    store.sync()
    again = Store(path)
    assert again.layouts() == kept
    assert list(again.layouts()) == list(kept)
    assert again.text("target/port") == "COM3"
    assert again.bytes("target/port").isEmpty()
    again.set_layouts({"One": QByteArray(b"c")})
    again.sync()
    assert Store(path).layouts() == {"One": QByteArray(b"c")}


@pytest.mark.parametrize("content", [b"\xff\xfe broken", b"[layouts]\nsize=many\n", b"[x"])
def test_a_broken_file_counts_as_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(content)
    store = Store(path)
    assert store.layouts() == {}
    assert store.bytes("window/docks").isEmpty()
    assert store.text("target/port") == ""


def test_focus_does_not_tie_widgets_together(qtbot: QtBot) -> None:
    """PySide makes some widgets it returns children of those asked, and lets them die together."""
    panel, first, button = QWidget(), QWidget(), QToolButton()
    menu = QMenu(button)
    button.setMenu(menu)
    column = QVBoxLayout(panel)
    column.addWidget(first)
    column.addWidget(button)
    docks = Docks()
    qtbot.addWidget(docks)
    docks.add("one", "One", panel)
    docks.show()
    kept = menu.addAction("Keep")
    docks.focus_panel("one")
    first.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert kept.text() == "Keep"


def test_what_has_the_keyboard_may_die(docks: Docks, qtbot: QtBot) -> None:
    # While a child dies, PySide finds a hole in its parent's children and takes the program down.
    popup = QFrame(docks.panel("monitor"), Qt.WindowType.Popup)
    field = QLineEdit(popup)
    popup.show()
    field.setFocus()
    docks.hide()
    assert QApplication.focusWidget() is field
    popup.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(popup))
    docks.show()
    docks.focus_panel("editor")
    qtbot.waitUntil(lambda: docks.focused() == "editor")
