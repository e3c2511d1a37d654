"""Colours, fonts and icons: one accent, light and dark, following the system's colour scheme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from studio.base import paths
from studio.ui import style

_ICON_SIZES = (16, 20, 24, 32, 48, 64, 96, 128)


@dataclass(frozen=True)
class Theme:
    """The colours of one scheme as ``#rrggbb``; ``layers`` colours the blocks of a layout."""

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
    bad: str
    layers: tuple[str, ...]


LIGHT = Theme(
    dark=False,
    window="#f3f4f7",
    base="#ffffff",
    raised="#e9ebf0",
    border="#d5d9e0",
    text="#1b2330",
    muted="#5a6475",
    accent="#3563e0",
    accent_hover="#2a52c4",
    on_accent="#ffffff",
    good="#1a7f4b",
    bad="#c22f3d",
    layers=(
        "#7b9cf0", "#f0a860", "#6cc29a", "#e58aa4", "#a98be0",
        "#5bbcd0", "#d3b94f", "#c7917a", "#93b84f", "#8d99ad",
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
    bad="#ff8b94",
    layers=(
        "#4c6ecb", "#b8752f", "#36906a", "#b2546f", "#7a5cb8",
        "#2b8ca1", "#97801f", "#96604a", "#64862a", "#616d82",
    ),
)  # fmt: skip


def current() -> Theme:
    """The theme the application's palette was made of."""
    return DARK if _is_dark(QGuiApplication.palette()) else LIGHT


def install(app: QApplication, dark: bool | None = None) -> None:
    """Fusion with our colours: dark, light, or (None) as the system is, now and later."""
    app.setStyle("Fusion")
    # Where the system names no scheme its palette may still be dark.
    system = DARK if _is_dark(app.palette()) else LIGHT

    def follow() -> None:
        match app.styleHints().colorScheme():
            case Qt.ColorScheme.Dark:
                apply(app, DARK)
            case Qt.ColorScheme.Light:
                apply(app, LIGHT)
            case _:
                apply(app, system)

    if dark is None:
        follow()
        app.styleHints().colorSchemeChanged.connect(follow)
    else:
        apply(app, DARK if dark else LIGHT)


def apply(app: QApplication, theme: Theme) -> None:
    """Set palette and style sheet; widgets hear of it by a PaletteChange event."""
    app.setPalette(_palette(theme))
    app.setStyleSheet(style.sheet(theme, paths.resource("icons").as_posix()))


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
    size = QApplication.font().pointSizeF()
    if size > 0:
        font.setPointSizeF(size)
    return font


def sized(factor: float, *, bold: bool = False) -> QFont:
    """The application's font, ``factor`` times as large."""
    font = QFont(QApplication.font())
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * factor)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def icon(name: str, colour: str | None = None) -> QIcon:
    """A line icon of resources/icons drawn in ``colour`` (the text colour by default)."""
    theme = current()
    result = QIcon()
    for mode, tint in (
        (QIcon.Mode.Normal, colour or theme.text),
        (QIcon.Mode.Disabled, theme.border if colour else theme.muted),
    ):
        renderer = _renderer(name, tint)
        for size in _ICON_SIZES:
            result.addPixmap(_render(renderer, size, 1.0), mode)
    return result


def pixmap(name: str, size: int, colour: str, ratio: float) -> QPixmap:
    """The same icon as a pixmap of ``size`` device independent pixels."""
    return _render(_renderer(name, colour), size, ratio)


def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = paths.resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))


def _render(renderer: QSvgRenderer, size: int, ratio: float) -> QPixmap:
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image
