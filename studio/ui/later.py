"""A place for a widget that takes a while to make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

Made = TypeVar("Made", bound=QWidget)


class Later(QWidget, Generic[Made]):
    """Makes its ``widget`` when that is asked for first, or shown."""

    def __init__(self, make: Callable[[], Made]) -> None:
        super().__init__()
        self._make = make
        self._made: Made | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    @property
    def widget(self) -> Made:
        """What is here."""
        if self._made is None:
            self._made = self._make()
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self._made)
        return self._made

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Make it before anybody sees the place."""
        _ = self.widget
        super().showEvent(event)
