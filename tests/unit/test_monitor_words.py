"""What is wrong with a port, in plain words."""

from __future__ import annotations

import errno
import os
import random
import socket
import struct
import sys
from pathlib import Path

import pytest
import serial

from studio.base.errors import PortError
from studio.board.ports import Port
from studio.monitor import packets
from studio.monitor.connection import Connection
from studio.monitor.port import Errors, Line
from studio.monitor.words import MissingError, gone, holders, refused, wrong_baud

posix = pytest.mark.skipif(sys.platform == "win32", reason="a Unix thing")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "could not open port 'COM3': PermissionError(13, 'Zugriff verweigert', None, 5)",
            "in use",
        ),
        ("could not open port 'COM3': FileNotFoundError(2, '找不到', None, 2)", "no such port"),
        ("could not open port 'COM3': OSError(22, 'x', None, 31)", "nothing answers behind"),
        ("could not open port 'COM3': OSError(22, 'x', None, 121)", "nothing answers behind"),
        (
            "Cannot configure port, something went wrong. Original message: "
            "OSError(22, 'The parameter is incorrect.', None, 87)",
            r"does not take these settings \(3000001 8N1\)",
        ),
    ],
)
def test_what_windows_says(text: str, message: str) -> None:
    error = refused("COM3", serial.SerialException(text), line=Line(3000001))
    with pytest.raises(PortError, match=message):
        raise error
    assert error.hint
    assert error.where == "COM3"


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.EBUSY, "in use by another program"),
        (errno.EAGAIN, "in use by another program"),
        (errno.EACCES, "no permission"),
        (errno.ENOENT, "there is no such port"),
        (errno.EIO, "nothing answers behind"),
        (errno.ENOTTY, "no serial port"),
        (errno.EMFILE, "cannot open the port"),
    ],
)
def test_what_unix_says(number: int, message: str) -> None:
    for error in (
        serial.SerialException(number, f"could not open port: {os.strerror(number)}"),
        serial.SerialException(f"Could not configure port: ({number}, 'words')"),
    ):
        assert message in refused("/dev/ttyUSB0", error).message


def test_a_missing_port_lists_those_there_are() -> None:
    listed = (Port("COM2", ""), Port("COM10", "USB"))
    error = refused("COM7", FileNotFoundError(2, "x"), listed)
    assert isinstance(error, MissingError)
    assert "Ports now: COM2, COM10." in error.hint
    assert "Ports now: none." in refused("COM7", FileNotFoundError(2, "x")).hint


@posix
def test_permission_names_the_group_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "ttyUSB0"
    path.write_bytes(b"")
    path.chmod(0o600)
    error = serial.SerialException(errno.EACCES, "x")
    assert "udev" in refused(str(path), error).hint
    assert "dialout" in refused(str(tmp_path / "none"), error).hint
    if os.geteuid() == 0:
        import grp  # noqa: PLC0415

        group = next((one for one in grp.getgrall() if one.gr_name == "dialout"), None)
        if group is not None:
            os.chown(path, 0, group.gr_gid)
            path.chmod(0o660)
            assert "usermod -aG dialout" in refused(str(path), error).hint


@posix
def test_things_that_are_no_ports(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"")
    with pytest.raises(PortError, match="this is no serial port"):
        Connection(str(path)).open()
    with pytest.raises(PortError):
        Connection(str(tmp_path)).open()
    board, port = os.openpty()
    with pytest.raises(PortError, match=r"does not take these settings \(9600 9N1\)"):
        Connection(os.ttyname(port), Line(9600, 9)).open()
    with pytest.raises(PortError, match="does not take these settings"):
        Connection(os.ttyname(port), Line(-1)).open()
    os.close(port)
    os.close(board)


def test_addresses_that_do_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
    for url, message in (
        (f"socket://127.0.0.1:{number}", "nobody listens there"),
        ("socket://no-such-computer.invalid:1", "no computer of that name"),
        ("socket://127.0.0.1", "cannot open the port"),
        ("socket://127.0.0.1:99999", "cannot open the port"),
        ("nonsense://x", "cannot open the port"),
    ):
        with pytest.raises(PortError, match=message):
            Connection(url).open()
    assert "no answer" in refused("socket://x:1", serial.SerialException("timed out")).message


