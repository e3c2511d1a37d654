"""Colours for source text: superqt's Pygments highlighter, a few lines at a time."""

from __future__ import annotations

import itertools
import re
import time
from typing import Any

from pygments.token import Comment, Error  # type: ignore[import-untyped]
from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextCharFormat, QTextDocument
from superqt.utils import CodeSyntaxHighlight

BUDGET = 0.006  # seconds a turn of the event loop

STYLES = {False: "xcode", True: "github-dark"}
Token = tuple[Any, str]
# Comments over several lines: Pygments is given one line and must be told of an open one.
_COMMENT = re.compile(r"(/\*.*?(?:\*/|$))")
_BLOCK_COMMENTS = ("c", "gas")
_OPEN, _CLOSED = 1, 0


class Highlighter(CodeSyntaxHighlight):
    """Highlights ``document`` without ever holding the event loop for longer than ``BUDGET``.

    Qt calls ``highlightBlock`` for every line that changed. Once a turn's time is used up the
    lines are left as they are and an idle timer does them later.
    """

    def __init__(self, document: QTextDocument, lang: str, dark: bool) -> None:
        self._pending = -1  # the first line that still has to be done
        self._last = -1  # the last line that was done
        self._deadline = 0.0
        # Qt goes through a whole document as soon as it gets it.
        self._attaching = True
        self.lang = lang
        self._timer: QTimer | None = None
        super().__init__(None, lang, STYLES[dark])
        self.lexer.ensurenl = lang != "gas"  # whose lines are cut into pieces
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._new_turn)
        self.setParent(document)
        self.setDocument(document)
        self.rehighlight()

    @property
    def done(self) -> bool:
        """Whether every line has its colours."""
        return self._pending < 0

    def set_dark(self, dark: bool) -> None:
        """Use the colours of the other theme."""
        self.setTheme(STYLES[dark])

    def rehighlight(self) -> None:
        """Do every line again, a few at a time; superqt calls this for a new style."""
        self._later(0)

    def highlightBlock(self, text: str | None) -> None:  # noqa: N802  (Qt's name)
        """Colour one line, or put it off."""
        if self._attaching:
            return
        now = time.perf_counter()
        if self._deadline == 0.0:
            self._deadline = now + BUDGET
            self._turn.start()
        if now > self._deadline:
            # The line's state stays, so that Qt does not go on to the next one.
            self._later(self.currentBlock().blockNumber())
            return
        self._last = self.currentBlock().blockNumber()
        code = text or ""
        skip = 0
        if self.previousBlockState() == _OPEN:
            code, skip = "/*" + code, 2
        is_open = False
        if code.strip():
            tokens = self._tokens(code)
            self.formatter.format(tokens, None)
            self._set_formats(self.formatter.data[skip : len(code)])
            is_open = self._ends_open(tokens)
        self.setCurrentBlockState(_OPEN if is_open else _CLOSED)

    def _tokens(self, code: str) -> list[Token]:
        """What Pygments makes of a line, and the comments it does not know."""
        if self.lang == "gas":  # C's comments are the preprocessor's
            tokens: list[Token] = []
            for piece in filter(None, _COMMENT.split(code)):
                if piece.startswith("/*"):
                    tokens.append((Comment.Multiline, piece))
                else:
                    tokens += self.lexer.get_tokens(piece)
            return tokens
        tokens = list(self.lexer.get_tokens(code))
        if self.lang == "protobuf":  # the lexer is for .proto files; messages have other comments
            for place, (kind, value) in enumerate(tokens):
                if kind is Error and value == "#":
                    return [*tokens[:place], *((Comment, text) for _, text in tokens[place:])]
        return tokens

    def _set_formats(self, formats: list[QTextCharFormat]) -> None:
        start = 0
        for _, run in itertools.groupby(formats, key=id):
            same = list(run)
            self.setFormat(start, len(same), same[0])
            start += len(same)

    def _ends_open(self, tokens: list[Token]) -> bool:
        if self.lang not in _BLOCK_COMMENTS:
            return False
        kind, text = next(((k, v.strip()) for k, v in reversed(tokens) if v.strip()), (None, ""))
        is_comment = kind is Comment.Multiline and text.startswith("/*")
        return is_comment and not (text.endswith("*/") and len(text) >= 4)

    # -- taking turns

    def _later(self, line: int) -> None:
        self._pending = line if self._pending < 0 else min(self._pending, line)
        if self._timer is not None and not self._timer.isActive():
            self._timer.start()

    def _new_turn(self) -> None:
        self._deadline = 0.0

    def _go_on(self) -> None:
        """Colour lines until the turn's time is used up."""
        self._attaching = False
        document = self.document()
        self._deadline = time.perf_counter() + BUDGET
        line = self._pending
        while line >= 0 and time.perf_counter() < self._deadline:
            block = document.findBlockByNumber(line)
            if not block.isValid():
                line = -1
                break
            self._pending = -1
            self._last = line
            self.rehighlightBlock(block)  # and those after it whose state changes by that
            line = self._pending if self._pending >= 0 else self._last + 1
        self._pending = line
        self._deadline = 0.0
        if self._timer is not None and line < 0:
            self._timer.stop()
