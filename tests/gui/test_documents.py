"""Text files: read and written as they lie on disk, watched, kept for after a crash."""

from __future__ import annotations

import codecs
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from studio.base.errors import DataError, ProjectError
from studio.project_file import ProjectFile
from studio.ui import text_file
from studio.ui.document import Document
from studio.ui.documents import Documents
from studio.ui.recovery import Recovery
from studio.ui.workspace import Workspace


@pytest.fixture
def documents(workspace: Workspace) -> Documents:
    return workspace.documents


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def type_in(document: Document, text: str) -> None:
    """As a user does: at the beginning."""
    QTextCursor(document.text).insertText(text)


def loaded(qtbot: QtBot, document: Document) -> Document:
    qtbot.waitUntil(lambda: not document.loading)
    return document


@pytest.mark.parametrize(
    ("data", "text", "form"),
    [
        (b"int a;\n", "int a;\n", ("utf-8", False, "\n")),
        ("über\r\n二\r\n".encode(), "über\n二\n", ("utf-8", False, "\r\n")),
        (codecs.BOM_UTF8 + "芯片\n".encode(), "芯片\n", ("utf-8", True, "\n")),
        ("层 gain\r\n".encode("gb18030"), "层 gain\n", ("gb18030", False, "\r\n")),
        (codecs.BOM_UTF16_LE + "a\nb".encode("utf-16-le"), "a\nb", ("utf-16-le", True, "\n")),
        (b"one\rtwo\r", "one\ntwo\n", ("utf-8", False, "\r")),
        (b"", "", ("utf-8", False, "\n")),
    ],
)
def test_saving_keeps_encoding_and_line_ends(
    documents: Documents, tmp_path: Path, data: bytes, text: str, form: tuple[str, bool, str]
) -> None:
    path = written(tmp_path, "a.c", data)
    document = documents.open(path)
    assert document.content() == text
    assert (document.form.encoding, document.form.bom, document.form.newline) == form
    assert not document.modified
    type_in(document, "// x\n")
    assert documents.unsaved == [document]
    documents.save(document)
    assert not document.modified
    mark = next((m for m in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE) if data.startswith(m)), b"")
    expected = ("// x\n" + text).replace("\n", form[2]).encode(form[0])
    assert path.read_bytes() == mark + expected
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["a.c"]


def test_mixed_line_ends_are_told_and_saved_as_most_are(
    documents: Documents, tmp_path: Path
) -> None:
    path = written(tmp_path, "a.c", b"a\r\nb\r\nc\n")
    document = documents.open(path)
    assert document.mixed
    type_in(document, "x")
    documents.save(document)
    assert path.read_bytes() == b"xa\r\nb\r\nc\r\n"
    assert not document.mixed


def test_what_is_no_text_is_refused(documents: Documents, tmp_path: Path) -> None:
    for path in (
        written(tmp_path, "a.bin", b"ELF\0\1\2"),
        written(tmp_path, "b.txt", b"\xff\xff\xff\x81"),
        tmp_path,
        tmp_path / "none.c",
    ):
        with pytest.raises(DataError) as caught:
            documents.open(path)
        assert caught.value.where == str(path)
        assert caught.value.hint
    assert documents.all == []


def test_a_file_opens_once(documents: Documents, tmp_path: Path) -> None:
    path = written(tmp_path, "a.c", "int a;\n")
    link = tmp_path / "link.c"
    link.symlink_to(path)
    assert documents.open(path) is documents.open(tmp_path / "." / "a.c")
    assert documents.open(link) is documents.open(path)
    assert len(documents.all) == 1


def test_large_texts_come_in_pieces(qtbot: QtBot, documents: Documents, tmp_path: Path) -> None:
    line = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n"
    document = documents.open(written(tmp_path, "big.c", line * 30_000))
    assert document.loading
    assert document.read_only
    loaded(qtbot, document)
    assert document.content() == line * 30_000
    assert not document.read_only
    assert not document.modified


def test_very_large_files_show_a_part(
    qtbot: QtBot, documents: Documents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_file, "WHOLE", 1000)
    monkeypatch.setattr(text_file, "PART", 400)
    lines = "".join(f"{number},{number},二\n" for number in range(150))
    document = loaded(qtbot, documents.open(written(tmp_path, "map.csv", lines)))
    assert document.partial
    assert document.read_only
    assert lines.startswith(document.content())
    with pytest.raises(ProjectError):
        documents.save(document)
    with pytest.raises(ProjectError):
        documents.save_as(document, tmp_path / "other.csv")
    while document.partial:
        document.show_more()
        loaded(qtbot, document)
    assert document.content() == lines


