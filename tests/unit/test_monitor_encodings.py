"""Which encoding garbled text is in; noise is in none."""

from __future__ import annotations

import random

import pytest

from studio.monitor import encodings
from studio.monitor.encodings import other

LINES = (
    "温度: 21.5 ℃\r",
    "系统启动完成，版本 1.0\r",
    "电池电压=3.7V，状态：正常\r",
    "temperature: 21.5\r",
)


@pytest.mark.parametrize(("written", "read"), [("gbk", "utf-8"), ("utf-8", "gbk")])
def test_chinese_read_in_the_wrong_encoding(written: str, read: str) -> None:
    lines = [line.encode(written) for line in LINES]
    assert other(lines, read) == written
    assert other(lines, written) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_too_little_says_nothing(encoding: str) -> None:
    assert other(["温度".encode(encoding)], encodings._OTHERS[encoding]) == ""
    assert other([b"temperature: 21.5\r"] * 50, encoding) == ""
    assert other([], encoding) == ""


def test_other_languages_are_left_alone() -> None:
    assert other(["Température: 21 °C, élevée, à côté\r".encode("latin-1")] * 9, "utf-8") == ""
    assert other(["Température: 21 °C, élevée, à côté\r".encode()] * 9, "utf-8") == ""
    assert other(["Температура: 21 градус\r".encode("cp1251")] * 9, "utf-8") == ""


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_noise_is_no_text(encoding: str) -> None:
    for seed in range(300):
        noise = random.Random(seed).randbytes(4096).split(b"\n")
        assert other(noise, encoding) == "", seed


def at_another_rate(text: bytes, ratio: float) -> bytes:
    """What a receiver makes of text sent ``ratio`` times as fast as it reads."""
    line = "".join("0" + "".join(str(byte >> bit & 1) for bit in range(8)) + "1" for byte in text)
    heard, at = bytearray(), 0.0
    while at + 10 * ratio < len(line):
        if line[int(at)] == "1":
            at += 0.25
            continue
        bits = (line[int(at + ratio * (1.5 + bit))] for bit in range(8))
        heard.append(sum(int(value) << bit for bit, value in enumerate(bits)))
        at += 9.5 * ratio
    return bytes(heard)


@pytest.mark.parametrize("ratio", [1 / 12, 1 / 8, 0.25, 0.5, 0.75, 1.5, 2.0, 4.0, 8.0, 12.0])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_wrong_baud_rate_is_no_text(encoding: str, ratio: float) -> None:
    text = "\n".join(LINES * 20).encode() + b"sample:0,label:7,result:7,ratio:1.000000\r\n" * 40
    assert at_another_rate(text, 1.0) == text[: len(at_another_rate(text, 1.0))]
    for written in (text, text.decode().encode("gbk")):
        assert other(at_another_rate(written, ratio).split(b"\n"), encoding) == ""
