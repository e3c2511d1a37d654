"""A half-written file never replaces a good one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from studio.base import files
from studio.base.errors import ProjectError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "新 folder" / "结果 one.json"


def test_writes_and_makes_folders(path: Path) -> None:
    files.write_text(path, "first\nsecond\n")
    assert path.read_bytes() == b"first\nsecond\n"
    files.write_bytes(path, b"\x00\r\n\xff")
    assert path.read_bytes() == b"\x00\r\n\xff"


def test_line_feeds_on_every_system_and_utf8(path: Path) -> None:
    files.write_text(path, "中文\n")
    assert path.read_bytes() == "中文\n".encode()


def test_failure_keeps_the_old_file_and_leaves_nothing_beside(path: Path) -> None:
    files.write_text(path, "good")
    with pytest.raises(ZeroDivisionError), files.replacing(path) as temporary:
        temporary.write_text("half", encoding="utf-8")
        assert temporary.parent == path.parent
        assert temporary.suffix == path.suffix
        _ = 1 / 0
    assert path.read_text(encoding="utf-8") == "good"
    assert list(path.parent.iterdir()) == [path]


def test_success_leaves_nothing_beside(path: Path) -> None:
    with files.replacing(path) as temporary:
        temporary.write_bytes(b"new")
        assert not path.exists()
    assert list(path.parent.iterdir()) == [path]


def test_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    target = tmp_path / "file" / "below.txt"
    with pytest.raises(ProjectError) as caught:
        files.write_text(target, "x")
    assert caught.value.where == str(target)
    assert caught.value.hint


def test_digest_is_sha256(path: Path) -> None:
    files.write_bytes(path, b"abc")
    assert files.digest(path) == hashlib.sha256(b"abc").hexdigest()
