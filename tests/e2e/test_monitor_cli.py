"""Serial lines on the command line: watched, recorded, replayed, reported, and fed with data."""

from __future__ import annotations

import csv
import json
import shutil
import socket
import sys
import threading
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.base import paths
from studio.monitor.packets import encode

from .commands import cim, good
from .serial_pairs import Pair

DIGITS = paths.resource("examples", "digits", "digits.onnx")
SAID = b"temp:20.5 C\r\n\x1b[32mready\x1b[0m\r\n" + "温度=21\n".encode()
AUDIO = np.arange(-800, 800, dtype=np.int16)


class Speaker:
    """A board at a URL: says something when it is opened, and hears what comes."""

    def __init__(self, said: bytes) -> None:
        self.heard = bytearray()
        self._said = said
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        client, _ = self._server.accept()
        self._server.close()
        with client:
            client.sendall(self._said)
            while data := client.recv(4096):
                self.heard += data


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Speaker, str]:
    """A recording made on the command line, the board it is of, and what was printed."""
    folder = tmp_path_factory.mktemp("录音 rec")
    speaker = Speaker(SAID + encode("r_mc", AUDIO.tobytes(), to_board=False) + b"\nend\n")
    words = ("--record", "day 1.v2", "--send", r"hi\x01", "--ending", "crlf", "--for", "0.8")
    done = cim("monitor", speaker.url, *words, "--timestamps", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Recording: day 1.v2.0001.cimrec" in done.stderr
    return folder / "day 1.v2.0001.cimrec", speaker, done.stdout


def test_a_line_is_printed_sent_to_and_recorded(recorded: tuple[Path, Speaker, str]) -> None:
    path, speaker, text = recorded
    lines = [line.split("  ", 1)[1] for line in text.splitlines() if "  " in line]
    assert lines[0].startswith(f"-- opened {speaker.url}, 921600 8N1")
    assert {"temp:20.5 C", "ready", "温度=21", "end"} <= set(lines)
    assert bytes(speaker.heard) == b"hi\x01\r\n"
    assert path.is_file()
    again = cim("monitor", speaker.url, "--record", "day 1.v2", cwd=path.parent)
    assert again.returncode == 1 and "there is a recording of that name" in again.stderr


def test_a_recording_is_printed_and_written_to_files(
    recorded: tuple[Path, Speaker, str], tmp_path: Path
) -> None:
    path = recorded[0]
    values = cim("replay", path.with_name("day 1.v2"), "--values")  # by the name it was given
    assert "temp = 20.5 C\n" in values.stdout and "温度 = 21\n" in values.stdout
    found = good(
        *("replay", path, "--csv", tmp_path / "v.csv", "--wav", tmp_path / "a.wav"),
        *("--text", tmp_path / "t.txt", "--raw", tmp_path / "r.bin"),
        *("--picture", tmp_path / "p.svg"),
    )
    assert set(found["files"]) == {"csv", "wav", "text", "raw", "picture"}
    with (tmp_path / "v.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["series"], row["value"], row["unit"]) for row in rows} == {
        ("temp", "20.5", "C"),
        ("温度", "21.0", ""),
    }
    with wave.open(str(tmp_path / "a.wav"), "rb") as sound:
        assert sound.readframes(9999) == AUDIO.tobytes()
    assert (tmp_path / "r.bin").read_bytes().startswith(SAID)
    assert ">> hi" in (tmp_path / "t.txt").read_text(encoding="utf-8")
    assert "<svg" in (tmp_path / "p.svg").read_text(encoding="utf-8")


def test_what_is_no_recording_or_port_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.cimrec").write_bytes(b"no recording")
    done = cim("replay", tmp_path / "x.cimrec")
    assert done.returncode == 1 and "not a recording" in done.stderr
    gone = cim("monitor", str(tmp_path / "ttyUSB9"))
    assert gone.returncode == 1 and "no such port" in gone.stderr
    both = cim("monitor", "COM1", "--hex", "--values")
    assert both.returncode == 2 and "choose --hex or --values" in both.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals")
@pytest.mark.skipif(shutil.which("socat") is None, reason="needs socat")
def test_a_board_that_goes_comes_back(tmp_path: Path) -> None:
    first = Pair(tmp_path, "tty")
    printed: list[str] = []

    def watch() -> None:
        done = cim("monitor", first.name, "--send", "hello", "--for", "1.5", "--json")
        printed.extend(done.stdout.splitlines())

    thread = threading.Thread(target=watch)
    thread.start()
    assert first.board.read_until(b"hello\n") == b"hello\n"
    first.unplug()
    second = Pair(tmp_path, "tty")
    while thread.is_alive():
        second.board.write(b"back\n")
        thread.join(0.05)
    second.unplug()
    events = [json.loads(line) for line in printed]
    assert {"time": events[-1]["time"], "kind": "in", "text": "back"} in events
    notes = [event["text"].split()[0] for event in events if event["kind"] == "note"]
    assert notes == ["opened", "lost:", "opened"]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Digits with firmware that takes its samples over the line."""
    folder = tmp_path_factory.mktemp("结果 feed") / "out"
    good("deploy", DIGITS, "--mode", "serial", "--tune", "off", "--out", folder)
    return folder


def test_a_data_set_is_fed_to_the_emulator(deployed: Path, tmp_path: Path) -> None:
    data = DIGITS.with_suffix(".npz")
    labels = np.load(data)["y"]
    result = json.loads((deployed / "result.json").read_text(encoding="utf-8"))
    found = good("feed", deployed, data, "--repeat", "2", "--csv", tmp_path / "a.csv")
    assert found["samples"] == found["exact"] == 2 * len(labels)
    assert found["results"] == result["predictions"] * 2
    assert found["accuracy"] == pytest.approx(result["accuracy"])
    assert found["interval"][0] < found["accuracy"] < found["interval"][1]
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["label"]) for row in rows] == labels.tolist() * 2
    assert [int(row["result"]) for row in rows] == found["results"]


def test_pictures_are_fed_as_the_project_read_them(deployed: Path, tmp_path: Path) -> None:
    pixels = np.rint(np.load(DIGITS.with_suffix(".npz"))["x"][:20] * 255).astype(np.uint8)
    for place, values in enumerate(pixels):
        Image.fromarray(values.reshape(8, 8)).save(tmp_path / f"{place:02}.png")
    result = json.loads((deployed / "result.json").read_text(encoding="utf-8"))
    found = good("feed", deployed, tmp_path)
    assert found["results"] == result["predictions"][:20]
    assert (found["accuracy"], found["labelled"], found["exact"]) == (None, 0, 20)
    listed = cim("feed", deployed, tmp_path / "03.png")
    assert "no labels" in listed.stdout and "03.png" in listed.stdout


def test_a_session_is_reported(deployed: Path, recorded: tuple[Path, Speaker, str]) -> None:
    out = deployed / "hand in.html"
    good("session-report", deployed, recorded[0], "-o", out, "--language", "zh")
    page = out.read_text(encoding="utf-8")
    assert "实验报告" in page and "digits" in page and "temp" in page
    twice = cim("session-report", deployed, deployed)
    assert twice.returncode == 1 and "at most one of each" in twice.stderr
