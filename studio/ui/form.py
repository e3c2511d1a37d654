"""A form made from the described fields of a dataclass (base/fields.py)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QSizePolicy, QWidget

from studio.base.fields import Field
from studio.ui import field_editors, theme
from studio.ui.field_editors import Editor
from studio.ui.widgets import muted, named


class Form(QWidget):
    """One row a field, under the headings of its groups; hidden fields are left out.

    ``values`` is an instance of the dataclass. Shows its help below each row with ``explain``,
    otherwise only as a tool tip. Fits where it is put, down to 300 pixels; put it into a scroll
    area where it may be higher than its place.
    """

    changed = Signal(str, object)
    """A field's name and new value, when the user has changed it."""

    def __init__(
        self,
        fields: Sequence[Field],
        values: object,
        *,
        explain: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._explain = explain
        self._fields = tuple(field for field in fields if field.kind != "hidden")
        self._editors: dict[str, Editor] = {}
        self._rows: dict[str, list[QWidget]] = {}
        self._headings: dict[str, QLabel] = {}
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(7)
        self._layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        groups = dict.fromkeys(field.group for field in self._fields)
        for group in groups:
            if len(groups) > 1:
                self._add_heading(group)
            for field in self._fields:
                if field.group == group:
                    self._add(field)
        self.set_values(values)

    def set_values(self, values: object) -> None:
        """Show the values of ``values``; does not emit ``changed``."""
        for field in self._fields:
            self._editors[field.name].set_value(getattr(values, field.name))

    def finish(self) -> None:
        """Take what was typed and not told yet, because the keyboard is still in it."""
        for editor in self._editors.values():
            editor.finish()

    def editor(self, name: str) -> QWidget:
        """The widget that edits the field ``name``: to focus it, or to add to it."""
        return self._editors[name].focus

    def set_row_enabled(self, name: str, enabled: bool) -> None:
        """Let a field be edited or not, as when another one makes it pointless."""
        for widget in self._rows[name]:
            widget.setEnabled(enabled)

    def search(self, text: str) -> int:
        """Show only the fields with ``text`` in label, help or choices; how many those are."""
        words = text.casefold().split()
        found = 0
        shown: set[str] = set()
        for field in self._fields:
            content = _content(field)
            fits = all(word in content for word in words)
            found += fits
            if fits:
                shown.add(field.group)
            self._layout.setRowVisible(self._editors[field.name].row, fits)
            if self._explain:
                self._layout.setRowVisible(self._rows[field.name][-1], fits)
        for group, heading in self._headings.items():
            self._layout.setRowVisible(heading, group in shown)
        return found

    def heading(self, group: str) -> QLabel | None:
        """The heading of a group; None where there is only one group."""
        return self._headings.get(group)

    def _add_heading(self, group: str) -> None:
        heading = QLabel(QCoreApplication.translate("Option", group))
        heading.setFont(theme.sized(1.0, bold=True))
        heading.setContentsMargins(0, 8 if self._headings else 0, 0, 0)
        self._headings[group] = heading
        self._layout.addRow(heading)

    def _add(self, field: Field) -> None:
        editor = field_editors.make(field, partial(self.changed.emit, field.name))
        text, explain = field_editors.label(field), field_editors.explain(field)
        named(editor.focus, field.name)
        for widget in (editor.row, editor.focus):
            widget.setToolTip(_tip(explain))
            widget.setWhatsThis(explain)
        editor.focus.setAccessibleName(text)
        editor.focus.setAccessibleDescription(explain)
        self._editors[field.name] = editor
        self._rows[field.name] = [editor.row]
        if field.kind == "bool" and not field.optional:
            self._layout.addRow(editor.row)
        else:
            label = QLabel(text)
            label.setBuddy(editor.focus)
            # Lets the layout give it the height of the row, whose middle it then keeps.
            label.setContentsMargins(0, 2, 0, 2)
            label.setToolTip(_tip(explain))
            self._rows[field.name].insert(0, label)
            self._layout.addRow(label, editor.row)
        if self._explain:
            below = muted(QLabel(explain))
            below.setWordWrap(True)
            below.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            below.setContentsMargins(0, 0, 0, 6)
            self._rows[field.name].append(below)
            self._layout.addRow(below)


def _content(field: Field) -> str:
    names = [QCoreApplication.translate("Choice", name) for name in field.names or field.choices]
    group = QCoreApplication.translate("Option", field.group)
    texts = (field_editors.label(field), field_editors.explain(field), group, *names)
    return " ".join(texts).casefold()


def _tip(text: str) -> str:
    """As rich text, so that a long one is wrapped; option texts hold no markup."""
    return f"<qt>{text}</qt>"
