"""The classroom: this studio shared read-only, and others' stations on one page."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import flask
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QInputDialog,
    QLineEdit,
    QPushButton,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from studio.base.errors import DataError, StudioError
from studio.monitor import classroom, invitation
from studio.monitor.chunk import Chunk
from studio.monitor.classroom import LOOPBACK, MOST, Place, Seen, Sharing, ask
from studio.monitor.station import Station
from studio.panels.classroom import Classroom
from studio.ui.layouts import Store
from studio.ui.projector import Projector
from studio.ui.station_card import StationCard
from studio.ui.station_model import Stations
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import Stalls


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.ui.station_model._ASK", 100)
    monkeypatch.setattr("studio.ui.sharing._TICK", 50)


@pytest.fixture
def other(workspace: Workspace) -> Iterator[Workspace]:
    """A second studio, which ends sharing in the end; so does the first."""
    made = Workspace(workspace.chip)
    yield made
    made.sharing.close()
    workspace.sharing.close()


def opened(qtbot: QtBot, workspace: Workspace, width: int = 720, height: int = 420) -> Classroom:
    panel = Classroom(workspace)
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def share(qtbot: QtBot, workspace: Workspace, panel: Classroom) -> str:
    """Switch sharing on; the invitation."""
    switch = panel.share.findChild(QCheckBox, "share")
    assert switch is not None and not switch.isChecked()
    switch.click()
    qtbot.waitUntil(lambda: workspace.sharing.state == "on")
    line = panel.share.findChild(QLineEdit, "invitation")
    assert line is not None
    return line.text()


def add(panel: Classroom, text: str) -> None:
    line = panel.stations.findChild(QLineEdit, "invitations")
    button = panel.stations.findChild(QToolButton, "add-stations")
    assert line is not None and button is not None
    line.setText(text)
    button.click()


def answered(stations: Stations) -> bool:
    return all(card.station is not None or card.problem for card in stations.cards)


def settle(qtbot: QtBot, panel: Classroom, condition: Callable[[list[StationCard]], bool]) -> None:
    qtbot.waitUntil(lambda: condition(panel.stations.board.cards))


def listening() -> set[int]:
    """Ports of this process that wait for somebody (of Linux)."""
    inodes = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = entry.readlink().name
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        path = Path("/proc/net") / table
        lines = path.read_text(encoding="ascii").splitlines()[1:] if path.exists() else []
        for fields in map(str.split, lines):
            if fields[3] == "0A" and fields[9] in inodes:
                found.add(int(fields[1].rsplit(":", 1)[1], 16))
    return found


def test_one_studio_shares_and_another_sees_it(
    qtbot: QtBot, workspace: Workspace, other: Workspace, example: Path
) -> None:
    teacher = opened(qtbot, workspace)
    student = opened(qtbot, other)
    live = other.monitoring.live
    live.put(Chunk(time.time(), b"ready\r\n"))  # what is compiled at first is, then
    assert live.drain(30)
    stalls = Stalls()
    other.set_model(example, None)
    name = student.share.findChild(QLineEdit, "station-name")
    assert name is not None
    name.setText("第三组")
    name.editingFinished.emit()
    text = share(qtbot, other, student)
    assert text == f"cim://127.0.0.1:{other.sharing.port}/{invitation.read(text)[0].token}"
    copy = student.share.findChild(QPushButton, "copy-invitation")
    assert copy is not None
    copy.click()
    assert QGuiApplication.clipboard().text() == text
    add(teacher, f"Hello, look at mine: {text}")
    settle(qtbot, teacher, lambda cards: len(cards) == 1 and cards[0].state_text == "Idle")
    (card,) = teacher.stations.board.cards
    assert card.accuracy_text == "–"
    assert card.what_text == "digits · WTM2101 · Emulator"
    other.set_stage("map", "running")
    settle(qtbot, teacher, lambda cards: cards[0].state_text == "Deploying")
    other.set_stage("map", "done")
    other.set_stage("run", "running")
    live.put(Chunk(time.time(), artifacts.serial(360)))
    assert live.drain()
    settle(qtbot, teacher, lambda cards: cards[0].accuracy_text == "97.5 %")
    assert card.state_text == "Running"
    assert card.samples_text == "360 samples"
    assert card.card is not None and card.card.name == "第三组"
    assert card.card.station is not None
    assert card.card.station.values["ratio"] == pytest.approx(0.975, abs=0.001)
    assert "s ago" in card.age_text
    other.set_stage("run", "done")
    settle(qtbot, teacher, lambda cards: cards[0].state_text == "Done")
    # Switched off: the next question gets no answer, and the last one stays to be read.
    switch = student.share.findChild(QCheckBox, "share")
    assert switch is not None
    switch.click()
    assert other.sharing.state == "off"
    settle(qtbot, teacher, lambda cards: cards[0].state_text == "No answer")
    assert card.accuracy_text == "97.5 %"
    print(f"longest stall {stalls.longest * 1000:.0f} ms")
    assert stalls.longest < 0.5


def test_what_a_station_tells_of_a_failed_or_finished_deploy(other: Workspace) -> None:
    sharing = other.sharing
    sharing.start()
    states = []
    for stage, status in (("map", "failed"), ("map", "cancelled"), ("run", "done")):
        other.set_stage(stage, status)
        sharing.set_name("x")  # looks again
        states.append(sharing.station.state)
    assert states == ["failed", "idle", "done"]
    other.set_run(artifacts.run())
    sharing.set_name("")
    assert (sharing.station.accuracy, sharing.station.samples) == (0.975, 360)
    assert sharing.station.name


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_listens_until_it_is_switched_on(
    qtbot: QtBot, workspace: Workspace, other: Workspace
) -> None:
    before = listening()
    panel = opened(qtbot, other)
    assert other.sharing.state == "off"
    assert listening() == before
    share(qtbot, other, panel)
    port = other.sharing.port
    assert listening() - before == {port}
    place = other.sharing.place(LOOPBACK)
    assert place is not None
    other.sharing.stop()
    qtbot.waitUntil(lambda: listening() == before)
    assert ask(place).station is None
    # Another start begins switched off.
    assert Workspace(workspace.chip).sharing.state == "off"


def test_the_web_server_is_only_imported_to_share() -> None:
    code = (
        "import sys, studio.panels.classroom, studio.panels.dashboard\n"
        "print([name for name in ('flask', 'cheroot', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"


def test_only_this_computer_unless_the_user_says_otherwise(
    qtbot: QtBot, workspace: Workspace, other: Workspace
) -> None:
    panel = opened(qtbot, other)
    hosts = []
    start = Sharing.start

    def started(sharing: Sharing) -> None:
        hosts.append(sharing._host)
        start(sharing)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sharing, "start", started)
        first = share(qtbot, other, panel)
        reach = panel.share.findChild(QComboBox, "reach")
        assert reach is not None and reach.currentData() == "computer"
        reach.setCurrentIndex(1)
        reach.activated.emit(1)
        qtbot.waitUntil(lambda: other.sharing.state == "on" and len(hosts) == 2)
    assert hosts == ["127.0.0.1", "0.0.0.0"]
    line = panel.share.findChild(QLineEdit, "invitation")
    assert line is not None
    (old,), (new,) = invitation.read(first), invitation.read(line.text())
    assert old.token != new.token
    assert new.host == other.sharing.addresses[0]
    assert ask(Place(LOOPBACK, new.port, new.token)).station is not None
    assert ask(Place(LOOPBACK, new.port, old.token)).why == "token"


def test_switched_off_before_it_began(qtbot: QtBot, other: Workspace) -> None:
    for _ in range(5):
        other.sharing.start()
        other.sharing.stop()
    other.sharing.start()
    qtbot.waitUntil(lambda: other.sharing.state == "on")
    place = other.sharing.place(LOOPBACK)
    assert place is not None and ask(place).station is not None
    other.sharing.close()
    assert ask(place).why == "silent"


def test_sharing_outlives_the_panel(qtbot: QtBot, other: Workspace) -> None:
    panel = opened(qtbot, other)
    text = share(qtbot, other, panel)
    panel.close()
    again = opened(qtbot, other)
    line = again.share.findChild(QLineEdit, "invitation")
    switch = again.share.findChild(QCheckBox, "share")
    assert line is not None and switch is not None
    assert line.text() == text
    assert switch.isChecked()


# cheroot leaves the socket it could not bind to the garbage collection.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_port_that_cannot_be_had_is_told(
    qtbot: QtBot, other: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[StudioError] = []
    other.error.connect(errors.append)
    monkeypatch.setattr("studio.ui.sharing._HOSTS", {"computer": "192.0.2.77"})
    other.sharing.start()
    qtbot.waitUntil(lambda: bool(errors))
    assert other.sharing.state == "off"
    assert errors[0].hint


def test_a_wrong_token_and_a_lost_station_say_so(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    with Sharing(lambda: Station("Anna", "idle")) as sharing:
        add(panel, f"cim://127.0.0.1:{sharing.port}/wrong cim://127.0.0.1:1/t")
        settle(
            qtbot, panel,
            lambda cards: [c.state_text for c in cards] == ["Wrong token", "No answer"],
        )  # fmt: skip
        # The right invitation takes the wrong one's place.
        place = Place(LOOPBACK, sharing.port, sharing.token)
        add(panel, invitation.write(place))
        settle(qtbot, panel, lambda cards: cards[0].state_text == "Idle")
        assert len(panel.stations.board.cards) == 2


def test_a_text_without_invitations_is_refused(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    errors: list[StudioError] = []
    workspace.error.connect(errors.append)
    add(panel, "192.168.1.5")
    assert len(errors) == 1
    line = panel.stations.findChild(QLineEdit, "invitations")
    assert line is not None and line.text() == "192.168.1.5"  # to be corrected
    assert panel.stations.board.cards == []


def test_forty_stations(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace, 1200, 700)
    stalls = Stalls()
    # One server at forty addresses of this computer, each a station of its own.

    def own() -> Station:
        number = int(flask.request.host.split(":")[0].split(".")[3])
        right = 200 + number
        return Station(f"Group {number}", "running", "digits", "WTM2101", right / 300, 300)

    with Sharing(own, "0.0.0.0") as sharing:
        places = [Place(f"127.0.0.{n + 1}", sharing.port, sharing.token) for n in range(MOST)]
        add(panel, "\n".join(map(invitation.write, places)))
        stations = Stations.of(workspace)
        qtbot.waitUntil(lambda: all(card.station is not None for card in stations.cards))
        cards = panel.stations.board.cards
        assert len(cards) == MOST
        assert [card.best for card in cards].count(True) == 1
        assert cards[-1].best
        with pytest.raises(DataError):
            stations.add("cim://127.0.0.1:2/one-too-many")
        assert len(stations.cards) == MOST
        order = panel.stations.findChild(QComboBox, "order")
        assert order is not None
        for wanted, first in (("accuracy", "Group 40"), ("name", "Group 1")):
            place = order.findData(wanted)
            order.setCurrentIndex(place)
            order.activated.emit(place)
            assert cards[0].card is not None and cards[0].card.name == first
        names = [card.card.name for card in cards if card.card is not None]
        assert names == [f"Group {n + 1}" for n in range(MOST)]
        shown = panel.stations.project()
        assert shown.isFullScreen()
        assert len(shown.findChildren(StationCard)) == MOST
        shown.close()
    print(f"longest stall {stalls.longest * 1000:.0f} ms")
    assert stalls.longest < 0.5


def test_few_samples_do_not_win(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    with (
        Sharing(lambda: Station("lucky", "running", accuracy=1.0, samples=2)) as lucky,
        Sharing(lambda: Station("good", "running", accuracy=0.97, samples=300)) as good,
        Sharing(lambda: Station("new", "idle")) as new,
    ):
        places = [Place(LOOPBACK, own.port, own.token) for own in (lucky, good, new)]
        add(panel, " ".join(map(invitation.write, places)))
        settle(qtbot, panel, lambda cards: any(card.best for card in cards))
        best = [card.card.name for card in panel.stations.board.cards if card.best and card.card]
        assert best == ["good"]


def test_nobody_is_asked_while_nobody_looks(
    qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Place] = []

    def note(place: Place) -> Seen:
        asked.append(place)
        return Seen(place, problem="no answer", why="silent")

    monkeypatch.setattr(classroom, "ask", note)
    monkeypatch.setattr("studio.ui.station_model._ASK", 20)
    panel = opened(qtbot, workspace)
    qtbot.wait(80)
    assert asked == []
    assert not [each for each in threading.enumerate() if each.name == "stations"]
    add(panel, "cim://10.0.0.1:80/t")
    qtbot.waitUntil(lambda: len(asked) >= 3)
    panel.hide()
    qtbot.wait(60)
    count = len(asked)
    qtbot.wait(100)
    assert len(asked) == count
    # Behind the other tab it is not seen either; at the next start it is.
    again = opened(qtbot, Workspace(workspace.chip))
    qtbot.waitUntil(lambda: len(asked) > count)
    again._tabs.setCurrentWidget(again.share)
    qtbot.wait(60)
    count = len(asked)
    qtbot.wait(100)
    assert len(asked) == count


def test_stations_are_renamed_moved_removed_and_kept(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    add(panel, "cim://10.0.0.1:80/a cim://10.0.0.2:80/b cim://10.0.0.3:80/c")
    cards = panel.stations.board.cards
    qtbot.mouseDClick(cards[0], Qt.MouseButton.LeftButton)
    dialog = panel.findChild(QInputDialog)
    assert dialog is not None
    dialog.setTextValue("Anna <b>")
    dialog.accept()
    assert cards[0].card is not None and cards[0].card.name == "Anna <b>"
    cards[0].setFocus()
    qtbot.keyClick(cards[0], Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    stations = Stations.of(workspace)
    assert [card.place.host for card in stations.cards] == ["10.0.0.2", "10.0.0.1", "10.0.0.3"]
    qtbot.mousePress(cards[0], Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    goal = cards[0].mapFromGlobal(cards[2].mapToGlobal(cards[2].rect().center()))
    qtbot.mouseMove(cards[0], goal)
    QApplication.processEvents()
    qtbot.mouseMove(cards[0], goal + QPoint(1, 1))
    wanted = ["10.0.0.1", "10.0.0.3", "10.0.0.2"]
    qtbot.waitUntil(lambda: [card.place.host for card in stations.cards] == wanted)
    qtbot.mouseRelease(cards[0], Qt.MouseButton.LeftButton, pos=goal)
    qtbot.keyClick(panel.stations.board.cards[1], Qt.Key.Key_Delete)
    kept = Stations.of(Workspace(workspace.chip))
    assert [(card.place.host, card.place.token, card.name) for card in kept.cards] == [
        ("10.0.0.1", "a", "Anna <b>"), ("10.0.0.2", "b", "10.0.0.2:80"),
    ]  # fmt: skip
    broken = [{"invitation": 3}, 5, {"invitation": "cim://10.0.0.9:80/t", "name": None}]
    Store().set("classroom/stations", json.dumps(broken))
    assert len(Stations.of(Workspace(workspace.chip)).cards) <= 1


def test_f11_shows_the_stations_full_screen(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    add(panel, "cim://10.0.0.1:80/a")
    qtbot.keyClick(panel.stations.board.cards[0], Qt.Key.Key_F11)
    shown = panel.findChild(Projector)
    assert shown is not None and shown.isFullScreen()
    with qtbot.waitSignal(shown.destroyed):
        qtbot.keyClick(shown, Qt.Key.Key_F11)


@pytest.mark.parametrize("width", [300, 900])
def test_nothing_is_wider_than_the_dock(qtbot: QtBot, other: Workspace, width: int) -> None:
    panel = opened(qtbot, other, width, 240)
    share(qtbot, other, panel)
    panel._tabs.setCurrentWidget(panel.share)
    assert panel.minimumSizeHint().width() <= 300
    page = panel.share.widget()
    assert page is not None and page.width() <= panel.share.viewport().width()
