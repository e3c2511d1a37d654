"""Random things around the monitor: boards that say anything, lines that go, recordings, tiles."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

from studio.base.errors import StudioError
from studio.monitor import packets, recording
from studio.monitor.chunk import Chunk
from studio.monitor.own_patterns import compiled
from studio.monitor.recording_file import Header
from studio.monitor.tiles import MOST
from studio.monitor.verdict import Show, Tile
from studio.ui.tile_model import TileModel
from studio.ui.workspace import Workspace
from tests.gui import artifacts

SHOWS: tuple[Show, ...] = get_args(Show)
_NUMBERS = ("1", "-3.5", "nan", "inf", "-inf", "1e308", "-1e-320", "0x1F", "99999999999999999999")


class Board:
    """Speaks at a socket until it is closed; never reads."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line = self._server.accept()[0]
                line.setblocking(False)
                self._lines.append(line)

    def say(self, data: bytes) -> None:
        """Whoever is there gets it, or what fits of it."""
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.send(data)

    def hang_up(self) -> None:
        """Pull the plug."""
        while self._lines:
            self._lines.pop().close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.hang_up()


def said(chance: random.Random) -> bytes:
    """Something that a board may print, or that comes over a bad line."""
    number = chance.choice(_NUMBERS).encode()
    payload = chance.randbytes(chance.choice((0, 2, 40, 640)))
    kind = chance.choice(packets.KINDS)
    packet = packets.encode(kind, payload, to_board=False)
    match chance.randrange(12):
        case 0:
            return artifacts.serial(20)
        case 1:
            return chance.randbytes(5000)
        case 2:
            return packet * 5
        case 3:
            return packet[: chance.randrange(1, len(packet))]
        case 4:
            return b"".join(b"n%d: %s\n" % (chance.randrange(400), number) for _ in range(100))
        case 5:
            return b"a=%s b=%s\nx:%s,y:2\n>v:%s:mV\n" % (number, number, number, number)
        case 6:
            return "温度: 21.5\n".encode("gbk")[: chance.randrange(1, 10)]
        case 7:
            return "温度: 21.5\n湿度=40\n".encode() * 10
        case 8:
            return b"t,v\n" + b"".join(b"%d,%s\n" % (row, number) for row in range(50))
        case 9:
            return b"\0" * 3000 + b"\x1b[31mred\x1b[0m \x1b[2J\x1b]0;t\n"
        case 10:
            return b"x" * (1 << 18)
        case _:
            return b"".join(b"temp: %d\r\n" % row for row in range(1000))


class MonitorMonkey:
    """What a user and a board do to ``workspace.monitoring``."""

    def __init__(self, workspace: Workspace, folder: Path, chance: random.Random) -> None:
        self._workspace = workspace
        self._chance = chance
        self._board = Board()
        self._recordings = [self._recorded(folder), folder / "gone.cimrec"]
        cut = folder / "cut.0001.cimrec"
        data = self._recordings[0].read_bytes()
        cut.write_bytes(data[: chance.randrange(len(data))])
        self._recordings.append(cut)

    def step(self) -> str:
        """Do one thing; what it was."""
        actions: dict[Callable[[], object], int] = {
            self.connect: 4,
            self.disconnect: 3,
            self.say: 20,
            self.hang_up: 1,
            self.send: 3,
            self.read: 2,
            self.replay: 2,
            self.seek: 4,
            self.clear: 2,
            self.tiles: 2,
            self.share: 1,
            self.record: 1,
        }
        (action,) = self._chance.choices(list(actions), list(actions.values()))
        return f"{action.__name__} {action() or ''}"

    def close(self) -> None:
        self._board.close()

    def connect(self) -> str:
        ports = ("loop://", self._board.url, self._board.url, "socket://127.0.0.1:1", "", "/dev/no")
        port = self._chance.choice(ports)
        if "://" in port:
            self._workspace.target.add_address(port)
        else:
            self._workspace.target.set_port(port)
        self._workspace.monitoring.start(port)
        return port

    def disconnect(self) -> None:
        self._workspace.monitoring.stop()

    def say(self) -> None:
        for _ in range(self._chance.choice((1, 1, 5))):
            data = said(self._chance)
            if self._chance.random() < 0.5:
                self._board.say(data)
            else:
                back = self._chance.choice((0, 0, 0, 1000.0))  # times may go backwards
                self._workspace.monitoring.live.put(Chunk(1.7e9 - back, data), 0.0)

    def hang_up(self) -> None:
        self._board.hang_up()

    def send(self) -> None:
        with contextlib.suppress(StudioError):
            self._workspace.monitoring.send(said(self._chance))

    def read(self) -> None:
        """As other text, or with other patterns."""
        live = self._workspace.monitoring.live
        if self._chance.random() < 0.5:
            self._workspace.target.set_encoding(self._chance.choice(("utf-8", "gbk")))
        else:
            own = compiled("any", r"(?P<name>[a-z]+\d*): (?P<value>\S+)")
            live.use(self._chance.choice(((), (own,))))

    def replay(self) -> str:
        path = self._chance.choice(self._recordings)
        self._workspace.monitoring.open_recording(path)
        return path.name

    def seek(self) -> None:
        monitoring = self._workspace.monitoring
        if monitoring.replay is not None:
            monitoring.seek(1.7e9 + self._chance.uniform(-1, 30))

    def clear(self) -> None:
        self._workspace.monitoring.live.clear()

    def tiles(self) -> None:
        model = TileModel.of(self._workspace)
        names = ("temp", "n7", "gone", "温度")
        count = len(model.tiles)
        match self._chance.randrange(4):
            case 0:
                if count < MOST:
                    model.add(Tile(self._chance.choice(names), self._chance.choice(SHOWS)))
            case 1 if count:
                model.remove(self._chance.randrange(count))
            case 2 if count > 1:
                model.move(self._chance.randrange(count), self._chance.randrange(count))
            case _:
                model.reset()

    def share(self) -> None:
        sharing = self._workspace.sharing
        self._chance.choice((sharing.start, sharing.stop))()

    def record(self) -> None:
        settings = self._workspace.settings
        self._workspace.set_settings(replace(settings, record=not settings.record))

    def _recorded(self, folder: Path) -> Path:
        base = folder / "made.cimrec"
        with recording.Recorder(base, Header("COM3", 115200)) as recorder:
            for row in range(300):
                recorder.write(Chunk(1.7e9 + row / 10, said(self._chance)))
        return folder / "made.0001.cimrec"
