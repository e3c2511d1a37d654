"""The list of serial ports."""

from __future__ import annotations

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from studio.base.natural import natural
from studio.board.ports import Port, ports


def info(device: str, description: str | None = None, **more: object) -> ListPortInfo:
    port = ListPortInfo(device, skip_link_detection=True)
    if description is not None:
        port.description = description
    for name, value in more.items():
        setattr(port, name, value)
    return port


def test_the_real_list_can_be_read() -> None:
    assert all(isinstance(port, Port) for port in ports())


def test_ports_are_described_and_in_natural_order(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        info("COM10", "USB Serial (COM10)", vid=0x1A86, pid=0x7523, serial_number="A1"),
        info("COM2"),
        info("/dev/ttyS0", "ttyS0"),
    ]
    monkeypatch.setattr(list_ports, "comports", lambda: found)
    assert ports() == (
        Port("/dev/ttyS0", "ttyS0"),
        Port("COM2", ""),
        Port("COM10", "USB Serial", 0x1A86, 0x7523, "A1"),
    )
    assert [port.label for port in ports()][1:] == ["COM2", "COM10 – USB Serial"]


def test_natural_order() -> None:
    names = ["ttyUSB10", "ttyUSB9", "COM1", "ttyACM0", "COM", "2", "10", "a2b10", "a2b9"]
    wanted = ["2", "10", "COM", "COM1", "a2b9", "a2b10", "ttyACM0", "ttyUSB9", "ttyUSB10"]
    assert sorted(names, key=natural) == wanted


def test_a_replugged_device_is_known_again() -> None:
    board = Port("COM3", "board", 0x1A86, 0x7523, "A1")
    assert board.same_device(Port("COM7", "board", 0x1A86, 0x7523, "A1"))
    assert not board.same_device(Port("COM3", "board", 0x1A86, 0x7523, "B2"))
    assert not Port("COM1", "").same_device(Port("COM1", ""))
