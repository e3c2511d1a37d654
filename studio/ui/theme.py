"""Colours, sizes, fonts and icons: one accent, light and dark, chosen or as the system has it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
    QPixmapCache,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from studio.base import paths
from studio.ui import style

if TYPE_CHECKING:
    from pyqtgraph import ColorMap

_ICON_SIZES = (16, 20, 24, 32, 48, 64, 96, 128)


@dataclass(frozen=True)
class Theme:
    """The colours of one scheme as ``#rrggbb``; ``layers`` colours the blocks of a layout.

    Text (``text``, ``muted``, ``accent``, ``good``, ``warning``, ``bad``) has a contrast of at
    least 4.5 on ``window``, ``base``, ``raised`` and ``selection``; ``text`` on ``layers`` too.
    ``diverging`` names a colour map of pyqtgraph whose middle is near ``base``, ``sequential`` one
    whose beginning is. ``lines`` are for thin lines on ``base`` (contrast 4.5), ``accent`` first.
    """

    dark: bool
    window: str
    base: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    good: str
    warning: str
    bad: str
    selection: str
    diverging: str
    sequential: str
    layers: tuple[str, ...]
    lines: tuple[str, ...]


LIGHT = Theme(
    dark=False,
    window="#f3f4f7",
    base="#ffffff",
    raised="#e9ebf0",
    border="#d5d9e0",
    text="#1b2330",
    muted="#5a6475",
    accent="#2f5cd8",
    accent_hover="#264dba",
    on_accent="#ffffff",
    good="#167443",
    warning="#825500",
    bad="#c22f3d",
    selection="#dfe8ff",
    diverging="CET-D1A",
    sequential="CET-L18",
    layers=(
        "#6c90ee", "#de7915", "#44a478", "#df7090", "#a383de",
        "#34a0b7", "#ab922b", "#c1856c", "#7d9e40", "#8894a9",
    ),
    lines=(
        "#2f5cd8", "#b65d05", "#2f835c", "#c93a68", "#8859de",
        "#207f94", "#897319", "#a85d3e", "#617e2c", "#657592",
    ),
)  # fmt: skip

DARK = Theme(
    dark=True,
    window="#1c1f26",
    base="#15181d",
    raised="#282c35",
    border="#343a45",
    text="#e7eaf0",
    muted="#9ba5b7",
    accent="#86a8ff",
    accent_hover="#a2bcff",
    on_accent="#10141c",
    good="#5fce97",
    warning="#f0b95a",
    bad="#ff8b94",
    selection="#283552",
    diverging="CET-D4",
    sequential="CET-L3",
    layers=(
        "#3f63c7", "#935d26", "#2c7556", "#a64b65", "#7657b6",
        "#237284", "#7a6819", "#905c47", "#557224", "#5e697e",
    ),
    lines=(
        "#86a8ff", "#e0913f", "#3cb883", "#e08aa6", "#b39be4",
        "#2fb4d4", "#c2a41f", "#cf9a85", "#86b534", "#9aa5b9",
    ),
)  # fmt: skip

# What the application is told once and asked for often is kept as properties of its object.
_FOLLOWS, _SYSTEM_DARK, _SCALE, _FONT = "followsSystem", "systemIsDark", "typeScale", "systemFont"


def current() -> Theme:
    """The theme the application's palette was made of."""
    return DARK if _is_dark(QGuiApplication.palette()) else LIGHT


def install(
    app: QApplication,
    dark: bool | None = None,
    scale: float = 1.0,
    families: tuple[str, ...] = (),
) -> None:
    """Fusion with our colours: dark, light, or (None) as the system is, now and later.

    ``scale`` enlarges type and what is drawn around it; ``families`` are fonts for what the
    system's has no characters for. May be called again to switch; what sizes and fonts widgets
    already took by themselves (``sized``, ``px``) does not follow.
    """
    hints = app.styleHints()
    if app.property(_FONT) is None:
        app.setStyle("Fusion")
        app.setProperty(_FONT, app.font())
        # Where the system names no scheme its palette may still be dark.
        app.setProperty(_SYSTEM_DARK, _is_dark(app.palette()))
        hints.colorSchemeChanged.connect(_follow)
    app.setProperty(_FOLLOWS, dark is None)
    _set_font(app, scale, families)
    # The frame the system draws around the window follows this.
    if dark is None:
        hints.unsetColorScheme()
        _follow(hints.colorScheme())
    else:
        hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
        apply(app, DARK if dark else LIGHT)


def apply(app: QApplication, theme: Theme) -> None:
    """Set palette and style sheet; widgets hear of it by a PaletteChange event."""
    palette = _palette(theme)
    if palette != app.palette():
        app.setPalette(palette)
    sheet = style.sheet(theme, paths.resource("icons").as_posix(), scale())
    if sheet != app.styleSheet():
        app.setStyleSheet(sheet)


