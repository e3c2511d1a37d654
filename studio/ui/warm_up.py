"""What is imported ahead of time, so that nothing has to wait for it."""

from __future__ import annotations


def warm_up() -> None:
    """Import what the first deploy needs; the door calls this once the window shows.

    What only the worker needs (onnxslim, matplotlib) stays out: a thread that imports holds the
    window, too.
    """
    from rich import ansi, cells  # noqa: PLC0415, F401 - the terminal's first line asks for them

    from studio import target  # noqa: PLC0415, F401
    from studio.mapper import estimate  # noqa: PLC0415, F401
    from studio.monitor import connection, recording, saving  # noqa: PLC0415, F401
    from studio.simulate import compare, noise_study  # noqa: PLC0415, F401
    from studio.ui import terminal_page  # noqa: PLC0415, F401