def test_a_port_that_went(tmp_path: Path) -> None:
    error = gone("COM3", serial.SerialException("ClearCommError failed"))
    assert "the port went away (ClearCommError failed)" in error.message
    (tmp_path / "tty").write_bytes(b"")
    text = "no data (device disconnected or multiple access on port?)"
    found = gone(str(tmp_path / "tty"), serial.SerialException(text))
    assert "another program reads it too" in found.message
    found = gone(str(tmp_path / "tty2"), OSError(5, "Input/output error"))
    assert found.message == "the port went away (unplugged)"
    assert found.hint == "Plug the board in again."


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_who_holds_a_file(tmp_path: Path) -> None:
    path = tmp_path / "tty"
    path.write_bytes(b"")
    assert holders(str(path)) == ()
    with path.open("rb"):
        assert holders(str(path)) == ("this program",)


def lines(count: int, text: str) -> bytes:
    return "".join(f"{text} {index}\r\n" for index in range(count)).encode()


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        b"\xf8\x80\x00",  # too little to say anything
        lines(100, "image num:"),
        lines(100, "温度:"),
        lines(100, "温度:")[1:-1],  # cut inside a character
        "".join(f"温度:{index}\n" for index in range(100)).encode("gbk")[1:],
        lines(50, "\x1b[31mred\x1b[0m"),
        packets.encode(packets.OUTPUT, random.Random(1).randbytes(1000), to_board=False),
        lines(50, "noise now and then") + b"\xff\xfe\x80" + lines(50, "more"),
    ],
)
def test_good_lines_raise_no_suspicion(tail: bytes) -> None:
    assert wrong_baud(tail, len(tail), 0, 115200) == ""


@pytest.mark.parametrize(
    "tail",
    [
        random.Random(2).randbytes(4096),
        bytes(200),
        b"\xff" * 200,
        bytes(random.Random(3).choice(b"\x00\x80\xe0\xf8\xfc\xfe\x1c\x78") for _ in range(500)),
    ],
)
def test_noise_is_suspected_to_be_a_wrong_baud_rate(tail: bytes) -> None:
    hint = wrong_baud(tail, len(tail), 0, 115200)
    assert "is the baud rate 115200 right? Boards often use 9600 or 921600" in hint


def test_damaged_bytes_are_suspected_too() -> None:
    assert "500 of 1000 bytes came damaged" in wrong_baud(b"text" * 100, 1000, 500, 9600)
    assert wrong_baud(lines(100, "text"), 1000, 3, 9600) == ""
    assert wrong_baud(b"", 10, 10, 9600) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_what_linux_tells_of_errors_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    board, port = os.openpty()
    opened = serial.Serial(os.ttyname(port))
    counts = [0] * 20

    def ioctl(number: int, request: int, data: bytes) -> bytes:
        assert (number, request, len(data)) == (opened.fileno(), 0x545D, 80)
        return struct.pack("20i", *counts)

    errors = Errors()
    errors.begin(opened)
    errors.poll(opened)  # a terminal has none
    assert errors == Errors()
    monkeypatch.setattr("studio.monitor.port.fcntl.ioctl", ioctl)
    counts[6:11] = [5, 0, 1, 0, 0]  # framing, overrun, parity, break, buffer overrun, from before
    errors.begin(opened)
    counts[6:11] = [7, 1, 4, 1, 1]
    errors.poll(opened)
    found = (errors.parity, errors.framing, errors.overrun, errors.breaks)
    assert found == (3, 2, 2, 1)
    counts[6:11] = [0, 0, 0, 0, 0]  # plugged in again
    errors.begin(opened)
    counts[6] = 10
    errors.poll(opened)
    assert (errors.parity, errors.framing) == (3, 12)
    opened.close()
    os.close(port)
    os.close(board)


def test_what_windows_tells_of_errors_is_counted() -> None:
    errors = Errors()
    for flags in (0, 0x4, 0x8 | 0x2, 0x1, 0x10):
        errors.note(flags)
    assert (errors.parity, errors.framing, errors.overrun, errors.breaks) == (1, 1, 2, 1)
