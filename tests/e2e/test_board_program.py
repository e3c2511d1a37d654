"""The commands for boards as real processes, with scripts in place of the maker's programs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import serial

from studio.base import paths
from studio.board import probes
from studio.emulator.client import Emulator
from studio.formats import map_csv
from tests import played
from tests.unit import board_mapper
from tests.unit.board_fakes import LOG, TOOL
from tests.unit.test_emulator_elf import build

from .commands import cim, good

DIGITS = paths.resource("examples", "digits", "digits.onnx")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fake programs are scripts")


class Home:
    """A user with settings, fake programs and a mapped network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config"
        self.environment = {
            **os.environ,
            "XDG_CONFIG_HOME": str(self.config),
            "PATH": f"{board_mapper.install(folder / 'fake')}{os.pathsep}{os.environ['PATH']}",
        }
        self.tool = folder / "工具 tool" / "WitinProgramTool"
        self.tool.parent.mkdir()
        played.program(self.tool, TOOL)
        self.out = folder / "结果 out"

    def set(self, **settings: str) -> None:
        place = self.config / "cim-studio" / "settings.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(settings), encoding="utf-8")

    def plan(self, **modes: Any) -> None:
        (self.tool.parent / "how.json").write_text(json.dumps(modes), encoding="utf-8")

    def cim(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return cim(*words, cwd=self.folder, env=self.environment)

    def good(self, *words: str | Path) -> dict[str, Any]:
        return good(*words, cwd=self.folder, env=self.environment)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("board"))
    done = made.cim("map", DIGITS, "--out", made.out)
    assert done.returncode == 0, done.stderr
    return made


def test_weights_are_programmed_and_their_tag_compared(home: Home) -> None:
    home.set(program_tool=str(home.tool.parent), jlink_id="777")
    tag = f"{map_csv.tag(home.out / 'map' / 'map.csv'):08X}"
    home.plan(init={"text": "ok"}, program={"text": LOG}, read_tag={"text": f"Tag: {tag}\n"})
    found = home.good("program", home.out)
    assert found == {
        "verdict": "finished", "tag": tag, "seconds": 371, "correlations": [0.9913, 0.9882],
    }  # fmt: skip
    calls = (home.tool.parent / "calls.txt").read_text(encoding="utf-8").splitlines()
    assert json.loads(calls[0]) == ["-m", "init"]
    words = json.loads(calls[1])
    assert words[:4] == ["-m", "program", "-i", str(home.out / "map" / "map.csv")]
    assert words[4:] == ["-k", "2", "-t", tag, "--jlink", "777"]
    assert home.good("read-tag", home.out) == {"tag": tag, "expected": tag, "same": True}
    done = home.cim("program", home.out / "map")
    assert done.returncode == 0 and "0.9868" in done.stdout and "0.9882" in done.stdout


def test_a_failed_run_says_what_the_tool_said_and_what_to_do(home: Home) -> None:
    home.set(program_tool=str(home.tool))
    text = LOG[: LOG.index("80%")] + "\nerror: flash verify failed\n"
    home.plan(init={}, program={"text": text, "code": 1})
    done = home.cim("program", home.out)
    assert done.returncode == 1
    assert "error: flash verify failed" in done.stderr and "half programmed" in done.stderr


def test_without_the_tool_it_says_how_to_get_it(home: Home) -> None:
    home.set()
    done = home.cim("program", home.out)
    assert done.returncode == 1 and "WitinProgramTool comes with" in done.stderr
    home.set(program_tool=str(home.folder / "gone.exe"))
    done = home.cim("program", home.out)
    assert done.returncode == 1 and "not at the path in the settings" in done.stderr


def test_firmware_is_downloaded_as_the_settings_say(home: Home) -> None:
    """Through a debug server: the emulator's, which holds another program until then."""
    gdb = next(filter(None, map(shutil.which, ("riscv-none-elf-gdb", "gdb-multiarch"))), None)
    if gdb is None:
        pytest.skip("no GDB for RISC-V on this machine")
    home.set()
    deployed = home.folder / "deployed"
    done = home.cim("deploy", DIGITS, "--out", deployed, "--samples", "5")
    assert done.returncode == 0, done.stderr
    elf, weights = deployed / "firmware" / "build" / "firmware.elf", deployed / "map"
    old = build(home.folder, 'int main(void) { print("the old program\\r\\n"); return 0; }')
    with Emulator(old, weights, gdb=0, hold=True, wait=False) as emulator:
        port = serial.serial_for_url(emulator.url, timeout=60)
        home.set(download="server", debug_server=f"127.0.0.1:{emulator.gdb_port}", gdb=gdb)
        found = home.good("download", deployed)
        text = port.read_until(b"correct ratio")
        port.close()
    assert found["tool"] == "GDB" and found["bytes"] == probes.read(elf).size
    assert b"uart ok" in text and text.endswith(b"correct ratio")
    # What the firmware says its weights are is the tag the programming tool stores.
    tag = f"{map_csv.tag(weights / 'map.csv'):08x}"
    assert f"tag:{tag}".encode() in text


def test_the_update_file(home: Home) -> None:
    home.set(program_tool=str(home.tool))
    home.plan(ota={"make": "ota.bin"})
    assert home.good("ota", home.out)["file"] == str(home.out / "map" / "ota.bin")
    (home.out / "map" / "ota.bin").unlink()


def test_ports_and_tools_are_listed(home: Home) -> None:
    home.set(program_tool=str(home.tool))
    assert isinstance(home.good("ports")["ports"], list)
    found = home.good("tools")["tools"]
    assert found["program_tool"]["path"] == str(home.tool)
    assert found["docker"]["path"] and set(found) >= {"openocd", "jlink", "gdb", "gcc", "ssh"}
    for own in found.values():
        assert own["path"] or own["hint"]


def test_the_maker_s_flow(home: Home) -> None:
    home.set(mapper="docker", mapper_image="image:1", mapper_python=board_mapper.PYTHON)
    out = home.folder / "for maker"
    home.good("maker-export", home.out, "--out", out)
    done = home.cim("maker-run", out)
    assert done.returncode == 1 and "not allowed yet" in done.stderr and "--yes" in done.stderr
    home.good("maker-run", out, "--yes")
    home.good("maker-run", out)  # it was said once
    found = home.good("maker-import", out, "--into", home.out)
    assert found["cells_equal"] and found["layout_equal"] and found["same_bytes"]
    assert (home.out / "maker" / "register.c").is_file()
    tag = f"{map_csv.tag(home.out / 'map' / 'map.csv'):08X}"
    assert found["tag"] == tag


def test_the_maker_s_flow_without_settings(home: Home) -> None:
    home.set()
    out = home.folder / "nothing set up"
    home.good("maker-export", home.out, "--out", out)
    done = home.cim("maker-run", out, "--yes")
    assert done.returncode == 1 and "run_mapper.py by hand" in done.stderr
    done = home.cim("maker-import", out)
    assert done.returncode == 1 and "has written nothing yet" in done.stderr
