"""The user's own regular expressions: named groups become values.

RE2 runs them: its time grows with the line only, whatever the pattern, so none can hang the
program, and a replay always finds the same. What it cannot do (look-around, references to groups)
is refused in plain words.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import re2

from studio.base.errors import DataError
from studio.monitor.scan import LINE_BYTES

_LONGEST = 1000  # characters of a pattern
_MEMORY = 1 << 20  # bytes RE2 may use for one; bounds the steps a character can take
_MOST = 64  # matches in a line

Named = tuple[str, float, str]  # series, value, unit


@dataclass(frozen=True)
class OwnPattern:
    """A pattern made by ``compiled``; ``name`` is what its lines count as."""

    name: str
    text: str
    _code: Any = field(repr=False, compare=False)
    _groups: Mapping[str, int] = field(repr=False, compare=False)

    def values(self, line: str) -> tuple[Named, ...]:
        """All values in a line, empty where the pattern does not match."""
        return self._told(self._matches(line))

    def spans(self, line: str) -> tuple[tuple[int, int], ...]:
        """Where in the line it matches: from and to, in characters."""
        return tuple(match.span() for match in self._matches(line))

    def preview(self, number: int, line: str, most: int = _MOST) -> Preview | None:
        """What it finds in a line, of the first matches; None where it does not match."""
        found = self._matches(line, most)
        spans = tuple(match.span() for match in found)
        return Preview(number, spans, self._told(found)) if found else None

    def _told(self, found: Iterable[Any]) -> tuple[Named, ...]:
        return tuple(value for match in found for value in _values(match, self._groups))

    def _matches(self, line: str, most: int = _MOST) -> list[Any]:
        return list(itertools.islice(self._code.finditer(line[:LINE_BYTES]), most))


@dataclass(frozen=True)
class Preview:
    """What a pattern finds in a line: the line's number, the places, the values."""

    line: int
    spans: tuple[tuple[int, int], ...]
    values: tuple[Named, ...]


def compiled(name: str, text: str) -> OwnPattern:
    """Make a pattern. Each named group is a series of its name.

    With groups ``name`` and ``value`` (and perhaps ``unit``), the line names the series itself.
    Raises DataError where it cannot be used.
    """
    if len(text) > _LONGEST:
        raise DataError(
            "the pattern is too long",
            hint=f"Use no more than {_LONGEST} characters.",
            where=name,
        )
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        code = re2.compile(text, options=options)
    except (re2.error, UnicodeEncodeError) as error:
        raise refused(name, text, error) from error
    groups = dict(sorted(code.groupindex.items(), key=lambda item: item[1]))
    if not groups:
        raise DataError(
            "the pattern has no named group",
            hint=r"Write (?P<name>...) around what is the value, as in T=(?P<temp>[\d.]+).",
            where=name,
        )
    return OwnPattern(name, text, code, groups)


def preview(pattern: OwnPattern, lines: Iterable[str], most: int = _MOST) -> tuple[Preview, ...]:
    """Which of the lines match, and what values the first ``most`` matches of each give."""
    found = []
    for number, text in enumerate(lines):
        line = text.encode("utf-8", "replace").decode("utf-8")  # no halves of characters
        if told := pattern.preview(number, line, most):
            found.append(told)
    return tuple(found)


def _values(match: Any, groups: Mapping[str, int]) -> list[Named]:
    unit = (match[groups["unit"]] or "").strip() if "unit" in groups else ""
    name = (match[groups["name"]] or "").strip() if "name" in groups else ""
    if name and "value" in groups:
        number = _number(match[groups["value"]])
        return [] if number is None else [(name, number, unit)]
    found = []
    for series, index in groups.items():
        number = _number(match[index]) if series != "unit" else None
        if number is not None:
            found.append((series, number, unit))
    return found


def _number(text: str | None) -> float | None:
    """Decimal, or hexadecimal with 0x; None for everything else and what is not finite."""
    if text is None:
        return None
    try:
        plain = text.strip()
        number = float(int(plain, 16)) if plain[:2].lower() == "0x" else float(plain)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def refused(name: str, text: str, error: Exception) -> DataError:
    """What to tell of a pattern that RE2 cannot read."""
    told = error.args[0] if error.args else error
    reason = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    hint = "Check brackets and quantifiers."
    if any(part in text for part in ("(?=", "(?!", "(?<=", "(?<!")):
        hint = "Looking ahead or behind is not possible; match what stands there instead."
    elif "too large" in reason:
        hint = "Use smaller numbers of repetitions."
    return DataError(f"the pattern cannot be read: {reason}", hint=hint, where=name)
