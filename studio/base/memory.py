"""What the process gives back to the system."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD = -3  # glibc's malloc.h
_LARGE = 1 << 20  # bytes


def give_back() -> None:
    """Have memory of 1 MiB and more returned as soon as it is freed; only glibc needs to be told.

    By itself glibc raises that size with what is freed, to 32 MiB. Tables of a monitor that
    reads for hours then lie in its heaps, with holes: 290 MB were held for 150 MB.
    """
    if sys.platform == "linux":
        # musl has no such function, nor the need.
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, _LARGE)
