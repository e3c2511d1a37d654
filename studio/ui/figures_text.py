"""Bytes and durations as the window writes them."""

from __future__ import annotations


def size(count: int) -> str:
    """A number of bytes with three digits or so: "0 B", "1.2 MB"."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            value = count / factor
            return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"
    return f"{count} B"


def duration(seconds: float, *, tenths: bool = False) -> str:
    """Seconds as a clock: "0:07", "12:34", "1:02:03", with ``tenths`` "0:07.3"."""
    seconds = max(0.0, seconds)
    rest = f"{int(seconds * 10) % 10}" if tenths else ""
    minutes, own = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02}:{own:02}" if hours else f"{minutes}:{own:02}"
    return f"{text}.{rest}" if rest else text
