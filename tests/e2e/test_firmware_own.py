"""The user's own files in a build: what they replace, what is said of them, what is made again."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from studio import target
from studio.base.errors import ProjectError, RunError, ToolError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.emulator.client import Emulator
from studio.firmware import build, messages, ninja_run, sizes, toolchain
from studio.firmware.generate import Mode
from studio.firmware.image import Image
from studio.firmware.messages import BuildError
from studio.firmware.stage import FirmwareOptions
from studio.project import Project
from tests.e2e.firmware_projects import make, need_gcc


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project's folder; its own sources in ``src``, what is built in ``results/firmware``."""
    return tmp_path_factory.mktemp("项目 own")


def own(
    chip: Chip, project: Path, texts: dict[str, str], tool: str = "zig", **others: Any
) -> Image:
    """Build with just these files as the user's own."""
    src = project / "src"
    shutil.rmtree(src, ignore_errors=True)
    for name, text in texts.items():
        (src / name).parent.mkdir(parents=True, exist_ok=True)
        (src / name).write_text(text, encoding="utf-8")
    options = replace(FirmwareOptions(toolchain=tool, sources=src), **others)
    return make(chip, project / "results" / "firmware", options=options)


@pytest.fixture(params=["zig", "gcc"])
def tool(request: pytest.FixtureRequest) -> str:
    if request.param == "gcc":
        need_gcc()
    return str(request.param)


HELLO = """#include "hello.h"
#include "print.h"
#include "uart.h"
int main(void)
{
    uart_init();
    print_line(hello());
    for (;;) {
    }
}
"""


def test_own_files_take_part_and_stand_in_for_ours(chip: Chip, project: Path) -> None:
    texts = {
        "main.c": HELLO,
        "里 面/hello.h": "const char *hello(void);\n",
        "里 面/你好.c": '#include "hello.h"\nconst char *hello(void) { return "hello there"; }\n',
        ".hidden/main.c": "no C at all\n",
        "notes.txt": "no C either\n",
    }
    image = own(chip, project, texts)
    assert set(image.own) == {"../../src/main.c", "../../src/里 面/你好.c"}
    assert b"hello there" in image.elf.read_bytes()
    assert image.samples == 0 and not image.labels, "nothing in that main() uses them"
    assert "testset_mode" not in {part.name for part in image.parts}
    main = next(part for part in image.parts if part.name == "main")
    assert (main.file, main.line) == ("../../src/main.c", 4)
    listed = (image.project / "CMakeLists.txt").read_text(encoding="utf-8")
    assert '"../../src/里 面/你好.c"' in listed and "runtime/main.c" not in listed
    assert not (image.project / "runtime" / "main.c").exists()
    image = own(chip, project, {})
    assert image.own == () and image.samples == 10
    assert (image.project / "runtime" / "main.c").is_file()
    assert b"hello there" not in image.elf.read_bytes()


@pytest.mark.parametrize(
    ("body", "file", "place"),
    [
        ('    print_line("hello");\n    for (;;) {\n    }\n', "main.c", "main.c:5 in main"),
        ("    return 0;\n", "start.S", "in main_returned"),
    ],
)
def test_where_a_silent_program_is(
    chip: Chip, project: Path, body: str, file: str, place: str
) -> None:
    text = f'#include "print.h"\nint main(void)\n{{\n{body}}}\n'
    image = own(chip, project, {"main.c": text})
    results = Project(project / "results")
    results.map.mkdir(parents=True, exist_ok=True)
    results.map_csv.write_text("640,1344,6\n", encoding="utf-8", newline="\n")
    with pytest.raises(RunError) as caught:
        target.run_image(results, image, chip, Job(), timeout=0.5)
    assert caught.value.message.startswith("nothing came for 0.5 seconds")
    assert caught.value.message.endswith(place)
    path, _, line = caught.value.where.rpartition(":")
    assert (Path(path).name, Path(path).is_file(), line.isdecimal()) == (file, True, True)


def test_a_main_that_only_loads_samples_has_them(chip: Chip, project: Path) -> None:
    text = '#include "samples.h"\nint main(void)\n{\n    samples_load(0);\n    return 0;\n}\n'
    assert own(chip, project, {"main.c": text}).samples == 10


