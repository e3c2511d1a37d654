"""The dialog in which macros are written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.base.errors import StudioError
from studio.monitor.lines_out import Macro
from studio.ui import dialogs, own_kept, theme
from studio.ui.entry_table import EntryTable, Kind
from studio.ui.error_words import sentences
from studio.ui.send_choices import EndingBox, FormBox, ending_name, form_name
from studio.ui.widgets import named, set_role, tool_button, verbatim
from studio.ui.workspace import Workspace

_LONGEST = 86_399.0  # seconds
_FILES = "JSON (*.json)"


class MacrosDialog(QDialog):
    """A table of all macros and the chosen one's fields; OK keeps them (``kept``)."""

    kept = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "macros-dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Macros"))
        self._workspace = workspace
        self._filling = False
        titles = (
            self.tr("Name"), self.tr("Text"), self.tr("Meant as"), self.tr("Ending"),
            self.tr("Every"),
        )  # fmt: skip
        kind = Kind(titles, self._cells, self._new, self._copy)
        self.table = EntryTable("macro-table", self.tr("Macros"), kind)
        self.import_button = tool_button("import-macros", self.tr("Import…"))
        self.export_button = tool_button("export-macros", self.tr("Export…"))
        for button in (self.import_button, self.export_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.table.bar.addWidget(button)
        self.import_button.clicked.connect(self.choose_import)
        self.export_button.clicked.connect(self.choose_export)
        self.name = named(QLineEdit(), "macro-name")
        self.text = named(QLineEdit(), "macro-text")
        self.text.setFont(theme.mono())
        self.form = FormBox("macro-form")
        self.ending = EndingBox("macro-ending")
        self.every = named(QDoubleSpinBox(), "macro-every")
        self.every.setRange(0.0, _LONGEST)
        self.every.setDecimals(2)
        self.every.setSingleStep(0.5)
        self.every.setSuffix(" s")
        self.every.setSpecialValueText(self.tr("once"))
        self.every.setToolTip(self.tr("Send it again after so many seconds, until it is stopped"))
        self._note = named(verbatim(QLabel()), "macro-note")
        self._note.setWordWrap(True)
        self._place()
        self.name.textChanged.connect(self._on_edited)
        self.text.textChanged.connect(self._on_edited)
        self.form.currentIndexChanged.connect(self._on_edited)
        self.ending.currentIndexChanged.connect(self._on_edited)
        self.every.valueChanged.connect(self._on_edited)
        self.table.chosen.connect(self._show_entry)
        self.table.changed.connect(self._check)
        self.table.set_entries(own_kept.macros())

    def accept(self) -> None:
        """Keep the macros; stays open where one of them cannot be sent."""
        self.every.interpretText()
        for row, macro in enumerate(self.table.entries):
            if self._wrong(macro):
                self.table.select(row)
                self._check()
                return
        try:
            own_kept.keep_macros(self.table.entries)
        except StudioError as error:
            dialogs.show_error(self, error)
            return
        self.kept.emit()
        super().accept()

    def import_file(self, path: Path) -> None:
        """Add the macros of a file."""
        try:
            found = own_kept.read_macros(path)
        except StudioError as error:
            dialogs.show_error(self, error)
            return
        if found:
            self.table.add(*found)

    def export_file(self, path: Path) -> None:
        """Write the macros as they stand here to a file."""
        try:
            own_kept.write_macros(path, self.table.entries)
        except StudioError as error:
            dialogs.show_error(self, error)

    def choose_import(self) -> QFileDialog:
        """Ask for a file to import."""
        dialog = self._ask(self.tr("Import macros"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.import_file(Path(name)))
        dialog.open()
        return dialog

    def choose_export(self) -> QFileDialog:
        """Ask where to export to."""
        dialog = self._ask(self.tr("Export macros"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile("macros.json")
        dialog.fileSelected.connect(lambda name: self.export_file(Path(name)))
        dialog.open()
        return dialog

    def _ask(self, title: str) -> QFileDialog:
        dialog = named(QFileDialog(self, title, str(Path.home()), _FILES), "macros-file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    # -- entries

    def _cells(self, macro: Macro) -> tuple[str, ...]:
        ending = "" if macro.form == "hex" else ending_name(macro.ending)
        every = f"{macro.every:g} s" if macro.every else ""
        return macro.name, macro.text, form_name(macro.form), ending, every

    def _new(self) -> Macro:
        return Macro(self.tr("Macro {0}").format(len(self.table.entries) + 1), "")

    def _copy(self, macro: Macro) -> Macro:
        return replace(macro, name=self.tr("{0} copy").format(macro.name))

    def _wrong(self, macro: Macro) -> str:
        """What is wrong with it, in words; "" where nothing is."""
        if not macro.name.strip():
            return self.tr("A macro needs a name: it stands on its button.")
        try:
            data = macro.data(self._workspace.monitoring.live.encoding)
        except StudioError as error:
            return sentences(error)
        return "" if data else self.tr("There is nothing to send yet: write a text.")

    def _show_entry(self) -> None:
        """The fields of the chosen row."""
        there = self.table.current >= 0
        macro = self.table.entry if there else Macro("", "")
        self._filling = True
        self.name.setText(macro.name)
        self.text.setText(macro.text)
        self.form.choose(macro.form)
        self.ending.choose(macro.ending)
        self.every.setValue(macro.every)
        self._filling = False
        for widget in (self.name, self.text, self.form, self.ending, self.every):
            widget.setEnabled(there)
        self._check()

    def _on_edited(self) -> None:
        if self._filling or self.table.current < 0:
            return
        self.table.replace(
            Macro(
                self.name.text(),
                self.text.text(),
                self.ending.ending,
                self.form.form,
                round(self.every.value(), 2),
            )
        )

    def _check(self) -> None:
        there = self.table.current >= 0
        self.export_button.setEnabled(there)
        self.ending.setEnabled(there and self.form.form != "hex")
        wrong = self._wrong(self.table.entry) if there else ""
        role = "bad" if wrong else "muted"
        if not there:
            wrong = self.tr("No macros yet. Each one is a button that sends its text.")
        self._note.setText(wrong)
        set_role(self._note, role)

    # -- making

    def _place(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(10))
        grid.setVerticalSpacing(theme.px(8))
        lower = QHBoxLayout()
        lower.setSpacing(theme.px(6))
        lower.addWidget(self.form)
        lower.addWidget(self.ending)
        again = QLabel(self.tr("again every"))
        again.setBuddy(self.every)
        lower.addSpacing(theme.px(6))
        lower.addWidget(again)
        lower.addWidget(self.every)
        lower.addStretch(1)
        for row, (text, field) in enumerate(
            ((self.tr("&Name"), self.name), (self.tr("&Text"), self.text))
        ):
            label = QLabel(text)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addLayout(lower, 2, 1)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        named(buttons.button(kinds.Ok), "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._note.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.px(16)] * 4)
        column.setSpacing(theme.px(12))
        column.addWidget(self.table, 1)
        column.addLayout(grid)
        column.addWidget(self._note)
        column.addWidget(buttons)
        self.resize(theme.px(620), theme.px(460))
