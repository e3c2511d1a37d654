"""run.py makes real environments, with real pip, without a network.

A copy of run.py lives in a tiny project that needs no other distribution and builds itself.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "tiny"
version = "1"
[project.optional-dependencies]
test = ["not-to-be-had"]
"""

# The least that pip asks of a build backend (PEP 517 and 660).
BACKEND = """
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    meta = "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n"
    meta += "Provides-Extra: test\\nRequires-Dist: not-to-be-had ; extra == 'test'\\n"
    wheel = "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    name = "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as file:
        file.writestr("tiny.pth", str(pathlib.Path(__file__).parent))
        file.writestr("tiny-1.dist-info/METADATA", meta)
        file.writestr("tiny-1.dist-info/WHEEL", wheel)
        file.writestr("tiny-1.dist-info/RECORD", "tiny.pth,,\\ntiny-1.dist-info/RECORD,,\\n")
    return name
"""

MAIN = """
import sys
print("arguments", sys.argv[1:], "环境" in sys.prefix, sys.flags.utf8_mode)
sys.exit(5)
"""


def start(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, PIP_NO_INDEX="1", PIP_NO_CACHE_DIR="1", PYTHONUTF8="1")
    for name in ("PIP_FIND_LINKS", "PIP_CONFIG_FILE", "VIRTUAL_ENV", "PYTHONPATH"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, str(home / "run.py"), *words],
        cwd=home.parent,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "环境 with space"
    (folder / "installer").mkdir(parents=True)
    (folder / "studio").mkdir()
    shutil.copy(ROOT / "run.py", folder)
    for name, text in (
        ("pyproject.toml", PROJECT),
        ("backend.py", BACKEND),
        ("installer/constraints.txt", "# none\n"),
        ("studio/__init__.py", ""),
        ("studio/__main__.py", MAIN),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    # A folder that must not be taken for the program.
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio" / "__main__.py").write_text("raise SystemExit(99)", encoding="utf-8")
    return folder


def test_set_up_once_then_start_at_once(home: Path) -> None:
    first = start(home, "demo", "--out", "结果 1")
    assert first.returncode == 5, first.stderr + first.stdout
    assert "arguments ['demo', '--out', '结果 1'] True 1" in first.stdout
    assert "Making the environment" in first.stdout
    stamp = home / ".venv" / "cim-studio.json"
    assert json.loads(stamp.read_text(encoding="utf-8"))["extra"] == ""

    begin = time.monotonic()
    second = start(home, "demo")
    seconds = time.monotonic() - begin
    assert second.returncode == 5
    assert second.stdout.splitlines() == ["arguments ['demo'] True 1"]
    assert seconds < 10  # two starts of Python; 0.1 s on an idle machine

    # What cannot be installed leaves no environment that counts as good ...
    failed = start(home, "test")
    assert failed.returncode == 1
    assert "Setting up failed" in failed.stderr
    assert "not-to-be-had" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not stamp.exists()
    # ... and the next start mends it without making it anew.
    third = start(home, "demo")
    assert third.returncode == 5
    assert "Making the environment" not in third.stdout
    assert stamp.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written(home: Path) -> None:
    home.chmod(0o500)
    try:
        result = start(home, "demo")
    finally:
        home.chmod(0o700)
    assert result.returncode == 1
    assert "Not allowed to write" in result.stderr
    assert "Traceback" not in result.stderr


def test_place_taken_by_a_file(home: Path) -> None:
    (home / ".venv").write_text("", encoding="utf-8")
    result = start(home, "demo")
    assert result.returncode == 1
    assert "Setting up failed" in result.stderr
    assert "Traceback" not in result.stderr
