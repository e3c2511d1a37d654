"""The accuracy as one large number, and the figures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget
from superqt import QElidingLabel, QFlowLayout

from studio.ui import theme
from studio.ui.widgets import literal, muted, named, surface, verbatim

_SMALL, _LARGEST = 2.4, 8.0  # times the usual type
_HEIGHT = 0.16  # of the widget's height the number takes


@dataclass(frozen=True)
class Fact:
    """One figure: ``key`` names its label, ``tip`` says what it means."""

    key: str
    title: str
    value: str
    tip: str = ""


class AccuracyHead(QWidget):
    """``number`` and ``band`` are shown always, facts where there is room."""

    def __init__(self) -> None:
        super().__init__()
        surface(self)
        self.number = named(verbatim(QLabel()), "accuracy")
        self.band = muted(named(verbatim(QElidingLabel()), "accuracy-band"))
        self.what = muted(named(verbatim(QElidingLabel()), "accuracy-of"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self.what)
        words.addWidget(self.band)
        words.addStretch()
        self._title = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._title.setSpacing(theme.px(12))
        self._title.addWidget(self.number)
        self._title.addLayout(words, 1)
        self._facts = QWidget()
        flow = self._flow = QFlowLayout(self._facts)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setHorizontalSpacing(theme.px(20))
        flow.setVerticalSpacing(theme.px(4))
        self._known: dict[str, _FactLabel] = {}
        self._wanted: Sequence[Fact] = ()
        # One label a turn of the event loop: all at once would hold it longer than a frame.
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._show_wanted)
        self._factor = 0.0
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(4))
        column.setSpacing(theme.px(4))
        column.addLayout(self._title)
        column.addWidget(self._facts)
        self.fit(0, 0)
        self.set_roomy(False)

    def fit(self, width: int, height: int) -> None:
        """Be as large as suits a panel of this size."""
        base = self.fontMetrics().height()
        wanted = min(_HEIGHT * height, width / 8) / base
        factor = round(2 * min(max(wanted, _SMALL), _LARGEST)) / 2
        if factor != self._factor:
            self._factor = factor
            self.number.setFont(theme.sized(factor, bold=True))
            smaller = theme.sized(max(1.0, factor / 3.5))
            self.band.setFont(smaller)
            self.what.setFont(smaller)
            for label in self._known.values():
                label.enlarge(max(1.0, factor / 4))

    def show_number(self, text: str, band: str, what: str, tip: str) -> None:
        """The large number, the interval it lies in, and what it is a number of."""
        for label, own in ((self.number, text), (self.band, band), (self.what, what)):
            if label.text() != own:
                label.setText(own)
                label.setVisible(bool(own))
        self.number.setToolTip(literal(tip))
        self.band.setToolTip(literal(tip))

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """The figures beside it, in the order of their first coming; soon, where there is room."""
        self._wanted = facts
        if not self._facts.isHidden():
            self._show_wanted()

    def set_roomy(self, roomy: bool) -> None:
        """Whether there is room for the facts."""
        self._facts.setVisible(roomy)
        if roomy:
            self._show_wanted()

    def _show_wanted(self) -> None:
        made = False
        for fact in self._wanted:
            if fact.key not in self._known:
                if made:
                    self._next.start()
                    break
                made = True
                label = self._known[fact.key] = _FactLabel(fact)
                label.enlarge(max(1.0, self._factor / 4))
                self._flow.addWidget(label)
            self._known[fact.key].show_fact(fact)
        shown = {fact.key for fact in self._wanted}
        for key, label in self._known.items():
            label.setVisible(key in shown)


class _FactLabel(QWidget):
    """A title and below it a value, whose digits keep their places."""

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        self._title = muted(verbatim(QLabel()))
        self._value = named(verbatim(QLabel()), f"accuracy-{fact.key}")
        self._value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addWidget(self._value)

    def enlarge(self, factor: float) -> None:
        """Take another size of type."""
        self._title.setFont(theme.sized(0.92 * factor))
        self._value.setFont(theme.sized(factor, bold=True))

    def show_fact(self, fact: Fact) -> None:
        """Show a value; a label that grows rather than shrinks does not make its row dance."""
        if self._value.text() == fact.value and self._title.text() == fact.title:
            return
        self._title.setText(fact.title)
        self._value.setText(fact.value)
        self._value.setMinimumWidth(max(self._value.minimumWidth(), self._value.sizeHint().width()))
        self.setToolTip(literal(fact.tip))
