"""Gives documents their colours."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from studio.ui import highlight, theme
from studio.ui.document import Document

_LANGUAGES = {
    ".c": "c",
    ".h": "c",
    ".ld": "c",  # Pygments has no linker scripts; comments, numbers and blocks are as in C
    ".s": "gas",
    ".toml": "toml",
    ".protobuf": "protobuf",
    ".proto": "protobuf",
    ".py": "python",
    ".md": "markdown",
    ".json": "json",
    ".cmake": "cmake",
}
_TITLES = {
    ".ld": "Linker script",
    ".protobuf": "Protobuf text",
    ".csv": "CSV",
    "c": "C",
    "gas": "Assembly",
    "toml": "TOML",
    "protobuf": "Protobuf",
    "python": "Python",
    "markdown": "Markdown",
    "json": "JSON",
    "cmake": "CMake",
}
_NAMES = {"cmakelists.txt": "cmake"}
_LIMIT = 1 << 20  # characters; larger texts stay plain
_POLL = 20  # milliseconds


def language(path: Path) -> str:
    """The Pygments lexer for a file, or "" where plain text is best (tables, logs)."""
    return _NAMES.get(path.name.lower()) or _LANGUAGES.get(path.suffix.lower(), "")


def title(path: Path) -> str:
    """The name of a file's language, for people; names, and so the same in every language."""
    return _TITLES.get(path.suffix.lower()) or _TITLES.get(language(path), "")


class Colouring(QObject):
    """Attaches a highlighter to each document it is given, and lets them follow the theme."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: list[Document] = []
        self._documents: list[Document] = []
        self._timer = QTimer(self, interval=_POLL)
        self._timer.timeout.connect(self._go_on)

    def add(self, document: Document) -> None:
        """Colour ``document`` as soon as it is loaded."""
        self._waiting.append(document)
        self._timer.start()

    def remove(self, document: Document) -> None:
        """Forget a document that is closed."""
        for group in (self._waiting, self._documents):
            if document in group:
                group.remove(document)

    def refresh(self, document: Document) -> None:
        """Colour a document anew that is saved under a name of another kind or grew too large."""
        if document not in self._documents:
            return
        has = "" if document.highlighter is None else document.highlighter.lang
        if has != self._lang(document):
            self._documents.remove(document)
            self.add(document)

    def follow_theme(self) -> None:
        """Use the colours of the theme there is now."""
        for document in self._documents:
            if document.highlighter is not None:
                document.highlighter.set_dark(theme.current().dark)

    def _go_on(self) -> None:
        """Colour one document a turn: making a lexer takes up to 80 ms the first time."""
        document = next((each for each in self._waiting if not each.loading), None)
        if document is not None:
            self._waiting.remove(document)
            self._documents.append(document)
            self._colour(document)
        if not self._waiting:
            self._timer.stop()

    def _lang(self, document: Document) -> str:
        large = document.text.characterCount() > _LIMIT or document.locked
        return "" if large else language(document.path)

    def _colour(self, document: Document) -> None:
        lang = self._lang(document)
        dark = theme.current().dark
        if document.highlighter is not None and document.highlighter.lang != lang:
            document.highlighter.setDocument(None)
            document.highlighter.deleteLater()
            document.highlighter = None
        if document.highlighter is not None:
            document.highlighter.set_dark(dark)
        elif lang:
            document.highlighter = highlight.Highlighter(document.text, lang, dark)
