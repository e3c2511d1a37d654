"""Exports: what other programs read is what was seen."""

from __future__ import annotations

import csv
import wave
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from studio.base.errors import DataError, ProjectError, StudioError
from studio.monitor import export, export_picture
from studio.monitor.batch import Points, Vector
from studio.monitor.chunk import Chunk
from studio.monitor.packets import encode

NOW = 1_795_000_000.0


def points(times: list[float], values: list[float], unit: str = "") -> Points:
    return Points(np.array(times, float) + NOW, np.array(values, float), unit)


SERIES = {
    "loss, train": points([0, 1, 1, 2], [0.5, 0.25, 0.2, 0.1]),
    '温度 "T"': points([1, 3], [21.5, 1e-300], "°C"),
    "none": points([], []),
}


def rows(path: Path) -> list[list[str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # Excel takes the code page otherwise
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_long_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert export.csv_long(path, SERIES) == 6
    head, *body = rows(path)
    assert head == ["time", "series", "value", "unit"]
    assert body[0] == ["1795000000.000000", "loss, train", "0.5", ""]
    assert body[-1] == ["1795000003.000000", '温度 "T"', "1e-300", "°C"]
    assert [float(row[2]) for row in body] == [0.5, 0.25, 0.2, 0.1, 21.5, 1e-300]


def test_wide_table_keeps_every_value(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert export.csv_wide(path, SERIES) == 5
    head, *body = rows(path)
    assert head == ["time", "loss, train", '温度 "T" [°C]', "none"]
    assert body == [
        ["1795000000.000000", "0.5", "", ""],
        ["1795000001.000000", "0.25", "21.5", ""],
        ["1795000001.000000", "0.2", "", ""],
        ["1795000002.000000", "0.1", "", ""],
        ["1795000003.000000", "", "1e-300", ""],
    ]
    assert export.csv_wide(path, {}) == 0


def test_wide_table_of_random_series(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    series = {
        f"s{n}": Points(NOW + draw.integers(0, 40, 300) / 8.0, draw.normal(size=300), "")
        for n in range(5)
    }
    path = tmp_path / "a.csv"
    export.csv_wide(path, series)
    _, *body = rows(path)
    times = [float(row[0]) for row in body]
    assert times == sorted(times)
    for n, own in enumerate(series.values()):
        found = [(float(row[0]), float(row[n + 1])) for row in body if row[n + 1]]
        order = np.argsort(own.times, kind="stable")
        wanted = zip(own.times[order].tolist(), own.values[order].tolist(), strict=True)
        assert found == list(wanted)


CHUNKS = [
    Chunk(NOW, b"opened COM10", "note"),
    Chunk(NOW + 1, b"uart "),
    Chunk(NOW + 2, b"ok\r"),
    Chunk(NOW + 3, b"\nacc: 0.9\r\n\xe4\xb8"),
    Chunk(NOW + 3.5, b"info\n", "out"),
    Chunk(NOW + 4, b"\xad\xff\nrest"),
    Chunk(NOW + 5, b""),
]


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(NOW + seconds).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def test_text_has_the_time_of_each_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert export.text(path, CHUNKS) == 6
    assert path.read_bytes().decode() == (
        f"{stamp(0)} -- opened COM10\n"
        f"{stamp(1)} uart ok\n"
        f"{stamp(3)} acc: 0.9\n"
        f"{stamp(3.5)} >> info\n"
        f"{stamp(3)} 中�\n"
        f"{stamp(4)} rest\n"
    )
    assert export.text(path, CHUNKS, kinds=["out"]) == 1
    word = "灯\n".encode("gbk")
    assert export.text(path, [Chunk(NOW, word[:1]), Chunk(NOW, word[1:])], encoding="gbk") == 1
    assert path.read_text(encoding="utf-8") == f"{stamp(0)} 灯\n"


def test_raw_is_what_came(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    export.raw(path, CHUNKS)
    data = b"".join(chunk.data for chunk in CHUNKS if chunk.kind == "in")
    assert path.read_bytes() == data
    assert export.raw(path, CHUNKS, kinds=("in", "out")) == len(data) + 5


def test_a_failed_export_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def broken() -> object:
        yield CHUNKS[1]
        raise ProjectError("gone")

    with pytest.raises(ProjectError, match="gone"):
        export.raw(path, broken())  # type: ignore[arg-type]
    assert path.read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1


def audio(values: list[int], rate: float | None = 8000.0) -> Vector:
    return Vector("r_mc", NOW, np.array(values, np.int16), rate)


def test_sound(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    assert export.wav(path, [audio([1, -2, 32767]), audio([-32768] * 7997)]) == 1.0
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        data = np.frombuffer(file.readframes(8000), "<i2")
    assert data[:4].tolist() == [1, -2, 32767, -32768]
    export.wav(path, [audio([0] * 4, None)])
    with wave.open(str(path)) as file:
        assert file.getframerate() == 16000
    with pytest.raises(DataError, match="different sample rates: 8000, 16000"):
        export.wav(path, [audio([1]), audio([1], 16000.0)])
    assert export.wav(path, [audio([1] * 50), audio([1] * 50, 16000.0)], rate=100) == 1.0
    assert export.wav(path, [audio([1] * 8000, None), audio([1] * 8000, 16000.0)]) == 1.0
    for wrong in ([], [Vector("nnet", NOW, np.zeros(3, np.int8))]):
        with pytest.raises(DataError, match="no audio"):
            export.wav(path, wrong)


def test_of_a_stream_without_a_store(tmp_path: Path) -> None:
    sound = [np.arange(n, n + 400, dtype=np.int16) for n in (0, 400)]
    packets = [encode("r_mc", own.tobytes(), to_board=False) for own in sound]
    chunks = [
        Chunk(NOW, b"temp:20.5\r\nte"),
        Chunk(NOW + 1, b"mp:21.5\r\n" + packets[0][:500]),
        Chunk(NOW + 2, packets[0][500:] + packets[1] + b"temp:22"),
    ]
    assert export.csv_rows(tmp_path / "a.csv", export.batches_of(chunks)) == 3
    _, *body = rows(tmp_path / "a.csv")
    assert [row[1:] for row in body] == [["temp", v, ""] for v in ("20.5", "21.5", "22.0")]
    vectors = export.vectors_of(export.batches_of(chunks))
    assert export.wav(tmp_path / "a.wav", vectors) == 800 / 16000
    with wave.open(str(tmp_path / "a.wav")) as file:
        found = np.frombuffer(file.readframes(800), "<i2")
    assert found.tolist() == list(range(800))


def test_thin_curves_keep_every_peak() -> None:
    draw = np.random.default_rng(0)
    values = draw.normal(size=200_001)
    values[[77_777, 123_456]] = 99.0, -99.0
    few = export_picture.thin(Points(NOW + np.arange(200_001.0), values), 500)
    assert len(few.values) <= 1000
    assert few.values.max() == 99 and few.values.min() == -99
    assert (np.diff(few.times) > 0).all()
    at = (few.times - NOW).astype(int)
    assert (values[at] == few.values).all()
    # In each stretch the least and the greatest.
    for low in range(0, 200_001 - 401, 7919):
        inside = values[low : low + 802]
        kept = few.values[(at >= low) & (at < low + 802)]
        assert kept.max() <= inside.max() and kept.size >= 2


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_picture(tmp_path: Path, suffix: str) -> None:
    series = SERIES | {"_<b>&": points(list(range(50)), [n % 7 for n in range(50)])}
    path = tmp_path / f"a{suffix}"
    export_picture.save(path, series, "$x_1$ <t> & 微")
    first = path.read_bytes()
    export_picture.save(path, series, "$x_1$ <t> & 微")
    assert path.read_bytes() == first
    if suffix == ".png":
        with Image.open(path) as image:
            assert image.width == 1350 and len(set(image.convert("L").tobytes())) > 20
    else:
        texts = [own.text for own in ElementTree.fromstring(first).iter() if own.text]
        assert {"loss, train", " _<b>&", "$x_1$ <t> & 微", "°C"} <= set(texts)


def test_picture_of_nothing_and_of_wrong_endings(tmp_path: Path) -> None:
    export_picture.save(tmp_path / "a.svg", {})
    assert (tmp_path / "a.svg").stat().st_size > 500
    with pytest.raises(StudioError, match="a plot cannot be written"):
        export_picture.save(tmp_path / "a.pdf", SERIES)
