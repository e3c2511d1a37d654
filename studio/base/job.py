"""Progress and cancel: all that the engine knows of its caller."""

from __future__ import annotations

from collections.abc import Callable

from studio.base.errors import Cancelled

Report = Callable[[int, int, str], None]


class Job:
    """Hands progress to ``report`` and raises Cancelled once ``cancelled()`` is true."""

    def __init__(
        self,
        report: Report | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._report = report
        self._cancelled = cancelled

    def step(self, done: int, total: int, text: str) -> None:
        """Report that ``done`` of ``total`` units are finished; ``text`` says what comes now."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled
        if self._report is not None:
            self._report(done, total, text)