def test_lines_too_long_are_shown_cut_and_never_saved(
    qtbot: QtBot, documents: Documents, tmp_path: Path
) -> None:
    text = "a\n" + "1," * text_file.LINE + "\nb\n"
    path = written(tmp_path, "a.c", text)
    document = loaded(qtbot, documents.open(path))
    assert document.read_only
    assert document.text.blockCount() > 6
    assert document.content().replace("\n", "") == text.replace("\n", "")
    with pytest.raises(ProjectError):
        documents.save(document)
    with pytest.raises(ProjectError):
        documents.save_as(document, tmp_path / "b.c")
    assert path.read_text() == text


def test_a_change_on_disk_is_read_again(
    qtbot: QtBot, workspace: Workspace, documents: Documents, tmp_path: Path
) -> None:
    path = written(tmp_path, "a.c", "one\ntwo\nthree\n")
    document = documents.open(path)
    with qtbot.waitSignal(workspace.notice):
        path.write_text("one\n2\nthree\n")
    assert document.content() == "one\n2\nthree\n"
    assert not document.modified
    # As one step that can be undone, not a new text.
    document.text.undo()
    assert document.content() == "one\ntwo\nthree\n"


def test_a_file_replaced_by_another_is_seen(
    qtbot: QtBot, documents: Documents, tmp_path: Path
) -> None:
    path = written(tmp_path, "a.c", "one\n")
    document = documents.open(path)
    for number in range(3):  # the watch goes on after each
        written(tmp_path, "new", f"number {number}\n").replace(path)
        qtbot.waitUntil(lambda n=number: document.content() == f"number {n}\n")


def test_a_folder_made_anew_is_seen(qtbot: QtBot, documents: Documents, tmp_path: Path) -> None:
    folder = tmp_path / "firmware"
    folder.mkdir()
    path = written(folder, "a.c", "one\n")
    document = documents.open(path)
    path.unlink()
    folder.rmdir()
    qtbot.waitUntil(lambda: document.disk == "gone")
    folder.mkdir()
    path.write_text("two\n")
    qtbot.waitUntil(lambda: document.content() == "two\n")
    assert document.disk == "same"


def test_my_changes_and_anothers(qtbot: QtBot, documents: Documents, tmp_path: Path) -> None:
    path = written(tmp_path, "a.c", "one\n")
    document = documents.open(path)
    type_in(document, "mine ")
    path.write_text("theirs\n")
    qtbot.waitUntil(lambda: document.disk == "changed")
    assert document.content() == "mine one\n"
    with pytest.raises(ProjectError, match="changed by another"):
        documents.save(document)
    documents.keep_mine(document)
    assert document.disk == "same"
    documents.save(document)
    assert path.read_text() == "mine one\n"
    type_in(document, "more ")
    path.write_text("theirs\n")
    documents.check()
    documents.reload(document)
    assert document.content() == "theirs\n"
    assert not document.modified


def test_a_save_that_nobody_saw_coming_is_refused(documents: Documents, tmp_path: Path) -> None:
    """Also before the watch has told."""
    path = written(tmp_path, "a.c", "one\n")
    document = documents.open(path)
    type_in(document, "mine ")
    path.write_text("theirs, and longer\n")
    with pytest.raises(ProjectError):
        documents.save(document)
    assert path.read_text() == "theirs, and longer\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc", "a\nb\nc\nd"),
        ("a\nb\nc\n", "b\nc\n"),
        ("a\n", ""),
        ("", "x\ny"),
        ("a\nb\na\nb\n", "a\nb\n"),
        ("a\nb", "a\nb"),
        ("same\n" * 5 + "x\n", "same\n" * 6),
        ("a\nb\n", "b\na\nb"),
    ],
)
def test_reload_changes_what_differs(
    documents: Documents, tmp_path: Path, before: str, after: str
) -> None:
    path = written(tmp_path, "a.txt", before)
    document = documents.open(path)
    path.write_text(after, newline="")
    document.reload()
    assert document.content() == after
    assert not document.modified


