"""Compiling at first use: once for all, and every way it can fail leads on without it."""

from __future__ import annotations

import ctypes
import logging
import subprocess
import sys
from types import SimpleNamespace

import pytest

from studio.base import native, paths

SOURCE = "EXPORT int twice(int n) { return 2 * n; }\n"


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder whose name is not easy."""
    folder = tmp_path / "缓存 folder"
    monkeypatch.setattr(paths, "cache", lambda: folder)
    return folder


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """A cache that holds the library already."""
    folder = tmp_path_factory.mktemp("has it")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "cache", lambda: folder)
        assert native.library("twice", SOURCE) is not None
    return folder


def refused(caplog, source=SOURCE):
    """The log's words when there is no library."""
    with caplog.at_level(logging.WARNING, native.__name__):
        assert native.library("twice", source) is None
    assert len(caplog.records) == 1
    text = caplog.records[0].getMessage()
    assert text.startswith("going on without the compiled twice: ")
    return text


def no_compiler(*_args, **_more):
    raise AssertionError("the compiler was started")


def test_a_library_is_compiled_and_called(cache):
    library = native.library("twice", SOURCE)
    assert isinstance(library, ctypes.CDLL)
    assert library.twice(21) == 42
    kept = sorted(path.suffix for path in (cache / "native").iterdir())
    suffix = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    assert [end for end in kept if end in (".c", suffix)] == [".c", suffix]
    assert not [path for path in (cache / "native").iterdir() if path.name.startswith(".")]


def test_what_was_compiled_once_is_not_compiled_again(compiled, monkeypatch):
    monkeypatch.setattr(paths, "cache", lambda: compiled)
    monkeypatch.setattr(subprocess, "run", no_compiler)
    library = native.library("twice", SOURCE)
    assert library is not None
    assert library.twice(-4) == -8


def test_another_source_is_another_library(compiled, monkeypatch):
    monkeypatch.setattr(paths, "cache", lambda: compiled)
    monkeypatch.setattr(subprocess, "run", no_compiler)
    with pytest.raises(AssertionError, match="the compiler was started"):
        native.library("twice", SOURCE + "\n")


def test_without_ziglang_there_is_none(cache, monkeypatch, caplog):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "ziglang is not installed" in refused(caplog)


def test_a_compiler_that_is_gone_is_named(cache, monkeypatch, caplog, tmp_path):
    spec = SimpleNamespace(origin=str(tmp_path / "ziglang" / "__init__.py"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec)
    assert f"there is no compiler at {tmp_path / 'ziglang'}" in refused(caplog)
    assert not cache.exists()


def test_a_broken_source_gives_none_and_leaves_nothing_to_load(cache, caplog):
    refused(caplog, "EXPORT int broken(")
    assert not [path for path in cache.rglob("*") if path.is_file() and path.suffix != ".c"]


def test_a_compiler_that_hangs_is_given_up(cache, monkeypatch, caplog):
    def hang(command, *, timeout, **_more):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", hang)
    assert "timed out" in refused(caplog)


def test_a_cache_that_cannot_be_written_gives_none(cache, caplog):
    cache.write_text("a file where the folder should be", encoding="utf-8")
    assert "cannot be written" in refused(caplog)


def test_a_damaged_library_is_compiled_again(compiled, cache):
    (cache / "native").mkdir(parents=True)
    for path in (compiled / "native").iterdir():
        if path.suffix != ".c" and path.stem.startswith("twice"):
            (cache / "native" / path.name).write_bytes(b"no library")
    assert native.library("twice", SOURCE).twice(21) == 42


def test_a_library_that_may_not_be_loaded_gives_none(cache, monkeypatch, caplog):
    def forbidden(_path):
        raise OSError("blocked by a policy")

    monkeypatch.setattr(ctypes, "CDLL", forbidden)
    assert "blocked by a policy" in refused(caplog)
