"""The dialog in which the user writes regular expressions for the monitor."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.base.errors import StudioError
from studio.monitor.own_patterns import OwnPattern, compiled
from studio.ui import dialogs, own_kept, theme, value_kinds
from studio.ui.entry_table import EntryTable, Kind
from studio.ui.error_words import sentences
from studio.ui.own_kept import PatternEntry
from studio.ui.pattern_preview import PatternPreview
from studio.ui.widgets import muted, named, set_role, tool_button, verbatim
from studio.ui.workspace import Workspace

_QUIET = 120  # milliseconds after a change before the lines are searched again

# Name, pattern, and a line it is for.
EXAMPLES = (
    (
        str(QT_TRANSLATE_NOOP("PatternsDialog", "Temperature")),
        r"T\s*=\s*(?P<temperature>-?[\d.]+)",
        "sensor 1 T = 21.5 C ok",
    ),
    (
        str(QT_TRANSLATE_NOOP("PatternsDialog", "Name is value")),
        r"(?P<name>\w+) is (?P<value>-?[\d.]+) *(?P<unit>\w*)",
        "speed is 12.5 rpm",
    ),
    (
        str(QT_TRANSLATE_NOOP("PatternsDialog", "Coordinates")),
        r"\((?P<x>-?[\d.]+), *(?P<y>-?[\d.]+)\)",
        "touch at (120, 45)",
    ),
    (
        str(QT_TRANSLATE_NOOP("PatternsDialog", "Register")),
        r"reg (?P<register>0x[0-9a-fA-F]+)",
        "reg 0x1F3A set",
    ),
    (
        str(QT_TRANSLATE_NOOP("PatternsDialog", "Log line")),
        r"\[(?P<ms>\d+)\].* adc (?P<adc>\d+)",
        "[10042] I main: adc 3071",
    ),
)


class PatternsDialog(QDialog):
    """A table of patterns, the chosen one's fields and a preview; OK uses and keeps them."""

    kept = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "patterns-dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Own patterns"))
        self._live = workspace.monitoring.live
        self._filling = False
        kind = Kind(
            (self.tr("Name"), self.tr("Pattern")),
            lambda entry: (entry.name, entry.text),
            self._new,
            lambda entry: replace(entry, name=self._free(entry.name)),
            lambda entry: bool(entry.on),
            lambda entry, on: replace(entry, on=on),
        )
        self.table = EntryTable("pattern-table", self.tr("Own patterns"), kind)
        self.examples = self._examples()
        self.table.bar.insertWidget(1, self.examples)
        self.name = named(QLineEdit(), "pattern-name")
        self.text = named(QLineEdit(), "pattern-text")
        self.text.setFont(theme.mono())
        self._note = named(verbatim(QLabel()), "pattern-note")
        self._note.setWordWrap(True)
        self.preview = PatternPreview(self._live, [line for _, _, line in EXAMPLES])
        self._search = QTimer(self, interval=_QUIET, singleShot=True)
        self._search.timeout.connect(self._show_matches)
        self._place()
        self.name.textChanged.connect(self._on_edited)
        self.text.textChanged.connect(self._on_edited)
        self.table.chosen.connect(self._show_entry)
        self.table.changed.connect(self._check)
        self.table.set_entries(own_kept.patterns())
        self._show_matches()

    def accept(self) -> None:
        """Read lines by these patterns, and keep them; stays open where one cannot be used."""
        for row, entry in enumerate(self.table.entries):
            if self._wrong(entry):
                self.table.select(row)
                self._check()
                return
        entries = self.table.entries
        try:
            own_kept.keep_patterns(entries)
        except StudioError as error:
            dialogs.show_error(self, error)
            return
        self._live.use(own_kept.compiled(entries))
        self.kept.emit()
        super().accept()

    # -- entries

    def _new(self) -> PatternEntry:
        return PatternEntry(self._free(self.tr("Pattern")), "")

    def _free(self, name: str) -> str:
        """The name, or where there is one like it, with a number."""
        taken = {entry.name for entry in self.table.entries}
        number = 2
        free = name
        while free in taken:
            free, number = f"{name} {number}", number + 1
        return free

    def _wrong(self, entry: PatternEntry) -> str:
        """What is wrong with it, in words; what is off may be as it is."""
        if not entry.on:
            return ""
        if not entry.name.strip():
            return self.tr("A pattern needs a name: its lines are counted under it.")
        if sum(other.name == entry.name for other in self.table.entries) > 1:
            return self.tr("Another pattern has this name.")
        if value_kinds.is_known(entry.name):
            return self.tr("A form that is recognized without a pattern has this name.")
        try:
            compiled(entry.name, entry.text)
        except StudioError as error:
            return sentences(error)
        return ""

    def _pattern(self) -> OwnPattern | None:
        """The chosen row's, where it can be read."""
        if self.table.current < 0:
            return None
        try:
            return compiled("preview", self.table.entry.text)
        except StudioError:
            return None

    # -- what is shown

    def _show_entry(self) -> None:
        there = self.table.current >= 0
        entry = self.table.entry if there else PatternEntry("", "")
        self._filling = True
        self.name.setText(entry.name)
        self.text.setText(entry.text)
        self._filling = False
        self.name.setEnabled(there)
        self.text.setEnabled(there)
        self._check()
        self._show_matches()

    def _on_edited(self) -> None:
        if not self._filling and self.table.current >= 0:
            entry = self.table.entry
            self.table.replace(replace(entry, name=self.name.text(), text=self.text.text()))
            self._search.start()

    def _check(self) -> None:
        there = self.table.current >= 0
        wrong = self._wrong(self.table.entry) if there else ""
        role = "bad" if wrong else "muted"
        self._note.setText(wrong or self._explanation(there))
        set_role(self._note, role)

    def _explanation(self, there: bool) -> str:
        if not there:
            return self.tr("No patterns yet. Add one, or begin with an example.")
        return self.tr(
            "Each group (?P<name>…) becomes a series of that name; with the groups name and value,"
            " the line names it. The first pattern that matches reads the line."
        )

    def _show_matches(self) -> None:
        self._search.stop()
        self.preview.show_pattern(self._pattern())

    # -- making

    def _examples(self) -> QToolButton:
        button = tool_button("pattern-examples", self.tr("Add example"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for name, text, line in EXAMPLES:
            own = QCoreApplication.translate("PatternsDialog", name)
            action = menu.addAction(f"{own}: {line}".replace("&", "&&"))
            action.triggered.connect(lambda _on=False, own=own, text=text: self._add(own, text))
        button.setMenu(menu)
        return button

    def _add(self, name: str, text: str) -> None:
        self.table.add(PatternEntry(self._free(name), text))

    def _place(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(10))
        grid.setVerticalSpacing(theme.px(8))
        for row, (text, field) in enumerate(
            ((self.tr("&Name"), self.name), (self.tr("&Pattern"), self.text))
        ):
            label = QLabel(text)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(muted(self._note), 2, 1)
        self._note.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        named(buttons.button(kinds.Ok), "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(16)] * 4)
        column.setSpacing(theme.px(12))
        column.addWidget(self.table, 2)
        column.addLayout(grid)
        column.addWidget(self.preview, 3)
        column.addWidget(buttons)
        self.resize(theme.px(720), theme.px(640))
