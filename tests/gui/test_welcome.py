"""The welcome page: drop area, example, templates, and recent projects."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from studio import history, project_file
from studio.base.settings import Settings
from studio.history import Entry
from studio.panels import welcome
from studio.panels.welcome import DropArea, Welcome
from studio.project_file import ProjectFile
from studio.ui import theme
from studio.ui.cards import Card
from studio.ui.recent_list import RecentList, RecentRow
from studio.ui.records import NewProject
from studio.ui.workspace import Workspace


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """Two projects, of which the second was deployed, one broken and one that is gone."""
    found = []
    for name in ("first", "第二 second"):
        folder = tmp_path / name
        folder.mkdir()
        project_file.save(ProjectFile(folder, name, folder / "net.onnx"))
        found.append(folder)
    history.append(found[1], Entry("2026-01-01T10:00:00+00:00", "WTM2101", accuracy=0.9375))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "project.toml").write_text("[", encoding="utf-8")
    return [*found, tmp_path / "broken", tmp_path / "gone"]


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace) -> Welcome:
    return show(qtbot, workspace)


def show(qtbot: QtBot, workspace: Workspace, width: int = 1280) -> Welcome:
    made = welcome.PANEL.factory(workspace)
    assert isinstance(made, Welcome)
    qtbot.addWidget(made)
    made.resize(width, 640)
    made.show()
    return made


def rows(page: Welcome) -> list[RecentRow]:
    """As they stand on the page."""
    found = [row for row in page.findChildren(RecentRow) if row.isVisible()]
    return sorted(found, key=lambda row: row.y())


def with_recent(
    qtbot: QtBot, workspace: Workspace, folders: list[Path], width: int = 1280
) -> Welcome:
    workspace.set_settings(Settings(recent=tuple(str(folder) for folder in folders)))
    page = show(qtbot, workspace, width)
    qtbot.waitUntil(lambda: any("net.onnx" in row.card.line.whole for row in rows(page)))
    return page


def offered(workspace: Workspace) -> list[list[str]]:
    found: list[list[str]] = []
    workspace.files_offered.connect(found.append)
    return found


def test_files_dropped_on_the_area_are_offered(page: Welcome, workspace: Workspace) -> None:
    found = offered(workspace)
    (area,) = page.findChildren(DropArea)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/a b.onnx"), QUrl("https://example.org/c.onnx")])
    arguments = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
                 Qt.KeyboardModifier.NoModifier)  # fmt: skip
    enter = QDragEnterEvent(QPoint(9, 9), *arguments)
    QApplication.sendEvent(area, enter)
    assert enter.isAccepted()
    hot = area.grab().toImage()
    QApplication.sendEvent(area, QDragLeaveEvent())
    assert area.grab().toImage() != hot
    QApplication.sendEvent(area, QDragEnterEvent(QPoint(9, 9), *arguments))
    QApplication.sendEvent(area, QDropEvent(QPointF(9, 9), *arguments))
    assert found == [["/tmp/a b.onnx"]]
    text = QMimeData()
    text.setText("words")
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, text, *arguments[2:])
    enter.ignore()
    QApplication.sendEvent(area, enter)
    assert not enter.isAccepted()


def test_open_model_asks_the_window(qtbot: QtBot, page: Welcome, workspace: Workspace) -> None:
    (button,) = page.findChildren(QPushButton, "primary")
    with qtbot.waitSignal(workspace.browse_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_open_project_asks_for_its_folder(
    qtbot: QtBot, page: Welcome, workspace: Workspace, tmp_path: Path
) -> None:
    found = offered(workspace)
    (button,) = page.findChildren(QPushButton, "open-project")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (dialog,) = page.findChildren(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.fileSelected.emit(str(tmp_path))
    assert found == [[str(tmp_path)]]
    dialog.close()


def test_the_example_is_a_click_away(
    qtbot: QtBot, page: Welcome, workspace: Workspace, example: Path
) -> None:
    found = offered(workspace)
    (card,) = page.findChildren(Card, "example")
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert found == [[str(example)]] * 2


@pytest.mark.parametrize("template", ["classification", "wake-word", "denoise"])
def test_a_template_makes_a_project(
    qtbot: QtBot, page: Welcome, workspace: Workspace, template: str
) -> None:
    asked: list[object] = []
    workspace.task_requested.connect(asked.append)
    (card,) = page.findChildren(Card, template)
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert asked == [NewProject(template)]
    assert card.accessibleName()
    assert card.accessibleDescription()


def test_samples_dropped_first_are_named(page: Welcome, workspace: Workspace) -> None:
    workspace.set_data(Path("/tmp/digits.npz"))
    texts = [label.text() for label in page.findChildren(QLabel)]
    assert "Samples: digits.npz. Now the model." in texts


def test_without_recent_projects_there_is_no_list(page: Welcome) -> None:
    (found,) = page.findChildren(RecentList)
    assert not found.isVisible()


def test_recent_projects_tell_what_they_are(
    qtbot: QtBot, workspace: Workspace, folders: list[Path]
) -> None:
    page = with_recent(qtbot, workspace, folders)
    first, second, broken, gone = rows(page)
    assert first.card.title.whole == "first"
    assert first.card.line.whole.startswith("net.onnx · ")
    assert not first.card.end.isVisible()
    assert second.card.end.text() == "93.8 %"
    assert "Cannot be read" in broken.card.line.whole
    assert "Not found" in gone.card.line.whole
    assert [row.card.isEnabled() for row in rows(page)] == [True, True, True, False]
    assert all(row.remove.isEnabled() for row in rows(page))


def test_rows_show_both_lines_in_any_window(
    qtbot: QtBot, workspace: Workspace, folders: list[Path], themed: QApplication
) -> None:
    page = with_recent(qtbot, workspace, folders)
    page.resize(900, 200)
    qtbot.wait(20)
    for row in rows(page):
        assert row.height() >= row.card.sizeHint().height() == row.card.height()
        assert row.card.sizeHint().height() >= 2 * row.card.line.fontMetrics().height()


def test_a_click_or_enter_opens_a_project(
    qtbot: QtBot, workspace: Workspace, folders: list[Path]
) -> None:
    page = with_recent(qtbot, workspace, folders)
    found = offered(workspace)
    qtbot.mouseClick(rows(page)[1].card, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(rows(page)[3].card, Qt.MouseButton.LeftButton)
    assert found == [[str(folders[1])]]


def test_arrows_go_through_the_list_and_delete_removes(
    qtbot: QtBot, workspace: Workspace, folders: list[Path]
) -> None:
    page = with_recent(qtbot, workspace, folders)
    page.activateWindow()
    rows(page)[0].card.setFocus()
    qtbot.waitUntil(rows(page)[0].card.hasFocus)
    qtbot.keyClick(rows(page)[0].card, Qt.Key.Key_Down)
    assert rows(page)[1].card.hasFocus()
    qtbot.keyClick(rows(page)[1].card, Qt.Key.Key_Up)
    assert rows(page)[0].card.hasFocus()
    qtbot.keyClick(rows(page)[0].card, Qt.Key.Key_Delete)
    assert workspace.settings.recent == tuple(str(own) for own in folders[1:])
    # The next one has the keyboard now.
    assert [row.folder for row in rows(page)] == list(workspace.settings.recent)
    assert rows(page)[0].card.hasFocus()
    assert folders[0].is_dir()


def test_the_cross_removes_what_is_gone(
    qtbot: QtBot, workspace: Workspace, folders: list[Path]
) -> None:
    page = with_recent(qtbot, workspace, folders)
    button = rows(page)[3].findChild(QToolButton, "recent-remove")
    assert isinstance(button, QToolButton)
    assert "gone" in button.accessibleName()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert workspace.settings.recent == tuple(str(own) for own in folders[:3])
    qtbot.waitUntil(lambda: len(rows(page)) == 3)


def test_what_changed_meanwhile_is_seen_when_the_page_is(
    qtbot: QtBot, workspace: Workspace, folders: list[Path]
) -> None:
    page = with_recent(qtbot, workspace, folders)
    page.hide()
    history.append(folders[0], Entry("2026-01-02T10:00:00+00:00", "WTM2101", accuracy=0.5))
    page.show()
    qtbot.waitUntil(lambda: rows(page)[0].card.end.text() == "50.0 %")


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (720, False)])
def test_the_list_stands_beside_or_below(
    qtbot: QtBot, workspace: Workspace, folders: list[Path], width: int, beside: bool
) -> None:
    page = with_recent(qtbot, workspace, folders, width)
    (area,) = page.findChildren(DropArea)
    row = rows(page)[0]
    left = row.mapTo(page, QPoint()).x() > area.mapTo(page, QPoint(area.width(), 0)).x()
    assert left is beside
    # Nothing is wider than the page.
    assert all(card.mapTo(page, QPoint(card.width(), 0)).x() <= width
               for card in page.findChildren(Card))  # fmt: skip


def test_another_theme_draws_again(
    qtbot: QtBot, workspace: Workspace, folders: list[Path], themed: QApplication
) -> None:
    page = with_recent(qtbot, workspace, folders)
    light = page.grab().toImage()
    theme.install(themed, dark=True)
    dark = page.grab().toImage()
    theme.install(themed, dark=False)
    assert dark.pixelColor(5, 5).lightness() < 60 < light.pixelColor(5, 5).lightness()
