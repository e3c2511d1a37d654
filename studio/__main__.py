"""``python -m studio`` opens the window; with arguments it is the command line."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> int:
    """Open the window or run a command; the exit code."""
    if len(sys.argv) > 1:
        from studio.cli import main as command_line  # noqa: PLC0415 - no Qt for commands

        return command_line()
    from studio.app import main as window  # noqa: PLC0415 - no window for commands

    return window(sys.argv)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
