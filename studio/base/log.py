"""Log handlers; only the doors (app, cli, worker, emulator) call this."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

from studio.base import paths


def to_file(name: str, level: int = logging.INFO) -> Path:
    """Send the root logger to ``<logs>/<name>.log`` (three files of 1 MB) and return its path."""
    folder = paths.logs()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.log"
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=1_000_000, backupCount=2, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    return path
