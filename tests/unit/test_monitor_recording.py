"""Recordings: nothing lost, whatever happens to the file."""

from __future__ import annotations

import hashlib
import math
import os
import random
import shutil
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio import __version__
from studio.base.errors import Cancelled, ProjectError
from studio.base.job import Job
from studio.monitor import recording_file
from studio.monitor.chunk import Chunk
from studio.monitor.recording import Recorder, new_name, parts, prune
from studio.monitor.recording_file import Header, PartWriter, read, scan
from studio.monitor.replay import MOVED, Replay, load, replay

NOW = 1_795_000_000.0
HEADER = Header("COM10", 921600, "2026-11-21T17:30:00+01:00", "数字 digits", "1a2b3c4d", "0.1.0")


def stream(seed: int, count: int, most: int = 2000) -> list[Chunk]:
    """Random bytes, sent and received, with remarks between."""
    draw = random.Random(seed)
    when, found = NOW, []
    for _ in range(count):
        when += draw.choice((0.0, 1e-6, 0.001, 0.02))
        kind = draw.choices(("in", "out", "note"), (8, 2, 1))[0]
        found.append(Chunk(when, draw.randbytes(draw.randrange(most)), kind))
    return found


def record(path: Path, chunks: list[Chunk], **options: int) -> tuple[Path, ...]:
    with Recorder(path, HEADER, **options) as recorder:
        for chunk in chunks:
            recorder.write(chunk)
    assert recorder.error is None and recorder.lost == 0
    return recorder.files


def write(path: Path, blocks: list[list[Chunk]]) -> None:
    writer = PartWriter(path, HEADER)
    for block in blocks:
        for chunk in block:
            writer.add(chunk)
        writer.flush()
    writer.close()


@pytest.mark.parametrize("seed", range(5))
def test_what_went_in_comes_out(tmp_path: Path, seed: int) -> None:
    chunks = stream(seed, 300)
    (file,) = record(tmp_path / "run", chunks)
    found = list(replay(file))
    assert found == chunks  # times to the last bit
    assert digest(found) == digest(chunks)


def digest(chunks: list[Chunk]) -> str:
    return hashlib.sha256(b"".join(chunk.data for chunk in chunks)).hexdigest()


@settings(max_examples=300)
@given(st.floats(min_value=1e7, max_value=1e10))
def test_times_come_back_exactly(when: float) -> None:
    assert recording_file._nanoseconds(when) / 10**9 == when


def test_the_header_says_what_was_recorded(tmp_path: Path) -> None:
    (file,) = record(tmp_path / "COM10.9.cimrec", stream(0, 10))
    assert file.name == "COM10.9.0001.cimrec"
    found = load(file)
    assert found.header == HEADER and found.complete
    assert found.size == file.stat().st_size


