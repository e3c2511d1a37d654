"""The editor: tabs, typing, finding, the notices, links with the layers; how long it holds up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTabBar,
    QToolButton,
    QTreeWidget,
)
from pytestqt.qtbot import QtBot

from studio.base.errors import StudioError
from studio.firmware import locate
from studio.panels.editor import PANEL, Editor
from studio.ui import theme
from studio.ui.code_edit import CodeEdit
from studio.ui.documents import Documents
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import Stalls

Key, Mod = Qt.Key, Qt.KeyboardModifier
CODE = "int main(void)\n{\n    return f(1);\n}\n"


@pytest.fixture
def editor(qtbot: QtBot, workspace: Workspace) -> Editor:
    made = PANEL.factory(workspace)
    assert isinstance(made, Editor)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


@pytest.fixture
def documents(workspace: Workspace) -> Documents:
    return workspace.documents


@pytest.fixture
def show(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> Callable[..., Path]:
    """Write a file and open it, until all of it is there."""

    def write(name: str = "a.c", text: str = CODE, line: int = 0) -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode())
        workspace.file_requested.emit(path, line)
        qtbot.waitUntil(lambda: not any(each.loading for each in workspace.documents.all))
        return path

    return write


def view(editor: Editor) -> CodeEdit:
    """The text that shows."""
    (found,) = [each for each in editor.findChildren(CodeEdit) if each.isVisible()]
    return found


def tabs(editor: Editor) -> list[str]:
    bar = editor.findChild(QTabBar, "documents")
    return [bar.tabText(index) for index in range(bar.count())]


def label(editor: Editor, name: str) -> str:
    found = editor.findChild(QLabel, name)
    return str(found.text()) if found.isVisible() else ""


def press(editor: Editor, text: str) -> None:
    """A button of the notice."""
    (button,) = [
        each
        for each in editor.findChildren(QPushButton)
        if each.text() == text and each.isVisible()
    ]
    button.click()


def action(editor: Editor, text: str) -> None:
    (found,) = [each for each in editor.actions() if each.text() == text]
    assert found.isEnabled()
    found.trigger()


# -- tabs


def test_a_requested_file_shows_at_its_line(
    editor: Editor, workspace: Workspace, show: Callable[..., Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(workspace.panel_requested) as asked:
        show(text="".join(f"line {number}\n" for number in range(1, 400)), line=321)
    assert asked.args == ["editor"]
    assert view(editor).textCursor().block().text() == "line 321"
    shown = [block.text() for block, _, _ in view(editor).visible_blocks()]
    assert "line 321" in shown
    tint = QColor(theme.current().accent).rgb()
    marks = view(editor).extraSelections()
    assert any(mark.format.background().color().rgb() == tint for mark in marks)
    assert "321" in label(editor, "footer")


def test_what_cannot_be_opened_is_said(
    editor: Editor, workspace: Workspace, errors: list[StudioError], tmp_path: Path
) -> None:
    workspace.file_requested.emit(tmp_path / "none.c", 1)
    assert [error.where for error in errors] == [str(tmp_path.resolve() / "none.c")]
    assert tabs(editor) == []


def test_tabs_show_names_and_what_is_not_saved(
    qtbot: QtBot, editor: Editor, documents: Documents, show: Callable[..., Path], tmp_path: Path
) -> None:
    path = show()
    (tmp_path / "src").mkdir()
    show("src/a.c")
    show("b&c.h")
    assert tabs(editor) == [f"{tmp_path.name}/a.c", "src/a.c", "b&&c.h"]
    documents.open(path)
    qtbot.keyClicks(view(editor), "x")
    assert tabs(editor)[0] == f"● {tmp_path.name}/a.c"
    qtbot.keyClick(view(editor), Key.Key_S, Mod.ControlModifier)
    assert tabs(editor)[0] == f"{tmp_path.name}/a.c"
    assert path.read_text() == f"x{CODE}"


def test_ctrl_tab_goes_round(
    qtbot: QtBot, editor: Editor, documents: Documents, show: Callable[..., Path]
) -> None:
    for name in ("a.c", "b.c", "c.c"):
        show(name)
    seen = []
    for shift in (Mod.NoModifier, Mod.NoModifier, Mod.ShiftModifier):
        key = Key.Key_Backtab if shift else Key.Key_Tab
        qtbot.keyClick(view(editor), key, Mod.ControlModifier | shift)
        assert documents.current is not None
        seen.append(documents.current.name)
    assert seen == ["a.c", "b.c", "a.c"]


def test_middle_click_and_ctrl_w_close(
    qtbot: QtBot, editor: Editor, documents: Documents, show: Callable[..., Path]
) -> None:
    show("a.c")
    show("b.c")
    bar = editor.findChild(QTabBar, "documents")
    qtbot.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(0).center())
    assert tabs(editor) == ["b.c"]
    qtbot.keyClick(view(editor), Key.Key_W, Mod.ControlModifier)
    assert tabs(editor) == []
    assert documents.all == []
    assert any("No file open" in each.text() for each in editor.findChildren(QLabel))


@pytest.mark.parametrize(
    ("button", "left", "text"),
    [
        (QMessageBox.StandardButton.Save, 0, f"x{CODE}"),
        (QMessageBox.StandardButton.Discard, 0, CODE),
        (QMessageBox.StandardButton.Cancel, 1, CODE),
    ],
)
def test_closing_what_is_not_saved_asks(
    qtbot: QtBot,
    editor: Editor,
    documents: Documents,
    show: Callable[..., Path],
    button: QMessageBox.StandardButton,
    left: int,
    text: str,
) -> None:
    path = show()
    qtbot.keyClicks(view(editor), "x")
    editor.findChild(QTabBar, "documents").tabCloseRequested.emit(0)
    box = editor.findChild(QMessageBox)
    assert "a.c" in box.text()
    box.button(button).click()
    assert len(documents.all) == left
    assert path.read_text() == text


def test_moving_tabs_moves_documents(
    editor: Editor, documents: Documents, show: Callable[..., Path]
) -> None:
    show("a.c")
    show("b.c")
    editor.findChild(QTabBar, "documents").moveTab(0, 1)
    assert [each.name for each in documents.all] == ["b.c", "a.c"]
    assert documents.current is not None
    assert documents.current.name == "b.c"


def test_a_new_window_shows_the_same(
    qtbot: QtBot, workspace: Workspace, show: Callable[..., Path]
) -> None:
    editor = Editor(workspace)
    editor.show()
    show("a.c", "x\n" * 300)
    show("b.c", "".join(f"{number}\n" for number in range(300)), line=200)
    qtbot.keyClicks(view(editor), "typed")
    action(editor, "Larger text")
    size = view(editor).font().pointSizeF()
    editor.close()
    editor.deleteLater()
    again = PANEL.factory(workspace)
    assert isinstance(again, Editor)
    qtbot.addWidget(again)
    again.resize(700, 400)
    again.show()
    qtbot.waitExposed(again)
    assert tabs(again) == ["a.c", "● b.c"]
    qtbot.waitUntil(lambda: view(again).textCursor().blockNumber() == 199)
    assert view(again).textCursor().block().text() == "typed199"
    assert view(again).font().pointSizeF() == size
    qtbot.keyClick(view(again), Key.Key_Z, Mod.ControlModifier)
    assert tabs(again) == ["a.c", "b.c"]


# -- typing


def test_return_keeps_the_indentation_and_tab_moves_lines(
    qtbot: QtBot, editor: Editor, show: Callable[..., Path]
) -> None:
    show(text="    a;\nb;\n")
    edit = view(editor)
    edit.moveCursor(QTextCursor.MoveOperation.EndOfLine)
    qtbot.keyClick(edit, Key.Key_Return)
    qtbot.keyClicks(edit, "c;")
    assert edit.toPlainText() == "    a;\n    c;\nb;\n"
    qtbot.keyClick(edit, Key.Key_A, Mod.ControlModifier)
    qtbot.keyClick(edit, Key.Key_Tab)
    assert edit.toPlainText() == "        a;\n        c;\n    b;\n"
    qtbot.keyClick(edit, Key.Key_Backtab, Mod.ShiftModifier)
    qtbot.keyClick(edit, Key.Key_Backtab, Mod.ShiftModifier)
    assert edit.toPlainText() == "a;\nc;\nb;\n"
    edit.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.keyClicks(edit, "x")
    qtbot.keyClick(edit, Key.Key_Tab)
    assert edit.toPlainText() == "x   a;\nc;\nb;\n"


def test_brackets_light_up(editor: Editor, show: Callable[..., Path]) -> None:
    show()
    edit = view(editor)
    cursor = edit.textCursor()
    cursor.setPosition(CODE.index("{"))
    edit.setTextCursor(cursor)
    marked = [mark.cursor.selectedText() for mark in edit.extraSelections()]
    assert marked == ["", "{", "}"]


def test_zoom_and_wrap(qtbot: QtBot, editor: Editor, show: Callable[..., Path]) -> None:
    show("b.c")
    show()
    edit = view(editor)
    normal = edit.font().pointSizeF()
    where = QPointF(50, 50)
    wheel = QWheelEvent(
        where,
        edit.mapToGlobal(where),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Mod.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(edit.viewport(), wheel)
    assert edit.font().pointSizeF() > normal
    qtbot.keyClick(edit, Key.Key_Equal, Mod.ControlModifier)
    assert edit.font().pointSizeF() == pytest.approx(normal * 1.2)
    assert all(each.font() == edit.font() for each in editor.findChildren(CodeEdit))
    qtbot.keyClick(edit, Key.Key_Minus, Mod.ControlModifier)
    qtbot.keyClick(edit, Key.Key_0, Mod.ControlModifier)
    assert edit.font().pointSizeF() == normal
    qtbot.keyClick(edit, Key.Key_Z, Mod.AltModifier)
    assert edit.lineWrapMode() == CodeEdit.LineWrapMode.WidgetWidth


def test_go_to_line(qtbot: QtBot, editor: Editor, show: Callable[..., Path]) -> None:
    show(text="x\n" * 90)
    qtbot.keyClick(view(editor), Key.Key_G, Mod.ControlModifier)
    dialog = editor.findChild(QInputDialog)
    dialog.setIntValue(77)
    dialog.accept()
    assert view(editor).textCursor().blockNumber() == 76


# -- finding


def find(qtbot: QtBot, editor: Editor, text: str, *, replace: bool = False) -> QLineEdit:
    key = Key.Key_H if replace else Key.Key_F
    qtbot.keyClick(view(editor), key, Mod.ControlModifier)
    line = editor.findChild(QLineEdit, "find")
    line.clear()
    qtbot.keyClicks(line, text)
    return line


def selected(editor: Editor) -> tuple[int, str]:
    cursor = view(editor).textCursor()
    return cursor.selectionStart(), cursor.selectedText()


def test_find_goes_round(qtbot: QtBot, editor: Editor, show: Callable[..., Path]) -> None:
    show(text="one two One\nonetwo\n")
    line = find(qtbot, editor, "one")
    assert selected(editor) == (0, "one")
    qtbot.waitUntil(lambda: label(editor, "matches") == "1 of 3")
    places = []
    for _ in range(3):
        qtbot.keyClick(line, Key.Key_Return)
        places.append(selected(editor)[0])
    assert places == [8, 12, 0]
    qtbot.keyClick(line, Key.Key_F3, Mod.ShiftModifier)
    assert selected(editor) == (12, "one")
    assert label(editor, "matches") == "3 of 3"
    tint = QColor(theme.current().warning).rgb()
    marks = view(editor).extraSelections()
    assert sum(mark.format.background().color().rgb() == tint for mark in marks) == 3
    editor.findChild(QToolButton, "case").click()
    qtbot.waitUntil(lambda: label(editor, "matches").endswith("of 2"))
    editor.findChild(QToolButton, "word").click()
    qtbot.waitUntil(lambda: label(editor, "matches").endswith("of 1"))
    qtbot.keyClick(line, Key.Key_Escape)
    assert not line.isVisible()
    assert view(editor).hasFocus()
    assert len(view(editor).extraSelections()) == 1


def test_find_says_what_is_not_there(
    qtbot: QtBot, editor: Editor, show: Callable[..., Path]
) -> None:
    show(text="one\n")
    find(qtbot, editor, "xyz")
    qtbot.waitUntil(lambda: label(editor, "matches") == "No match")
    editor.findChild(QToolButton, "regex").click()
    find(qtbot, editor, "(")
    assert label(editor, "matches") == "Not a valid expression"
    find(qtbot, editor, "x*")  # matches of no length are none
    qtbot.waitUntil(lambda: label(editor, "matches") == "No match")
    qtbot.keyClick(view(editor), Key.Key_Escape)
    assert not editor.findChild(QLineEdit, "find").isVisible()


def test_replace(qtbot: QtBot, editor: Editor, show: Callable[..., Path]) -> None:
    show(text="a1 a2\na3 😀a4\n")
    find(qtbot, editor, "a", replace=True)
    line = editor.findChild(QLineEdit, "replacement")
    line.setFocus()
    qtbot.keyClicks(line, "bb")
    qtbot.keyClick(line, Key.Key_Return)
    assert view(editor).toPlainText() == "bb1 a2\na3 😀a4\n"
    assert selected(editor) == (4, "a")
    editor.findChild(QPushButton, "replaceall").click()
    assert view(editor).toPlainText() == "bb1 bb2\nbb3 😀bb4\n"
    assert label(editor, "matches") == "3 replaced"
    view(editor).undo()
    assert view(editor).toPlainText() == "bb1 a2\na3 😀a4\n"


def test_replace_with_groups(qtbot: QtBot, editor: Editor, show: Callable[..., Path]) -> None:
    show(text="x=1; y=2;\n")
    find(qtbot, editor, r"(\w)=(\d)", replace=True)
    editor.findChild(QToolButton, "regex").click()
    editor.findChild(QLineEdit, "replacement").setText(r"\2=\1")
    editor.findChild(QPushButton, "replaceall").click()
    assert view(editor).toPlainText() == "1=x; 2=y;\n"


# -- notices


def results(workspace: Workspace, tmp_path: Path) -> Path:
    """A results folder with a little firmware in it."""
    out = tmp_path / "digits"
    (out / "firmware" / "runtime").mkdir(parents=True)
    (out / "map").mkdir()
    mark = f"/* layer {locate.mark('dense1')}: a */\nstatic int op1(void)\n{{\n}}\n"
    other = f"\n/* layer {locate.mark('dense2')}: b */\nstatic int op2(void)\n{{\n}}\n"
    (out / "firmware" / "network.c").write_text(mark + other)
    (out / "firmware" / "link.ld").write_text("MEMORY { }\n")
    (out / "firmware" / "runtime" / "main.c").write_text("int main;\n")
    (out / "map" / "layers.txt").write_text("1 2 3\n")
    workspace.out = out
    workspace.model_changed.emit()
    return out


def test_generated_files_offer_a_copy(
    qtbot: QtBot, editor: Editor, workspace: Workspace, tmp_path: Path
) -> None:
    out = results(workspace, tmp_path)
    workspace.file_requested.emit(out / "firmware" / "network.c", 3)
    assert label(editor, "noticetext") == "Generated: written anew by every build."
    before = view(editor).toPlainText()
    qtbot.keyClicks(view(editor), "x")
    assert view(editor).toPlainText() == before
    press(editor, "Make my own copy")
    told = "Your own file: builds take it, in place of ours of that name."
    assert label(editor, "noticetext") == told
    assert tabs(editor) == ["firmware/network.c", "digits-src/network.c"]
    assert view(editor).textCursor().blockNumber() == 2
    qtbot.keyClicks(view(editor), "x")
    assert view(editor).toPlainText() != before
    assert (out / "firmware" / "network.c").read_text() == before


def test_a_file_can_be_opened_from_anywhere_in_the_window(editor: Editor) -> None:
    # The empty panel names the key, and has not got the keyboard then.
    key = QKeySequence("Ctrl+Shift+E")
    (action,) = [own for own in editor.actions() if key in own.shortcuts()]
    assert action.shortcutContext() == Qt.ShortcutContext.WindowShortcut


def test_a_build_renews_what_is_shown(
    qtbot: QtBot, editor: Editor, workspace: Workspace, tmp_path: Path
) -> None:
    path = results(workspace, tmp_path) / "firmware" / "network.c"
    workspace.file_requested.emit(path, 0)
    path.write_text("int new;\n")
    workspace.image_changed.emit()
    assert view(editor).toPlainText() == "int new;\n"
    assert tabs(editor) == ["network.c"]


def test_a_change_on_disk_asks(
    qtbot: QtBot, editor: Editor, documents: Documents, show: Callable[..., Path]
) -> None:
    path = show(text="one\n")
    qtbot.keyClicks(view(editor), "mine ")
    path.write_text("theirs\n")
    qtbot.waitUntil(lambda: "changed" in label(editor, "noticetext"))
    press(editor, "Keep mine")
    assert label(editor, "noticetext") == ""
    assert view(editor).toPlainText() == "mine one\n"
    path.write_text("theirs again\n")
    documents.check()
    press(editor, "Reload")
    assert view(editor).toPlainText() == "theirs again\n"
    path.unlink()
    documents.check()
    press(editor, "Save it again")
    assert path.read_text() == "theirs again\n"


def test_very_large_files_go_on_when_asked(
    editor: Editor, show: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.ui.text_file.WHOLE", 1000)
    monkeypatch.setattr("studio.ui.text_file.PART", 600)
    show("map.csv", "1,2,3\n" * 200)
    assert "read-only" in label(editor, "noticetext")
    assert view(editor).blockCount() == 101
    press(editor, "Show more")
    assert view(editor).blockCount() == 201
    assert label(editor, "noticetext") == ""


# -- files


def test_the_tree_opens_files(
    qtbot: QtBot, editor: Editor, workspace: Workspace, tmp_path: Path
) -> None:
    results(workspace, tmp_path)
    tree = editor.findChild(QTreeWidget, "files")
    groups = [tree.topLevelItem(index) for index in range(tree.topLevelItemCount())]
    assert [group.text(0) for group in groups] == ["Firmware", "Runtime", "Map"]
    assert [groups[0].child(index).text(0) for index in range(2)] == ["link.ld", "network.c"]
    tree.setCurrentItem(groups[0].child(0))
    tree.setFocus()
    qtbot.keyClick(tree, Key.Key_Return)
    assert tabs(editor) == ["link.ld"]
    editor.findChild(QToolButton, "files").click()
    assert not tree.isVisible()


def test_a_narrow_editor_hides_the_tree(editor: Editor) -> None:
    tree = editor.findChild(QTreeWidget, "files")
    assert tree.isVisible()
    editor.resize(320, 240)
    assert not tree.isVisible()
    assert editor.width() == 320
    editor.findChild(QToolButton, "files").click()
    assert tree.isVisible()


def test_open_and_save_as_dialogs(
    qtbot: QtBot, editor: Editor, show: Callable[..., Path], tmp_path: Path
) -> None:
    action(editor, "Open file…")
    (tmp_path / "x.toml").write_text("a = 1\n")
    dialog = editor.findChild(QFileDialog)
    dialog.filesSelected.emit([str(tmp_path / "x.toml")])
    dialog.reject()
    assert tabs(editor) == ["x.toml"]
    qtbot.keyClick(view(editor), Key.Key_S, Mod.ControlModifier | Mod.ShiftModifier)
    saving = next(each for each in editor.findChildren(QFileDialog) if each.isVisible())
    saving.fileSelected.emit(str(tmp_path / "y.toml"))
    saving.reject()
    assert tabs(editor) == ["y.toml"]
    assert (tmp_path / "y.toml").read_text() == "a = 1\n"


def test_save_all(
    qtbot: QtBot, editor: Editor, documents: Documents, show: Callable[..., Path]
) -> None:
    for name in ("a.c", "b.c"):
        show(name)
        qtbot.keyClicks(view(editor), "x")
    assert len(documents.unsaved) == 2
    action(editor, "Save all")
    assert documents.unsaved == []


@pytest.mark.parametrize(("name", "taken"), [("a.c", True), ("a.onnx", False)])
def test_dropped_texts_open(editor: Editor, tmp_path: Path, name: str, taken: bool) -> None:
    path = tmp_path / name
    path.write_text("int a;\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    actions, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(9, 9), actions, mime, button, Mod.NoModifier)
    QApplication.sendEvent(editor, enter)
    assert enter.isAccepted() == taken
    if taken:
        drop = QDropEvent(QPointF(9, 9), actions, mime, button, Mod.NoModifier)
        QApplication.sendEvent(editor, drop)
        assert tabs(editor) == ["a.c"]


# -- links with the layers


def test_layers_and_functions_find_each_other(
    qtbot: QtBot, editor: Editor, workspace: Workspace, tmp_path: Path
) -> None:
    out = results(workspace, tmp_path)
    workspace.set_network(artifacts.network())
    workspace.set_qnetwork(artifacts.qnetwork())
    workspace.file_requested.emit(out / "firmware" / "network.c", 0)
    workspace.select_layer("dense2", "array")
    assert view(editor).textCursor().block().text() == "static int op2(void)"
    view(editor).setFocus()
    view(editor).moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.waitUntil(lambda: workspace.selected.layer == "dense1")
    assert workspace.selected.origin == "editor"
    assert view(editor).textCursor().blockNumber() == 0


# -- colours, and how long it holds up


def colours(edit: CodeEdit, line: int) -> dict[str, str]:
    """The colour of each run of a line."""
    block = edit.document().findBlockByNumber(line)
    return {
        block.text()[run.start : run.start + run.length]: run.format.foreground().color().name()
        for run in block.layout().formats()
    }


def coloured(qtbot: QtBot, documents: Documents) -> None:
    def done() -> bool:
        highlighter = documents.current and documents.current.highlighter
        return highlighter is not None and highlighter.done

    qtbot.waitUntil(done)


def test_texts_are_coloured_and_follow_the_theme(
    qtbot: QtBot,
    editor: Editor,
    documents: Documents,
    show: Callable[..., Path],
    themed: QApplication,
) -> None:
    show(text="/* a\n b\n*/ int x = 1;\nreturn 2;\n")
    coloured(qtbot, documents)
    comment = colours(view(editor), 0)["/* a"]
    assert colours(view(editor), 1) == {" b": comment}
    light = colours(view(editor), 2)
    assert light["*/"] == comment
    assert light["int"] != light["1"] != comment
    theme.install(themed, dark=True)
    coloured(qtbot, documents)
    assert colours(view(editor), 2)["int"] != light["int"]
    view(editor).moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.keyClick(view(editor), Key.Key_Delete)
    assert colours(view(editor), 1) != {}
    coloured(qtbot, documents)
    assert "return" in colours(view(editor), 3)


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("a.ld", "MEMORY { /* x */ }\n", "/* x */"),
        ("a.toml", 'name = "x"\n', '"x"'),
        ("opt.protobuf", 'name: "x" # y\n', "# y"),
        ("start.S", "li t0, 1 /* two\nwords */\n", "/* two"),
        ("a.py", "return 1\n", "return"),
        ("a.md", "the `code`\n", "`code`"),
        ("a.json", '{"a": 1}\n', "1"),
    ],
)
def test_each_kind_has_its_language(
    qtbot: QtBot,
    editor: Editor,
    documents: Documents,
    show: Callable[..., Path],
    name: str,
    text: str,
    word: str,
) -> None:
    show(name, text)
    coloured(qtbot, documents)
    assert word in colours(view(editor), 0)


def test_opening_large_files_does_not_hold_the_window(
    qtbot: QtBot, editor: Editor, documents: Documents, show: Callable[..., Path]
) -> None:
    show()
    coloured(qtbot, documents)  # the highlighter is imported once
    line = "    " + ", ".join(str(number % 256) for number in range(16)) + ",\n"
    stalls = Stalls()
    show("testset.c", "const unsigned char samples[] = {\n" + line * 8000 + "};\n")
    qtbot.waitUntil(lambda: not documents.all[-1].loading)
    qtbot.wait(300)
    print(f"longest stall: {1000 * stalls.longest:.1f} ms")
    assert stalls.longest < 0.2
