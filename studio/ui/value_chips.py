"""What was recognized in the board's bytes, as rows of chips."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.ui import theme, value_kinds
from studio.ui.flow_rows import FlowRows
from studio.ui.pill import Pill
from studio.ui.value_kinds import KindText
from studio.ui.widgets import bar_button, literal, muted, named, surface, tool_button, verbatim
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.monitor.store import Snapshot
    from studio.ui.patterns_dialog import PatternsDialog

_APART = 0.25  # seconds between two updates at least
_NAMED = 8  # series told of one form
_COLOURS = {"packet": "accent", "quiet": "muted", "bad": "bad"}
_DAMAGED, _REFUSED = " damaged", " refused"  # no form is called so


@dataclass(frozen=True)
class ValueChip:
    """One chip: what it is called, what it has to tell, and its looks (of Pill)."""

    key: str
    text: KindText
    count: str
    lines: tuple[str, ...]
    colour: str = "text"
    icon: str = ""

    @property
    def tip(self) -> str:
        """All it has to tell."""
        return "\n".join((self.text.title, *self.lines))


class ValueChips(QWidget):
    """A chip for each form that was recognized, and for what went wrong; two rows at most.

    A click explains the form. They are drawn a few times a second, and only where they are seen.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        named(self, "value-chips")
        self._workspace = workspace
        self._monitoring = workspace.monitoring
        self._seen = (-1, -1)
        self._at = 0.0
        self.chips: dict[str, ValueChip] = {}
        self.pills: dict[str, Pill] = {}
        self.rows = FlowRows(2, self._more())
        self._empty = muted(named(QLabel(), "chips-empty"))
        self._empty.setText(self.tr("Values and packets are recognized by themselves."))
        self._empty.setWordWrap(True)
        self.own = bar_button("own-patterns", self.tr("Own patterns…"))
        self.own.clicked.connect(self.edit_patterns)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.px(6)] * 4)
        row.setSpacing(theme.px(6))
        left = QVBoxLayout()
        left.setContentsMargins(0, theme.px(3), 0, theme.px(3))  # pills are lower than the button
        left.addWidget(self._empty)
        left.addWidget(self.rows)
        row.addLayout(left, 1)
        row.addWidget(self.own, 0, Qt.AlignmentFlag.AlignTop)
        self.rows.hide()
        self._draw_icon()
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._update)
        self._monitoring.frame.connect(self._on_frame)

    def edit_patterns(self) -> PatternsDialog:
        """Open the dialog of own patterns."""
        from studio.ui.patterns_dialog import PatternsDialog  # noqa: PLC0415 - slow to import

        dialog = PatternsDialog(self._workspace, self)
        dialog.open()
        return dialog

    def set_low(self, low: bool) -> None:
        """Whether there is height for one row only."""
        self.rows.set_rows(1 if low else 2)

    def explain(self, key: str) -> QFrame:
        """Show a small window below a chip that tells about it."""
        chip, pill = self.chips[key], self.pills[key]
        below = pill if pill.isVisible() else self.rows.more
        popup = ValueExplanation(self, chip)
        popup.own.clicked.connect(self.edit_patterns)
        popup.adjustSize()
        place = QRect(below.mapToGlobal(QPoint(0, below.height() + theme.px(3))), popup.sizeHint())
        screen = self.screen().availableGeometry()
        place.moveRight(min(place.right(), screen.right()))
        place.moveBottom(min(place.bottom(), screen.bottom()))
        popup.move(place.topLeft())
        popup.show()
        return popup

    # -- Qt's events

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Catch up with what came while it was hidden."""
        super().showEvent(event)
        self._update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icon again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "own"):
            self._draw_icon()

    # -- inside

    def _on_frame(self) -> None:
        if not self.isVisible() or self._later.isActive():
            return
        waits = self._at + _APART - time.monotonic()
        self._later.start(max(0, round(1000 * waits)))

    def _update(self) -> None:
        live = self._monitoring.live
        now = (live.epoch, live.version)
        if not self.isVisible() or now == self._seen:
            return
        self._seen, self._at = now, time.monotonic()
        self._show(sorted(self._found(live.store.snapshot()), key=_rank))

    def _show(self, found: list[ValueChip]) -> None:
        self.chips = {chip.key: chip for chip in found}
        for key in set(self.pills) - set(self.chips):
            del self.pills[key]
        for chip in found:
            pill = self.pills.get(chip.key)
            if pill is None:
                pill = self.pills[chip.key] = self._pill(chip)
            pill.set_count(chip.count)
            pill.setToolTip(literal(chip.tip))
        self._empty.setVisible(not found)
        self.rows.setVisible(bool(found))
        self.pills = {key: self.pills[key] for key in self.chips}
        self.rows.set_buttons(list(self.pills.values()))

    def _more(self) -> Pill:
        more = Pill("more-chips", "", "muted")
        more.setToolTip(self.tr("More that was recognized"))
        return more

    def _pill(self, chip: ValueChip) -> Pill:
        pill = Pill(f"chip-{chip.key.strip()}", chip.text.title, chip.colour, chip.icon)
        pill.clicked.connect(lambda: self.explain(chip.key))
        return pill

    def _found(self, snapshot: Snapshot) -> Iterator[ValueChip]:
        if snapshot.errors:
            meaning = self.tr(
                "Packets whose checksum is wrong, and sample lines that cannot be read. They are"
                " left out. Check the baud rate and the wiring."
            )
            text = KindText(self.tr("damaged"), meaning, tone="bad")
            yield ValueChip(_DAMAGED, text, short(snapshot.errors), (meaning,), "bad", "warning")
        if snapshot.refused.values:
            meaning = self.tr(
                "There are so many series already that no room is left for these names. Clear, or"
                " have the board print fewer names."
            )
            text = KindText(self.tr("names left out"), meaning, tone="bad")
            names = short(snapshot.refused.names)
            yield ValueChip(_REFUSED, text, names, (meaning,), "warning", "warning")
        own = {pattern.name for pattern in self._monitoring.live.own}
        for kind, count in snapshot.kinds.items():
            text = value_kinds.explain(kind)
            icon = "packet" if text.tone == "packet" else "pattern" if kind in own else ""
            series = sorted(snapshot.names.get(kind, ()), key=lambda name: (len(name), name))
            yield ValueChip(
                kind,
                text,
                short(count),
                tuple(self._lines(text, count, series)),
                _COLOURS.get(text.tone, "text"),
                icon,
            )

    def _lines(self, text: KindText, count: int, names: list[str]) -> Iterator[str]:
        yield text.meaning
        if text.example:
            yield self.tr("Such as {0}").format(text.example)
        if names:
            more = " …" if len(names) > _NAMED else ""
            yield self.tr("Series: {0}").format(", ".join(names[:_NAMED]) + more)
        yield self.tr("{0} so far").format(f"{count:,}")

    def _draw_icon(self) -> None:
        self.own.setIcon(theme.icon("pattern"))


class ValueExplanation(QFrame):
    """What a chip is about; goes away with the next click elsewhere."""

    def __init__(self, parent: QWidget, chip: ValueChip) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        named(self, "chip-explanation")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        surface(self)
        title = verbatim(QLabel(chip.text.title))
        title.setFont(theme.sized(1.0, bold=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(12)] * 4)
        column.setSpacing(theme.px(5))
        column.addWidget(title)
        for text in chip.lines:
            label = verbatim(QLabel(text))
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        self.own = tool_button("explanation-patterns", self.tr("Own patterns…"))
        self.own.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.own.clicked.connect(self.close)
        column.addSpacing(theme.px(4))
        column.addWidget(self.own, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFixedWidth(theme.px(300))


def short(count: int) -> str:
    """A count in few signs: 999, 1.2 k, 12 k, 3.4 M."""
    for unit, size in (("G", 1_000_000_000), ("M", 1_000_000), ("k", 1000)):
        if count >= size:
            figure = count / size
            return f"{int(figure)} {unit}" if figure >= 10 else f"{int(figure * 10) / 10:g} {unit}"
    return str(count)


def _rank(chip: ValueChip) -> int:
    """What went wrong first, then samples, what holds no values last, the others as they came."""
    if chip.key == "sample":
        return 1
    return {"bad": 0, "quiet": 3}.get(chip.text.tone, 2)
