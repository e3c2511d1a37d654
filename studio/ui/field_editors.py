"""The widgets that edit one option of base/fields.py, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from studio.base.fields import Field
from studio.ui import theme

_INT_MAX = 2**31 - 1
_FLOAT_MAX = 1e9
_DECIMALS = 4
_NARROWEST = 80

Tell = Callable[[Any], None]


@dataclass(frozen=True)
class Editor:
    """One option's editor: what stands in the row, what takes the keyboard, how to set it.

    ``set_value`` does not count as a change of the user's. ``finish`` takes what was typed and
    not yet told, as when the dialog is closed by a key.
    """

    row: QWidget
    focus: QWidget
    set_value: Callable[[Any], None]
    finish: Callable[[], None] = lambda: None


def make(field: Field, tell: Tell) -> Editor:
    """The editor of ``field``; it calls ``tell`` with the new value when the user changes it."""
    match field.kind:
        case "bool":
            return _optional_check(field, tell) if field.optional else _check(field, tell)
        case "choice":
            return _choice(field, tell)
        case "int":
            return _number(field, tell, _IntBox())
        case "float":
            return _number(field, tell, _FloatBox())
        case "file" | "folder":
            return _path(field, tell)
        case _:
            return _text(field, tell)


def label(field: Field) -> str:
    """The option's label in the window's language."""
    return _tr("Option", field.label)


def explain(field: Field) -> str:
    """What the option does, in the window's language."""
    return _tr("Option", field.help)


def none(field: Field) -> str:
    """What the option is called when it is None."""
    return _tr("Option", field.none) if field.none else _tr("Form", "automatic")


class _IntBox(QSpinBox):
    """Whole numbers; the wheel scrolls the page unless one is edited."""

    def wheelEvent(self, event: Any) -> None:  # noqa: N802  (Qt's name)
        """Scrolling past must not change what it passes."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _FloatBox(QDoubleSpinBox):
    """Numbers without trailing zeros."""

    def wheelEvent(self, event: Any) -> None:  # noqa: N802  (Qt's name)
        """Scrolling past must not change what it passes."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def textFromValue(self, value: float) -> str:  # noqa: N802  (Qt's name)
        """As many decimals as the value needs."""
        text = self.locale().toString(value, "f", self.decimals())
        point = self.locale().decimalPoint()
        return text.rstrip("0").rstrip(point) if point in text else text