def test_a_header_knows_when_and_who(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run", Header(port="COM3")) as recorder:
        pass
    found = load(recorder.files[0])
    assert found.header.program == __version__
    when = datetime.fromisoformat(found.header.date)
    assert when.tzinfo is not None and abs(time.time() - when.timestamp()) < 60
    assert (found.begin, found.end, list(found.read())) == (0, 0, [])


def test_every_cut_loads_up_to_its_last_whole_block(tmp_path: Path) -> None:
    whole = tmp_path / "whole.cimrec"
    blocks = [stream(seed, 4, 20) for seed in range(3)]
    write(whole, blocks)
    data = whole.read_bytes()
    ends = [span.offset for span in scan(whole).spans][1:]
    chunks = [chunk for block in blocks for chunk in block]
    cut = tmp_path / "cut.cimrec"
    most = 0
    for size in range(len(data)):
        cut.write_bytes(data[:size])
        found = list(read(cut))
        assert found == chunks[: len(found)]
        assert len(found) >= 4 * sum(end <= size for end in ends)
        assert len(found) >= most and len(found) % 4 == 0
        most = len(found)
        part = scan(cut)
        assert not part.complete or size > len(data) - 9  # all but MCAP's closing word
        assert len(part.spans) == len(found) // 4
        if part.spans:
            assert part.header == HEADER
    assert most == len(chunks)


def test_damage_costs_the_damaged_block_only(tmp_path: Path) -> None:
    file = tmp_path / "run.cimrec"
    blocks = [stream(seed, 4, 200) for seed in range(5)]
    write(file, blocks)
    spans = scan(file).spans
    data = bytearray(file.read_bytes())
    data[spans[2].offset + 200] ^= 0xFF
    file.write_bytes(data)
    assert list(read(file)) == [c for block in (*blocks[:2], *blocks[3:]) for c in block]


def test_bytes_turned_anywhere_never_raise(tmp_path: Path) -> None:
    whole, bad = tmp_path / "whole.cimrec", tmp_path / "bad.cimrec"
    write(whole, [stream(seed, 5, 100) for seed in range(4)])
    draw = random.Random(3)
    refused = 0
    for _ in range(400):
        data = bytearray(whole.read_bytes())
        for _ in range(draw.randrange(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        bad.write_bytes(data)
        try:
            scan(bad)
            list(read(bad))
        except ProjectError:
            refused += 1  # the magic number, the profile or the version
    assert refused < 100


@pytest.mark.parametrize("data", [b"hello, this is text", b"\x89PNG\r\n\x1a\n" * 9, b"\x00" * 99])
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x.cimrec"
    file.write_bytes(data)
    with pytest.raises(ProjectError, match="not a recording"):
        load(file)


def test_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot read this recording"):
        load(tmp_path / "none.cimrec")
    (tmp_path / "file").write_text("x", encoding="ascii")
    with pytest.raises(ProjectError, match="cannot record"):
        Recorder(tmp_path / "file" / "run", HEADER)


def test_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "run.cimrec"
    monkeypatch.setattr(recording_file, "VERSION", 7)
    write(file, [stream(0, 3)])
    monkeypatch.undo()
    with pytest.raises(ProjectError, match="another version"):
        load(file)


def test_old_files_go_and_all_others_are_one_recording(tmp_path: Path) -> None:
    chunks = stream(5, 400)
    with Recorder(tmp_path / "a.b", HEADER, part_bytes=20_000, parts=3) as recorder:
        for number in range(0, 400, 80):
            for chunk in chunks[number : number + 80]:
                recorder.write(chunk)
            wait_until(lambda: recorder.written == size(chunks[: number + 80]))  # noqa: B023
    files = recorder.files
    assert files == parts(files[-1]) == tuple(sorted(tmp_path.iterdir()))
    assert len(files) == 3 and files[0].name != "a.b.0001.cimrec"
    assert all(file.stat().st_size < 150_000 for file in files)
    found = load(files[1])
    kept = list(found.read())
    assert kept == chunks[-len(kept) :] and 40 <= len(kept) < 400
    assert [part.header.part for part in found.parts] == [
        int(file.stem.split(".")[-1]) for file in files
    ]
    # One in the middle is gone: the others are still read.
    files[1].unlink()
    assert len(list(load(files[0]).read())) < len(kept)


def size(chunks: list[Chunk]) -> int:
    return sum(len(chunk.data) for chunk in chunks)


def wait_until(condition: object, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_a_second_later_it_is_on_disk_though_nothing_is_closed(tmp_path: Path) -> None:
    chunks = stream(1, 50)
    with Recorder(tmp_path / "run", HEADER) as recorder:
        for chunk in chunks[:30]:
            recorder.write(chunk)
        start = time.monotonic()
        copy = tmp_path / "copy.cimrec"
        while True:
            copy.write_bytes(recorder.files[0].read_bytes())
            found = list(read(copy))
            if found == chunks[:30]:
                break
            assert time.monotonic() - start < 10.0
            time.sleep(0.05)
        for chunk in chunks[30:]:
            recorder.write(chunk)
    assert list(replay(recorder.files[0])) == chunks


def test_a_full_disk_ends_the_recording_but_not_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: PartWriter) -> None:
        raise OSError(28, "No space left on device")

    with Recorder(tmp_path / "run", HEADER) as recorder:
        monkeypatch.setattr(PartWriter, "flush", full)
        recorder.write(Chunk(NOW, b"abc"))
        wait_until(lambda: recorder.error is not None)
        recorder.write(Chunk(NOW, b"def"))
    assert recorder.error is not None and "No space left" in recorder.error.message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps what is open")
@pytest.mark.parametrize("how", ["deleted", "moved"])
def test_a_folder_that_goes_away_costs_nothing_that_comes_after(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "录音 recordings"
    before, after = stream(1, 40), stream(2, 40)
    with Recorder(folder / "run", HEADER) as recorder:
        for chunk in before:
            recorder.write(chunk)
        assert recorder.flush()
        if how == "deleted":
            shutil.rmtree(folder)
        else:
            folder.rename(tmp_path / "elsewhere")
        for chunk in after:
            recorder.write(chunk)
        assert recorder.flush()
        assert (recorder.error, recorder.gone) == (None, 1)
    (file,) = recorder.files
    found = load(file)
    assert found.complete and found.header.part == 2
    note, *rest = found.read()
    assert (note.kind, note.data) == ("note", b"recording: the file before was deleted or moved")
    assert rest == after
    if how == "moved":
        (moved,) = (tmp_path / "elsewhere").iterdir()
        assert list(replay(moved)) == before and load(moved).complete


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps what is open")
def test_a_folder_that_cannot_be_made_again_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    with Recorder(folder / "run", HEADER) as recorder:
        shutil.rmtree(folder)
        folder.write_text("a file now", encoding="utf-8")
        recorder.write(Chunk(NOW, b"abc"))
        assert not recorder.flush()
    assert recorder.error is not None and "cannot record" in recorder.error.message


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_is_not_silent(tmp_path: Path) -> None:
    with Recorder(tmp_path / "run", HEADER) as recorder:
        recorder.write(Chunk(math.nan, b"abc"))
        wait_until(lambda: recorder.error is not None)
    assert "fault of the program" in str(recorder.error)


def test_a_slow_disk_loses_with_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    slow = PartWriter.add

    def add(self: PartWriter, chunk: Chunk) -> None:
        gate.wait(10)
        slow(self, chunk)

    monkeypatch.setattr(PartWriter, "add", add)
    block = bytes(8 << 20)
    with Recorder(tmp_path / "run", HEADER) as recorder:
        for number in range(12):
            recorder.write(Chunk(NOW + number, block))
        assert recorder.lost == 4 * len(block)
        gate.set()
        wait_until(lambda: recorder.written == 8 * len(block))
        recorder.write(Chunk(NOW + 12, b"on"))
    found = list(replay(recorder.files[0]))
    assert size([chunk for chunk in found if chunk.kind == "in"]) == 8 * len(block) + 2
    assert found[-2] == Chunk(
        NOW + 12, b"recording: 33554432 bytes lost, the disk was too slow", "note"
    )


def test_a_minute_at_three_megabytes_a_second_takes_a_few(tmp_path: Path) -> None:
    """180 MB in 60,000 chunks; the reading thread pays microseconds for each."""
    draw = random.Random(7)
    lines = b"".join(b"sample:%d,value:%d\r\n" % (n, draw.randrange(999)) for n in range(2000))
    chunks = [
        Chunk(NOW + n / 1000, lines[at : at + 3000])
        for n in range(60_000)
        for at in [draw.randrange(len(lines) - 3000)]
    ]
    start = time.perf_counter()
    slowest = 0.0
    wanted = hashlib.sha256()
    with Recorder(tmp_path / "run", HEADER) as recorder:
        for number, chunk in enumerate(chunks):
            before = time.perf_counter()
            recorder.write(chunk)
            slowest = max(slowest, time.perf_counter() - before)
            wanted.update(chunk.data)
            if number % 1000 == 0:
                wait_until(lambda: recorder._queued < 32 << 20, 30)
    assert recorder.lost == 0 and recorder.error is None
    assert time.perf_counter() - start < 120
    assert slowest < 5  # milliseconds on an idle machine
    found = hashlib.sha256()
    for chunk in replay(recorder.files[0]):
        found.update(chunk.data)
    assert found.digest() == wanted.digest()


# -- replay


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A second in eleven chunks, in two files."""
    chunks = [Chunk(NOW + n / 10, b"%d\n" % n) for n in range(11)]
    write(tmp_path / "s.0001.cimrec", [chunks[:2], chunks[2:5]])
    write(tmp_path / "s.0002.cimrec", [chunks[5:6], chunks[6:]])
    return tmp_path / "s.0002.cimrec"


@pytest.mark.parametrize(("speed", "least", "most"), [(2.0, 0.48, 1.5), (10, 0.09, 0.8)])
def test_pace(second: Path, speed: float, least: float, most: float) -> None:
    for left in reversed(range(5)):  # a busy machine may be late, but not always
        start = time.perf_counter()
        found = list(Replay(load(second), speed))
        took = time.perf_counter() - start
        assert took > least
        if took < most or not left:
            break
    assert took < most
    assert b"".join(chunk.data for chunk in found) == b"".join(b"%d\n" % n for n in range(11))


def test_long_silences_can_be_shortened(second: Path) -> None:
    start = time.perf_counter()
    assert len(list(Replay(load(second), 0.1, longest_wait=0.01))) == 11
    assert 0.09 < time.perf_counter() - start < 20


def test_seeking_reads_from_there(second: Path) -> None:
    player = Replay(load(second), math.inf)
    player.seek(NOW + 0.55)
    found = list(player)
    assert found[0] == Chunk(found[1].time, MOVED.encode(), "note")
    assert [chunk.data for chunk in found[1:]] == [b"%d\n" % n for n in range(6, 11)]
    source = iter(player)
    player.seek(-math.inf)
    assert [next(source).data for _ in range(3)] == [MOVED.encode(), b"0\n", b"1\n"]
    player.seek(NOW + 0.9)
    assert [chunk.data for chunk in source] == [MOVED.encode(), b"9\n", b"10\n"]
    player.seek(NOW + 99)
    assert list(player) == []


def test_pause_speed_and_cancel_from_another_thread(second: Path) -> None:
    player = Replay(load(second), 1.0)
    found: list[Chunk] = []
    thread = threading.Thread(target=lambda: found.extend(player))
    thread.start()
    wait_until(lambda: player.position >= NOW + 0.2)
    player.pause()
    there = player.position
    time.sleep(0.3)
    assert player.position <= there + 0.11 and player.paused
    player.set_speed(math.inf)
    player.resume()
    thread.join(30)
    assert len(found) == 11

    player = Replay(load(second), 0.01)
    thread = threading.Thread(target=lambda: found.extend(player))
    thread.start()
    time.sleep(0.05)
    player.cancel()
    thread.join(30)
    assert not thread.is_alive()


def test_a_pause_in_a_silence_does_not_lengthen_it(second: Path) -> None:
    player = Replay(load(second), 0.1)  # a second from chunk to chunk
    source = iter(player)
    next(source)
    turns: list[float] = []

    def turn(act: Callable[[], None]) -> None:
        act()
        turns.append(time.perf_counter())

    timers = [
        threading.Timer(0.5, turn, (player.pause,)),
        threading.Timer(0.7, turn, (player.resume,)),
    ]
    start = time.perf_counter()
    for timer in timers:
        timer.start()
    next(source)
    took = time.perf_counter() - start
    for timer in timers:
        timer.join()
    assert 0.9 < took - (turns[1] - turns[0]) < 1.4  # 1.5 where the second began anew


def test_reading_tells_progress_and_can_be_cancelled(second: Path) -> None:
    seen: list[int] = []
    assert len(list(load(second).read(job=Job(lambda done, total, text: seen.append(done))))) == 11
    assert seen == sorted(seen) and 0 < seen[-1] <= 1000
    with pytest.raises(Cancelled):
        list(load(second).read(job=Job(cancelled=lambda: True)))


# -- names and room


def test_names_are_allowed_everywhere() -> None:
    name = new_name("socket://127.0.0.1:5000", NOW)
    assert name.endswith("socket_127.0.0.1_5000")
    assert not set(name) & set('<>:"/\\|?*')
    assert new_name(r"\\.\COM10", NOW).endswith(" COM10")
    assert new_name("端口", NOW) == new_name("", NOW)


def test_pruning_takes_the_oldest(tmp_path: Path) -> None:
    for number in range(5):
        file = tmp_path / f"{number}.0001.cimrec"
        file.write_bytes(bytes(1000))
        os.utime(file, (NOW + number, NOW + number))
    (tmp_path / "other.txt").write_bytes(bytes(5000))
    assert prune(tmp_path, 2500) == 2000
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "3.0001.cimrec", "4.0001.cimrec", "other.txt",
    ]  # fmt: skip
