"""The Workspace's part about the target: the board's port, its tools, and layers checked on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.ui.layouts import Store
from studio.ui.records import BoardState
from studio.ui.target_choice import TargetChoice

if TYPE_CHECKING:
    from studio.formats.program_live import Programming
    from studio.layer_check import LayerCheck


class TargetState(QObject):
    """``target`` is what the user chose: a board's port or the emulator, and how its line is set.

    ``baud`` is the rate it has where nobody chose another.
    """

    board_changed = Signal()
    checks_changed = Signal()

    def __init__(self, baud: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.target = TargetChoice(Store(), baud, self)
        self.board = BoardState()
        self.programming: Programming | None = None
        self.checks: tuple[LayerCheck, ...] = ()

    @property
    def port(self) -> str:
        """The port of the board that is the target, "" the emulator."""
        return self.target.port

    def set_board(self, board: BoardState, programming: Programming | None = None) -> None:
        """What the board's tools do; ``programming``, if any, is how far the weights are."""
        self.board = board
        self.programming = programming or self.programming
        self.board_changed.emit()

    def set_checks(self, checks: tuple[LayerCheck, ...]) -> None:
        """How each layer by itself does on the target."""
        self.checks = checks
        self.checks_changed.emit()
