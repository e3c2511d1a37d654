"""Samples over the line to a board that a thread plays: what is counted, told and refused."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from studio import serial_run
from studio.base.errors import RunError, VerifyError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.firmware.image import Image, Sizes
from studio.monitor.packets import Packet, encode
from studio.monitor.parse import LineParser
from studio.monitor.result import ResultReader
from studio.project import Project
from studio.serial_run import Progress
from studio.simulate.stage import Simulation
from studio.target import Run
from tests.unit.firmware_nets import network, tensor
from tests.unit.test_monitor_exchange import Answer, board

INFO = "tag\t0000abcd\r\nclock\t24000000\r\nreset_every\t0\r\nnetwork\t2u 1s\t3s 1u\r\n"
SIZES = Sizes(1, 2, 1, 2, 1, 2)
NET = network(
    [
        tensor("a", (1, 1, 2), 0, 255),
        tensor("b", (1, 1, 1)),
        tensor("y", (1, 1, 3)),
        tensor("z", (1, 1, 1), 0, 255),
    ],
    (),
    inputs=("a", "b"),
    outputs=("y", "z"),
)
# Inputs, the board's outputs, label: the third sample has none, the fourth is wrong.
A = np.array([[0, 1], [255, 2], [128, 3], [7, 4]], np.int16).reshape(4, 1, 1, 2)
B = np.array([-128, -1, 0, 127], np.int16).reshape(4, 1, 1, 1)
Y = np.array([[1, 2, 3], [-5, -4, -5], [9, 9, 0], [0, 0, -128]], np.int16).reshape(4, 1, 1, 3)
Z = np.array([0, 128, 255, 4], np.int16).reshape(4, 1, 1, 1)
LABELS = np.array([2, 1, -1, 1])
SIMULATION = Simulation((A, B), (Y, Z), LABELS, np.array([2, 1, 0, 0]), 2 / 3, None)
SENT = [b"\x00\x01\x80", b"\xff\x02\xff", b"\x80\x03\x00", b"\x07\x04\x7f"]
GOT = [b"\x01\x02\x03\x00", b"\xfb\xfc\xfb\x80", b"\x09\x09\x00\xff", b"\x00\x00\x80\x04"]


def answer(packet: Packet, number: int) -> bytes:
    if packet.kind == "cmd_":
        return encode("cmd_", (INFO if packet.text == "info" else "ok").encode(), to_board=False)
    if packet.kind == "bye_":
        return b"image num:4\r\nfc: 3 us (72 cycles)\r\ntotal: 4 us (96 cycles)\r\ndone\r\n"
    return encode("nnet", GOT[SENT.index(packet.payload)], to_board=False)


def run(
    folder: Path,
    chip: Chip,
    answers: Answer = answer,
    simulation: Simulation = SIMULATION,
    tag: int = 0xABCD,
) -> tuple[Run, str, list[Progress]]:
    image = Image(folder / "x.elf", folder, "", 0, False, tag, SIZES, "", mode="serial")
    text = bytearray()
    seen: list[Progress] = []
    with board(answers) as (url, _):
        found = serial_run.run_image(
            Project(folder),
            image,
            chip,
            Job(),
            text.extend,
            5,
            (NET, simulation),
            on_progress=seen.append,
            port=url,
        )
    return found, text.decode(), seen


def test_what_a_board_answers_is_counted(tmp_path: Path, chip: Chip) -> None:
    found, text, seen = run(tmp_path, chip)
    assert (found.samples, found.differing, found.predictions) == (4, 0, (2, 1, 0, 0))
    assert found.accuracy == 2 / 3
    assert found.analog
    assert [(time.name, time.cycles) for time in found.times] == [("fc", 72), ("total", 96)]
    assert seen[-1] == Progress(4, 4, labelled=3, correct=2, differing=0)
    assert seen[-1].accuracy == 2 / 3
    crc = [f"{zlib.crc32(got):08x}" for got in GOT]
    assert text.splitlines() == [
        "uart ok",
        "tag:0000abcd",
        f"sample:0,label:2,result:2,ratio:1.000000,crc:{crc[0]},out:1 2 3 0",
        f"sample:1,label:1,result:1,ratio:1.000000,crc:{crc[1]},out:-5 -4 -5 128",
        f"sample:2,result:0,ratio:1.000000,crc:{crc[2]},out:9 9 0 255",
        f"sample:3,label:1,result:0,ratio:0.666667,crc:{crc[3]},out:0 0 -128 4",
        "correct ratio:0.666667",
        "image num:4",
        "fc: 3 us (72 cycles)",
        "total: 4 us (96 cycles)",
        "done",
    ]
    reader = ResultReader(4)
    for line in LineParser().feed(text.encode()):
        reader.feed(line.text)
    assert (reader.count, reader.finished, reader.result.garbled) == (4, True, 0)
    assert reader.result.times == found.times
    log = (tmp_path / "serial.log").read_bytes()
    assert log.count(b"nnet") == 4 and b"sample:" not in log


def test_without_labels_there_is_no_accuracy(tmp_path: Path, chip: Chip) -> None:
    simulation = Simulation((A, B), (Y, Z), None, None, None, None)
    found, text, seen = run(tmp_path, chip, simulation=simulation)
    assert found.accuracy is None and seen[-1].accuracy is None
    assert found.predictions == (2, 1, 0, 0)
    assert "ratio" not in text and "label" not in text


def test_other_outputs_are_counted(tmp_path: Path, chip: Chip) -> None:
    other = Simulation((A, B), (Y, Z ^ 1), LABELS, None, None, None)
    found, _, seen = run(tmp_path, chip, simulation=other)
    assert found.differing == seen[-1].differing == 4


def test_wrong_boards_are_refused(tmp_path: Path, chip: Chip) -> None:
    with pytest.raises(RunError, match="for weights 0000abcd, this folder's are 00000001"):
        run(tmp_path, chip, tag=1)

    def another(packet: Packet, number: int) -> bytes:
        return encode("cmd_", INFO.replace("2u 1s", "3u 1s").encode(), to_board=False)

    with pytest.raises(RunError, match="other inputs or outputs"):
        run(tmp_path, chip, another)

    def short(packet: Packet, number: int) -> bytes:
        return encode("nnet", b"123", False) if packet.kind == "r_fb" else answer(packet, 0)

    with pytest.raises(RunError, match="3 bytes of outputs, expected 4"):
        run(tmp_path, chip, short)

    def few(packet: Packet, number: int) -> bytes:
        said = answer(packet, number)
        return said.replace(b"num:4", b"num:3") if packet.kind == "bye_" else said

    with pytest.raises(RunError, match="ran 3 samples, 4 were sent"):
        run(tmp_path, chip, few)


def test_verify(tmp_path: Path, chip: Chip) -> None:
    found, _, _ = run(tmp_path, chip)
    serial_run.verify(found, SIMULATION)
    more = Simulation((A[:3], B[:3]), (Y[:3], Z[:3]), None, None, None, None)
    with pytest.raises(VerifyError, match="4 of 3"):
        serial_run.verify(found, more)
