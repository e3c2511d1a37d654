"""What a user sends: text or bytes as typed, line endings, what was sent before, macros."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from studio.base.errors import DataError

Ending = Literal["none", "lf", "cr", "crlf"]
Form = Literal["text", "escapes", "hex"]

ENDINGS: dict[Ending, bytes] = {"none": b"", "lf": b"\n", "cr": b"\r", "crlf": b"\r\n"}

_KEPT = 200  # entries of a history
_LONG = 1 << 16  # characters of one entry or macro
_SINGLE = {"n": b"\n", "r": b"\r", "t": b"\t", "0": b"\0", "e": b"\x1b", "\\": b"\\"}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.?))", re.DOTALL)


def encoded(
    text: str, ending: Ending = "lf", form: Form = "text", encoding: str = "utf-8"
) -> bytes:
    r"""The bytes to send for ``text``.

    "text" is sent as typed; "escapes" knows \n \r \t \0 \e \\ and \x1b; "hex" is pairs of digits,
    with or without blanks, commas or 0x, and gets no line ending. Raises DataError for what is
    none of these, or has no place in ``encoding``.
    """
    if form == "hex":
        return _hex(text)
    data = _unescaped(text, encoding) if form == "escapes" else _plain(text, encoding)
    return data + ENDINGS[ending]


@dataclass(frozen=True)
class History:
    """What was sent, the oldest first, each text once."""

    entries: tuple[str, ...] = ()

    def added(self, text: str) -> History:
        """With ``text`` as the newest; what is empty is not kept."""
        if not text or len(text) > _LONG:
            return self
        others = tuple(entry for entry in self.entries if entry != text)
        return replace(self, entries=(*others, text)[-_KEPT:])

    def matching(self, begin: str) -> tuple[str, ...]:
        """The entries that begin so, the newest first: what the up key goes through."""
        return tuple(entry for entry in reversed(self.entries) if entry.startswith(begin))


@dataclass(frozen=True)
class Macro:
    """A text under a name, sent by a click; ``every`` seconds again and again, 0 for once."""

    name: str
    text: str
    ending: Ending = "lf"
    form: Form = "text"
    every: float = 0.0

    def data(self, encoding: str = "utf-8") -> bytes:
        """The bytes to send. Raises DataError as ``encoded`` does."""
        return encoded(self.text, self.ending, self.form, encoding)


def macros_as_data(macros: Iterable[Macro]) -> list[dict[str, Any]]:
    """Plain dictionaries, for a TOML or JSON file."""
    return [asdict(macro) for macro in macros]


def macros_from_data(data: object) -> tuple[Macro, ...]:
    """The macros of a file. Raises DataError for one that is none."""
    if not isinstance(data, list):
        raise DataError("macros are a list", hint="Remove the entry from the settings file.")
    return tuple(_macro(number, entry) for number, entry in enumerate(data, 1))


def _macro(number: int, entry: object) -> Macro:
    fields = dict(entry) if isinstance(entry, dict) else {}
    every = fields.get("every", 0.0)
    good = (
        set(fields) <= {"name", "text", "ending", "form", "every"}
        and isinstance(fields.get("name"), str)
        and isinstance(fields.get("text"), str)
        and len(fields["text"]) <= _LONG
        and fields.get("ending", "lf") in get_args(Ending)
        and fields.get("form", "text") in get_args(Form)
        and isinstance(every, int | float)
        and 0 <= every < 86400
    )
    if not good:
        raise DataError(
            f"macro {number} is not understood",
            hint="It has a name and a text, an ending (none, lf, cr, crlf), a form (text, escapes,"
            " hex) and seconds in every.",
        )
    return Macro(**fields)


def _plain(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        sign = text[error.start]
        raise DataError(
            f"{sign!r} cannot be sent as {encoding}", hint="Choose UTF-8, or leave it out."
        ) from error


def _unescaped(text: str, encoding: str) -> bytes:
    parts, end = [], 0
    for found in _ESCAPE.finditer(text):
        parts.append(_plain(text[end : found.start()], encoding))
        end = found.end()
        if found[1] is not None:
            parts.append(bytes([int(found[1], 16)]))
        elif found[2] in _SINGLE:
            parts.append(_SINGLE[found[2]])
        else:
            raise DataError(
                f"{found[0]} is no escape", hint=r"There are \n \r \t \0 \e \\ and \x00 to \xff."
            )
    return b"".join([*parts, _plain(text[end:], encoding)])


def _hex(text: str) -> bytes:
    digits = re.sub(r"0[xX]|[\s,;:]", " ", text)
    try:
        return b"".join(bytes.fromhex(word) for word in digits.split())
    except ValueError as error:
        raise DataError(
            f"these are no bytes: {text[:40]}", hint="Write pairs of digits, such as CC 0D 0A."
        ) from error
