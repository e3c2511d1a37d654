"""Where things lie: our own resources, the user's settings, caches and logs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

APP = "cim-studio"


def resources() -> Path:
    """The resources folder: beside the package, or inside a frozen program."""
    frozen = getattr(sys, "_MEIPASS", None)
    root = Path(frozen) if frozen else Path(__file__).resolve().parents[2]
    return root / "resources"


def resource(*parts: str) -> Path:
    """One file or folder below the resources folder."""
    return resources().joinpath(*parts)


def _user_folder(windows: str, mac: str, variable: str, fallback: str) -> Path:
    if sys.platform == "win32":
        base = os.environ.get(windows)
        return Path(base) if base else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / mac
    base = os.environ.get(variable)
    return Path(base) if base else Path.home() / fallback


def config() -> Path:
    """The user's settings folder (not created here)."""
    return _user_folder("APPDATA", "Application Support", "XDG_CONFIG_HOME", ".config") / APP


def cache() -> Path:
    """The user's cache folder (not created here): compiler caches, prepared web files."""
    return _user_folder("LOCALAPPDATA", "Caches", "XDG_CACHE_HOME", ".cache") / APP


def logs() -> Path:
    """The folder of log files (not created here)."""
    return cache() / "log"


def work() -> Path:
    """Where results go when the user names no folder: ``CIM Studio`` in the home folder."""
    return Path.home() / "CIM Studio"
