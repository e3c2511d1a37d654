"""Colours and fonts of the array's picture, taken from matplotlib and what is installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib import colors, font_manager
from matplotlib import style as styles
from matplotlib.backends.backend_agg import RendererAgg

# Fonts with Chinese signs on Linux, Windows and macOS; DejaVu Sans comes with matplotlib.
_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "Noto Sans CJK JP",
    "DejaVu Sans",
)
_PALETTE = "seaborn-v0_8-colorblind"  # Okabe and Ito's colours, told apart by everyone


@dataclass(frozen=True)
class Style:
    """Colours as ``#rrggbb``.

    ``page`` lies behind everything, ``ground`` is a free cell, ``ink`` text and strong lines,
    ``muted`` what is said less loudly, ``line`` fine lines, ``hatch`` skipped columns. A layer
    has one of ``edges`` and the fill of the same number. ``diverging`` is matplotlib's colour
    map for values, quiet at zero.
    """

    page: str
    ground: str
    ink: str
    muted: str
    line: str
    hatch: str
    edges: tuple[str, ...]
    fills: tuple[str, ...]
    diverging: str


def style(dark: bool) -> Style:
    """The light or the dark style."""
    page, ground, ink, muted, line, hatch = (
        ("#15181d", "#20242c", "#eef1f6", "#a3adbd", "#3d4450", "#4a5260")
        if dark
        else ("#ffffff", "#f4f5f8", "#1b2330", "#5a6475", "#cfd4dc", "#c3c9d3")
    )
    base = styles.library[_PALETTE]["axes.prop_cycle"].by_key()["color"]
    strong, weak = (0.55, 0.28) if dark else (0.5, 0.22)
    towards = 0.85 if dark else 0.78  # of the outline's colour; the rest is ink
    edges = tuple(_mix(colour, ink, towards) for colour in base)
    fills = [_mix(colour, page, part) for part in (strong, weak) for colour in base]
    diverging = "managua_r" if dark else "RdBu_r"
    return Style(page, ground, ink, muted, line, hatch, edges * 2, tuple(fills), diverging)


def occupied(style: Style) -> dict[str, Any]:
    """How a rectangle that an earlier layout holds is filled; the legend's is the same."""
    colours = {"facecolor": style.line, "edgecolor": style.muted}
    return colours | {"hatch": "xx", "linewidth": 0.6}


def _mix(colour: str, other: str, part: float) -> str:
    """``part`` of one colour and the rest of another."""
    pairs = zip(colors.to_rgb(colour), colors.to_rgb(other), strict=True)
    red, green, blue = (part * a + (1 - part) * b for a, b in pairs)
    return colors.to_hex((red, green, blue))


def families() -> list[str]:
    """The installed ones of our fonts, and any font without serifs for who opens the SVG."""
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return [name for name in _FAMILIES if name in installed] + ["sans-serif"]


class Ruler:
    """Measures text in the fonts in force (``font.family``); every sign is measured once."""

    def __init__(self) -> None:
        renderer: Any = RendererAgg  # which has no types
        self._renderer = renderer(8, 8, 720)  # ten pixels a point
        self._font = font_manager.FontProperties(size=10)
        self._pair = self._raw("xx")
        self._widths: dict[str, float] = {}

    def width(self, text: str, size: float = 1.0) -> float:
        """Points that ``text`` takes at ``size`` points."""
        return size * sum(self._sign(sign) for sign in text)

    def _sign(self, sign: str) -> float:
        if sign not in self._widths:
            # Between two others, because blanks have no ink.
            self._widths[sign] = (self._raw(f"x{sign * 4}x") - self._pair) / 4 / 100
        return self._widths[sign]

    def _raw(self, text: str) -> float:
        return float(self._renderer.get_text_width_height_descent(text, self._font, False)[0])

    def shorten(self, text: str, room: float) -> str:
        """``text``, or its two ends with … between them where it is wider than ``room`` em."""
        if self.width(text) <= room:
            return text
        keep = len(text) - 1
        while keep > 0:
            head = keep // 3  # the end of a node's name tells more than its beginning
            short = f"{text[:head]}…{text[len(text) - keep + head :]}"
            if self.width(short) <= room:
                return short
            keep -= 1
        return "…"
