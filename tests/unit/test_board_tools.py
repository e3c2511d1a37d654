"""Where outside programs are looked for, and what the user allowed them."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import fields
from pathlib import Path

import pytest

from studio.base.errors import Cancelled, ToolError
from studio.base.job import Job
from studio.base.settings import Settings
from studio.board import consent, stream, tools
from studio.board.consent import ConsentError
from tests import played

posix = pytest.mark.skipif(sys.platform == "win32", reason="programs are scripts here")
EXE = ".exe" if sys.platform == "win32" else ""


def program(path: Path, says: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return played.program(path, f"print({says!r})\n")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A computer without any tools."""
    monkeypatch.setenv("PATH", "")
    for name in ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA", "APPDATA", "SystemDrive",
                 "SystemRoot"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tools, "TOOLS", {
        key: tool.__class__(**{
            **{own.name: getattr(tool, own.name) for own in fields(tool)},
            "places": tuple(place for place in tool.places if place.startswith("%")),
        })
        for key, tool in tools.TOOLS.items()
    })  # fmt: skip
    return tmp_path


def test_the_search_path_and_the_usual_places(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ToolError, match="OpenOCD was not found") as caught:
        tools.find("openocd", Settings())
    assert "Install OpenOCD" in caught.value.hint
    name = "JLink.exe" if sys.platform == "win32" else "JLinkExe"
    old, new = (program(bare / "P" / "SEGGER" / f"JLink_V{v}" / name) for v in (98, 812))
    monkeypatch.setenv("ProgramFiles", str(bare / "P"))
    assert tools.find("jlink", Settings()) == str(new)
    own = program(bare / "bin 目录" / name)
    monkeypatch.setenv("PATH", str(own.parent))
    assert tools.find("jlink", Settings()) == str(own)
    assert tools.find("jlink", Settings(jlink=str(old))) == str(old)
    assert tools.find("jlink", Settings(jlink=str(old.parent))) == str(old)
    assert tools.find("jlink", Settings(jlink=old.name)) == str(own)  # a plain name
    with pytest.raises(ToolError, match="not at the path in the settings"):
        tools.find("jlink", Settings(jlink=str(bare / "none")))


