"""The compiled helpers also build for the systems these tests do not run on."""

import subprocess

import pytest

from studio.base import native, paths
from studio.simulate import native as simulator
from studio.simulate import noise

SOURCES = {
    "lines": paths.resource("native", "lines.c").read_text(encoding="utf-8"),
    "pack": paths.resource("native", "pack.c").read_text(encoding="utf-8"),
    "board": paths.resource("native", "board.c").read_text(encoding="utf-8"),
    "network": simulator.source(),
    "noise": noise.source(),
    "curves": paths.resource("native", "curves.c").read_text(encoding="utf-8"),
}
FUNCTIONS = {
    "lines": (b"scan", b"learn", b"prepare"),
    "pack": (b"construct_once", b"improve"),
    "board": (b"on_block", b"run", b"uart0_read"),
    "network": (b"run_program", b"best_level"),
    "noise": (b"noisy", b"rounded", b"pack_steps", b"noisy_rounds"),
    "curves": (b"polyline", b"histogram"),
}


@pytest.mark.parametrize("target", ["x86_64-windows-gnu", "aarch64-windows-gnu"])
@pytest.mark.parametrize("name", SOURCES)
def test_a_windows_library_is_linked_with_its_functions(name, target, tmp_path):
    path = tmp_path / "名 with space.dll"
    native.compile_to(path, SOURCES[name], target)
    content = path.read_bytes()
    assert content[:2] == b"MZ"
    for function in FUNCTIONS[name]:
        assert b"\0" + function + b"\0" in content


def test_what_the_compiler_refuses_is_an_error(tmp_path):
    with pytest.raises(subprocess.SubprocessError):
        native.compile_to(tmp_path / "broken.so", "int broken(")
    assert not (tmp_path / "broken.so").exists()
