"""How a text to send is meant and what follows it, as choices with names."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt
from PySide6.QtWidgets import QComboBox, QMenu

from studio.monitor.lines_out import Ending, Form
from studio.ui.widgets import named

_FORMS: dict[Form, tuple[str, str]] = {
    "text": (
        str(QT_TRANSLATE_NOOP("SendChoices", "Text")),
        str(QT_TRANSLATE_NOOP("SendChoices", "Sent as typed")),
    ),
    "escapes": (
        str(QT_TRANSLATE_NOOP("SendChoices", "Escapes")),
        str(QT_TRANSLATE_NOOP("SendChoices", "With \\n \\r \\t \\0 \\e \\\\ and \\x1B for bytes")),
    ),
    "hex": (
        str(QT_TRANSLATE_NOOP("SendChoices", "Hex")),
        str(QT_TRANSLATE_NOOP("SendChoices", "Bytes such as CC 0D 0A, without a line ending")),
    ),
}
_ENDINGS: dict[Ending, str] = {"lf": "LF", "cr": "CR", "crlf": "CR LF"}


def form_name(form: Form) -> str:
    """A form in the window's language."""
    return _tr(_FORMS[form][0])


def ending_name(ending: Ending) -> str:
    """A line ending in the window's language."""
    return _ENDINGS.get(ending) or _tr("None")


class FormBox(QComboBox):
    """Text, escapes or hex."""

    def __init__(self, name: str) -> None:
        super().__init__()
        named(self, name)
        self.setAccessibleName(_tr("How the text is meant"))
        self.setToolTip(_tr("How the text is meant"))
        for form, (_title, tip) in _FORMS.items():
            self.addItem(form_name(form), form)
            self.setItemData(self.count() - 1, _tr(tip), Qt.ItemDataRole.ToolTipRole)

    @property
    def form(self) -> Form:
        """The chosen one."""
        return cast("Form", self.currentData())

    def choose(self, form: str) -> None:
        """Show this one; text for what is none."""
        self.setCurrentIndex(max(0, self.findData(form)))


class EndingBox(QComboBox):
    """None, LF, CR or CR LF."""

    def __init__(self, name: str) -> None:
        super().__init__()
        named(self, name)
        self.setAccessibleName(_tr("Line ending"))
        self.setToolTip(_tr("What is sent after the line: \\n, \\r, both, or nothing"))
        order: tuple[Ending, ...] = ("lf", "cr", "crlf", "none")
        for ending in order:
            self.addItem(ending_name(ending), ending)

    @property
    def ending(self) -> Ending:
        """The chosen one."""
        return cast("Ending", self.currentData())

    def choose(self, ending: str) -> None:
        """Show this one; LF for what is none."""
        self.setCurrentIndex(max(0, self.findData(ending)))


def choices_menu(box: QComboBox, parent: QMenu) -> QMenu:
    """The entries of ``box`` as a submenu, for where it has no room itself."""
    menu = parent.addMenu(box.accessibleName())

    def fill() -> None:
        menu.clear()
        for place in range(box.count()):
            action = menu.addAction(box.itemText(place))
            action.setCheckable(True)
            action.setChecked(place == box.currentIndex())
            action.triggered.connect(lambda _on=False, place=place: box.setCurrentIndex(place))

    menu.aboutToShow.connect(fill)
    return menu


def _tr(text: str) -> str:
    return QCoreApplication.translate("SendChoices", text)