def test_the_maker_s_tool_is_found_below_its_folder(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = program(bare / "P" / "WitinSDK" / "a" / "b" / f"WitinProgramTool{EXE}")
    monkeypatch.setenv("ProgramFiles", str(bare / "P"))
    assert tools.find("program_tool", Settings()) == str(path)


def test_a_project_s_folder_chooses_no_program(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when the command line runs in it: Windows would look there first."""
    program(bare / f"openocd{EXE}")
    monkeypatch.chdir(bare)
    for path in ("", ".", f"bin{os.pathsep}."):
        monkeypatch.setenv("PATH", path)
        for own in ("", f"openocd{EXE}", f".{os.sep}openocd{EXE}"):
            with pytest.raises(ToolError):
                tools.find("openocd", Settings(openocd=own))


@posix
def test_the_survey_tells_path_version_or_how_to_get_it(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare / "bin" / "openocd", "Open On-Chip Debugger 0.12.0-rc2\nLicensed under")
    program(bare / "bin" / "gdb-multiarch", "GNU gdb (Debian 13.1-3) 13.1")
    program(bare / "bin" / "ssh", "OpenSSH_9.2p1 Debian-2, OpenSSL 3.0")
    broken = program(bare / "bin" / "docker")
    broken.write_text("no program", encoding="utf-8")
    monkeypatch.setenv("PATH", str(bare / "bin"))
    settings = Settings(gcc=str(bare / "gone"))
    found = {own.tool.key: own for own in tools.survey(settings, Job())}
    assert set(found) == set(tools.TOOLS)
    assert found["openocd"].version == "0.12.0-rc2"
    assert found["gdb"].path.endswith("gdb-multiarch") and found["gdb"].version == "13.1-3"
    assert found["ssh"].version == "9.2p1"
    assert found["docker"].path and "does not say its version" in found["docker"].hint
    assert not found["gcc"].path and "gone" in found["gcc"].hint
    assert not found["jlink"].path and found["jlink"].hint == tools.TOOLS["jlink"].hint


def test_every_tool_tells_how_to_get_it() -> None:
    for key, tool in tools.TOOLS.items():
        assert tool.key == key and tool.hint.endswith(".") and tool.names


# -- consent


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("studio.base.paths.config", lambda: tmp_path / "config")
    return tmp_path / "config"


def test_one_yes_for_one_folder(config: Path, tmp_path: Path) -> None:
    folder, other = tmp_path / "我的", tmp_path / "other"
    folder.mkdir()
    assert not consent.given(folder)
    with pytest.raises(ConsentError, match="would run: this was not allowed") as caught:
        consent.require(folder, "something would run")
    assert caught.value.hint and caught.value.where == str(folder)
    consent.give(folder)
    consent.give(folder)
    consent.require(folder, "something would run")
    assert not consent.given(other) and not consent.given(folder / "sub")
    assert not consent.given(tmp_path)
    consent.withdraw(folder)
    assert not consent.given(folder)


@posix
def test_a_link_to_an_allowed_folder_is_that_folder(config: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    consent.give(tmp_path / "link")
    (tmp_path / "link").unlink()
    (tmp_path / "link").mkdir()  # now another folder under the name that was allowed
    assert consent.given(tmp_path / "real") and not consent.given(tmp_path / "link")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"folders": 3}', '{"folders": [3]}', "\xff"])
def test_a_damaged_file_allows_nothing(text: str, config: Path, tmp_path: Path) -> None:
    config.mkdir()
    (config / consent.NAME).write_bytes(text.encode("latin-1"))
    assert not consent.given(tmp_path)
    consent.give(tmp_path)
    assert consent.given(tmp_path)
    assert json.loads((config / consent.NAME).read_text(encoding="utf-8"))["folders"]


# -- processes


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def step() -> tuple[int, int, str]:
    return 0, 1, "working"


def test_text_comes_while_it_runs_and_in_any_encoding(tmp_path: Path) -> None:
    heard: list[str] = []
    text = (
        "import sys, os, time\n"
        "w = sys.stdout.buffer\n"
        "w.write('进'.encode()[:1]); w.flush(); time.sleep(0.05)\n"
        "w.write('进'.encode()[1:] + b'\\r'); w.flush(); time.sleep(0.05)\n"
        "w.write(b'\\n\\xff'); w.flush()\n"
        "sys.stderr.write(os.getcwd()); sys.exit(3)\n"
    )
    code, end = stream.run(python(text), tmp_path, step, Job(), 20.0, heard.append)
    assert code == 3
    assert end.startswith("进\n\ufffd") and end.endswith(tmp_path.name)
    assert "".join(heard) == end


def test_a_flood_is_followed_and_only_its_end_kept() -> None:
    heard = [0]

    def hear(text: str) -> None:
        heard[0] += len(text)

    code, end = stream.run(
        python("import sys\nfor i in range(30000): sys.stdout.write(f'{i:08d} ' * 10)"),
        None, step, Job(), 60.0, hear,
    )  # fmt: skip
    assert code == 0 and heard[0] == 30000 * 90
    assert len(end) == stream.KEPT and end.endswith("00029999 ")


def test_cancel_and_time_limit_end_the_program() -> None:
    began = time.monotonic()
    stop = threading.Event()
    job = Job(cancelled=stop.is_set)
    sleeper = python("import time; print('here', flush=True); time.sleep(60)")
    with pytest.raises(Cancelled):
        stream.run(sleeper, None, step, job, 60.0, lambda text: stop.set())
    with pytest.raises(stream.TimedOut, match="did not finish within 0 s") as caught:
        stream.run(sleeper, None, step, Job(), 0.4)
    assert "here" in caught.value.hint or "nothing" in caught.value.hint
    assert time.monotonic() - began < 20


@posix
def test_a_child_left_behind_holds_nothing_up() -> None:
    began = time.monotonic()
    text = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(12)'])\n"
        "print('done', flush=True)\n"
    )
    code, end = stream.run(python(text), None, step, Job(), 30.0)
    assert (code, end) == (0, "done\n") and time.monotonic() - began < 11
