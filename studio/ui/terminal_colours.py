"""The terminal's colours: what a board may ask for, made readable on the theme's ground."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from studio.ui import theme

if TYPE_CHECKING:
    from rich.color import Color
    from rich.style import Style

_CONTRAST = 4.5
_STEPS = 12  # from a colour to black or white
# Black, red, green, yellow, blue, magenta, cyan, white; then the bright ones.
_LIGHT = (
    "#1b2330", "#c22f3d", "#167443", "#825500", "#2f5cd8", "#9a2f9a", "#0a6f83", "#5a6475",
    "#6a7385", "#d1242f", "#1a7f37", "#966400", "#0969da", "#8250df", "#1b7c83", "#4b5563",
)  # fmt: skip
_DARK = (
    "#8a93a5", "#ff8b94", "#5fce97", "#f0b95a", "#86a8ff", "#d9a0ff", "#5cc9dc", "#c9d0dc",
    "#9ba5b7", "#ffa8af", "#8be0b4", "#ffd48a", "#adc4ff", "#e6c2ff", "#8fe0ee", "#ffffff",
)  # fmt: skip
# As grounds these are themselves in both themes.
_GROUNDS = {0: "#000000", 7: "#c9d0dc", 8: "#5a6475", 15: "#ffffff"}


def text_colours(style: Style, base: str, text: str) -> tuple[QColor, QColor | None]:
    """Ink and ground of a style on ``base``, where text is ``text`` else; None: no ground."""
    ink, ground = _colour(style.color, ground=False), _colour(style.bgcolor, ground=True)
    if style.reverse:
        ink, ground = ground or base, ink or text
    return QColor(_readable(ink or text, ground or base)), QColor(ground) if ground else None


def _colour(colour: Color | None, *, ground: bool) -> str | None:
    if colour is None or colour.is_default:
        return None
    if colour.number is not None and colour.number < 16:
        if ground and colour.number in _GROUNDS:
            return _GROUNDS[colour.number]
        return (_DARK if theme.current().dark else _LIGHT)[colour.number]
    return colour.get_truecolor().hex


@lru_cache(maxsize=4096)
def _readable(ink: str, ground: str) -> str:
    """``ink``, or as much of black or white in it as it takes to be read."""
    if contrast(ink, ground) >= _CONTRAST:
        return ink
    goal = max("#000000", "#ffffff", key=lambda end: contrast(end, ground))
    for step in range(1, _STEPS + 1):
        mixed = theme.blend(QColor(ink), QColor(goal), step / _STEPS).name()
        if contrast(mixed, ground) >= _CONTRAST:
            return mixed
    return goal


def contrast(one: str, other: str) -> float:
    """Of two colours, 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(name: str) -> float:
    colour = QColor(name)
    red, green, blue = (_linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
