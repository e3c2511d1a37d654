"""Whether text that looks garbled is text in another encoding."""

from __future__ import annotations

from collections.abc import Iterable

_ENOUGH = 12  # bytes that are not ASCII, below which nothing is said
_MOST = 0.8  # share of them that must speak for the other encoding
_USUAL = 0.8  # share of a line's characters that must be usual ones
_KINDS = 3  # different characters; what a wrong baud rate makes of one byte repeats
_OTHERS = {"utf-8": "gbk", "gbk": "utf-8"}


def other(lines: Iterable[bytes], encoding: str) -> str:
    """The encoding, utf-8 or gbk, in which lines are Chinese that are none in ``encoding``; or "".

    Nearly any bytes are characters of GBK. Only the 3755 usual ones (GB 2312, level 1) count, so
    that neither noise nor a wrong baud rate looks like text.
    """
    wanted = _OTHERS[encoding]
    strange = fitting = 0
    found: set[str] = set()
    for line in lines:
        count = sum(byte > 0x7F for byte in line)
        strange += count
        # UTF-8 is no accident; what is readable as it is needs no other encoding.
        if count and not (encoding == "utf-8" and _decoded(line, encoding)):
            signs = _usual(_decoded(line, wanted))
            found.update(signs)
            fitting += count if signs else 0
    sure = fitting >= _ENOUGH and fitting >= _MOST * strange and len(found) >= _KINDS
    return wanted if sure else ""


def _decoded(line: bytes, encoding: str) -> str:
    """The text; "" where it is none."""
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return text if all(sign.isprintable() or sign in "\t\r\x1b" for sign in text) else ""


def _usual(text: str) -> set[str]:
    """The Chinese characters in a text, where they are usual ones; else none."""
    signs = [sign for sign in text if sign > "\x7f" and sign.isalpha()]
    usual = [sign for sign in signs if _is_usual(sign)]
    return set(usual) if usual and len(usual) >= _USUAL * len(signs) else set()


def _is_usual(sign: str) -> bool:
    code = sign.encode("gbk", "replace")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7 and code[1] >= 0xA1