def scale() -> float:
    """How much larger than usual everything is: 1, and more in workshop mode."""
    app = QApplication.instance()
    value = app.property(_SCALE) if app is not None else None
    return float(value) if value is not None else 1.0


def px(length: float) -> int:
    """A length in device independent pixels, as it is at the current scale."""
    return round(length * scale())


def line_width(width: float = 1.0) -> float:
    """The width of a plot's line, thicker in workshop mode."""
    return width * scale()


def blend(colour: QColor, other: QColor, part: float, alpha: float = 1.0) -> QColor:
    """``colour`` gone ``part`` of the way to ``other``."""
    keep = 1 - part
    return QColor.fromRgbF(
        keep * colour.redF() + part * other.redF(),
        keep * colour.greenF() + part * other.greenF(),
        keep * colour.blueF() + part * other.blueF(),
        alpha,
    )


def heat_map() -> ColorMap:
    """A diverging colour map for values around zero, for the current theme."""
    import pyqtgraph  # noqa: PLC0415 - takes long to import, and the window's start needs none

    return pyqtgraph.colormap.get(current().diverging)


def strength_map() -> ColorMap:
    """A colour map for values that grow from nothing, for the current theme."""
    import pyqtgraph  # noqa: PLC0415 - takes long to import, and the window's start needs none

    return pyqtgraph.colormap.get(current().sequential)


def _set_font(app: QApplication, factor: float, families: tuple[str, ...]) -> None:
    app.setProperty(_SCALE, factor)
    font = _scaled(app.property(_FONT), factor)
    if families:
        font.setFamilies([QFontInfo(font).family(), *families])
    if font != app.font():
        app.setFont(font)


def _follow(scheme: Qt.ColorScheme) -> None:
    app = QApplication.instance()
    if not isinstance(app, QApplication) or not app.property(_FOLLOWS):
        return
    match scheme:
        case Qt.ColorScheme.Dark:
            apply(app, DARK)
        case Qt.ColorScheme.Light:
            apply(app, LIGHT)
        case _:
            apply(app, DARK if app.property(_SYSTEM_DARK) else LIGHT)


def _is_dark(palette: QPalette) -> bool:
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, colour in (
        (role.Window, theme.window),
        (role.WindowText, theme.text),
        (role.Base, theme.base),
        (role.AlternateBase, theme.window),
        (role.Text, theme.text),
        (role.Button, theme.raised),
        (role.ButtonText, theme.text),
        (role.ToolTipBase, theme.raised),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Link, theme.accent),
        (role.Mid, theme.border),
        (role.Accent, theme.accent),
    ):
        palette.setColor(target, QColor(colour))
    faint = QColor(theme.muted)
    faint.setAlphaF(0.6)
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, faint)
    return palette


def mono() -> QFont:
    """The system's fixed-width font at the application's size."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setFamilies([QFontInfo(font).family(), *QApplication.font().families()[1:]])
    size = QApplication.font().pointSizeF()
    if size > 0:
        font.setPointSizeF(size)
    return font


def sized(factor: float, *, bold: bool = False) -> QFont:
    """The application's font, ``factor`` times as large."""
    font = _scaled(QApplication.font(), factor)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def _scaled(font: QFont, factor: float) -> QFont:
    larger = QFont(font)
    if font.pointSizeF() > 0:
        larger.setPointSizeF(font.pointSizeF() * factor)
    elif font.pixelSize() > 0:
        larger.setPixelSize(round(font.pixelSize() * factor))
    return larger


def icon(name: str, colour: str | None = None) -> QIcon:
    """A line icon of resources/icons drawn in ``colour`` (the text colour by default)."""
    theme = current()
    result = QIcon()
    for mode, tint in (
        (QIcon.Mode.Normal, colour or theme.text),
        (QIcon.Mode.Disabled, theme.muted),
    ):
        for size in _ICON_SIZES:
            result.addPixmap(pixmap(name, size, tint, 1.0), mode)
    return result


def pixmap(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    """The same icon as a pixmap of ``size`` device independent pixels."""
    key = f"{name} {size} {colour} {ratio}"
    found = QPixmap()
    # Drawing takes a millisecond an icon, and a window has a hundred of them.
    if not QPixmapCache.find(key, found):
        found = _render(_renderer(name, colour), size, ratio)
        QPixmapCache.insert(key, found)
    return found


@functools.cache
def _drawing(name: str) -> str:
    return paths.resource("icons", f"{name}.svg").read_text(encoding="utf-8")


def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))


def _render(renderer: QSvgRenderer, size: int, ratio: float) -> QPixmap:
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image
