r"""A line as its skeleton and its numbers: ``temp: 21.5 C`` is ``temp: \0 C`` and 21.5.

What a line means depends on its skeleton only, so that lines of the same form are interpreted
once. This is the definition; resources/native/lines.c does the same faster.

A number is decimal, perhaps with sign, fraction and exponent. It stands where a value can stand:
at the line's beginning, behind one of ``: = , ; |`` or a tab, in a bracket that opens behind a
blank or at the beginning, or behind another number and blanks. It is followed by a delimiter, or
by letters that can be a unit: no more than 16, not all of them hexadecimal digits. All other
digits are part of names, dates, checksums.
"""

from __future__ import annotations

import re

MARK = b"\0"  # a number's place in a skeleton; lines with this byte are no text and have none

_NUMBER = rb"(?>[-+]?(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][-+]?\d++)?+)"
_STOP = rb"(?:[ \t,;|:=()\[\]{}<>\"']|\Z)"
_UNIT = rb"(?![a-fA-F]++" + _STOP + rb")[A-Za-z_%/\x80-\xff]{1,16}+"
_VALUE = _NUMBER + rb"(?=(?:" + _UNIT + rb")?" + _STOP + rb")"
_BEFORE = rb"(?:^|[:=,;|\t]|(?:^|(?<= ))[(\[]) *"
_NUMBERS = re.compile(rb"(" + _BEFORE + rb")(" + _VALUE + rb"(?: +" + _VALUE + rb")*)")
_BLANKS = re.compile(rb"[^ ]+")


def tokens(line: bytes) -> tuple[bytes, list[float]]:
    """The skeleton, with MARK for every number, and the numbers; they may be infinite."""
    numbers: list[float] = []

    def mark(found: re.Match[bytes]) -> bytes:
        numbers.extend(map(float, found[2].split()))
        return found[1] + _BLANKS.sub(MARK, found[2])

    return _NUMBERS.sub(mark, line), numbers
