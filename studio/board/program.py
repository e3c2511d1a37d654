"""Weights into a real array, by the maker's programming tool as a process.

The tool's words are in CHIP.md: ``-m init``, ``-m program -i map.csv -k 2 [-t TAG] [--boot FILE]
[--spi ID] [--jlink ID]``, ``-m read_tag``. It needs map.csv, layers.txt, expected_in.bin and
expected_out.bin in one folder; a run takes 95 s to 6 min.

The tag is text the tool stores beside the weights. Ours is the CRC-32 of map.csv as eight
hexadecimal digits (``tag_of``), the number the firmware was built with (``network_tag``), so that
``read_tag`` says whether array and firmware belong together. That the tool takes such a text is
inferred: the tags of the published log have eight characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.base import files
from studio.base.errors import Cancelled, DataError, StudioError, ToolError
from studio.base.job import Job
from studio.board import stream
from studio.formats import expected, layers_txt, map_csv
from studio.formats.program_live import LiveLog, Programming

TIMEOUT = 900.0  # seconds; the longest published run took 371
SHORT_TIMEOUT = 120.0  # seconds for what does not write the array
PASSES = 2
LOG = "program.log"  # beside a results folder's other files: what the tool said last
_TAG = re.compile(r"\btag\b[ \t]*(?:is|[:=])[ \t]*(?:0x)?([\x21-\x7e]+)", re.IGNORECASE)
_OWN_TAG = re.compile(r"[\x21-\x7e]{1,16}")
_HALF = (
    "The array may be half programmed now: program it again, to the end, before you trust what it"
    " computes."
)
_CHECK = "Check power, cables and jumpers, and that no other program uses the probe."


class ProgramError(ToolError):
    """The programming tool failed; ``state`` is how far it had come."""

    state: Programming = Programming()


@dataclass(frozen=True)
class Options:
    """What the tool is told besides the map.

    ``passes`` is its -k. ``tag`` None is the map's own (``tag_of``), "" none at all. ``boot`` is
    a boot file to write too. ``spi`` and ``jlink`` pick one of several boards and probes.
    """

    passes: int = PASSES
    tag: str | None = None
    boot: Path | None = None
    spi: str = ""
    jlink: str = ""


@dataclass(frozen=True)
class MapFolder:
    """A folder the tool can program from: how much there is to write, and the tag."""

    folder: Path
    cells: int
    blocks: int
    frames: int
    tag: str


def tag_of(map_file: Path) -> str:
    """The CRC-32 of a map.csv as eight digits. Raises DataError when it cannot be read."""
    return f"{map_csv.tag(map_file):08X}"


def check(folder: Path) -> MapFolder:
    """Whether the four files are there and belong together, before the array is touched.

    Raises DataError with the file, and the line where there is one.
    """
    names = (map_csv.NAME, layers_txt.NAME, expected.IN, expected.OUT)
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise DataError(
            f"{', '.join(missing)} is missing; the programming tool needs {', '.join(names)}",
            hint="Map the model first: its results folder has them in the folder map.",
            where=str(folder),
        )
    cells = map_csv.read(folder / map_csv.NAME)
    lines = layers_txt.read(folder / layers_txt.NAME)
    if not lines or not len(cells):
        raise DataError("there are no weights to program", where=str(folder))
    covered = sum((line.rows + line.bias_rows) * line.columns for line in lines)
    if covered != len(cells):
        raise DataError(
            f"map.csv has {len(cells)} cells, the blocks of layers.txt {covered}",
            hint="The files come from different runs of the mapper: map the model again.",
            where=str(folder),
        )
    frames = expected.read(folder, [(line.rows, line.columns) for line in lines]).frames
    tag = tag_of(folder / map_csv.NAME)
    return MapFolder(folder, len(cells), len(lines), frames, tag)


def init(tool: Sequence[str], job: Job, on_text: Callable[[str], None] | None = None) -> None:
    """Have the tool set up the board (``-m init``), which it wants before programming.

    ``tool`` is its command: the path alone. Raises ToolError with what it said.
    """
    _short(tool, ["-m", "init"], "setting up the board", job, on_text)


def program(
    tool: Sequence[str],
    checked: MapFolder,
    options: Options,
    job: Job,
    on_change: Callable[[Programming], None] | None = None,
    on_text: Callable[[str], None] | None = None,
    timeout: float = TIMEOUT,
    keep: Path | None = None,
) -> Programming:
    """Write the weights of a map folder; the final state, whose verdict is "finished".

    ``on_change`` hears of every new state while it runs, the last one included; ``on_text`` the
    tool's own text, which is also written to the file ``keep``, however it ends. Raises
    ProgramError (a ToolError) when the tool fails or takes too long, Cancelled after the last
    state was told.
    """
    log = LiveLog(options.passes)
    command = [*tool, *arguments(checked, options)]

    said: list[str] = []

    def hear(text: str) -> None:
        said.append(text)
        if on_text is not None:
            on_text(text)
        if log.feed(text) and on_change is not None:
            on_change(log.state)

    def progress() -> tuple[int, int, str]:
        return round(log.state.progress * 1000), 1000, log.state.text

    job.step(*progress())  # cancelled before anything was touched: nothing to warn of
    try:
        code, text = stream.run(command, home(tool), progress, job, timeout, hear)
    except Cancelled:
        _tell(on_change, replace(log.state, verdict="cancelled", text=_HALF))
        raise
    except stream.TimedOut as error:
        state = _tell(on_change, replace(log.state, verdict="failed", text=error.message))
        raise _failure(state, error.message, f"{_HALF}\n{error.hint}", checked) from error
    finally:
        if keep is not None and said:
            files.write_text(keep, "".join(said))
    before = log.state.text
    state = log.end(code)
    if state.verdict != "finished":
        reason = _reason(state, code, text)
        state = replace(state, text=reason)
        _tell(on_change, state)
        hint = f"{_HALF if state.progress > 0 else ''} {_CHECK}".strip()
        message = f"programming failed while {before}: {reason}"
        raise _failure(state, message, f"{hint}\n{stream.last_lines(text)}", checked)
    return _tell(on_change, state)


def arguments(checked: MapFolder, options: Options) -> list[str]:
    """The words for ``-m program``. Raises DataError for a tag the tool cannot take."""
    words = ["-m", "program", "-i", str(checked.folder.resolve() / map_csv.NAME)]
    words += ["-k", str(options.passes)]
    tag = checked.tag if options.tag is None else options.tag
    if tag:
        if not _OWN_TAG.fullmatch(tag) or tag.startswith("-"):
            raise DataError(
                f"{tag!r} is no tag",
                hint="A tag is up to 16 letters and digits, without spaces.",
                where="tag",
            )
        words += ["-t", tag]
    if options.boot is not None:
        if not options.boot.is_file():
            raise DataError("the boot file is missing", where=str(options.boot))
        words += ["--boot", str(options.boot.resolve())]
    return words + probes(options.spi, options.jlink)


def probes(spi: str, jlink: str) -> list[str]:
    """The words that pick a board and a probe. Raises DataError for what is no number or name."""
    words = []
    for name, value in (("--spi", spi), ("--jlink", jlink)):
        if value.startswith("-"):
            raise DataError(f"{value!r} is no number of a device", where=name)
        words += [name, value] if value else []
    return words


def read_tag(tool: Sequence[str], options: Options, job: Job) -> str:
    """The tag the array holds now, "" where it has none.

    Raises ToolError when the tool fails or its answer holds no tag.
    """
    words = ["-m", "read_tag", *probes(options.spi, options.jlink)]
    text = _short(tool, words, "reading the tag", job, None)
    found = _TAG.findall(text)
    if found:
        return str(found[-1])
    if re.search(r"\bno tag\b", text, re.IGNORECASE):
        return ""
    raise ToolError(
        "the programming tool's answer holds no tag",
        hint=f"It said:\n{stream.last_lines(text)}",
        where=tool[0],
    )


def same_tag(tag: str, map_file: Path) -> bool:
    """Whether the array's tag is that of the map the firmware was built with."""
    return tag.upper() == tag_of(map_file)


