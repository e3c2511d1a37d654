"""Set up and start CIM Studio with nothing but Python.

python3 run.py            open the window
python3 run.py demo       take the bundled example all the way to the emulator
python3 run.py test       run every check; further words go to pytest

The first start makes the folder .venv beside this file and installs the libraries into it;
later starts only look whether that is still right.
"""

import collections
import hashlib
import importlib
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

# Only syntax of Python 3.6 in this file, so that an old Python gets as far as the message below.
OLDEST = (3, 11)
NEWEST_TRIED = (3, 13)
if tuple(sys.version_info[:2]) < OLDEST:
    sys.exit(
        f"CIM Studio needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is Python "
        f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable}).\n"
        "Install a newer one and start run.py with it, for example: python3.12 run.py"
    )

ROOT = Path(__file__).resolve().parent
STAMP = "cim-studio.json"

# What Qt and its web engine load and a bare Debian or Ubuntu lacks. Where a package has two
# names, the first is the one of newer releases.
QT_PACKAGES = (
    "libegl1 libgl1 libglib2.0-0t64|libglib2.0-0 libgssapi-krb5-2 libxkbcommon0 "
    "libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 "
    "libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libnss3 "
    "libnspr4 libasound2t64|libasound2 libxcomposite1 libxdamage1 libxrandr2 libxtst6 "
    "libxkbfile1 libgbm1 libudev1 fonts-noto-cjk"
)

# Real debuggers and compilers that some tests try; without them those tests are left out.
TEST_PACKAGES = "gdb-multiarch openocd gcc-riscv64-unknown-elf socat"

# Words in pip's output and what to tell the user.
ADVICE = (
    ("No space left", "The disk is full."),
    ("WinError 206", "The path is too long for Windows: move this folder closer to the drive."),
    ("WinError 32", "A file is in use: close CIM Studio and try again."),
    ("WinError 5", "A file is in use or protected: close CIM Studio and try again."),
    ("Permission denied", "Not allowed to write there: move this folder to one of your own."),
    ("connection", "The network cannot be reached: check the connection and try again."),
    ("Temporary failure", "The network cannot be reached: check the connection and try again."),
    ("Read timed out", "The network is too slow or interrupted: try again."),
    ("SSLError", "The secure connection failed: check the proxy and the computer's clock."),
    (
        "No matching distribution",
        "A library has no build for this Python or system, or cannot be reached.",
    ),
)


class SetupError(Exception):
    """Setting up failed; the text says what and what to do."""


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def is_root() -> bool:
    """Whether we may install system packages."""
    if sys.platform == "win32":
        return False
    return os.geteuid() == 0


def venv_python(venv: Path) -> Path:
    """The interpreter inside ``venv``."""
    if sys.platform == "win32":
        return venv / "Scripts" / "python.exe"
    return venv / "bin" / "python"


def child_environment() -> dict[str, str]:
    """The environment of the programs we start: UTF-8 and a quiet pip."""
    environment = dict(os.environ)
    environment.setdefault("PYTHONUTF8", "1")
    environment.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    environment.setdefault("PIP_NO_INPUT", "1")
    environment["PIP_USER"] = "0"  # a user's pip.conf may say otherwise, which breaks in .venv
    environment.setdefault("PIP_ROOT_USER_ACTION", "ignore")
    if is_root():
        # Chromium's sandbox refuses to run as root.
        environment.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    return environment


def call(command: list[str], environment: dict[str, str], cwd: Path | None = None) -> int:
    """Run a program in this terminal and return its exit code; Ctrl-C is left to the program."""
    process = subprocess.Popen(command, cwd=cwd, env=environment)
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue
        return code if code >= 0 else 128 - code


def capture(command: list[str], environment: dict[str, str], show: tuple[str, ...]) -> None:
    """Run a program quietly, printing only lines that start with one of ``show``.

    Raises SetupError with the end of its output when it fails.
    """
    tail: collections.deque[str] = collections.deque(maxlen=25)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            tail.append(line.rstrip())
            if show and line.strip().startswith(show):
                say(f"  {line.strip()[:100]}")
    if process.returncode != 0:
        output = "\n".join(f"  | {line}" for line in tail)
        raise SetupError(f"this failed: {' '.join(command[:4])} ...\n{output}\n{advice(tail)}")


