"""Running the maker's mapper on an exported folder, in Docker or on another computer by SSH.

Only as the user set it up in the settings, and after one yes for the folder (consent.py). The
container has no network; of the other computer only a temporary folder is written, and removed.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import Cancelled, StudioError, ToolError
from studio.base.job import Job
from studio.base.settings import Settings
from studio.board import consent, stream, tools
from studio.board.maker_export import JOB, OUTPUT, SCRIPT

TIMEOUT = 1800.0  # seconds; the mapper's own search alone may take 300
COPY_TIMEOUT = 300.0
SHORT_TIMEOUT = 30.0
_EXCHANGE = "/exchange"
_HOME = "/workspace/witin_mapper"  # where the maker's images have it
_SSH = ("-o", "BatchMode=yes", "-o", "ConnectTimeout=10")
_IMAGE = re.compile(r"[\w][\w.:/@-]*", re.ASCII)
_HOST = re.compile(r"[\w][\w.@:-]*", re.ASCII)
_PYTHON = re.compile(r"[\w/][\w./-]*", re.ASCII)
_REMOTE = re.compile(r"/[\w./-]+", re.ASCII)

OnText = Callable[[str], None]


@dataclass(frozen=True)
class Ran:
    """The folder the mapper wrote, and what it said."""

    output: Path
    text: str


def run(
    folder: Path,
    settings: Settings,
    job: Job,
    on_text: OnText | None = None,
    timeout: float = TIMEOUT,
) -> Ran:
    """Run the mapper on ``folder``, as the settings say, and bring its output into it.

    ``on_text`` hears what it says. Raises ConsentError without the user's yes for the folder,
    ToolError where nothing is set up, a program is missing or the mapper fails, Cancelled.
    """
    missing = [name for name in (JOB, SCRIPT) if not (folder / name).is_file()]
    if missing:
        raise ToolError(
            f"{', '.join(missing)} is missing: this is no folder for the maker's mapper",
            hint="Write one with cim-studio maker-export.",
            where=str(folder),
        )
    checked(settings)
    consent.require(folder, "the maker's mapper would run on this folder")
    _clear(folder / OUTPUT)
    how = _docker if settings.mapper == "docker" else _ssh
    text = how(folder.resolve(), settings, job, on_text, timeout)
    output = folder / OUTPUT
    if not any(output.rglob("map.csv")):
        raise ToolError(
            "the mapper ended, but wrote no map.csv",
            hint=f"It said:\n{stream.last_lines(text)}",
            where=str(output),
        )
    return Ran(output, text)


def checked(settings: Settings) -> Settings:
    """The settings, where they name a way to run the mapper. Raises ToolError otherwise."""
    name, value, pattern = {
        "docker": ("Docker image", settings.mapper_image, _IMAGE),
        "ssh": ("SSH host", settings.mapper_host, _HOST),
    }.get(settings.mapper, ("", "", _IMAGE))
    if not name:
        raise ToolError(
            "it is not set up where the maker's mapper runs",
            hint="Choose Docker or SSH in the settings, under Maker's mapper; or run the folder's"
            " run_mapper.py by hand, as its README tells.",
            where="settings",
        )
    # A name that begins with "-" would be an option to the program.
    for title, given, form in ((name, value, pattern), ("Python", settings.mapper_python, _PYTHON)):
        if not form.fullmatch(given):
            raise ToolError(
                f"{title} {given!r} in the settings is not usable",
                hint="Give a plain name, without spaces.",
                where="settings",
            )
    return settings


def _docker(
    folder: Path, settings: Settings, job: Job, on_text: OnText | None, timeout: float
) -> str:
    program = tools.find("docker", settings)
    name = f"cim-studio-{secrets.token_hex(4)}"
    # --mount, not -v: a path may hold a colon, as Windows' do. Its fields are CSV.
    mount = f"type=bind,source={folder},target={_EXCHANGE}"
    if any(sign in str(folder) for sign in ',"\n'):
        raise ToolError(
            "Docker cannot mount a folder whose name has a comma or quotes",
            hint="Export to another folder.",
            where=str(folder),
        )
    command = [program, "run", "--rm", "--name", name, "--network", "none", "--mount", mount]
    command += ["--workdir", _HOME, settings.mapper_image]
    command += [settings.mapper_python, f"{_EXCHANGE}/{SCRIPT}"]
    try:
        return _call(command, "mapping in Docker", job, timeout, on_text)
    except (Cancelled, stream.TimedOut):
        # Ending the client leaves the container running.
        with contextlib.suppress(StudioError):
            _call([program, "kill", name], "ending the container", Job(), SHORT_TIMEOUT, None)
        raise


def _ssh(folder: Path, settings: Settings, job: Job, on_text: OnText | None, timeout: float) -> str:
    ssh, scp = tools.find("ssh", settings), tools.find("scp", settings)
    host = settings.mapper_host
    made = _call(
        [ssh, *_SSH, host, "mktemp -d"], "connecting to the host", job, SHORT_TIMEOUT, None
    )
    remote = stream.last_lines(made, 1)
    if not _REMOTE.fullmatch(remote):
        raise ToolError(
            f"the host answered {remote[:80]!r} instead of a folder's name",
            hint="Logging in must not print anything there.",
            where=host,
        )
    away = f"rm -rf {remote}"
    try:
        names = sorted(path for path in folder.iterdir() if not path.name.startswith(OUTPUT))
        _call(
            [scp, *_SSH, "-q", "-r", *map(str, names), f"{host}:{remote}/"],
            "copying the folder to the host", job, COPY_TIMEOUT, None,
        )  # fmt: skip
        # exec: the mapper keeps the shell's number, by which it can be ended.
        command = f"cd {remote} && echo $$ > pid && exec {settings.mapper_python} {SCRIPT}"
        try:
            text = _call([ssh, *_SSH, host, command], "mapping on the host", job, timeout, on_text)
        except (Cancelled, stream.TimedOut):
            away = f"kill $(cat {remote}/pid); {away}"
            raise
        _call(
            [scp, *_SSH, "-q", "-r", f"{host}:{remote}/{OUTPUT}", str(folder)],
            "copying the map from the host", job, COPY_TIMEOUT, None,
        )  # fmt: skip
        return text
    finally:
        with contextlib.suppress(StudioError):
            _call([ssh, *_SSH, host, away], "cleaning up", Job(), SHORT_TIMEOUT, None)


def _call(
    command: Sequence[str], title: str, job: Job, timeout: float, on_text: OnText | None
) -> str:
    """Run one program. Raises ToolError with the end of what it said where it fails."""
    state = [title]

    def hear(text: str) -> None:
        lines = [line for line in text.splitlines() if line.strip()]
        if lines:
            state[0] = f"{title}: {lines[-1].strip()[:100]}"
        if on_text is not None:
            on_text(text)

    code, text = stream.run(command, None, lambda: (0, 1, state[0]), job, timeout, hear)
    if code:
        raise ToolError(
            f"{title} failed (exit code {code})",
            hint=f"{_remedy(text)}\nIt said:\n{stream.last_lines(text)}".strip(),
            where=Path(command[0]).name,
        )
    return text


def _remedy(text: str) -> str:
    """What to do about what a program said, where it is known."""
    for words, hint in (
        ("Cannot connect to the Docker daemon", "Start Docker."),
        ("permission denied while trying to connect", "Your account may not use Docker."),
        ("Unable to find image", "The image is not on this computer: load or pull it first."),
        ("Permission denied (", "Logging in needs a key without a password: set one up with ssh."),
        ("Connection refused", "No SSH server answers there."),
        ("Could not resolve hostname", "Correct the host's name in the settings."),
        ("Host key verification failed", "Log in once by hand with ssh to accept its key."),
        ("Failed to allocation array memory", "The mapper found no room for the weights."),
        ("No enough memory to alloc", "The NPU's memory is too small for this network."),
        ("No module named", "The Python in the settings does not have the mapper."),
    ):
        if words in text:
            return hint
    return ""


def _clear(output: Path) -> None:
    """Put an earlier output aside, so that it is not taken for the new one."""
    if not output.exists():
        return
    for number in range(1, 1000):
        aside = output.with_name(f"{output.name}.{number}")
        if not aside.exists():
            try:
                output.rename(aside)
            except OSError as error:
                raise ToolError(
                    f"the earlier output cannot be put aside: {error.strerror}",
                    hint="Close the programs that use it.",
                    where=str(output),
                ) from error
            return