def test_generated_files_are_read_only_and_copied(
    workspace: Workspace, documents: Documents, tmp_path: Path
) -> None:
    workspace.out = tmp_path / "digits"
    (workspace.out / "firmware").mkdir(parents=True)
    path = written(workspace.out / "firmware", "network.c", b"int a;\r\n")
    document = documents.open(path)
    assert document.generated
    assert document.read_only
    with pytest.raises(ProjectError):
        documents.save(document)
    copy = documents.copy_of(document)
    assert copy.path == (tmp_path / "digits-src" / "network.c").resolve()
    assert copy.path.read_bytes() == path.read_bytes()
    assert not copy.read_only
    assert documents.current is copy
    assert documents.copy_of(document).path == copy.path  # one is enough: both would be built
    type_in(copy, "//")
    with pytest.raises(ProjectError):
        documents.save_as(copy, workspace.out / "firmware" / "mine.c")
    project = ProjectFile(tmp_path / "project", "p")
    workspace.set_project(project)
    assert documents.copy_of(document).path == (tmp_path / "project/src/network.c").resolve()
    workspace.set_project(None)
    workspace.out = None
    workspace.model_changed.emit()
    assert not document.generated


def test_no_copy_without_a_project(documents: Documents, tmp_path: Path) -> None:
    document = documents.open(written(tmp_path, "a.c", "x"))
    with pytest.raises(ProjectError):
        documents.copy_of(document)


def test_save_as(documents: Documents, tmp_path: Path) -> None:
    document = documents.open(written(tmp_path, "a.c", "one\n"))
    other = documents.open(written(tmp_path, "b.c", "two\n"))
    type_in(document, "x")
    with pytest.raises(ProjectError):
        documents.save_as(document, other.path)
    documents.save_as(document, tmp_path / "c.c")
    assert document.name == "c.c"
    assert (tmp_path / "c.c").read_text() == "xone\n"
    assert (tmp_path / "a.c").read_text() == "one\n"
    assert document.text.isUndoAvailable()


def test_save_all(documents: Documents, tmp_path: Path) -> None:
    for name in ("a.c", "b.c"):
        type_in(documents.open(written(tmp_path, name, "1\n")), "x")
    documents.save_all()
    assert not documents.unsaved
    assert (tmp_path / "a.c").read_text() == (tmp_path / "b.c").read_text() == "x1\n"


def test_unsaved_texts_are_kept_and_restored(
    documents: Documents, workspace: Workspace, tmp_path: Path
) -> None:
    recovery = Recovery(tmp_path / "kept")
    documents.keep_in(recovery)
    paths = [written(tmp_path, name, "1\n") for name in ("a.c", "gone.c", "saved.c")]
    for path in paths:
        type_in(documents.open(path), "x")
    documents.keep_copies()
    documents.save(documents.open(paths[2]))
    kept = {text_file_of(path): "x1\n" for path in paths[:2]}
    assert stored(tmp_path / "kept") == kept
    paths[1].unlink()
    again = Workspace(workspace.chip).documents
    again.restore(kept)
    assert [each.content() for each in again.unsaved] == ["x1\n", "x1\n"]
    assert again.all[1].disk == "gone"
    again.all[0].text.undo()
    assert again.all[0].content() == "1\n"
    again.save(again.all[1])
    assert paths[1].read_text() == "x1\n"


def test_closing_forgets_the_copy(documents: Documents, tmp_path: Path) -> None:
    documents.keep_in(Recovery(tmp_path / "kept"))
    document = documents.open(written(tmp_path, "a.c", "1\n"))
    type_in(document, "x")
    documents.keep_copies()
    assert stored(tmp_path / "kept")
    documents.close(document)
    assert not stored(tmp_path / "kept")
    assert documents.current is None


def text_file_of(path: Path) -> str:
    return str(path.resolve())


def stored(folder: Path) -> dict[str, str]:
    """What lies in the recovery's folder, by name."""
    found = [json.loads(path.read_text()) for path in folder.glob("*/*.json")]
    return {each["name"]: each["text"] for each in found}


def test_a_form_is_written_back() -> None:
    form = text_file.Form("utf-8", bom=True, newline="\r\n")
    assert text_file.encode("a\n", form) == codecs.BOM_UTF8 + b"a\r\n"
    assert text_file.encode("a\n", replace(form, bom=False)) == b"a\r\n"
