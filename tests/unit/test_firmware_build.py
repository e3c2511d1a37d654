"""The parts of a build: own files, build.ninja, what the tools say."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from studio.base.errors import Cancelled, ProjectError, ToolError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.firmware import build, map_file, messages, ninja_file, ninja_run, own, process
from studio.firmware.build import Builder, Sources
from studio.firmware.toolchain import Toolchain

LD = "/usr/lib/gcc/riscv64-unknown-elf/12.2.0/../../../riscv64-unknown-elf/bin/ld: "


def ours(text: str) -> tuple[str, ...]:
    """A Python program as a command."""
    return (sys.executable, "-c", text)


# -- the user's files


def test_own_files_are_found_below_their_folder(tmp_path: Path) -> None:
    names = ["b.c", "a.c", "x/y/start.S", "x/y/deep.h", "top.h", "link.ld", "sub/more.ld"]
    for name in [*names, ".git/a.c", "x/.hidden.c", "readme.md", "old.c.bak"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    found = own.collect(tmp_path)
    root = tmp_path.resolve()
    assert found.sources == (root / "a.c", root / "b.c", root / "x" / "y" / "start.S")
    assert found.headers == (root / "top.h", root / "x" / "y" / "deep.h")
    assert found.folders == (root, root / "x" / "y")
    assert found.script("link.ld") == root / "link.ld"
    assert found.script("more.ld") == root / "sub" / "more.ld"
    assert found.replaces("start.S") and found.replaces("deep.h")
    assert not found.replaces("main.c") and not found.replaces("y")


def test_no_own_files(tmp_path: Path) -> None:
    for folder in (None, tmp_path / "missing", tmp_path):
        assert own.collect(folder).all == ()


def test_links_out_of_the_folder_are_left_out(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.c").write_text("", encoding="utf-8")
    try:
        (inside / "b.c").symlink_to(outside / "a.c")
        (inside / "sub").symlink_to(outside, target_is_directory=True)
        (inside / "c.c").symlink_to(inside / "a.c")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    assert [path.name for path in own.collect(inside).sources] == ["a.c", "c.c"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("name", [*'"$|;\\\n\t'])
def test_names_that_break_a_build_are_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / f"a{name}b.h").write_text("", encoding="utf-8")
    with pytest.raises(ProjectError, match="no compiler takes"):
        own.collect(tmp_path)


# -- running programs


def test_lines_come_while_the_program_runs(tmp_path: Path) -> None:
    seen: list[tuple[float, str]] = []
    text = "import sys, time; print('卷', flush=True); time.sleep(0.5); sys.stdout.write('b\\nc')"
    environment = {"PYTHONIOENCODING": "utf-8"}
    code = process.run(
        ours(text), tmp_path, environment, 9, lambda: None, lambda x: seen.append((time.time(), x))
    )
    assert code == 0
    assert [line for _, line in seen] == ["卷", "b", "c"]
    assert seen[1][0] - seen[0][0] > 0.2


def test_a_silent_program_is_ended_and_a_talking_one_is_not(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="did not finish within 0 s"):
        process.run(ours("import time; time.sleep(60)"), tmp_path, {}, 0.3, lambda: None, print)
    text = "import time\nfor i in range(9): print(i, flush=True); time.sleep(0.2)"
    assert process.run(ours(text), tmp_path, {}, 1.5, lambda: None, lambda line: None) == 0


# -- ninja


def fake(folder: Path, text: str) -> Toolchain:
    """A compiler that is a Python program; its arguments are those of a compiler."""
    head = (
        "import sys, pathlib\nargs = sys.argv[1:]\nout = pathlib.Path(args[args.index('-o') + 1])"
    )
    program = folder / "compiler.py"
    program.write_text(f"{head}\n{text}\n", encoding="utf-8")
    return Toolchain("fake", (sys.executable, str(program)), ())


COMPILES = "out.write_text('made'); pathlib.Path(str(out) + '.d').write_text(f'{out}:')"


def project(folder: Path, *names: str) -> Sources:
    for name in (*names, "link.ld"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", encoding="utf-8")
    return Sources(names)


def test_what_the_steps_say_stays_in_order_and_is_kept(tmp_path: Path) -> None:
    """Whatever ninja did first, and also where a step was not done again."""
    names = [f"源 {number}.c" for number in range(6)]
    sources = project(tmp_path, *names)
    talks = "print('x.c:1:2: warning: of ' + str(out)) if out.suffix == '.o' else None"
    tools = replace(fake(tmp_path, f"{talks}\n{COMPILES}"), environment={"PYTHONUTF8": "1"})
    logs = []
    for _ in range(2):
        builder = Builder(tools, "1", "-O2", sources, tmp_path, Job())
        assert builder.make(build.ELF).read_text(encoding="utf-8") == "made"
        logs.append(builder.log())
    told = "".join(
        f"compiling {name}\nx.c:1:2: warning: of {Path('build/objects', name + '.o')}\n"
        for name in names
    )
    assert logs == [f"{told}linking build/firmware.elf\n"] * 2


def test_another_compiler_version_compiles_everything_again(tmp_path: Path) -> None:
    sources = project(tmp_path, "a.c")
    for version, again in (("1", True), ("1", False), ("2", True)):
        seen: list[str] = []
        job = Job(lambda done, total, text, seen=seen: seen.append(text))  # type: ignore[misc]
        Builder(fake(tmp_path, COMPILES), version, "-O2", sources, tmp_path, job).make(build.ELF)
        assert ("compiling a.c" in seen) == again


def test_every_failure_is_told_in_order(tmp_path: Path) -> None:
    sources = project(tmp_path, "a.c", "b.c", "c.c")
    fails = "name = args[args.index('-c') + 1]\nif name != 'b.c':\n"
    fails += "    print(f'{name}:7: error: bad {name}'); sys.exit(1)\n"
    builder = Builder(fake(tmp_path, fails + COMPILES), "1", "-O2", sources, tmp_path, Job())
    with pytest.raises(messages.BuildError, match=r"the compiler refuses a\.c") as caught:
        builder.make(build.ELF)
    assert caught.value.where == "a.c:7"
    found = [message.text for message in messages.parse(caught.value.log)]
    assert found == ["bad a.c", "bad c.c"]


def test_cancel_ends_the_compilers_too(tmp_path: Path) -> None:
    sources = project(tmp_path, "a.c", "b.c")
    slow = "import time; time.sleep(1.0); pathlib.Path('late').write_text('')"
    start = time.monotonic()
    job = Job(None, lambda: time.monotonic() > start + 0.5)
    with pytest.raises(Cancelled):
        Builder(fake(tmp_path, slow), "1", "-O2", sources, tmp_path, job).make(build.ELF)
    assert time.monotonic() - start < 20
    time.sleep(1.0)
    assert not (tmp_path / "late").exists()


def test_a_missing_source_is_told(tmp_path: Path) -> None:
    sources = project(tmp_path, "a.c")
    (tmp_path / "a.c").unlink()
    with pytest.raises(messages.BuildError, match=r"ninja: error: .*a\.c"):
        Builder(fake(tmp_path, COMPILES), "1", "-O2", sources, tmp_path, Job()).make(build.ELF)


def test_a_lost_memory_of_messages_is_no_error(tmp_path: Path) -> None:
    sources = project(tmp_path, "a.c")
    (tmp_path / "build").mkdir()
    for text in ("", "[]", '{"compiling a.c": 1}'):
        (tmp_path / build.SAID).write_text(text, encoding="utf-8")
        (tmp_path / build.COMMANDS).write_text(text, encoding="utf-8")
        builder = Builder(fake(tmp_path, COMPILES), "1", "-O2", sources, tmp_path, Job())
        builder.make(build.ELF)
        assert builder.log() == "compiling a.c\nlinking build/firmware.elf\n"
        assert '"file": "a.c"' in (tmp_path / build.COMMANDS).read_text(encoding="utf-8")


def test_a_project_that_moved_is_not_built_again(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    sources = project(before, "a.c")
    Builder(fake(tmp_path, COMPILES), "1", "-O2", sources, before, Job()).make(build.ELF)
    before.rename(after)
    seen: list[str] = []
    job = Job(lambda done, total, text: seen.append(text))
    Builder(fake(tmp_path, COMPILES), "1", "-O2", sources, after, job).make(build.ELF)
    assert "compiling a.c" not in seen
    assert str(after) in (after / build.COMMANDS).read_text(encoding="utf-8")


def test_ninja_is_ours_or_the_path_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = subprocess.run([ninja_run.program(), "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"1.")
    monkeypatch.setattr(ninja_run.ninja, "BIN_DIR", "")  # type: ignore[attr-defined]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="ninja") as caught:
        ninja_run.program()
    assert "pip install ninja" in caught.value.hint


def test_an_archive_forgets_objects_that_went(chip: Chip, tmp_path: Path) -> None:
    from studio.firmware import toolchain  # noqa: PLC0415

    if sys.platform == "win32":
        tmp_path = Path(os.path.realpath(tmp_path))
    tools = toolchain.find("zig", chip)
    start = project(tmp_path, "start.c").common
    (tmp_path / "start.c").write_text(
        "void _start(void);\nvoid _start(void) { }\n", encoding="utf-8"
    )
    for kernels in (("a.c", "b.c"), ("b.c",)):
        for name in kernels:
            text = f"int {name[0]}(void);\nint {name[0]}(void) {{ return 1; }}\n"
            (tmp_path / name).write_text(text, encoding="utf-8")
        builder = Builder(tools, "1", "-O2", Sources(start, kernels), tmp_path, Job())
        builder.make(build.ELF)
        listed = subprocess.run(
            [*tools.archiver, "t", build.LIBRARY], cwd=tmp_path, capture_output=True, check=True
        )
        assert listed.stdout.decode().split() == [f"{name}.o" for name in kernels]


# -- what linkers say


def test_the_map_is_told_from_the_messages() -> None:
    text = (
        "ld.lld: warning: something\n"
        "     VMA      LMA     Size Align Out     In      Symbol\n"
        "       0        0     14ac     2 .text\n"
        "       0        0       fa     2         a.o:(.text._start)\n"
        "       0        0        0     1                 .L0 \n"
        "       0        0        0     1                 $x\n"
        "       0        0       fa     1                 _start\n"
        "       0        0       8f     1 .debug_info\n"
        "       0        0       8f     1         a.o:(.debug_info)\n"
        "20000008 20000008        8     8 .bss\n"
        "20000008 20000008        8     1                 g\n"
        "ld.lld: error: the end\n"
    )
    said, table = map_file.split(text)
    assert said == "ld.lld: warning: something\nld.lld: error: the end\n"
    assert [line.split()[-1] for line in table.splitlines()] == [
        "Symbol",
        ".text",
        "a.o:(.text._start)",
        "_start",
        ".bss",
        "g",
    ]
    assert map_file.split(said) == (said, "")


@pytest.mark.parametrize(
    ("line", "text", "file", "number"),
    [
        ("a b.c:7: undefined reference to `x'", "undefined reference to `x'", "a b.c", 7),
        (f"{LD}src/a.c:7: undefined reference to `x'", "undefined reference to `x'", "src/a.c", 7),
        (f"{LD}a.c:5: multiple definition of `m'; b", "multiple definition of `m'; b", "a.c", 5),
        (f"{LD}b/a.c.o:(.text.f+0x8): undefined reference to `x'", "undefined", "b/a.c.o", 0),
        (
            r"C:\x y\bin\ld.exe: C:/p q/a.c:7: undefined reference to `x'",
            "undefined reference to `x'",
            "C:/p q/a.c",
            7,
        ),
    ],
)
def test_gnu_linker_lines(line: str, text: str, file: str, number: int) -> None:
    (found,) = messages.parse(line)
    assert found.severity == "error"
    assert found.text.startswith(text)
    assert (found.file, found.line) == (file, number)


def test_lld_names_the_whole_path_in_parentheses() -> None:
    log = "ld.lld: error: undefined symbol: x\n>>> referenced by a.c:3 (../../src/源 s/a.c:3)\n"
    log += ">>>               build/objects/own/a.c.o:(f)\n"
    (found,) = messages.parse(log)
    assert (found.file, found.line) == ("../../src/源 s/a.c", 3)
    log = "ld.lld: error: undefined symbol: x\n>>> referenced by a.c:3\n"
    assert messages.parse(log)[0].file == "a.c"


def test_words_of_a_command_survive_ninja() -> None:
    quoted = ninja_file._quoted(["/opt/a b/gcc", "-Dx=$y", "-Iä"])
    assert "$$y" in quoted and "-Iä" in quoted
    assert quoted.startswith(("'/opt/a b/gcc'", '"/opt/a b/gcc"'))
