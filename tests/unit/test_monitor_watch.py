"""The list of ports, watched; and which of them is the board that was lost."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from studio.board.ports import Port
from studio.monitor.watch import Change, Watch, again, find, real_ports

A = Port("COM3", "board", 0x1A86, 0x7523, "A1")
B = Port("COM4", "board", 0x1A86, 0x7523, "B2")
PLAIN = Port("COM5", "board", 0x1A86, 0x7523)
OTHER = Port("COM6", "board", 0x1A86, 0x7523)
LOCAL = Port("COM1", "")


def at(port: Port, name: str) -> Port:
    return Port(name, port.description, port.vid, port.pid, port.serial)


@pytest.mark.parametrize(
    ("known", "before", "now", "name"),
    [
        (A, (A,), (), None),
        (A, (A, B), (B,), None),  # another board of the kind
        (A, (A,), (A,), "COM3"),
        (A, (A,), (at(A, "COM10"),), "COM10"),
        (A, (A, B), (B, at(A, "COM10")), "COM10"),
        (A, (A,), (at(B, "COM3"),), "COM3"),  # another board under the old name
        (A, (A,), (at(B, "COM3"), at(A, "COM9")), "COM9"),  # the device goes before the name
        (PLAIN, (PLAIN,), (at(PLAIN, "COM9"),), "COM9"),
        (PLAIN, (PLAIN, OTHER), (OTHER,), None),  # it was there before
        (PLAIN, (OTHER,), (OTHER, at(PLAIN, "COM9")), "COM9"),
        (PLAIN, (), (at(PLAIN, "COM8"), at(PLAIN, "COM9")), None),  # which of them?
        (LOCAL, (LOCAL,), (A,), None),
        (LOCAL, (), (LOCAL,), "COM1"),
        (None, (), (), "COM3"),  # a socket, a terminal: only its name is known
    ],
)
def test_which_port_is_the_lost_one(
    known: Port | None, before: tuple[Port, ...], now: tuple[Port, ...], name: str | None
) -> None:
    url = known.name if known is not None else "COM3"
    assert again(url, known, before, now) == name


def test_a_link_finds_its_port(tmp_path: Path) -> None:
    port = Port(str(tmp_path / "ttyUSB0"), "", 1, 2, "x")
    Path(port.name).write_bytes(b"")
    (tmp_path / "by-id").symlink_to(port.name)
    assert find(str(tmp_path / "by-id"), (LOCAL, port)) == port
    assert find(port.name, (LOCAL, port)) == port
    assert find(str(tmp_path / "none"), (LOCAL, port)) is None
    assert find("socket://127.0.0.1:1", (LOCAL, port)) is None


def test_what_appears_and_vanishes_is_told_once() -> None:
    lists: list[tuple[Port, ...]] = [(A,), (A,), (A, B), (B,), (at(A, "COM9"), B)]
    told: list[Change] = []
    done = threading.Event()

    def listed() -> tuple[Port, ...]:
        if len(lists) == 1:
            done.set()
        return lists.pop(0) if len(lists) > 1 else lists[0]

    with Watch(told.append, every=0.01, listed=listed) as watch:
        assert done.wait(30)
        time.sleep(0.05)
        assert watch.ports == watch.recent() == (at(A, "COM9"), B)
    assert told == [
        Change((A,), (A,), ()),
        Change((A, B), (B,), ()),
        Change((B,), (), (A,)),
        Change((at(A, "COM9"), B), (at(A, "COM9"),), ()),
    ]


def test_an_empty_desk_is_told_too() -> None:
    told: list[Change] = []
    with Watch(told.append, every=60, listed=tuple) as watch:
        assert watch.look() == ()
    assert told == [Change((), (), ())]


def test_the_real_list() -> None:
    with Watch() as watch:
        assert watch.look() == real_ports()


def test_others_work_on_its_thread() -> None:
    here = threading.current_thread()
    with Watch(every=0.01, listed=lambda: (A,)) as watch:
        there = watch.run(threading.current_thread)
        assert there is not here
        assert watch.run(lambda: watch.run(threading.current_thread)) is there  # not for ever
        assert watch.look() == (A,)
        with pytest.raises(KeyError, match="mine"):
            watch.run(lambda: {}["mine"])
        slow = threading.Thread(target=lambda: watch.run(lambda: time.sleep(0.1)))
        slow.start()
    slow.join(30)
    assert not there.is_alive()
    assert watch.run(threading.current_thread) is here  # closed: nobody else is left
    watch.close()


def test_a_list_or_a_listener_that_fails_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    calls = 0

    def listed() -> tuple[Port, ...]:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError("a device went while it was described")
        return (A,) if calls < 4 else (B,)

    def changed(change: Change) -> None:
        raise ValueError("a bug")

    with Watch(changed, every=0.01, listed=listed) as watch:
        end = time.monotonic() + 30
        while watch.ports != (B,) and time.monotonic() < end:
            time.sleep(0.005)
        assert watch.ports == (B,)
    assert "cannot list the ports" in caplog.text
    assert "a listener to the ports failed" in caplog.text


def test_an_open_that_hangs_does_not_hang_the_end() -> None:
    free = threading.Event()
    watch = Watch(every=60, listed=tuple)
    watch.start()
    waiting = threading.Thread(target=lambda: watch.run(lambda: free.wait(10)))
    waiting.start()
    start = time.monotonic()
    watch.close(0.1)
    assert time.monotonic() - start < 8
    free.set()
    waiting.join(30)
    assert not waiting.is_alive()
