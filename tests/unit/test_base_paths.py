"""Folders by system; logs go where they should."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from studio.base import log, paths


def test_resources_are_found() -> None:
    assert paths.resource("chips", "wtm2101.toml").is_file()
    assert paths.resource("examples", "digits", "digits.onnx").is_file()


def test_resources_of_a_frozen_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resource("chips") == tmp_path / "resources" / "chips"


@pytest.mark.parametrize(
    ("system", "variable", "expected"),
    [
        ("win32", "APPDATA", "folder/cim-studio"),
        ("linux", "XDG_CONFIG_HOME", "folder/cim-studio"),
        ("darwin", "XDG_CONFIG_HOME", "home/Library/Application Support/cim-studio"),
    ],
)
def test_settings_folder(
    system: str, variable: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv(variable, str(tmp_path / "folder"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert paths.config() == tmp_path / expected


def test_folders_without_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    assert paths.logs() == tmp_path / ".cache" / "cim-studio" / "log"
    monkeypatch.setattr(sys, "platform", "win32")
    assert paths.cache() == tmp_path / "AppData" / "Local" / "cim-studio"
    assert paths.work() == tmp_path / "CIM Studio"


def test_log_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "logs", lambda: tmp_path / "日志")
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        path = log.to_file("test")
        logging.getLogger("studio.somewhere").info("读 %d", 3)
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    assert path.parent == tmp_path / "日志"
    assert "INFO studio.somewhere: 读 3" in path.read_text(encoding="utf-8")
