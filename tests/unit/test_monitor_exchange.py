"""Asking a board, with the board and its noisy line played by a thread behind a socket."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from studio.base.errors import Cancelled, PortError, RunError
from studio.base.job import Job
from studio.monitor import board_info, exchange
from studio.monitor.board_info import BoardInfo, LayerTime, Shape
from studio.monitor.exchange import Exchange
from studio.monitor.packets import READY, Packet, PacketParser, Ready, encode

INFO = (
    "tag\t0000abcd\r\nclock\t24000000\r\nreset_every\t0\r\nnetwork\t3u 1s\t3s\r\n"
    "layer\t3u 1s\t3s\tfirst: \tlayer\r\nlayer\t3s\t3s\t第二\r\n"
)

Answer = Callable[[Packet, int], bytes]


def answer(packet: Packet, number: int) -> bytes:
    """A board whose network adds one."""
    if packet.kind == "cmd_":
        said = {"info": INFO, "reset": "ok", "times": "a: 2 us (48 cycles)\r\n"}[packet.text]
        return encode("cmd_", said.encode(), to_board=False)
    if packet.kind == "bye_":
        return b"image num:7\r\ndone\r\n"
    return encode("nnet", bytes((v + 1) % 256 for v in packet.payload), to_board=False)


@contextlib.contextmanager
def board(
    answers: Answer = answer, ready: bytes = b"uart ok\r\ntag:0000abcd\r\n", listens: bool = True
) -> Iterator[tuple[str, list[Packet]]]:
    """Its URL, and the packets it has heard."""
    server = socket.create_server(("127.0.0.1", 0))
    heard: list[Packet] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            client, _ = server.accept()
            with client:
                client.sendall(ready)
                parser = PacketParser(to_board=True)
                while data := client.recv(1 << 16):
                    for item in parser.feed(data):
                        if isinstance(item, Ready) and listens:
                            client.sendall(READY)
                        if isinstance(item, Packet):
                            heard.append(item)
                            client.sendall(answers(item, len(heard)))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"socket://127.0.0.1:{server.getsockname()[1]}", heard
    finally:
        server.close()
        thread.join(30)


def test_what_a_board_tells() -> None:
    lines: list[str] = []
    received = bytearray()
    with (
        board() as (url, heard),
        Exchange(url, 9600, 5, on_line=lines.append, on_bytes=received.extend) as found,
    ):
        info = found.info()
        assert (info.tag, info.clock, info.reset_every) == (0xABCD, 24_000_000, 0)
        assert (info.inputs, info.outputs) == ((Shape(3, True), Shape(1, False)), info.outputs)
        assert (info.input_size, info.output_size) == (4, 3)
        assert [layer.name for layer in info.layers] == ["first: \tlayer", "第二"]
        assert info.layers[1].inputs == (Shape(3, False),)
        assert found.command("reset") == "ok"
        times = board_info.layer_times(found.command("times"))
        assert times == (LayerTime("a", 2, 48, 48, 48),)
        assert found.leave() == ["image num:7", "done"]
    assert [packet.kind for packet in heard] == ["cmd_", "cmd_", "cmd_", "bye_"]
    assert lines == ["uart ok", "tag:0000abcd", "image num:7", "done"]
    assert received.startswith(b"uart ok\r\n") and received.endswith(b"done\r\n")


def test_times_of_layers_are_read() -> None:
    assert board_info.layer_time("conv: 1 / a: 12 us (288 cycles, 280 to 300)") == LayerTime(
        "conv: 1 / a", 12, 288, 280, 300
    )
    for line in ("conv: 12 us", "12 us (3 cycles)", "rate: 7.5 samples/s", ""):
        assert board_info.layer_time(line) is None


@pytest.mark.parametrize("ahead", [False, True])
def test_many_packets_come_back_in_order(ahead: bool) -> None:
    """Much more than may be in flight, and more than the buffers of a socket hold."""
    sent = [bytes([n % 251]) * 3000 for n in range(300)]
    with board() as (url, _), Exchange(url, 9600, 5, ahead=ahead) as found:
        got = [packet.payload for packet in found.stream("r_fb", iter(sent), "nnet")]
    assert got == [bytes([n % 251 + 1]) * 3000 for n in range(300)]


def test_a_damaged_packet_is_sent_again() -> None:
    """Also where a state must not see a sample twice: the board did not act on it."""

    def noisy(packet: Packet, number: int) -> bytes:
        return b"error: the packet's checksum is wrong\r\n" if number < 4 else answer(packet, 0)

    with board(noisy) as (url, heard), Exchange(url, 9600, 5) as found:
        assert found.ask("r_fb", b"1234", "nnet").payload == b"2345"
        assert len(heard) == 4


def test_noise_that_does_not_end_is_told() -> None:
    def noisy(packet: Packet, number: int) -> bytes:
        return b"error: the packet's checksum is wrong\r\n"

    with (
        board(noisy) as (url, heard),
        Exchange(url, 9600, 5) as found,
        pytest.raises(RunError, match="checksum is wrong") as caught,
    ):
        found.ask("r_fb", b"1234", "nnet")
    assert len(heard) == 4
    assert "cable" in caught.value.hint


@pytest.mark.parametrize("lost", [encode("nnet", b"2345", False)[:-1] + b"\x09", b"nnet\x04"])
def test_a_lost_answer_is_asked_for_again_where_that_changes_nothing(
    lost: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_LOST", 0.2)

    def noisy(packet: Packet, number: int) -> bytes:
        return lost if number == 1 else answer(packet, 0)

    with board(noisy) as (url, heard), Exchange(url, 9600, 5) as found:
        assert found.ask("r_fb", b"1234", "nnet", repeat=True).payload == b"2345"
        assert len(heard) == 2
    with (
        board(noisy) as (url, heard),
        Exchange(url, 9600, 5) as found,
        pytest.raises(RunError, match="damaged"),
    ):
        found.ask("r_fb", b"1234", "nnet")
    assert len(heard) == 1


def test_what_the_board_reports_and_silence_are_told() -> None:
    cases = (
        (b"error: npu error 4 in layer fc\r\n", "firmware reports: npu error 4 in layer fc"),
        (encode("cmd_", b"?", False), "answered 'cmd_' instead of 'nnet'"),
        (b"\r\nuart ok\r\n", "the board was reset"),
        (b"hello\r\n", "nothing came for 0.3 seconds; the last line was 'hello'"),
    )
    for said, message in cases:
        with (
            board(lambda packet, number, said=said: said) as (url, _),  # type: ignore[misc]
            Exchange(url, 9600, 0.3) as found,
            pytest.raises(RunError, match=message.replace("?", r"\?")),
        ):
            found.ask("r_fb", b"1234", "nnet")


def test_boards_that_take_no_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_SYNC_SELDOM", 0.1)
    end = b"uart ok\r\nsample:0,crc:1\r\ndone\r\n"
    fault = b"uart ok\r\nerror: array holds tag 1, firmware wants 2\r\ndone\r\n"
    for ready, message in (
        (end, "takes no samples"),
        (fault, "firmware reports: array holds tag 1"),
        (b"net_output:3\r\n", "does not answer; the last line was 'net_output:3'"),
    ):
        with (
            board(ready=ready, listens=False) as (url, _),
            pytest.raises(RunError, match=message),
            Exchange(url, 9600, 0.3),
        ):
            pass


def test_a_trap_a_closed_port_and_a_cancel_end_the_wait() -> None:
    def none(packet: Packet, number: int) -> bytes:
        return b""

    with (
        board(none) as (url, heard),
        Exchange(url, 9600, 30, failed=lambda: heard and "bad access at 0x0") as found,
        pytest.raises(RunError, match="the firmware stopped: bad access"),
    ):
        found.ask("r_fb", b"1234", "nnet")
    start = time.monotonic()
    job = Job(None, lambda: time.monotonic() - start > 0.4)
    with (
        board(none) as (url, _),
        Exchange(url, 9600, 30, job=job) as found,
        pytest.raises(Cancelled),
    ):
        found.ask("r_fb", b"1234", "nnet")
    assert time.monotonic() - start < 20

    def leave(packet: Packet, number: int) -> bytes:
        raise OSError

    with (
        board(leave) as (url, _),
        Exchange(url, 9600, 30) as found,
        pytest.raises(RunError, match="went away"),
    ):
        found.ask("r_fb", b"1234", "nnet")
    with pytest.raises(PortError), Exchange(url, 9600, 1):
        pass


def test_a_description_of_another_version_is_refused() -> None:
    assert isinstance(board_info.board_info(INFO), BoardInfo)
    for text in ("", INFO.replace("tag", "gat"), INFO.replace("3u", "xu"), INFO[:40]):
        with pytest.raises(RunError, match="does not know"):
            board_info.board_info(text)
