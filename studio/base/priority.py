"""How a process of ours gives way to the window, which must stay smooth on two cores."""

from __future__ import annotations

import os
import sys

_NICENESS = 5  # still nearly a whole core where nothing else wants it


def lower() -> None:
    """Run this process, and those it starts, a little below normal priority."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - there is no such call elsewhere

        below_normal = 0x4000  # BELOW_NORMAL_PRIORITY_CLASS
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.SetPriorityClass.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)
    else:
        os.nice(_NICENESS)