class _Combo(QComboBox):
    """Choices; the wheel scrolls the page unless they are edited."""

    def wheelEvent(self, event: Any) -> None:  # noqa: N802  (Qt's name)
        """Scrolling past must not change what it passes."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _check(field: Field, tell: Tell) -> Editor:
    box = QCheckBox(label(field))
    box.toggled.connect(tell)
    return Editor(box, box, _quietly(box, box.setChecked))


def _combo(entries: list[tuple[str, Any]], tell: Tell) -> Editor:
    box = _Combo()
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(6)
    values = [value for _, value in entries]
    box.addItems([text for text, _ in entries])
    for index, (text, _) in enumerate(entries):
        box.setItemData(index, text, Qt.ItemDataRole.ToolTipRole)

    def set_value(value: Any) -> None:
        # A value that is no choice, as of a file written by hand, is shown as it is.
        if value not in values:
            values.append(value)
            box.addItem(str(value))
        box.setCurrentIndex(values.index(value))

    box.activated.connect(lambda index: tell(values[index]))
    return Editor(box, box, _quietly(box, set_value))


def _choice(field: Field, tell: Tell) -> Editor:
    names = field.names or field.choices
    entries: list[tuple[str, Any]] = [(none(field), None)] if field.optional else []
    pairs = zip(names, field.choices, strict=True)
    entries += [(_tr("Choice", name), value) for name, value in pairs]
    return _combo(entries, tell)


def _optional_check(field: Field, tell: Tell) -> Editor:
    on, off = _tr("Form", "on"), _tr("Form", "off")
    return _combo([(none(field), None), (on, True), (off, False)], tell)


def _number(field: Field, tell: Tell, box: _IntBox | _FloatBox) -> Editor:
    """A spin box. None, where it may be, is one below the smallest number."""
    low, high = field.minimum, field.maximum
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setKeyboardTracking(False)
    box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
    box.setMinimumWidth(_NARROWEST)
    box.lineEdit().setTextMargins(6, 0, 0, 0)
    if field.unit:
        box.setSuffix(" " + _tr("Unit", field.unit))
    below = 1 if field.optional else 0
    if isinstance(box, _FloatBox):
        box.setDecimals(_DECIMALS)
        box.setRange((low or 0.0) - below, _FLOAT_MAX if high is None else high)
    else:
        box.setRange(int(low or 0) - below, _INT_MAX if high is None else int(high))
    if not field.optional:
        box.valueChanged.connect(tell)
        return Editor(box, box, _quietly(box, box.setValue), box.interpretText)
    box.setSpecialValueText(none(field))
    clear = _button("clear", _tr("Form", "Set to: {0}").format(none(field)))
    lowest: Any = box.minimum()
    clear.clicked.connect(lambda: box.setValue(lowest))

    def is_none() -> bool:
        return bool(box.value() == lowest)

    def on_change() -> None:
        clear.setEnabled(not is_none())
        tell(None if is_none() else box.value())

    def set_value(value: Any) -> None:
        box.setValue(lowest if value is None else value)
        # The beginning of a text that is too long for its place, not the end.
        box.lineEdit().home(False)
        clear.setEnabled(not is_none())

    box.valueChanged.connect(on_change)
    return Editor(_beside(box, clear), box, _quietly(box, set_value), box.interpretText)


def _text(field: Field, tell: Tell) -> Editor:
    line, set_value, finish = _line(field, tell, str)
    return Editor(line, line, set_value, finish)


def _path(field: Field, tell: Tell) -> Editor:
    kind = str if isinstance(field.default, str) else Path
    line, set_value, finish = _line(field, tell, kind)
    button = _button("open", _tr("Form", "Browse…"))

    def browse() -> None:
        dialog = QFileDialog(button, label(field), line.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if field.kind == "folder":
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            patterns = " ".join(f"*{ending}" for ending in field.files)
            if patterns:
                dialog.setNameFilter(f"{label(field)} ({patterns})")
        dialog.fileSelected.connect(line.setText)
        dialog.fileSelected.connect(lambda _name: finish())
        dialog.open()

    button.clicked.connect(browse)
    return Editor(_beside(line, button), line, set_value, finish)


def _line(
    field: Field, tell: Tell, kind: Callable[[str], Any]
) -> tuple[QLineEdit, Callable[[Any], None], Callable[[], None]]:
    """A line of text, how to set it, and what to call when its text is meant."""
    line = QLineEdit()
    line.setMinimumWidth(_NARROWEST)
    told = [""]
    if field.optional or field.none:
        line.setPlaceholderText(none(field))
        line.setClearButtonEnabled(True)

    def finish() -> None:
        text = line.text().strip()
        if text != told[0]:
            told[0] = text
            tell(None if field.optional and not text else kind(text))

    def set_value(value: Any) -> None:
        told[0] = "" if value is None else str(value)
        line.setText(told[0])
        line.setCursorPosition(0)

    line.editingFinished.connect(finish)
    for inside in line.findChildren(QToolButton):  # Qt's clear button
        inside.clicked.connect(finish)
    return line, _quietly(line, set_value), finish


class _ThemedButton(QToolButton):
    """A small button whose icon follows the theme."""

    def __init__(self, icon: str, text: str) -> None:
        super().__init__()
        self._icon = icon
        self.setProperty("role", "bar")
        self.setIconSize(QSize(theme.px(16), theme.px(16)))
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setIcon(theme.icon(icon))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icon in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.setIcon(theme.icon(self._icon))


def _button(icon: str, text: str) -> QToolButton:
    return _ThemedButton(icon, text)


def _beside(editor: QWidget, button: QToolButton) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2)
    row.addWidget(editor, 1)
    row.addWidget(button)
    both.setFocusProxy(editor)
    return both


def _quietly(widget: QObject, set_value: Callable[[Any], None]) -> Callable[[Any], None]:
    """The same without ``widget``'s signals."""

    def quiet(value: Any) -> None:
        blocker = QSignalBlocker(widget)
        set_value(value)
        blocker.unblock()

    return quiet


def _tr(context: str, text: str) -> str:
    return QCoreApplication.translate(context, text)
