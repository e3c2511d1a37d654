"""Inner loops in C: compiled at first use by the zig that comes with us, kept in the cache.

Whoever uses this has a way to go on without it: on some machines nothing can be compiled, or
what was compiled may not be loaded.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import logging
import os
import subprocess
import sys
from pathlib import Path

from studio.base import paths
from studio.base.errors import ProjectError
from studio.base.files import replacing

_LOG = logging.getLogger(__name__)


def library(name: str, source: str) -> ctypes.CDLL | None:
    """The shared library of C ``source`` (freestanding, no libc); None where it cannot be had."""
    zig = importlib.util.find_spec("ziglang")
    suffix = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    bits = ctypes.sizeof(ctypes.c_void_p) * 8
    key = hashlib.sha256(f"{source}{sys.platform}{bits}".encode()).hexdigest()[:16]
    path = paths.cache() / "native" / f"{name}-{key}{suffix}"
    try:
        if not path.is_file():
            if zig is None or zig.origin is None:
                _LOG.info("no ziglang: going on without the compiled %s", name)
                return None
            _compile(Path(zig.origin).parent, source, path)
        return ctypes.CDLL(str(path))
    except (OSError, ProjectError, subprocess.SubprocessError) as error:
        _LOG.warning("going on without the compiled %s: %s", name, error)
        return None


def _compile(folder: Path, source: str, path: Path) -> None:
    compiler = folder / ("zig.exe" if os.name == "nt" else "zig")
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.with_suffix(".c")
    with replacing(file) as temporary:
        temporary.write_text(source, encoding="utf-8", newline="\n")
    with replacing(path) as temporary:
        command = [str(compiler), "cc", "-shared", "-O2", "-mcpu=baseline"]
        command += [] if sys.platform == "darwin" else ["-nostdlib"]
        command += [str(file), "-o", str(temporary)]
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
            cwd=path.parent,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
