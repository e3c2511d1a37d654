"""Fixtures all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from studio.chip import chip as chips

# Hypothesis' own for such machines: the same examples every time, and no limit of time, which a
# busy machine breaks. pytest --hypothesis-profile=default looks for new ones.
settings.load_profile("ci")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the repository; tests that need it skip without."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the reference data in ../shared is not on this machine")
    return folder


@pytest.fixture(scope="session")
def chip() -> chips.Chip:
    """The WTM2101."""
    return chips.load("wtm2101")