def test_an_emulator_that_ends_in_the_middle_is_told(
    chip: Chip, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = own(chip, project, {"main.c": "int main(void)\n{\n    for (;;) {\n    }\n}\n"})
    results = Project(project / "results")
    results.map.mkdir(parents=True, exist_ok=True)
    results.map_csv.write_text("640,1344,6\n", encoding="utf-8", newline="\n")
    begun = target.started

    def started(*given: Any, **more: Any) -> Emulator:
        emulator = begun(*given, **more)

        def killed() -> None:
            while not emulator.running:
                time.sleep(0.01)
            emulator._changed.acquire()
            emulator._changed.wait_for(lambda: "started" in emulator._events, 30)
            emulator._changed.release()
            assert emulator._process is not None
            emulator._process.kill()

        threading.Thread(target=killed, daemon=True).start()
        return emulator

    monkeypatch.setattr(target, "started", started)
    with pytest.raises(ToolError, match="the emulator ended unexpectedly"):
        target.run_image(results, image, chip, Job(), timeout=30)


def test_an_own_header_is_found_before_ours(chip: Chip, project: Path) -> None:
    """Also by our files that lie beside it, and in a build where it was found until now."""
    first = own(chip, project, {})
    text = (first.project / "config.h").read_text(encoding="utf-8")
    timed = text.replace("CONFIG_TIMING 0", "CONFIG_TIMING 1")
    assert timed != text
    second = own(chip, project, {"config.h": timed})
    assert not (second.project / "config.h").exists()
    assert second.sizes.code > first.sizes.code
    third = own(chip, project, {})
    assert third.sizes == first.sizes


def test_an_own_linker_script_and_test_set(chip: Chip, project: Path) -> None:
    first = own(chip, project, {})
    script = (first.project / "link.ld").read_text(encoding="utf-8")
    texts = {
        "link.ld": script.replace("__stack_size = 4096", "__stack_size = 8192"),
        "testset.c": (first.project / "testset.c").read_text(encoding="utf-8"),
    }
    image = own(chip, project, texts)
    assert image.sizes.data == first.sizes.data + 4096
    assert image.samples == 10, "what the user's file says"
    assert not (image.project / "link.ld").exists()


def test_an_older_file_in_the_place_of_a_newer_one_is_compiled(chip: Chip, project: Path) -> None:
    """Time stamps do not show it."""
    texts = {"main.c": HELLO, "hello.h": '#define hello() "first words"\n'}
    assert b"first words" in own(chip, project, texts).elf.read_bytes()
    src = project / "src"
    for name, old, new in (
        ("hello.h", "first words", "second words"),
        ("main.c", "hello()", '"third words"'),
    ):
        path = src / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        os.utime(path, (1e9, 1e9))
        options = FirmwareOptions(sources=src)
        image = make(chip, project / "results" / "firmware", options=options)
        assert new.strip('"').encode() in image.elf.read_bytes()


def test_warnings_in_own_files_are_told_at_every_build(
    chip: Chip, project: Path, tool: str
) -> None:
    texts = {"extra.c": "static int unused(void) { return 1; }\n"}
    for _ in range(2):
        image = own(chip, project, texts, tool)
        (found,) = messages.parse(image.log)
        assert (found.severity, found.file, found.line) == ("warning", "../../src/extra.c", 1)
    assert messages.parse(own(chip, project, {}, tool).log) == ()


def test_errors_in_own_files_say_file_line_and_what(chip: Chip, project: Path, tool: str) -> None:
    texts = {
        "坏 file.c": "int a;\nint f(void) { return b; }\n",
        "a.c": "int g(void) { return c; }\n",
    }
    with pytest.raises(BuildError, match=r"the compiler refuses .*a\.c") as caught:
        own(chip, project, texts, tool)
    assert caught.value.where == "../../src/a.c:1"
    found = [m for m in messages.parse(caught.value.log) if m.severity == "error"]
    assert [(m.file, m.line) for m in found] == [
        ("../../src/a.c", 1),
        ("../../src/坏 file.c", 2),
    ], "all that is wrong, in order"
    assert found[1].column == 22 and "b" in found[1].text
    assert Path(caught.value.folder) == project / "results" / "firmware"
    assert "build.log" in caught.value.hint
    log = project / "results" / "firmware" / "build" / "build.log"
    assert log.read_text(encoding="utf-8") == caught.value.log


def test_a_full_disk_is_told(chip: Chip, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"main.c": "int main(void) { return 1 }\n"}
    for free, told in ((1 << 30, False), (4096, True)):
        full = SimpleNamespace(free=free)
        monkeypatch.setattr(build.shutil, "disk_usage", lambda _, full=full: full)
        with pytest.raises(BuildError) as caught:
            own(chip, project, texts)
        assert ("The disk is full" in caught.value.hint) == told


def test_link_errors_say_what_is_missing_and_where(chip: Chip, project: Path, tool: str) -> None:
    call = "int lost(void); int main(void);\nint main(void) { return lost(); }\n"
    with pytest.raises(BuildError, match="nothing defines lost") as caught:
        own(chip, project, {"main.c": call}, tool)
    assert caught.value.where == "../../src/main.c:2"
    with pytest.raises(BuildError, match="uart_init is defined twice") as caught:
        own(chip, project, {"a.c": "void uart_init(void);\nvoid uart_init(void) { }\n"}, tool)
    assert messages.parse(caught.value.log)


def test_a_changed_file_alone_is_compiled_again(chip: Chip, project: Path) -> None:
    texts = {"a.c": "int a;\n", "b.c": "int b;\n"}
    image = own(chip, project, texts)
    objects = image.project / "build" / "objects"
    stamps = {p: p.stat().st_mtime_ns for p in objects.rglob("*.o")}
    assert len(stamps) > 20
    (project / "src" / "b.c").write_text("int c;\n", encoding="utf-8")
    make(chip, image.project, options=FirmwareOptions(sources=project / "src"))
    changed = {p for p in objects.rglob("*.o") if p.stat().st_mtime_ns != stamps.get(p)}
    assert {p.name for p in changed} == {"b.c.o"}


def test_the_build_describes_itself(chip: Chip, project: Path, tool: str) -> None:
    """The map, the sizes, and how each file is compiled."""
    image = own(
        chip, project, {"extra.c": "int extra(void);\nint extra(void) { return 1; }\n"}, tool
    )
    folder = image.project
    table = (folder / "build" / "firmware.map").read_text(encoding="utf-8")
    assert "network_run" in table and ".text" in table
    assert "network_run" not in image.log
    sizes_told = (folder / "build" / "size.txt").read_text(encoding="utf-8")
    assert f"code memory {image.sizes.code:>8}" in sizes_told
    assert "  network.c\n" in sizes_told and "network_run" in sizes_told
    header = (folder / "network.h").read_text(encoding="utf-8")
    assert re.search(r"^ \* in  .+: \d+ x \d+ x \d+, -?\d+\.\.\d+, scale \d", header, re.MULTILINE)
    assert re.search(r"^ \* out .+: \d+ x \d+ x \d+, -?\d+\.\.\d+, scale \d", header, re.MULTILINE)
    assert "CHIP_UART1 0x64005000u" in (folder / "chip.h").read_text(encoding="utf-8")
    commands = json.loads((folder / "compile_commands.json").read_text(encoding="utf-8"))
    known = {entry["file"]: entry for entry in commands}
    assert "-Werror" in known["network.c"]["command"]
    if tool == "zig":  # editors do not know zig's flags: a clang must be able to read ours
        for name in ("network.c", "runtime/start.S", "../../src/extra.c"):
            words = shlex.split(known[name]["command"])
            zig = toolchain.find("zig", chip).command[0]
            headers = Path(zig).parent / "lib" / "include"
            # Without -Werror, for "-c" has no use here.
            check = [zig, *words, "-Wno-error", "-fsyntax-only", "-isystem", str(headers)]
            assert words[0] == "clang"
            subprocess.run(check, cwd=folder, check=True, timeout=60)
    assert "-Werror" not in known["../../src/extra.c"]["command"]
    assert {Path(entry["directory"]) for entry in commands} == {folder}
    assert all((folder / name).is_file() for name in known)


@pytest.mark.parametrize("name", ['a"b.c', "a$b.c"])
def test_own_file_names_no_build_survives(name: str, chip: Chip, project: Path) -> None:
    if sys.platform == "win32" and '"' in name:
        pytest.skip("Windows has no such names")
    with pytest.raises(ProjectError, match="no compiler takes"):
        own(chip, project, {name: "int a;\n"})


@pytest.mark.parametrize("mode", ["serial", "live"])
def test_other_modes(mode: Mode, chip: Chip, project: Path) -> None:
    image = own(chip, project, {}, mode=mode, timing=True)
    assert (image.mode, image.timing) == (mode, True)
    assert image.samples == (0 if mode == "serial" else 10)
    text = (image.project / "config.h").read_text(encoding="utf-8")
    ones = [line.split()[1] for line in text.split("\n") if line.split()[2:3] == ["1"]]
    assert ones == [f"CONFIG_MODE_{mode.upper()}", "CONFIG_TIMING"]
    names = {part.name for part in image.parts}
    assert f"{mode}_mode" in names or "serial_step" in names
    assert "testset_mode" not in names


def test_cmake_builds_the_same_project(chip: Chip, project: Path, tmp_path: Path) -> None:
    """With the user's files, warnings and linker script."""
    need_gcc()
    if shutil.which("cmake") is None:
        pytest.skip("no CMake on this machine")
    script = (own(chip, project, {}).project / "link.ld").read_text(encoding="utf-8")
    texts = {
        "main.c": HELLO,
        "in side/hello.c": "static int unused(void) { return 1; }\n"
        'const char *hello(void);\nconst char *hello(void) { return "by CMake"; }\n',
        "hello.h": "const char *hello(void);\n",
        "link.ld": script,
    }
    image = own(chip, project, texts)
    configure = ["cmake", "-S", str(image.project), "-B", str(tmp_path), "-G", "Ninja"]
    configure += [f"-DCMAKE_MAKE_PROGRAM={ninja_run.program()}"]
    configure += ["-DCMAKE_TOOLCHAIN_FILE=toolchain.cmake"]
    for command in (configure, ["cmake", "--build", str(tmp_path)]):
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    elf = tmp_path / "firmware.elf"
    assert b"by CMake" in elf.read_bytes()
    assert sizes.read(elf).entry == chip.memory.code.base
