"""The command line in processes of its own, without a second of imports for each.

Where the system can fork, a server that has imported the libraries forks a process for each call:
its own arguments, environment, folder, output and exit code, as when it is started plainly, which
the tests of run.py and of the programs that run for long do.
"""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

_SECONDS = 240
_PRELOADED = (
    "studio.cli",
    "studio.stages",
    "studio.commands_run",
    "studio.target",
    "onnx",
    "onnxruntime",
    "tests.e2e.commands",
)


def cim(
    *words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line; no traceback may ever reach the user."""
    arguments = list(map(str, words))
    folder = Path.cwd() if cwd is None else cwd
    done = _forked(arguments, folder, dict(os.environ if env is None else env))
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return done


def good(
    *words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run with --json, expect success, return the result."""
    done = cim(*words, "--json", cwd=cwd, env=env)
    assert done.returncode == 0, done.stderr + done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _forked(
    arguments: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    context = _server()
    if context is None:
        return subprocess.run(
            [sys.executable, "-m", "studio", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
    with tempfile.TemporaryDirectory() as temporary:
        out, err = (Path(temporary) / name for name in ("out", "err"))
        process: Any = context.Process(  # type: ignore[attr-defined]
            target=_main, args=(arguments, folder, environment, out, err)
        )
        process.start()
        process.join(_SECONDS)
        if process.is_alive():
            process.kill()
            raise subprocess.TimeoutExpired(arguments, _SECONDS)
        texts = [path.read_text(encoding="utf-8") for path in (out, err)]
        return subprocess.CompletedProcess(arguments, process.exitcode, *texts)


@functools.cache
def _server() -> BaseContext | None:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return None
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    return context


def _main(
    arguments: list[str], folder: Path, environment: dict[str, str], out: Path, err: Path
) -> None:
    """The process: as ``python -m studio`` would find it."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    from studio import __main__ as program  # noqa: PLC0415

    sys.argv = [str(program.__file__), *arguments]
    sys.exit(program.main())
