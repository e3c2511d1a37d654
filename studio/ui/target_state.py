"""The Workspace's part about the target: the board's port, its tools, and layers checked on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.ui.records import BoardState

if TYPE_CHECKING:
    import threading

    from studio.formats.program_live import Programming
    from studio.layer_check import LayerCheck


class TargetState(QObject):
    """``port`` is that of the board that is the target, "" the emulator.

    ``port_closing`` is the thread that gives the port up, after ``port_wanted``.
    """

    board_changed = Signal()
    checks_changed = Signal()
    port_wanted = Signal()
    """Something is about to open ``port``: whoever reads it gives it up."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.port = ""
        self.port_closing: threading.Thread | None = None
        self.board = BoardState()
        self.programming: Programming | None = None
        self.checks: tuple[LayerCheck, ...] = ()

    def set_board(self, board: BoardState, programming: Programming | None = None) -> None:
        """What the board's tools do; ``programming``, if any, is how far the weights are."""
        self.board = board
        self.programming = programming or self.programming
        self.board_changed.emit()

    def set_checks(self, checks: tuple[LayerCheck, ...]) -> None:
        """How each layer by itself does on the target."""
        self.checks = checks
        self.checks_changed.emit()
