"""Inner loops in C: compiled at first use by the zig that comes with us, kept in the cache.

Whoever uses this has a way to go on without it: on some machines nothing can be compiled, or
what was compiled may not be loaded.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import logging
import os
import platform
import subprocess
import sys
from pathlib import Path

from studio.base import paths
from studio.base.errors import ProjectError
from studio.base.files import replacing

_LOG = logging.getLogger(__name__)

# Before every source: what to export, and what a library without libc must bring itself.
_PRELUDE = r"""
#ifdef _WIN32
#define EXPORT __declspec(dllexport)
int __stdcall _DllMainCRTStartup(void *library, unsigned reason, void *reserved) { return 1; }
void *memcpy(void *to, const void *from, __SIZE_TYPE__ n) {
    for (__SIZE_TYPE__ i = 0; i < n; i++) ((char *)to)[i] = ((const char *)from)[i];
    return to;
}
void *memset(void *to, int value, __SIZE_TYPE__ n) {
    for (__SIZE_TYPE__ i = 0; i < n; i++) ((char *)to)[i] = (char)value;
    return to;
}
#else
#define EXPORT __attribute__((visibility("default")))
#endif
"""

# No library of C is there to include from or to link with.
_OPTIONS = ("-shared", "-O2", "-mcpu=baseline", "-ffreestanding")


def library(name: str, source: str) -> ctypes.CDLL | None:
    """The shared library of C ``source``; None where it cannot be had.

    The source is freestanding and marks its functions with EXPORT.
    """
    suffix = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    machine = f"{sys.platform}{platform.machine()}{ctypes.sizeof(ctypes.c_void_p) * 8}"
    key = hashlib.sha256(f"{_OPTIONS}{_PRELUDE}{source}{machine}".encode()).hexdigest()[:16]
    path = paths.cache() / "native" / f"{name}-{key}{suffix}"
    try:
        if path.is_file():
            with contextlib.suppress(OSError):  # damaged: compile it again
                return ctypes.CDLL(str(path))
        compile_to(path, source)
        return ctypes.CDLL(str(path))
    except (OSError, ProjectError, subprocess.SubprocessError) as error:
        _LOG.warning("going on without the compiled %s: %s", name, error)
        return None


def compile_to(path: Path, source: str, target: str = "") -> None:
    """Compile ``source`` into a shared library, for this machine or zig's target triple.

    Raises ProjectError where the folder cannot be written, OSError or SubprocessError where
    the compiler cannot be run or refuses.
    """
    windows = "windows" in target or (not target and sys.platform == "win32")
    darwin = "macos" in target or (not target and sys.platform == "darwin")
    compiler = _compiler()
    file = path.with_suffix(".c")
    with replacing(file) as temporary:
        temporary.write_text(_PRELUDE + source, encoding="utf-8", newline="\n")
    with replacing(path) as temporary:
        command = [str(compiler), "cc", *_OPTIONS]
        command += ["-target", target] if target else []
        command += [] if darwin else ["-nostdlib"]
        command += ["-fno-builtin"] if windows else []  # or memcpy would call itself
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


def _compiler() -> Path:
    found = importlib.util.find_spec("ziglang")
    if found is None or found.origin is None:
        raise FileNotFoundError("ziglang is not installed")
    compiler = Path(found.origin).parent / ("zig.exe" if os.name == "nt" else "zig")
    if not compiler.is_file():
        raise FileNotFoundError(f"there is no compiler at {compiler}")
    return compiler
