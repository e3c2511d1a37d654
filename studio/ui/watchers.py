"""Which visible widgets show something: where there are none, nobody needs to look at it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class Watchers:
    """True while any widget of which it was told is visible."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self._visible: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._visible)

    def tell(self, widget: QWidget, visible: bool) -> None:
        """Call it in the widget's showEvent and hideEvent."""
        key, known, shown = id(widget), self._known, self._visible
        (shown.add if visible else shown.discard)(key)
        if key not in known:
            known.add(key)

            def gone() -> None:  # a widget that is deleted is not always hidden before
                known.discard(key)
                shown.discard(key)

            widget.destroyed.connect(gone)
