"""One file of a recording (``.cimrec``): chunks written as they come, and read back.

The file is MCAP (https://mcap.dev, version 0, little-endian, profile PROFILE), the open log format
of robotics, through its own library: append-only blocks, each compressed (zstd) with a CRC-32; a
file cut anywhere reads up to its last whole block, without any repair. Other tools open it, too.
It is light (20 kB of Python; lz4 and zstandard have wheels for Windows). SQLite needs a second
file while it writes and does not open one that was cut; pcap knows neither checksums nor our
header; HDF5 and zarr are neither append-only nor safe from crashes.

Inside: one metadata record HEADER (see ``Header``), then messages on the channels "in", "out" and
"note" (ids 1, 2, 3): log_time in nanoseconds since the epoch, the data as it came. A finished file
has MCAP's index behind; reading does not need it.
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any, get_args

import zstandard
from mcap.exceptions import McapError
from mcap.reader import SeekingReader
from mcap.records import Chunk as Block
from mcap.records import Footer, Message, Metadata
from mcap.records import Header as Opening
from mcap.stream_reader import StreamReader, breakup_chunk
from mcap.writer import CompressionType, IndexType, Writer

from studio.base.errors import ProjectError
from studio.monitor.chunk import Chunk, Kind

SUFFIX = ".cimrec"
PROFILE = "cim-studio.serial"
HEADER = "cim-studio.serial"
VERSION = 1  # of what lies inside; other numbers are refused

_BLOCK = 1 << 20  # bytes gathered before they are compressed
_LARGEST = 1 << 28  # bytes a block may claim to hold; a file from elsewhere may claim anything
_KINDS: tuple[Kind, ...] = get_args(Kind)
_BILLION = 10**9
# What the library raises where a file ends early or was written over.
_DAMAGE = (McapError, struct.error, ValueError, KeyError, zstandard.ZstdError, EOFError)


@dataclass(frozen=True)
class Header:
    """What was recorded: the port and its speed, since when (ISO 8601), for which project.

    ``tag`` is the firmware's, ``program`` the version that recorded, both empty where unknown;
    ``part`` counts the files of the recording from 1.
    """

    port: str = ""
    baud: int = 0
    date: str = ""
    project: str = ""
    tag: str = ""
    program: str = ""
    part: int = 1


@dataclass(frozen=True)
class Span:
    """A block: where it lies in its file, its first and its last time."""

    offset: int
    begin: float
    end: float


@dataclass(frozen=True)
class Part:
    """One file of a recording.

    ``size`` in bytes. ``complete``: whether it was closed; a cut one has lost what came after its
    last block.
    """

    path: Path
    header: Header
    spans: tuple[Span, ...]
    size: int
    complete: bool


class PartWriter:
    """Writes a new file; what was not flushed is lost in a crash. Raises OSError."""

    def __init__(self, path: Path, header: Header) -> None:
        self._file: IO[bytes] = path.open("xb")
        self._writer = Writer(
            self._file,
            chunk_size=_BLOCK,
            compression=CompressionType.ZSTD,
            index_types=IndexType.CHUNK | IndexType.METADATA,
        )
        self._writer.start(profile=PROFILE)
        texts = {key: str(value) for key, value in asdict(header).items()}
        self._writer.add_metadata(HEADER, {"version": str(VERSION)} | texts)
        # Their ids are 1, 2, 3; a block that is lost must not take the names of the others along.
        for kind in _KINDS:
            self._writer.register_channel(kind, "", 0)
        self.flush()

    @property
    def size(self) -> int:
        """Bytes written so far, without the block that is not full yet."""
        return self._file.tell()

    def add(self, chunk: Chunk) -> None:
        """Write one chunk."""
        time = _nanoseconds(chunk.time)
        self._writer.add_message(_KINDS.index(chunk.kind) + 1, time, chunk.data, time)

    def flush(self) -> None:
        """Have the disk take all there is: neither a crash nor a loss of power takes it back."""
        self._writer.flush()  # type: ignore[no-untyped-call]
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Finish the file."""
        with self._file:
            self._writer.finish()  # type: ignore[no-untyped-call]


