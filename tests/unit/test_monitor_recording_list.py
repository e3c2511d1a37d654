"""The list of recordings, and what the window needs of the one being made."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from studio.base.errors import Cancelled, ProjectError
from studio.base.job import Job
from studio.monitor import recording_file, recording_list
from studio.monitor.chunk import Chunk
from studio.monitor.recording import Recorder, new_name, new_path, prune
from studio.monitor.recording_file import Header, read, scan
from studio.monitor.replay import MOVED, Replay, load

NOW = 1_795_000_000.0


def record(path: Path, count: int, start: float = NOW, port: str = "COM3") -> Path:
    with Recorder(path, Header(port, 115200, project="数字", tag="1a2b3c4d")) as recorder:
        for number in range(count):
            recorder.write(Chunk(start + number, b"value: %d\n" % number))
    return recorder.files[0]


def test_a_glance_sees_what_a_scan_does(tmp_path: Path) -> None:
    path = record(tmp_path / "one", 30)
    slow, quick = scan(path), recording_file.glance(path)
    assert (quick.header, quick.size, quick.complete) == (slow.header, slow.size, True)
    assert quick.spans[0].begin == slow.spans[0].begin == NOW
    assert quick.spans[-1].end == slow.spans[-1].end == NOW + 29


def test_a_glance_at_cut_and_empty_files(tmp_path: Path) -> None:
    path = record(tmp_path / "cut", 30)
    path.write_bytes(path.read_bytes()[:-20])
    assert recording_file.glance(path) == scan(path)
    assert not recording_file.glance(path).complete
    empty = record(tmp_path / "empty", 0)
    assert recording_file.glance(empty).spans == ()
    path.write_bytes(b"something else")
    with pytest.raises(ProjectError):
        recording_file.glance(path)


def test_a_glance_reads_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = record(tmp_path / "one", 3)
    monkeypatch.setattr(recording_file, "scan", lambda _path: pytest.fail("read all of it"))
    assert recording_file.glance(path).complete


def test_all_in_a_folder_the_newest_first(tmp_path: Path) -> None:
    record(tmp_path / "old", 10, NOW)
    record(tmp_path / "new", 10, NOW + 500, "COM10")
    (tmp_path / "broken.cimrec").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("no recording", encoding="utf-8")
    found = recording_list.found(tmp_path)
    assert [each.name for each in found] == ["new", "old", "broken"]
    assert (found[0].begin, found[0].end, found[0].complete) == (NOW + 500, NOW + 509, True)
    assert found[0].header.port == "COM10" and found[0].header.project == "数字"
    assert "not a recording" in found[2].error
    assert recording_list.found(tmp_path / "nowhere") == ()
    with pytest.raises(Cancelled):
        recording_list.found(tmp_path, Job(None, lambda: True))


def test_files_of_one_recording_are_one(tmp_path: Path) -> None:
    with Recorder(tmp_path / "long", Header("COM3"), part_bytes=1) as recorder:
        for number in range(4):
            recorder.write(Chunk(NOW + number, b"x"))
            recorder.flush()
    assert len(recorder.files) > 1
    (found,) = recording_list.found(tmp_path)
    assert found.files == recorder.files
    assert (found.begin, found.end) == (NOW, NOW + 3)
    assert found.size == sum(path.stat().st_size for path in recorder.files)
    recording_list.delete(found)
    assert list(tmp_path.iterdir()) == []
    recording_list.delete(found)  # gone already


def test_flush_puts_all_on_the_disk(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run", Header()) as recorder:
        for number in range(100):
            recorder.write(Chunk(NOW + number, b"%d" % number))
        begun = time.monotonic()
        assert recorder.flush()
        assert time.monotonic() - begun < 0.4  # not only with the next half second
        assert len(list(read(recorder.files[0]))) == 100
        assert recorder.flush()  # nothing new
    assert recorder.flush()  # closed


def test_flush_tells_that_it_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(tmp_path / "run", Header())

    def full(_self: object, _chunk: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recording_file.PartWriter, "add", full)
    recorder.write(Chunk(NOW, b"x"))
    assert not recorder.flush()
    assert recorder.error is not None
    recorder.close()


def test_names_are_new(tmp_path: Path) -> None:
    first = new_path(tmp_path, "COM3", NOW)
    assert first.name == f"{new_name('COM3', NOW)}.cimrec"
    Recorder(first, Header()).close()
    second = new_path(tmp_path, "COM3", NOW)
    assert second != first
    Recorder(second, Header()).close()
    assert len(recording_list.found(tmp_path)) == 2


def test_the_running_one_is_not_pruned(tmp_path: Path) -> None:
    kept, other = record(tmp_path / "kept", 3), record(tmp_path / "other", 3)
    os.utime(kept, (1, 1))  # the oldest of all
    assert prune(tmp_path, 0, keep=kept) == kept.stat().st_size
    assert kept.exists() and not other.exists()


def test_one_sees_where_one_is_though_it_is_paused(tmp_path: Path) -> None:
    player = Replay(load(record(tmp_path / "run", 20)), 1.0)
    player.pause()
    player.seek(NOW + 7.5)
    assert player.moving and player.position == NOW + 7.5
    found: list[Chunk] = []
    enough = threading.Event()

    def play() -> None:
        for chunk in player:
            found.append(chunk)
            if len(found) == 2:
                enough.set()

    thread = threading.Thread(target=play)
    thread.start()
    assert enough.wait(30)
    thread.join(0.2)
    assert thread.is_alive() and not player.moving
    assert [chunk.data for chunk in found] == [MOVED.encode(), b"value: 8\n"]
    player.cancel()
    thread.join(30)
    player.seek(-1.0)
    assert player.position == NOW
