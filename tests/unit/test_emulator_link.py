"""The UART's socket: nothing lost, one client at a time, reconnecting."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from studio.base.errors import PortError
from studio.emulator import link as links
from studio.emulator.link import HOST, Link


class Served:
    """A link that collects what it receives."""

    def __init__(self) -> None:
        self.got = bytearray()
        self.room = True
        self.link = Link(0)
        self.link.serve(self.got.extend, lambda: self.room)

    def send(self, text: bytes) -> None:
        for start in range(0, len(text), 1000):
            self.link.send(text[start : start + 1000])

    def connect(self) -> socket.socket:
        client = socket.create_connection((HOST, self.link.port), timeout=5)
        assert self.link.connected.wait(30)
        return client


@pytest.fixture
def served() -> Iterator[Served]:
    one = Served()
    yield one
    one.link.close()


def read(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = client.recv(size - len(data))
        assert part, f"closed after {data!r}"
        data += part
    return data


def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_listens_on_this_computer_only(served: Served) -> None:
    assert served.link._listener.getsockname()[0] == "127.0.0.1"
    assert served.link.port > 0


def test_output_before_the_first_client_is_kept(served: Served) -> None:
    served.send(b"uart ok\r\n")
    with served.connect() as client:
        assert read(client, 9) == b"uart ok\r\n"
        served.send(b"more")
        assert read(client, 4) == b"more"
        assert served.link.flush(5)


def test_input_arrives_and_waits_while_there_is_no_room(served: Served) -> None:
    with served.connect() as client:
        client.sendall(b"hello")
        eventually(lambda: served.got == b"hello")
        served.room = False
        client.sendall(b"later")
        time.sleep(0.05)
        assert served.got == b"hello"
        served.room = True
        eventually(lambda: served.got == b"hellolater")


def test_a_client_may_go_and_another_come(served: Served) -> None:
    for word in (b"first", b"second", b"third"):
        with served.connect() as client:
            served.send(word)
            assert read(client, len(word)) == word
        eventually(lambda: served.link._client is None)
        served.send(b"+")  # kept for the next one
        with served.connect() as client:
            assert read(client, 1) == b"+"
        eventually(lambda: served.link._client is None)


def test_a_second_client_is_turned_away(served: Served) -> None:
    with served.connect() as client:
        with socket.create_connection((HOST, served.link.port), timeout=5) as second:
            assert second.recv(10) == b""
        served.send(b"still here")
        assert read(client, 10) == b"still here"


def test_megabytes_arrive_in_order_at_a_slow_client(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "_SLOW", 200_000)
    monkeypatch.setattr(links, "_KEPT", 100_000)
    wanted = bytes(range(256)) * 8000
    with served.connect() as client:
        sender = threading.Thread(target=served.send, args=(wanted,))
        sender.start()
        time.sleep(0.1)
        data = read(client, len(wanted))
        sender.join()
    assert data == wanted
    assert served.link.dropped == 0


def test_of_too_much_output_without_a_client_the_newest_is_kept(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "_KEPT", 1000)
    served.send(b"x" * 5000 + b"end")
    assert served.link.dropped > 3000
    with served.connect() as client:
        rest = read(client, 5003 - served.link.dropped)
    assert rest.endswith(b"xend")


def test_closing_delivers_what_was_sent_even_with_unread_input(served: Served) -> None:
    with served.connect() as client:
        served.room = False
        client.sendall(b"nobody reads this")
        served.send(b"last words")
        served.link.close()
        assert read(client, 10) == b"last words"
        assert client.recv(10) == b""


def test_closing_ends_though_a_client_goes_on_sending(served: Served) -> None:
    stop = threading.Event()
    with served.connect() as client:

        def chatter() -> None:
            with contextlib.suppress(OSError):
                while not stop.is_set():
                    client.sendall(bytes(1000))
                    time.sleep(0.01)

        sender = threading.Thread(target=chatter)
        sender.start()
        served.link.close()
        thread = served.link._thread
        assert thread is not None
        thread.join(3)
        assert not thread.is_alive()
        stop.set()
        sender.join()


def test_flush_without_a_client_does_not_wait(served: Served) -> None:
    served.send(b"text")
    start = time.monotonic()
    assert not served.link.flush(5)
    assert time.monotonic() - start < 4


@pytest.mark.parametrize("port", ["taken", 70_000])
def test_a_port_that_cannot_be_used(served: Served, port: str | int) -> None:
    number = served.link.port if port == "taken" else 70_000
    with pytest.raises(PortError, match=f"cannot listen on port {number}") as caught:
        Link(number)
    assert "Choose another port" in caught.value.hint
