"""A file's bytes over loop:// and over a line that takes nothing."""

from __future__ import annotations

import socket
from pathlib import Path

from studio.base.errors import DataError, PortError
from studio.monitor.chunk import Chunk
from studio.monitor.connection import Connection
from studio.monitor.send_file import FileSending
from tests.unit.test_monitor_connection import data, until


def test_every_byte_is_sent_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ein 文件.bin"
    path.write_bytes(bytes(range(256)) * 400)
    seen: list[Chunk] = []
    with Connection("loop://", sinks=(seen.append,)) as connection:
        sending = FileSending(connection, path)
        assert until(lambda: sending.ended)
        assert (sending.error, sending.cancelled) == (None, False)
        assert sending.sent == sending.size == 102_400
    assert data(seen, "out") == path.read_bytes()


def test_an_empty_file_is_sent_at_once(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with Connection("loop://") as connection:
        sending = FileSending(connection, path)
        assert until(lambda: sending.ended)
        assert sending.error is None


def test_cancel_takes_back_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(64 << 20))
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        Connection(f"socket://127.0.0.1:{server.getsockname()[1]}") as connection,
    ):
        deaf, _ = server.accept()
        with deaf:
            sending = FileSending(connection, path)
            # What the system's own buffers take is gone; then it waits, and not all in memory.
            assert until(lambda: sending.sent > 0 and connection.counters.pending >= 1 << 15)
            assert connection.counters.pending <= 1 << 16
            assert sending.sent < sending.size
            sending.cancel()
            assert until(lambda: sending.ended)
            assert sending.cancelled
            assert sending.error is None
            assert until(lambda: connection.counters.pending == 0)


def test_a_port_that_goes_away_is_told(tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(64 << 20))
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        Connection(f"socket://127.0.0.1:{server.getsockname()[1]}") as connection,
    ):
        peer, _ = server.accept()
        sending = FileSending(connection, path)
        assert until(lambda: sending.sent > 0)
        peer.close()
        assert until(lambda: sending.ended)
    assert isinstance(sending.error, PortError)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with Connection("loop://") as connection:
        sending = FileSending(connection, tmp_path / "none")
        assert until(lambda: sending.ended)
    assert isinstance(sending.error, DataError)
    assert "cannot be read" in sending.error.message
