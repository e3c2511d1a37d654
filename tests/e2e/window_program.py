"""The program in a process of its own, and its window by name; see tests/monitor_program.py."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from studio.base import paths
from studio.monitor import replay
from tests.e2e.serial_pairs import until

ROOT = Path(__file__).parents[2]
_OWN = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "APPDATA")  # what is compiled is the machine's


class Program:
    """The program with its own ``home``, shown when this returns; close or kill it in the end.

    Every method of Hands is one of this: its arguments and what it returns go as JSON.
    """

    def __init__(self, home: Path, *files: Path) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        cache = str(paths.cache().parent)
        environment = os.environ | dict.fromkeys(_OWN, str(home))
        environment |= {"XDG_CACHE_HOME": cache, "LOCALAPPDATA": cache}
        environment |= {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
        self.said = home / "stderr.txt"
        with self.said.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.monitor_program", *map(str, files)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                encoding="utf-8",
                env=environment,
                cwd=ROOT,
            )
        try:
            assert until(self.ready, 120.0)
            self.show_monitor()
        except BaseException:
            self.kill()
            raise

    def __getattr__(self, name: str) -> Any:
        def order(*words: object) -> Any:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.write(json.dumps([name, *words]) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
            assert line, self.said.read_text(encoding="utf-8")
            told = json.loads(line)
            assert "gives" in told, told["raised"]
            return told["gives"]

        return order

    def connect(self, port: str, state: str = "Open since") -> None:
        """Choose a port from the list, or by its address, and connect."""
        if "://" in port:
            self.choose_address(port)
        else:
            self.choose(port)
        self.click(
            "connect" if self.state() else "toolbar-connect"
        )  # the monitor's button, or the toolbar's
        assert until(lambda: self.state().startswith(state)), self.state()

    def disconnect(self) -> None:
        """As by its button; the recording is whole when this returns."""
        self.click("connect")
        assert until(lambda: not self.counts()["recording"])
        assert until(lambda: self.state() == "Not connected"), self.state()

    def ended(self) -> int:
        """Close the window; the exit code."""
        self.close()
        code = self.process.wait(60.0)
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        said = self.said.read_text(encoding="utf-8")
        assert "Traceback" not in said, said
        return code

    def kill(self) -> None:
        """As a crash would."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    @property
    def newest(self) -> Path:
        """The first file of the newest recording."""
        return self.recordings[-1]

    @property
    def recordings(self) -> list[Path]:
        """The first file of each recording, the newest last."""
        found = (self.home / "CIM Studio" / "Recordings").glob("*.0001.cimrec")
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    def recorded(self, kind: str = "in", path: Path | None = None) -> bytes:
        """The bytes of a recording, by default the newest."""
        chunks = replay.load(path or self.newest).read()
        return b"".join(chunk.data for chunk in chunks if chunk.kind == kind)


def digest(data: bytes) -> str:
    """To compare what is too long to be printed."""
    return f"{len(data)} bytes, {hashlib.sha256(data).hexdigest()}"
