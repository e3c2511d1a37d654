"""Programs that tests play: Python text behind a small shell script.

A first line that names the interpreter would end at the first blank of its path.
"""

from __future__ import annotations

import sys
from pathlib import Path


def program(path: Path, text: str) -> Path:
    """A program at ``path`` that runs ``text``, which lies beside it, in this Python."""
    source = path.with_name(f"{path.name}.py")
    source.write_text(text, encoding="utf-8")
    return _script(path, f'exec "{sys.executable}" "{source}" "$@"')


def python(path: Path) -> Path:
    """This Python under another path."""
    return _script(path, f'exec "{sys.executable}" "$@"')


def _script(path: Path, line: str) -> Path:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)
    return path