def advice(lines: Iterable[str]) -> str:
    """What to tell the user about a failed command, from its output."""
    output = "\n".join(lines).lower()
    for words, text in ADVICE:
        if words.lower() in output:
            if words == "No matching distribution" and sys.version_info[:2] > NEWEST_TRIED:
                newest = ".".join(map(str, NEWEST_TRIED))
                return f"{text} This Python is newer than {newest}, the newest we tried."
            return text
    return "Nothing was left half done: run the same command again after mending it."


def missing_packages(names: list[str]) -> list[str]:
    """Those Debian packages of ``names`` (``a|b``: either) that are not installed.

    Empty on other systems.
    """
    query = shutil.which("dpkg-query")
    if query is None or not Path("/etc/debian_version").is_file():
        return []
    every = [name for entry in names for name in entry.split("|")]
    found = subprocess.run(
        [query, "-W", "-f=${Package} ${db:Status-Status}\\n", *every],
        capture_output=True,
        encoding="utf-8",
        check=False,  # it fails when it does not know one of them, and lists the others
    ).stdout.splitlines()
    installed = {line.split()[0] for line in found if line.endswith(" installed")}
    return [entry for entry in names if not installed.intersection(entry.split("|"))]


def known_name(entry: str) -> str:
    """The name of ``a|b`` that this release of Debian or Ubuntu has."""
    names = entry.split("|")
    for name in names[:-1]:
        shown = subprocess.run(["apt-cache", "show", name], capture_output=True, check=False)
        if shown.returncode == 0 and shown.stdout:
            return name
    return names[-1]


def install_packages(entries: list[str], purpose: str) -> None:
    """Install system packages as root; otherwise say how. Never stops the rest."""
    if not entries:
        return
    if not is_root():
        line = " ".join(known_name(entry) for entry in entries)
        say(f"{purpose} needs system packages. Install them once with this line:")
        say(f"  sudo apt-get install {line}")
        return
    environment = dict(child_environment(), DEBIAN_FRONTEND="noninteractive")
    try:
        say("Installing system packages ...")
        capture(["apt-get", "update", "-qq"], environment, ())
        names = [known_name(entry) for entry in entries]  # only now are the lists known
        command = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *names]
        capture(command, environment, ())
    except (SetupError, OSError) as error:
        say(f"System packages could not be installed, going on without them:\n{error}")


