"""Text as it lies on disk: its encoding and line ends, found when read and kept when written."""

from __future__ import annotations

import codecs
import hashlib
import itertools
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from studio.base.errors import DataError

WHOLE = 4 << 20  # bytes; of a larger file only parts are shown
PART = 1 << 20  # bytes of a large file that are shown at once
LINE = 5_000  # characters; a text view needs seconds to lay out a line of a million
_CUT = 1_000  # characters of the pieces that longer lines are shown in
KINDS = (
    ".c", ".h", ".s", ".ld", ".toml", ".protobuf", ".csv", ".txt", ".md", ".json", ".py", ".log",
    ".cmake",
)  # fmt: skip

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ENCODINGS = ("utf-8", "gb18030")
# Characters Qt's text documents take for the end of a line or a frame.
_FOREIGN = ("\u2028", "\u2029", "\ufdd0", "\ufdd1")


@dataclass(frozen=True)
class Form:
    """How a text is written: encoding, with byte order mark or without, and its line ends."""

    encoding: str = "utf-8"
    bom: bool = False
    newline: str = "\n"


@dataclass(frozen=True)
class Stamp:
    """What tells two versions of a file apart: time, size, and the digest of the content.

    The digest of a file shown in parts is "".
    """

    time: int
    size: int
    digest: str


@dataclass(frozen=True)
class Content:
    """A file's text with line feeds as line ends, or the part up to byte ``end`` of it.

    ``mixed`` text has several kinds of line ends, of which saving keeps the one used most;
    ``exact`` is false where the text view cannot hold all its characters.
    """

    text: str
    form: Form
    stamp: Stamp
    end: int
    mixed: bool = False
    exact: bool = True

    @property
    def complete(self) -> bool:
        """Whether nothing of the file is left out."""
        return self.end >= self.stamp.size


EMPTY = Content("", Form(), Stamp(0, 0, ""), 0)


def is_text(path: Path) -> bool:
    """Whether the editor takes dropped files of this name."""
    return path.suffix.lower() in KINDS


def read(path: Path) -> Content:
    """The whole file, or the first part of one larger than ``WHOLE`` bytes.

    Raises DataError for a folder, a missing file, and one that holds no text.
    """
    if path.is_dir():
        raise DataError(
            _tr("This is a folder."), hint=_tr("Open one of the files in it."), where=str(path)
        )
    try:
        stat = path.stat()
        if stat.st_size > WHOLE:
            return _first_part(path, Stamp(stat.st_mtime_ns, stat.st_size, ""))
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    text, form = decode(data, path)
    stamp = Stamp(stat.st_mtime_ns, len(data), hashlib.sha256(data).hexdigest())
    exact = not any(character in text for character in _FOREIGN)
    mixed = exact and encode(text, form) != data
    return Content(text, form, stamp, len(data), mixed, exact)


def read_part(path: Path, form: Form, start: int) -> tuple[str, int]:
    """The next part of a large file from byte ``start``, and the byte it ends before."""
    try:
        with path.open("rb") as stream:
            stream.seek(start)
            data = stream.read(PART)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) == PART:
        # A part ends with a line, so that no character is cut in two.
        data = data[: data.rfind(b"\n") + 1] or data
    text = data.decode(form.encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff") if not start else text, start + len(data)


def changed(path: Path, stamp: Stamp) -> Stamp | None:
    """The stamp of what now lies at ``path`` where its content is another; None where it is not.

    Raises OSError where the file cannot be read.
    """
    stat = path.stat()
    if (stat.st_mtime_ns, stat.st_size) == (stamp.time, stamp.size):
        return None
    if stat.st_size > WHOLE:
        return Stamp(stat.st_mtime_ns, stat.st_size, "")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    now = Stamp(stat.st_mtime_ns, stat.st_size, digest)
    return None if digest == stamp.digest else now


def decode(data: bytes, path: Path) -> tuple[str, Form]:
    """Text and form of a file's bytes. Raises DataError where they are no text."""
    form, body = Form(), data
    encodings: tuple[str, ...] = _ENCODINGS
    for mark, name in _MARKS:
        if data.startswith(mark):
            form, body, encodings = Form(name, bom=True), data[len(mark) :], (name,)
            break
    if b"\0" not in body or form.encoding.startswith("utf-16"):
        for name in encodings:
            try:
                text = body.decode(name)
            except UnicodeDecodeError:
                continue
            form = replace(form, encoding=name, newline=_newline(text))
            return text.replace("\r\n", "\n").replace("\r", "\n"), form
    raise DataError(
        _tr("This is not a text file."),
        hint=_tr("The editor opens text in UTF-8, UTF-16 or GB 18030 (Chinese)."),
        where=str(path),
    )


def encode(text: str, form: Form) -> bytes:
    """The bytes of ``text`` in ``form``."""
    mark = next((mark for mark, name in _MARKS if name == form.encoding), b"")
    if form.newline != "\n":
        text = text.replace("\n", form.newline)
    return (mark if form.bom else b"") + text.encode(form.encoding, "surrogatepass")


def cut(text: str, column: int = 0) -> str:
    """``text`` with line ends put into lines of more than ``_CUT`` characters.

    ``column`` characters of the first line stand there already.
    """
    lines = []
    for line in text.split("\n"):
        starts = [0, *range(max(_CUT - column, 1), len(line), _CUT), len(line)]
        lines.append("\n".join(line[a:b] for a, b in itertools.pairwise(starts)))
        column = 0
    return "\n".join(lines)


def has_long_lines(text: str) -> bool:
    """Whether a line is too long to be shown as it is."""
    start = 0
    while start + LINE < len(text):
        end = text.rfind("\n", start, start + LINE + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _first_part(path: Path, stamp: Stamp) -> Content:
    with path.open("rb") as stream:
        data = stream.read(PART)
    # Whether it is text, and which, the first part tells; its last line may be cut.
    _, form = decode(data[: data.rfind(b"\n") + 1] or data[:-3], path)
    if form.encoding.startswith("utf-16"):
        raise DataError(
            _tr("This file is too large for its encoding, UTF-16."),
            hint=_tr("Save it as UTF-8 with another program first."),
            where=str(path),
        )
    text, end = read_part(path, form, 0)
    return Content(text, form, stamp, end)


def _newline(text: str) -> str:
    """The line end used most."""
    pairs = text.count("\r\n")
    counts = {
        "\n": text.count("\n") - pairs,
        "\r\n": pairs,
        "\r": text.count("\r") - pairs,
    }
    return max(counts, key=lambda end: counts[end])


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(
        _tr("This file cannot be read: {0}.").format(error.strerror),
        hint=_tr("It may have been moved or deleted, or you may not read it."),
        where=str(path),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("TextFile", text)
