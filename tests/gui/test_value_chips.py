"""Chips of what was recognized."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.monitor.chunk import Chunk
from studio.monitor.own_patterns import compiled
from studio.monitor.packets import KINDS
from studio.ui import theme, value_kinds
from studio.ui.flow_rows import FlowRows
from studio.ui.patterns_dialog import PatternsDialog
from studio.ui.pill import Pill
from studio.ui.value_chips import ValueChips, short
from studio.ui.workspace import Workspace
from tests.gui.test_window_speed import Requests


@pytest.fixture
def chips(qtbot: QtBot, workspace: Workspace) -> Iterator[ValueChips]:
    made = ValueChips(workspace)
    qtbot.addWidget(made)
    made.resize(900, 80)
    made.show()
    qtbot.waitExposed(made)
    yield made
    workspace.monitoring.close()


def say(workspace: Workspace, data: bytes) -> None:
    live = workspace.monitoring.live
    live.put(Chunk(time.time(), data))
    assert live.drain()


def packet(kind: str, payload: bytes, off: int = 0) -> bytes:
    length, total = struct.pack("<i", len(payload)), struct.pack("<i", sum(payload) + off)
    return kind.encode() + length + payload + total


def said(chips: ValueChips) -> list[str]:
    return [pill.accessibleName() for pill in chips.pills.values()]


def test_nothing_yet(chips: ValueChips) -> None:
    empty = chips.findChild(QLabel, "chips-empty")
    assert empty.isVisible()
    assert not chips.rows.isVisible()


def test_each_form_is_a_chip_with_its_count(
    qtbot: QtBot, workspace: Workspace, chips: ValueChips
) -> None:
    workspace.monitoring.live.use([compiled("depth", r"deep (?P<depth>\d+)")])
    say(workspace, b"temp: 21.5\n" * 12345)
    qtbot.waitUntil(lambda: said(chips) == ["name: value  12 k"])
    say(workspace, b"hello\nx,y\n1,2\ndeep 3\n" + packet("nnet", bytes(10)) + b"\x01\n")
    qtbot.waitUntil(lambda: len(chips.pills) == 7)
    assert said(chips)[0] == "name: value  12 k"
    assert {"CSV  1", "CSV header  1", "depth  1", "packet nnet  1"} <= set(said(chips))
    assert said(chips)[-2:] == ["noise  1", "text  2"]  # what holds no values is last
    assert chips.chips["packet nnet"].icon == "packet"
    assert chips.chips["depth"].icon == "pattern"
    assert chips.chips["text"].colour == "muted"
    tip = chips.pills["csv"].toolTip()
    assert "21.5,40,1013" in tip
    assert "Series: x, y" in tip
    assert "Series: temp" in chips.pills["name: value"].toolTip()
    assert "own pattern" in chips.pills["depth"].toolTip()


def test_what_goes_wrong_is_first(qtbot: QtBot, workspace: Workspace, chips: ValueChips) -> None:
    say(workspace, b"a: 1\n" + packet("nnet", bytes(8), off=1) + b"\nsample:x\n")
    qtbot.waitUntil(lambda: "damaged  2" in said(chips))
    assert said(chips)[0] == "damaged  2"
    assert "checksum" in chips.pills[" damaged"].toolTip()
    say(workspace, b"".join(b"name%d: 1\n" % number for number in range(300)))
    qtbot.waitUntil(lambda: said(chips)[1].startswith("names left out"))
    assert said(chips)[1] == "names left out  45"


def test_two_rows_at_most_and_the_others_in_a_menu(
    qtbot: QtBot, workspace: Workspace, chips: ValueChips
) -> None:
    chips.resize(300, 80)
    say(workspace, b'a:1\na=1\na:1,b:2\n1,2\n5\n{"a":1}\n>a:1\nt: 5 us\nuart ok\ndone\nhi\n')
    qtbot.waitUntil(lambda: len(chips.pills) == 11)
    pills = list(chips.pills.values())
    shown = [pill for pill in pills if pill.isVisible()]
    assert 1 < len(shown) < 11
    assert chips.rows.more.text() == f"+{11 - len(shown)}"
    assert len({pill.y() for pill in [*shown, chips.rows.more]}) == 2
    assert chips.rows.height() <= 2 * pills[0].height() + 8
    assert chips.sizeHint().height() <= 80
    assert all(pill.geometry().right() <= chips.rows.width() for pill in shown)
    chips.rows.more.click()
    texts = [action.text() for action in chips.rows.menu.actions()]
    assert texts[-1] == "text  1"
    chips.rows.menu.actions()[-1].trigger()
    chips.rows.menu.close()
    popup = chips.findChild(QFrame, "chip-explanation")
    assert popup.findChildren(QLabel)[0].text() == "text"
    popup.close()
    chips.resize(1600, 80)
    qtbot.waitUntil(lambda: all(pill.isVisible() for pill in pills))
    assert not chips.rows.more.isVisible()


def test_a_click_explains_and_leads_to_own_patterns(
    qtbot: QtBot, workspace: Workspace, chips: ValueChips
) -> None:
    workspace.monitoring.live.use([compiled("<b>&", r"deep (?P<depth>\d+)")])
    say(workspace, b"deep 3\n")
    qtbot.waitUntil(lambda: "<b>&" in chips.pills)
    qtbot.mouseClick(chips.pills["<b>&"], Qt.MouseButton.LeftButton)
    popup = chips.findChild(QFrame, "chip-explanation")
    texts = [label.text() for label in popup.findChildren(QLabel)]
    assert texts[0] == "<b>&"
    assert "Series: depth" in texts
    assert popup.pos() != QPoint(0, 0)
    qtbot.mouseClick(popup.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert not popup.isVisible()
    dialog = chips.findChild(PatternsDialog)
    assert dialog.isVisible()
    dialog.close()


def test_clearing_takes_them_away(qtbot: QtBot, workspace: Workspace, chips: ValueChips) -> None:
    say(workspace, b"a: 1\n")
    qtbot.waitUntil(lambda: bool(chips.pills))
    workspace.monitoring.live.clear()
    qtbot.waitUntil(lambda: not chips.pills)
    assert chips.findChild(QLabel, "chips-empty").isVisible()


def test_it_is_drawn_a_few_times_a_second_and_only_where_it_is_seen(
    qtbot: QtBot, workspace: Workspace, chips: ValueChips, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []
    show = chips._show
    monkeypatch.setattr(chips, "_show", lambda found: (drawn.append(1), show(found)))
    begin = time.monotonic()
    while len(drawn) < 4:
        say(workspace, b"a: 1\n" * 1000)
        qtbot.wait(5)
    assert time.monotonic() - begin > 0.6  # the first comes at once
    chips.hide()
    drawn.clear()
    say(workspace, b"b=1\n")
    qtbot.wait(400)
    assert not drawn
    chips.show()
    assert "name=value  1" in said(chips)


def test_it_can_be_drawn_in_both_themes(
    qtbot: QtBot, workspace: Workspace, chips: ValueChips, themed: QApplication
) -> None:
    say(workspace, b"a: 1\n")
    qtbot.waitUntil(lambda: bool(chips.pills))
    (pill,) = chips.pills.values()
    light = pill.grab().toImage()
    theme.install(themed, dark=True)
    assert pill.grab().toImage() != light
    theme.install(themed, dark=False)


def test_every_form_is_explained() -> None:
    for kind in KINDS:
        assert value_kinds.is_known(f"packet {kind}")
        assert len(value_kinds.explain(f"packet {kind}").meaning) > 30
    assert value_kinds.explain("sent r_mc").title == "sent r_mc"
    assert value_kinds.explain("mine").title == "mine"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1000, "1 k"), (1250, "1.2 k"), (9999, "9.9 k"), (12345, "12 k"),
     (999_999, "999 k"), (3_450_000, "3.4 M"), (12 * 10**9, "12 G")],
)  # fmt: skip
def test_counts_are_short(count: int, text: str) -> None:
    assert short(count) == text


def test_counting_lays_nothing_out(qtbot: QtBot, themed: QApplication) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    pill = Pill("one", "name: value")
    QHBoxLayout(holder).addWidget(pill)
    pill.set_count("1.1 k")
    holder.show()
    qtbot.waitExposed(holder)
    QApplication.processEvents()
    width, requests = pill.sizeHint().width(), Requests(holder)
    for count in ("1.2 k", "9.9 k"):
        pill.set_count(count)
        QApplication.processEvents()
    assert requests.count == 0
    pill.set_count("10.1 k")  # one sign more
    QApplication.processEvents()
    assert requests.count > 0
    assert pill.sizeHint().width() > width


def test_what_the_rows_remember_of_their_height_ends_with_a_change(qtbot: QtBot) -> None:
    rows, pills = FlowRows(3, Pill("more", "")), [Pill(f"p{i}", "name") for i in range(3)]
    qtbot.addWidget(rows)
    rows.show()
    rows.resize(600, 40)
    rows.set_buttons(pills)
    flow = rows.layout()
    assert flow is not None
    width = sum(pill.sizeHint().width() for pill in pills) + 2 * flow.horizontalSpacing() + 1
    one = flow.heightForWidth(width)
    assert flow.heightForWidth(width - 10) > one
    pills[0].set_count("123456")
    qtbot.waitUntil(lambda: flow.heightForWidth(width) > one)