def scan(path: Path) -> Part:
    """What a file holds, without unpacking it. Raises ProjectError where it is no recording."""
    header, complete = None, False
    spans: list[Span] = []
    size = 0
    for offset, record in _records(path):
        if isinstance(record, Metadata) and record.name == HEADER:
            header = _header(record.metadata, path)
        elif isinstance(record, Block):
            begin, end = record.message_start_time, record.message_end_time
            spans.append(Span(offset, begin / _BILLION, end / _BILLION))
        complete = complete or isinstance(record, Footer)
    with contextlib.suppress(OSError):
        size = path.stat().st_size
    # One that was cut inside its header is a recording without anything in it.
    return Part(path, header or Header(), tuple(spans), size, complete)


def glance(path: Path) -> Part:
    """As ``scan``, by its index where it was closed: quick, however large the file is.

    There is one span then, of all of it.
    """
    try:
        with path.open("rb") as file:
            summary = SeekingReader(file).get_summary()
    except (OSError, *_DAMAGE):
        summary = None
    told = None if summary is None else summary.statistics
    if told is None:
        return scan(path)
    header = Header()
    for _, record in _records(path):
        if isinstance(record, Metadata) and record.name == HEADER:
            header = _header(record.metadata, path)
        if isinstance(record, Metadata | Block):
            break
    begin, end = told.message_start_time / _BILLION, told.message_end_time / _BILLION
    spans = (Span(0, begin, end),) if told.message_count else ()
    with contextlib.suppress(OSError):
        return Part(path, header, spans, path.stat().st_size, complete=True)
    return Part(path, header, spans, 0, complete=True)


def read(path: Path, offset: int = 0) -> Iterator[Chunk]:
    """The chunks of a file, from the block at ``offset`` on.

    Blocks that fail their CRC are left out; reading ends where the file was cut or its structure
    is damaged. Raises ProjectError where it is no recording.
    """
    for _, record in _records(path, offset):
        if isinstance(record, Block):
            yield from _unpack(record)


def _unpack(block: Block) -> list[Chunk]:
    try:
        if block.compression != "zstd" or _claimed(block) > _LARGEST:
            return []
        return [
            Chunk(message.log_time / _BILLION, message.data, _KINDS[message.channel_id - 1])
            for message in breakup_chunk(block, validate_crc=True)
            if isinstance(message, Message) and 0 < message.channel_id <= len(_KINDS)
        ]
    except _DAMAGE:
        return []


def _claimed(block: Block) -> int:
    """Bytes that unpacking would take."""
    return max(int(zstandard.frame_content_size(block.data)), block.uncompressed_size)


def _records(path: Path, offset: int = 0) -> Iterator[tuple[int, object]]:
    """The whole records from ``offset`` on, blocks packed, and where each begins."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            bounded: Any = _Bounded(file)
            reader = StreamReader(
                bounded, skip_magic=offset > 0, emit_chunks=True, record_size_limit=_LARGEST
            )
            records = iter(reader.records)
            at = offset or 8  # behind the magic number
            try:
                for record in records:
                    if isinstance(record, Opening) and record.profile != PROFILE:
                        raise _foreign(path)
                    yield at, record
                    at = file.tell()
            except _DAMAGE as error:
                if at == 8 and not _begun(path):
                    raise _foreign(path) from error
    except OSError as error:
        raise ProjectError(
            f"cannot read this recording: {error.strerror}",
            hint="Choose a recording (*.cimrec).",
            where=str(path),
        ) from error


class _Bounded:
    """A file of which nobody reads more at once than a record may have."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        return self._file.read(min(size, _LARGEST))


def _begun(path: Path) -> bool:
    """Whether a file may be the beginning of one of ours."""
    magic = b"\x89MCAP0\r\n"
    with path.open("rb") as file:
        return magic.startswith(file.read(len(magic)))


def _header(found: dict[str, str], path: Path) -> Header:
    if found.get("version") != str(VERSION):
        raise ProjectError(
            f"written by another version ({found.get('version')}, this one reads {VERSION})",
            hint="Open the recording with the version of the program that made it.",
            where=str(path),
        )
    numbers = {"baud", "part"}
    values = {field.name: found.get(field.name, "") for field in fields(Header)}
    digits = {name: int(values[name]) if values[name].isdigit() else 0 for name in numbers}
    return Header(**values | digits)  # type: ignore[arg-type]


def _foreign(path: Path) -> ProjectError:
    return ProjectError(
        "this is not a recording of the serial monitor",
        hint="Choose a recording (*.cimrec).",
        where=str(path),
    )


def _nanoseconds(time: float) -> int:
    """The nearest whole number, computed exactly: divided by 10**9 it gives ``time`` again."""
    above, below = time.as_integer_ratio()
    return max(0, (above * _BILLION + below // 2) // below)
