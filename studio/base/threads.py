"""How many threads a process of ours may use inside numerical libraries."""

from __future__ import annotations

import os

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def one() -> None:
    """One thread in libraries loaded after this: for the processes of a pool, one a core.

    A pool hands this over as its initializer, so this module must not import numpy.
    """
    for name in VARIABLES:
        os.environ[name] = "1"