def _short(
    tool: Sequence[str],
    words: Sequence[str],
    title: str,
    job: Job,
    on_text: Callable[[str], None] | None,
) -> str:
    code, text = stream.run(
        [*tool, *words], home(tool), lambda: (0, 1, title), job, SHORT_TIMEOUT, on_text
    )
    if code:
        raise ToolError(
            f"{title} failed (exit code {code})",
            hint=f"{_CHECK} The programming tool said:\n{stream.last_lines(text)}",
            where=tool[0],
        )
    return text


def home(tool: Sequence[str]) -> Path | None:
    """The tool's own folder, to run it in: it is documented that way, with files beside it."""
    folder = Path(tool[-1]).parent
    return folder if folder.is_absolute() and folder.is_dir() else None


def _reason(state: Programming, code: int, text: str) -> str:
    if state.complaints:
        return state.complaints[-1]
    if code:
        return f"the tool ended with exit code {code}"
    return "the tool ended without 'Program Finished!'" if text.strip() else "the tool said nothing"


def _failure(state: Programming, message: str, hint: str, checked: MapFolder) -> StudioError:
    error = ProgramError(message, hint=hint, where=str(checked.folder))
    error.state = state
    return error


def _tell(on_change: Callable[[Programming], None] | None, state: Programming) -> Programming:
    if on_change is not None:
        on_change(state)
    return state
