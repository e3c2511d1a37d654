"""The form made from described fields: every kind of editor, by mouse and keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.base import fields
from studio.base.fields import option
from studio.base.settings import Settings
from studio.options import Options
from studio.ui import theme
from studio.ui.form import Form


@dataclass(frozen=True)
class Values:
    flag: bool = option(False, "Flag", "Turns it on.", group="First")
    maybe: bool | None = option(
        None, "Maybe", "On, off, or as it is best.", kind="bool", optional=True, none="best"
    )
    number: int = option(3, "Number", "How many.", minimum=1, maximum=9, unit="samples")
    limit: int | None = option(
        None, "Limit", "At most.", kind="int", optional=True, none="no limit", minimum=0, maximum=99
    )
    part: float = option(0.5, "Part", "How much.", minimum=0.0, maximum=1.0, group="First")
    word: str = option("a", "Word", "What.")
    choice: str = option("x", "Choice", "Which.", choices=("x", "y"), names=("the x", "the y"))
    file: Path | None = option(
        None, "File", "From where.", kind="file", optional=True, none="none", files=(".txt",)
    )
    folder: str = option("", "Folder", "Where to.", kind="folder", none="home")
    secret: str = option("s", "Secret", "Has a place of its own.", kind="hidden")


@pytest.fixture
def form(qtbot: QtBot, themed: QApplication) -> Form:
    made = Form(fields.of(Values), Values())
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def told(form: Form) -> list[tuple[str, Any]]:
    """Everything the form says has changed."""
    changes: list[tuple[str, Any]] = []
    form.changed.connect(lambda name, value: changes.append((name, value)))
    return changes


def editor(form: Form, name: str, kind: type[QWidget]) -> Any:
    found = form.editor(name)
    assert isinstance(found, kind)
    return found


def button_of(form: Form, name: str) -> QToolButton:
    """The button beside an editor."""
    return (
        form.editor(name)
        .parentWidget()
        .findChild(QToolButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
    )


def test_values_are_shown_and_showing_them_changes_nothing(
    form: Form, told: list[tuple[str, Any]]
) -> None:
    form.set_values(
        Values(True, False, 7, 12, 0.25, "word", "y", Path("a.txt"), "/tmp", secret="t")
    )
    assert editor(form, "flag", QCheckBox).isChecked()
    assert editor(form, "maybe", QComboBox).currentText() == "off"
    assert editor(form, "number", QSpinBox).text() == "7 samples"
    assert editor(form, "limit", QSpinBox).text() == "12"
    assert editor(form, "part", QDoubleSpinBox).text() == "0.25"
    assert editor(form, "word", QLineEdit).text() == "word"
    assert editor(form, "choice", QComboBox).currentText() == "the y"
    assert editor(form, "file", QLineEdit).text() == "a.txt"
    assert editor(form, "folder", QLineEdit).text() == "/tmp"
    form.set_values(Values())
    assert editor(form, "maybe", QComboBox).currentText() == "best"
    assert editor(form, "limit", QSpinBox).text() == "no limit"
    assert editor(form, "file", QLineEdit).placeholderText() == "none"
    assert editor(form, "folder", QLineEdit).placeholderText() == "home"
    assert told == []
    assert form.findChild(QWidget, "secret") is None


def test_check_box_and_choices(form: Form, told: list[tuple[str, Any]], qtbot: QtBot) -> None:
    qtbot.keyClick(form.editor("flag"), Qt.Key.Key_Space)
    qtbot.keyClick(form.editor("maybe"), Qt.Key.Key_Down)
    qtbot.keyClick(form.editor("maybe"), Qt.Key.Key_Down)
    qtbot.keyClick(form.editor("maybe"), Qt.Key.Key_Home)
    qtbot.keyClick(form.editor("choice"), Qt.Key.Key_Down)
    assert told == [
        ("flag", True),
        ("maybe", True),
        ("maybe", False),
        ("maybe", None),
        ("choice", "y"),
    ]


def test_numbers_are_told_once_they_are_typed(
    form: Form, told: list[tuple[str, Any]], qtbot: QtBot
) -> None:
    number = editor(form, "number", QSpinBox)
    number.setFocus()
    number.selectAll()
    qtbot.keyClicks(number, "8")
    assert told == []
    qtbot.keyClick(number, Qt.Key.Key_Return)
    part = editor(form, "part", QDoubleSpinBox)
    part.selectAll()
    qtbot.keyClicks(part, "0.125")
    qtbot.keyClick(part, Qt.Key.Key_Return)
    assert told == [("number", 8), ("part", 0.125)]


def test_an_optional_number_goes_from_none_to_a_number_and_back(
    form: Form, told: list[tuple[str, Any]], qtbot: QtBot
) -> None:
    limit, clear = editor(form, "limit", QSpinBox), button_of(form, "limit")
    assert not clear.isEnabled()
    qtbot.keyClick(limit, Qt.Key.Key_Up)
    assert (limit.text(), clear.isEnabled()) == ("0", True)
    limit.selectAll()
    qtbot.keyClicks(limit, "42")
    qtbot.keyClick(limit, Qt.Key.Key_Return)
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert (limit.text(), clear.isEnabled()) == ("no limit", False)
    assert told == [("limit", 0), ("limit", 42), ("limit", None)]


def test_text_is_told_when_it_is_finished(
    form: Form, told: list[tuple[str, Any]], qtbot: QtBot
) -> None:
    word = editor(form, "word", QLineEdit)
    word.selectAll()
    qtbot.keyClicks(word, "longer")
    assert told == []
    qtbot.keyClick(word, Qt.Key.Key_Return)
    qtbot.keyClick(word, Qt.Key.Key_Return)
    assert told == [("word", "longer")]


def test_paths_are_typed_cleared_and_chosen(
    form: Form, told: list[tuple[str, Any]], qtbot: QtBot, tmp_path: Path
) -> None:
    line = editor(form, "file", QLineEdit)
    qtbot.keyClicks(line, "b.txt")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    inside = line.findChild(QToolButton)  # Qt's own button for clearing
    qtbot.mouseClick(inside, Qt.MouseButton.LeftButton)
    assert told == [("file", Path("b.txt")), ("file", None)]
    qtbot.mouseClick(button_of(form, "folder"), Qt.MouseButton.LeftButton)
    dialog = form.findChild(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.fileSelected.emit(str(tmp_path))
    dialog.reject()
    assert told[-1] == ("folder", str(tmp_path))
    assert editor(form, "folder", QLineEdit).text() == str(tmp_path)


def wheel(widget: QWidget) -> None:
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place, QPointF(widget.mapToGlobal(place.toPoint())), QPoint(), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("name", ["number", "part", "choice"])
def test_the_wheel_turns_only_what_has_the_keyboard(
    form: Form, told: list[tuple[str, Any]], qtbot: QtBot, name: str
) -> None:
    form.set_values(Values(choice="y"))
    one = form.editor(name)
    form.editor("word").setFocus()
    wheel(one)
    assert told == []
    form.activateWindow()
    one.setFocus()
    qtbot.waitUntil(one.hasFocus)
    wheel(one)
    assert [each[0] for each in told] == [name]


def test_everything_says_what_it_is(form: Form) -> None:
    for field in fields.of(Values):
        if field.kind == "hidden":
            continue
        one = form.editor(field.name)
        assert one.accessibleName() == field.label
        assert field.help in one.toolTip()
        assert one.whatsThis() == field.help
        assert one.focusPolicy() != Qt.FocusPolicy.NoFocus
        assert one.focusPolicy() != Qt.FocusPolicy.WheelFocus or isinstance(one, QLineEdit)
    labels = {label.buddy(): label.text() for label in form.findChildren(QLabel) if label.buddy()}
    assert labels[form.editor("limit")] == "Limit"
    buttons = [button_of(form, name) for name in ("limit", "file", "folder")]
    assert all(button.accessibleName() and button.toolTip() for button in buttons)


def test_tab_goes_down_the_rows(form: Form, qtbot: QtBot) -> None:
    form.activateWindow()
    first = form.editor("flag")
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    order = []
    for _ in range(12):
        order.append(QApplication.focusWidget().objectName())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    names = [name for name in order if name and not name.startswith("qt_")]
    assert names[:4] == ["flag", "part", "maybe", "number"]  # by group, then as declared


def test_search_shows_what_has_the_words(form: Form) -> None:
    assert form.search("THE y") == 1
    assert form.editor("choice").isVisible()
    assert not form.editor("word").isVisible()
    assert not form.heading("First").isVisible()
    assert form.search("nothing has this") == 0
    assert form.search("") == 9
    assert form.editor("word").isVisible()


def test_a_value_that_is_no_choice_is_shown_as_it_is(form: Form) -> None:
    form.set_values(Values(choice="z"))
    assert editor(form, "choice", QComboBox).currentText() == "z"
    form.set_values(Values())
    assert editor(form, "choice", QComboBox).currentText() == "the x"


def test_rows_can_be_disabled(form: Form) -> None:
    form.set_row_enabled("number", False)
    assert not form.editor("number").isEnabled()
    form.set_row_enabled("number", True)
    assert form.editor("number").isEnabled()


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("kind", [Options, Settings])
def test_fits_a_narrow_dock(qtbot: QtBot, themed: QApplication, kind: type, scale: float) -> None:
    theme.install(themed, dark=False, scale=scale)
    made = Form(fields.of(kind), kind(), explain=kind is Settings)
    qtbot.addWidget(made)
    made.show()
    assert made.minimumSizeHint().width() <= 300 * scale


def test_icons_follow_the_theme(form: Form, themed: QApplication) -> None:
    before = button_of(form, "folder").icon().cacheKey()
    theme.install(themed, dark=True)
    assert button_of(form, "folder").icon().cacheKey() != before
