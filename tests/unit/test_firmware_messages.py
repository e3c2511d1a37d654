"""Compilers' complaints become data."""

from __future__ import annotations

import pickle

import pytest

from studio.firmware import messages
from studio.firmware.messages import BuildError, Message

CLANG = """compiling network.c
network.c:241:5: error: use of undeclared identifier 'run8'; did you mean 'run7'?
  241 |     run8();
      |     ^~~~
      |     run7
network.c:233:12: note: 'run7' declared here
  233 | static int run7(struct network_fault *fault)
runtime/main.c:9:10: fatal error: 'chip.h' file not found
2 errors generated.
"""
GCC = """In file included from runtime/main.c:7:
runtime/main.c: In function 'main':
C:\\项目 one\\firmware\\runtime\\main.c:30:12: warning: unused variable 'x' [-Wunused-variable]
   30 |     int x;
cc1: error: unrecognized command line option '-Wbogus'
"""
LLD = """ld.lld: error: undefined symbol: lost
>>> referenced by lost.c:1
>>>               build/objects/lost.c.o:(network_run)
"""
GNU_LD = """/opt/riscv/bin/ld: build/objects/lost.c.o: in function `network_run':
/tmp/x/lost.c:4: undefined reference to `lost'
runtime/main.c:(.text.main+0x1c): undefined reference to `found'
collect2: error: ld returned 1 exit status
"""


def test_clang() -> None:
    first, note, missing = messages.parse(CLANG)
    assert first == Message(
        "error",
        "use of undeclared identifier 'run8'; did you mean 'run7'?",
        "network.c",
        241,
        5,
    )
    assert note == Message("note", "'run7' declared here", "network.c", 233, 12)
    assert (missing.severity, missing.file, missing.line) == ("error", "runtime/main.c", 9)


def test_gcc_on_windows_with_another_alphabet() -> None:
    warning, error = messages.parse(GCC)
    assert warning.severity == "warning"
    assert warning.file == "C:\\项目 one\\firmware\\runtime\\main.c"
    assert (warning.line, warning.column) == (30, 12)
    assert error == Message("error", "unrecognized command line option '-Wbogus'")


def test_what_the_linkers_miss_has_the_place_of_its_use() -> None:
    assert messages.parse(LLD) == (Message("error", "undefined symbol: lost", "lost.c", 1),)
    assert messages.parse(GNU_LD) == (
        Message("error", "undefined reference to `lost'", "/tmp/x/lost.c", 4),
        Message("error", "undefined reference to `found'", "runtime/main.c"),
    )


def test_a_bare_exit_status_is_told_when_there_is_no_more() -> None:
    (only,) = messages.parse("collect2: error: ld returned 1 exit status\n")
    assert only.text == "ld returned 1 exit status"


def test_the_same_complaint_of_two_files_is_told_once() -> None:
    line = "runtime/npu.h:3:1: warning: something\n"
    assert len(messages.parse(line + "compiling b.c\n" + line)) == 1


@pytest.mark.parametrize(
    "line",
    ["", "compiling network.c", "  12 | x: error: no", "1 error generated.", "done: 3 samples"],
)
def test_other_lines_are_no_messages(line: str) -> None:
    assert messages.of_line(line) is None
    assert messages.parse(line) == ()


def test_the_error_keeps_its_log_from_process_to_process() -> None:
    error = BuildError("refused", hint="look", where="a.c:1", log=CLANG, folder="项目")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.message, again.hint, again.where) == (
        BuildError, "refused", "look", "a.c:1",
    )  # fmt: skip
    assert (again.log, again.folder) == (CLANG, "项目")