def wanted_key() -> str:
    """What the environment was built for: our requirements, this Python, this place."""
    parts = [
        (ROOT / "pyproject.toml").read_bytes(),
        (ROOT / "installer" / "constraints.txt").read_bytes(),
        f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}".encode(),
        str(ROOT).encode("utf-8", "surrogateescape"),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def read_stamp(venv: Path) -> dict[str, object]:
    """What an earlier start wrote after it had finished; empty when there is none."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def make_venv(venv: Path) -> None:
    """Make an empty environment at ``venv``, replacing what is there."""
    if importlib.util.find_spec("ensurepip") is None:
        version = f"python3.{sys.version_info[1]}-venv"
        if shutil.which("apt-get") is None:
            raise SetupError("this Python has no ensurepip: install its venv package.")
        install_packages([f"{version}|python3-venv"], "Setting up")
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is None:
            raise SetupError(f"this Python cannot make environments yet: {version} is missing.")
    say("Making the environment .venv ...")
    try:
        capture([sys.executable, "-m", "venv", "--clear", str(venv)], child_environment(), ())
    except SetupError:
        shutil.rmtree(venv, ignore_errors=True)
        raise


def set_up(extra: str) -> Path:
    """Make .venv fit for use (``extra``: "" or "test") and return its Python.

    The stamp is removed before anything changes and written after everything succeeded, so a
    half-made environment is never taken for a good one. Raises SetupError.
    """
    venv = ROOT / ".venv"
    python = venv_python(venv)
    key = wanted_key()
    stamp = read_stamp(venv)
    same = python.is_file() and stamp.get("key") == key
    if same and (not extra or stamp.get("extra") == extra):
        return python
    version = [sys.version_info[0], sys.version_info[1]]
    try:
        (venv / STAMP).unlink(missing_ok=True)
        inside = Path(sys.prefix).resolve() == venv.resolve()
        moved = stamp.get("root", str(ROOT)) != str(ROOT)  # its scripts name the old place
        if not inside and (moved or not fits(python, version)):
            make_venv(venv)
        say("Installing libraries. The first time this loads about 400 MB and takes minutes.")
        requirement = f".[{extra}]" if extra else "."
        command = [str(python), "-m", "pip", "install", "--progress-bar=off"]
        # Builds for this Python or none: compiling one of these from source never ends well.
        command += ["--only-binary=:all:", "-c", "installer/constraints.txt", "-e", requirement]
        shown = ("Downloading", "Installing collected", "WARNING: Retrying")
        capture(command, child_environment(), shown)
        text = json.dumps({"key": key, "extra": extra, "root": str(ROOT)})
        (venv / STAMP).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{error}\nNot allowed to write, or the disk is full.") from error
    return python


def fits(python: Path, version: list[int]) -> bool:
    """Whether ``python`` runs, has this version and has pip."""
    code = "import sys, pip; print(list(sys.version_info[:2]))"
    try:
        result = subprocess.run(
            [str(python), "-c", code], capture_output=True, encoding="utf-8", check=False
        )
    except OSError:
        return False
    return result.returncode == 0 and result.stdout.strip() == str(version)


def run_checks(python: Path, words: list[str]) -> int:
    """Every check of the house, each even when one before it failed; 0 when all passed."""
    lint = "from importlinter.cli import lint_imports_command as lint; lint()"
    # One process a core; a file's tests stay together, they share what is slow to make. Files in
    # order: tests/e2e comes first, and what is left to the end is short.
    spread = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
    checks = (
        ("ruff check", ["-m", "ruff", "check"]),
        ("ruff format", ["-m", "ruff", "format", "--check"]),
        ("mypy", ["-m", "mypy"]),
        ("import contracts", ["-c", lint, "--no-logo"]),
        ("pytest", ["-m", "pytest", *spread, *words]),
    )
    environment = child_environment()
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    results = []
    for name, arguments in checks:
        say(f"\n== {name}")
        start = time.monotonic()
        code = call([str(python), *arguments], environment, ROOT)
        results.append((name, code, time.monotonic() - start))
    say("\n== Summary")
    for name, code, seconds in results:
        say(f"  {'passed' if code == 0 else 'FAILED'}  {name} ({seconds:.1f} s)")
    return 0 if all(code == 0 for _, code, _ in results) else 1


def no_screen() -> bool:
    """Whether a window cannot open because this Linux session has no screen."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform == "linux" and not any(os.environ.get(name) for name in names)


def main(words: list[str]) -> int:
    """Do what the words say and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console of another code page
    task = words[0] if words else ""
    if task in ("help", "-h", "--help"):
        say(str(__doc__))
        return 0
    if task not in ("", "demo", "test"):
        print(f"run.py does not know {task!r}.\n\n{__doc__}", file=sys.stderr)
        return 2
    if task == "" and no_screen():
        print(
            "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set.\n"
            "The command line works without one, for example: python3 run.py demo",
            file=sys.stderr,
        )
        return 1
    try:
        if task != "demo":
            install_packages(missing_packages(QT_PACKAGES.split()), "The window")
        if task == "test":
            install_packages(missing_packages(TEST_PACKAGES.split()), "Trying other tools")
        python = set_up("test" if task == "test" else "")
    except SetupError as error:
        print(f"Setting up failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Start again to go on.", file=sys.stderr)
        return 130
    if task == "test":
        return run_checks(python, words[1:])
    # -P: a folder called studio where the user happens to be is not ours.
    command = [str(python), "-P", "-m", "studio"]
    return call(command + words, child_environment())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
