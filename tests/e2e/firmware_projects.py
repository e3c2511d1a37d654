"""C projects of a small network, for the tests that build them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from studio.base.job import Job
from studio.chip.chip import Chip
from studio.firmware import isa, stage
from studio.firmware.image import Image
from studio.firmware.stage import FirmwareOptions
from tests.unit.firmware_nets import samples, small

TAG = 0x89ABCDEF


def make(
    chip: Chip,
    folder: Path,
    count: int = 10,
    options: FirmwareOptions = FirmwareOptions(),  # noqa: B008 (frozen)
    job: Job | None = None,
) -> Image:
    """Build the small network with ``count`` samples at hand."""
    qnetwork, layout = small()
    testset = samples(qnetwork, count)
    return stage.run(qnetwork, layout, testset, TAG, chip, options, folder, job or Job())


def gcc() -> str | None:
    """A RISC-V GCC of this machine."""
    return next(filter(None, (shutil.which(f"{name}gcc") for name in isa.GCC_PREFIXES)), None)


def need_gcc() -> None:
    """Skip the test where there is none."""
    if gcc() is None:
        pytest.skip("no RISC-V GCC on this machine")
