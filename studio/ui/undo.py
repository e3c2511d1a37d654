"""Undoable edits of the workspace's options and layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QUndoCommand


class Change(QUndoCommand):
    """Sets a value, and sets the one before again when undone.

    Changes with the same ``key`` that follow each other become one ("": never).
    """

    def __init__(
        self,
        text: str,
        set_value: Callable[[Any], None],
        before: object,
        after: object,
        key: str,
    ) -> None:
        super().__init__(text)
        self._set, self._before, self._after, self._key = set_value, before, after, key

    def redo(self) -> None:
        """Do it."""
        self._set(self._after)

    def undo(self) -> None:
        """Take it back."""
        self._set(self._before)

    def id(self) -> int:
        """Only changes with a key may merge."""
        return 1 if self._key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802  (Qt's name)
        """Take over a later change of the same thing."""
        if not isinstance(other, Change) or other._key != self._key:
            return False
        self._after = other._after
        return True
