"""Both themes can be read, switch while the window stands, and grow in workshop mode."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.base.settings import Settings
from studio.ui import appearance, style, theme
from studio.ui.theme import DARK, LIGHT, Theme

GROUNDS = ("window", "base", "raised", "selection")
WORDS = ("text", "muted", "accent", "good", "warning", "bad")
READABLE, SEEN = 4.5, 3.0  # WCAG 2.2, AA: text, and what is not text


@pytest.fixture(autouse=True)
def _back_to_normal(qapp: QApplication) -> Iterator[None]:
    yield
    theme.install(qapp, dark=False)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("chosen", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read(chosen: Theme) -> None:
    low = {
        (word, ground): contrast(getattr(chosen, word), getattr(chosen, ground))
        for word in WORDS
        for ground in GROUNDS
    }
    low |= {
        ("on_accent", ground): contrast(chosen.on_accent, getattr(chosen, ground))
        for ground in ("accent", "accent_hover")
    }
    low |= {("text", layer): contrast(chosen.text, layer) for layer in chosen.layers}
    assert {pair: ratio for pair, ratio in low.items() if ratio < READABLE} == {}


@pytest.mark.parametrize("chosen", [LIGHT, DARK], ids=["light", "dark"])
def test_focus_blocks_and_signs_can_be_seen(chosen: Theme) -> None:
    assert chosen.lines[0] == chosen.accent
    assert min(contrast(colour, chosen.base) for colour in chosen.lines) >= 4.5
    for colour in (chosen.accent, chosen.good, chosen.warning, chosen.bad, *chosen.layers):
        assert contrast(colour, chosen.base) >= SEEN
    for colour in (chosen.accent, chosen.muted):  # focus, and the edges of check boxes
        assert min(contrast(colour, ground) for ground in (chosen.window, chosen.base)) >= SEEN


@pytest.mark.parametrize("chosen", [LIGHT, DARK], ids=["light", "dark"])
def test_the_heat_map_begins_at_the_ground(themed: QApplication, chosen: Theme) -> None:
    theme.apply(themed, chosen)
    low, middle, high = theme.heat_map().map([0.0, 0.5, 1.0], mode="qcolor")
    assert contrast(middle.name(), chosen.base) < 1.5
    assert min(contrast(low.name(), chosen.base), contrast(high.name(), chosen.base)) >= SEEN
    assert low.hue() != high.hue()


def test_live_switching_there_and_back(qtbot: QtBot, themed: QApplication) -> None:
    heard: list[Theme] = []

    class Listener(QLabel):
        def changeEvent(self, event: QEvent) -> None:
            super().changeEvent(event)
            if event.type() == QEvent.Type.PaletteChange:
                heard.append(theme.current())

    widget = Listener("text")
    qtbot.addWidget(widget)
    widget.show()
    for name, expected in (("dark", DARK), ("light", LIGHT), ("dark", DARK)):
        appearance.apply(themed, Settings(theme=name))
        assert theme.current() is expected
        assert heard[-1] is expected
        assert widget.palette().window().color().name() == expected.window
        assert expected.raised in themed.styleSheet()


def test_follows_the_system_only_when_asked(themed: QApplication) -> None:
    hints = themed.styleHints()
    appearance.apply(themed, Settings(theme="dark"))
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.current() is DARK
    appearance.apply(themed, Settings(theme="system"))
    before = theme.current()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.current() is LIGHT
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current() is DARK
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Unknown)  # a system that names none
    assert theme.current() is before


def test_the_same_again_costs_nothing(qtbot: QtBot, themed: QApplication) -> None:
    appearance.apply(themed, Settings(theme="dark"))
    widget = QPushButton("text")
    qtbot.addWidget(widget)
    widget.show()
    events: list[QEvent.Type] = []
    widget.changeEvent = lambda event: events.append(event.type())  # type: ignore[method-assign]
    appearance.apply(themed, Settings(theme="dark", recent=("/a",)))
    assert events == []


def test_workshop_mode_enlarges_type_and_paddings(qtbot: QtBot, themed: QApplication) -> None:
    plain = QFontMetrics(themed.font()).height()
    small = QPushButton("Text")
    qtbot.addWidget(small)
    small.ensurePolished()
    size = small.sizeHint()
    appearance.apply(themed, Settings(theme="light", workshop=True))
    assert QFontMetrics(themed.font()).height() == pytest.approx(1.5 * plain, abs=1.5)
    assert (theme.px(10), theme.line_width(2.0), theme.scale()) == (15, 3.0, 1.5)
    large = QPushButton("Text")
    qtbot.addWidget(large)
    large.ensurePolished()
    assert large.sizeHint().height() == pytest.approx(1.5 * size.height(), abs=4)
    assert theme.mono().pointSizeF() == pytest.approx(themed.font().pointSizeF())
    appearance.apply(themed, Settings(theme="light"))
    assert QFontMetrics(themed.font()).height() == plain
    assert theme.scale() == 1.0


@pytest.mark.parametrize("chosen", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_scales_every_length_but_hairlines(chosen: Theme) -> None:
    def lengths(scale: float) -> list[int]:
        return [int(found) for found in re.findall(r"(\d+)px", style.sheet(chosen, "x", scale))]

    plain, large = lengths(1.0), lengths(1.5)
    assert len(plain) == len(large) > 100
    for before, after in zip(plain, large, strict=True):
        assert after == (before if before <= 1 else round(1.5 * before))


def test_when_the_window_must_be_built_again() -> None:
    same = Settings()
    assert not appearance.needs_rebuild(same, Settings(theme="dark", recent=("/a",)))
    assert appearance.needs_rebuild(same, Settings(language="zh"))
    assert appearance.needs_rebuild(same, Settings(workshop=True))
