"""What the window asks of the worker beside the stages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio import studies
from studio.base.errors import StudioError
from studio.base.job import Job
from studio.chip import chip as chips
from studio.mapper.layout import Block, Layout, Utilization
from studio.mapper.request import Search


def layout() -> Layout:
    """One block in the upper bank."""
    cells = np.arange(-8, 8, dtype=np.int16).reshape(4, 4)
    block = Block("conv", 0, 0, 0, 1024, 0, 0, 128, 0, cells, np.ones((2, 4), np.int16))
    search = Search("in order", 1, 0.0, 1, 1, 0, optimal=True, proof="All are placed.")
    return Layout("wtm2101", (block,), Utilization(0.0, (0.0, 0.0), 0.0), search, 128)


@pytest.mark.parametrize("values", [False, True])
def test_the_layout_shown_is_drawn(tmp_path: Path, values: bool) -> None:
    path = tmp_path / "图 a.svg"
    arguments = (layout(), "net", chips.load(), path, values, True)
    assert studies.layout_picture(Job(), *arguments) == path
    text = path.read_text(encoding="utf-8")
    assert "conv" in text
    assert ("weight, steps" in text) == values


def test_a_picture_s_ending_is_its_kind(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="picture cannot be written"):
        studies.layout_picture(
            Job(), layout(), "net", chips.load(), tmp_path / "a.gif", False, False
        )
