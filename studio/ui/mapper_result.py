"""What came of mapping: use of the array, how the layout was found, blocks short of bias rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFormLayout,
    QGridLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio import map_report
from studio.chip.chip import Chip
from studio.mapper import words
from studio.mapper.layout import Layout
from studio.mapper.request import Search
from studio.ui import bank_text, language, theme
from studio.ui.table import Column, Row, RowsModel, Table
from studio.ui.widgets import muted, named, surface, verbatim

_WIDE = 480  # device independent pixels from which numbers stand beside each other
_SHOWN = 8  # short blocks that are seen without scrolling their table
_METHODS = (
    QT_TRANSLATE_NOOP("MapperResult", "in order"),
    QT_TRANSLATE_NOOP("MapperResult", "best fit"),
    QT_TRANSLATE_NOOP("MapperResult", "local search"),
    QT_TRANSLATE_NOOP("MapperResult", "greedy"),
    QT_TRANSLATE_NOOP("MapperResult", "as given"),
    QT_TRANSLATE_NOOP("MapperResult", "by hand"),
    QT_TRANSLATE_NOOP("MapperResult", "OR-tools CP-SAT"),
)


class Result(QScrollArea):
    """The numbers of one layout.

    ``layer_picked`` asks to select a layer, ``layer_opened`` to show its blocks.
    """

    layer_picked = Signal(str)
    layer_opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verdict = named(QLabel(), "verdict")
        self.verdict.setFont(theme.sized(1.05, bold=True))
        self.proof = named(_wrapped(), "proof")
        self._bars = QGridLayout()
        self._bars.setColumnStretch(1, 1)
        self._bars.setHorizontalSpacing(theme.px(10))
        self._bars.setVerticalSpacing(theme.px(6))
        self._facts = QFormLayout()
        self._facts.setHorizontalSpacing(theme.px(16))
        self._facts.setVerticalSpacing(theme.px(4))
        self._facts.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._parts: list[tuple[QProgressBar, QLabel]] = []
        self._blocks, self._arrays, self._method = _wrapped(), _wrapped(), _wrapped()
        self._tried, self._earlier = _wrapped(), _wrapped()
        for title, label in (
            (self.tr("Blocks"), self._blocks),
            (self.tr("Arrays"), self._arrays),
            (self.tr("Method"), self._method),
            (self.tr("Tried"), self._tried),
            (self.tr("Earlier blocks kept clear of"), self._earlier),
        ):
            self._facts.addRow(muted(QLabel(title)), label)
        self._short_title = named(_wrapped(), "short-title")
        self._short_title.setFont(theme.sized(1.0, bold=True))
        columns = (
            Column("block", self.tr("Block")),
            Column("rows", self.tr("Bias rows")),
        )
        self.short = named(Table(RowsModel(columns)), "short-blocks")
        self.short.setAccessibleName(self.tr("Blocks with fewer bias rows than wanted"))
        self.short.selectionModel().selectionChanged.connect(self._on_selected)
        self.short.activated.connect(self._on_activated)
        page = surface(QWidget())
        column = QVBoxLayout(page)
        margin = theme.px(12)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(theme.px(4))
        column.addWidget(self.verdict)
        column.addWidget(self.proof)
        column.addSpacing(theme.px(8))
        self._numbers = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._numbers.setSpacing(theme.px(12))
        self._numbers.addLayout(self._bars, 1)
        self._numbers.addLayout(self._facts, 1)
        column.addLayout(self._numbers)
        column.addSpacing(theme.px(8))
        column.addWidget(self._short_title)
        column.addWidget(self.short)
        column.addStretch(1)
        self.setWidget(page)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Put the numbers beside each other where there is room."""
        super().resizeEvent(event)
        wide = self.viewport().width() >= theme.px(_WIDE)
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if direction != self._numbers.direction():
            self._numbers.setDirection(direction)
            self._numbers.setSpacing(theme.px(28 if wide else 12))

    def show_layout(self, layout: Layout, chip: Chip, wanted: int) -> None:
        """Show ``layout``; blocks with fewer than ``wanted`` bias rows are short."""
        search = layout.search
        best = search.optimal
        self.verdict.setText(self.tr("Best possible") if best else self.tr("Not proved best"))
        self.verdict.setProperty("role", "good" if best else "warning")
        self.verdict.style().polish(self.verdict)
        self.proof.setText(language.message(search.proof))
        self.proof.setVisible(bool(search.proof))
        self._show_use(layout, chip)
        self._show_facts(layout, chip)
        self._show_short(layout, wanted)

    def _show_use(self, layout: Layout, chip: Chip) -> None:
        use = layout.utilization
        titles = [bank_text.title(bank.name) for bank in chip.array.banks]
        titles = [self.tr("Array"), *titles, self.tr("Bias strip")]
        if [bar.accessibleName() for bar, _ in self._parts] != titles:
            self._make_bars(titles)
        for (bar, number), share in zip(
            self._parts, (use.cells, *use.banks, use.bias), strict=True
        ):
            bar.setValue(round(1000 * share))
            number.setText(self.tr("{0:.1f} %").format(100 * share))

    def _make_bars(self, titles: Sequence[str]) -> None:
        """A row for the array as a whole, and one for each of its parts."""
        while (item := self._bars.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._parts = []
        for row, title in enumerate(titles):
            bar = QProgressBar(textVisible=False)
            bar.setRange(0, 1000)
            bar.setAccessibleName(title)
            number = QLabel()
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label = verbatim(muted(QLabel(title)) if row else QLabel(title))
            for own in (label, number):
                own.setFont(theme.sized(1.0, bold=row == 0))
            self._bars.addWidget(label, row, 0)
            self._bars.addWidget(bar, row, 1, Qt.AlignmentFlag.AlignVCenter)
            self._bars.addWidget(number, row, 2)
            self._parts.append((bar, number))

    def _show_facts(self, layout: Layout, chip: Chip) -> None:
        search = layout.search
        used = self.tr("{0} of {1} used").format(search.arrays, chip.array.count)
        if search.least_arrays:
            used = self.tr("{0} of {1} used, at least {2} needed").format(
                search.arrays, chip.array.count, search.least_arrays
            )
        self._blocks.setText(str(len(layout.blocks)))
        self._arrays.setText(used)
        self._method.setText(_method(search))
        self._tried.setText(self._tries(search))
        self._earlier.setText(str(len(layout.occupied)))
        self._facts.setRowVisible(self._arrays, chip.array.count > 1)
        self._facts.setRowVisible(self._tried, search.tries > 0)
        self._facts.setRowVisible(self._earlier, bool(layout.occupied))

    def _tries(self, search: Search) -> str:
        seconds = search.seconds
        time = self.tr("{0:.2f} s").format(seconds)
        if seconds < 0.1:
            time = self.tr("{0:.0f} ms").format(1000 * seconds)
        if search.tries == 1:
            return self.tr("1 layout in {0}").format(time)
        return self.tr("{0:,} layouts in {1}").format(search.tries, time)

    def _show_short(self, layout: Layout, wanted: int) -> None:
        blocks = map_report.short_blocks((layout,), wanted)
        self._short_title.setVisible(bool(blocks))
        self.short.setVisible(bool(blocks))
        text = self.tr("{0} blocks have fewer bias rows than wanted").format(len(blocks))
        if len(blocks) == 1:
            text = self.tr("1 block has fewer bias rows than wanted")
        self._short_title.setText(text)
        some = self.tr("{0} of {1}")
        rows = [
            Row(own.layer, (words.part(own), some.format(own.bias_rows, wanted))) for own in blocks
        ]
        self.short.rows.set_rows(rows)
        header = self.short.horizontalHeader().sizeHint().height()
        each = self.short.verticalHeader().defaultSectionSize()
        self.short.setFixedHeight(header + each * min(len(rows), _SHOWN) + theme.px(4))

    def _on_selected(self) -> None:
        chosen = self.short.selectionModel().selectedRows()
        if chosen:
            self.layer_picked.emit(self.short.rows.row(chosen[0].row()).key)

    def _on_activated(self, index: QModelIndex) -> None:
        self.layer_opened.emit(self.short.rows.row(index.row()).key)


def _method(search: Search) -> str:
    """How the layout was found, in the window's language."""
    parts = search.method.split(", then ")
    names = [QCoreApplication.translate("MapperResult", part) for part in parts]
    if len(names) == 2:
        then = QCoreApplication.translate("MapperResult", "{0}, then {1}")
        return then.format(*names)
    return names[0]


def _wrapped() -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
