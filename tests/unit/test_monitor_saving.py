"""Files of a live store and of recordings, by what is asked for."""

from __future__ import annotations

import csv
import wave
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import Cancelled, DataError
from studio.base.job import Job
from studio.monitor import packets, saving
from studio.monitor.chunk import Chunk
from studio.monitor.live import Live
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header
from studio.monitor.saving import Wish

NOW = 1_795_000_000.0


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    with Recorder(tmp_path / "录音", Header("COM3")) as recorder:
        for number in range(100):
            text = f"温度: {number}, light: {number * 2}\nRSSI={-number} dBm\n"
            recorder.write(Chunk(NOW + number, text.encode("gbk")))
    return recorder.files[0]


def test_the_encoding_and_own_patterns_count(recording: Path, tmp_path: Path) -> None:
    own = (("strength", r"RSSI=(?P<strength>-?\d+) dBm"),)
    wish = Wish("table", tmp_path / "a.csv", ("温度", "strength"), "gbk", own)
    assert saving.of_recording(Job(), recording, wish) == tmp_path / "a.csv"
    rows = table(tmp_path / "a.csv")
    assert sorted(rows[0]) == ["strength", "time", "温度"]
    place = rows[0].index("温度")
    assert [float(row[place]) for row in rows[1:] if row[place]] == list(range(100))
    place = rows[0].index("strength")
    assert [float(row[place]) for row in rows[1:] if row[place]] == [-n for n in range(100)]


def test_every_kind_of_a_recording(tmp_path: Path) -> None:
    samples = (1000 * np.sin(np.arange(512))).astype("<i2")
    sound = packets.encode(packets.AUDIO, samples.tobytes(), to_board=False)
    data = [b"light: 7\n", b"words\n", sound, b"light: 8\n"]
    with Recorder(tmp_path / "one", Header("COM3")) as recorder:
        for number, each in enumerate(data):
            recorder.write(Chunk(NOW + number, each))
        recorder.write(Chunk(NOW + 9, b"sent\n", "out"))
    for kind, suffix in saving.SUFFIXES.items():
        if kind not in ("png", "svg"):
            saving._of_recording(Job(), recorder.files[0], Wish(kind, tmp_path / f"{kind}{suffix}"))
    assert (tmp_path / "raw.bin").read_bytes() == b"".join(data)
    assert [row[1:3] for row in table(tmp_path / "rows.csv")[1:]] == [
        ["light", "7.0"],
        ["light", "8.0"],
    ]
    assert [row[1] for row in table(tmp_path / "table.csv")] == ["light", "7.0", "8.0"]
    lines = (tmp_path / "text.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith(" light: 7") and lines[-1].endswith(" >> sent")
    with wave.open(str(tmp_path / "wav.wav")) as file:
        assert file.readframes(9999) == samples.tobytes()


def test_tables_of_too_much_are_refused(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "_MOST", 50)
    with pytest.raises(DataError, match="more than 50 values"):
        saving._of_recording(Job(), recording, Wish("table", tmp_path / "a.csv", encoding="gbk"))
    assert not (tmp_path / "a.csv").exists()
    saving._of_recording(Job(), recording, Wish("rows", tmp_path / "a.csv", encoding="gbk"))
    assert len(table(tmp_path / "a.csv")) > 200


@pytest.mark.parametrize("kind", ["rows", "table", "text", "raw"])
def test_all_can_be_cancelled(kind: saving.Kind, tmp_path: Path) -> None:
    live = Live()
    for number in range(50):
        live.put(Chunk(NOW + number, b"value: %d\n" % number))
    assert live.drain()
    told: list[int] = []

    def cancelled() -> bool:
        told.append(1)
        return True

    with pytest.raises(Cancelled):
        saving.of_live(Job(None, cancelled), live, Wish(kind, tmp_path / "a"))
    assert told and list(tmp_path.iterdir()) == []
    live.close()


def test_what_a_report_gets_is_thin(tmp_path: Path) -> None:
    live = Live()
    times = np.arange(20_000)
    live.put(Chunk(NOW, b"".join(b"value: %d\n" % (n % 100) for n in times)))
    live.put(Chunk(NOW + 5, b"value: 1000\n"))
    assert live.drain()
    seen = saving.seen_live(live, Header("COM3"))
    points = seen.series["value"]
    assert 1000 < len(points.values) <= 3001 and points.values.max() == 1000
    assert (seen.begin, seen.end, seen.lines) == (NOW, NOW + 5, 20_001)
    live.close()
