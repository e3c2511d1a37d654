"""Memory goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_CHURN = """
import sys
import numpy as np
from studio.base import memory
if sys.argv[1] == "told":
    memory.give_back()

def held():
    with open("/proc/self/statm", encoding="utf-8") as file:
        return int(file.read().split()[1]) * 4096 / 1e6

np.ones(2 << 20)  # 16 MiB: when it is freed, glibc takes smaller ones for small
parts = [np.ones(2 << 18) for _ in range(40)]  # 2 MiB each
small = np.ones(1000)
before = held()
del parts[:-1]
print(before - held())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or platform.libc_ver()[0] != "glibc", reason="only glibc keeps it"
)
def test_what_is_freed_is_given_back_at_once() -> None:
    def given_back(how: str) -> float:
        done = subprocess.run(
            [sys.executable, "-c", _CHURN, how], check=True, capture_output=True, encoding="utf-8"
        )
        return float(done.stdout)

    assert given_back("told") > 60
    assert given_back("not") < 20  # else it need not be told any more
