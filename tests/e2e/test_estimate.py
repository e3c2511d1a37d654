"""The latency model against the emulator's counts, with and without duplication."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.base import paths
from studio.chip.chip import Chip
from studio.mapper import estimate
from studio.mapper import store as layouts
from studio.mapper.estimate import Estimates
from studio.project import Project
from studio.quantize import store as qnetworks

from .commands import good

DIGITS = paths.resource("examples", "digits", "digits.onnx")


def deploy(out: Path, chip: Chip, *words: str) -> tuple[Estimates, float]:
    """Estimate and counted cycles of one sample of the digits example."""
    result = good("deploy", DIGITS, "--out", out, "--samples", "5", *words)
    assert result["differing_samples"] == 0
    project = Project(out)
    qnetwork = qnetworks.load(project.quantized)
    layout = layouts.load(project.layout, qnetwork, chip)
    counted = result["cycles"] / result["samples"]
    return estimate.of_network(qnetwork, layout.blocks, chip), counted


def test_estimates_are_near_what_the_emulator_counts(tmp_path: Path, chip: Chip) -> None:
    plain, counted = deploy(tmp_path / "plain", chip)
    fast, counted_fast = deploy(tmp_path / "快 fast", chip, "--duplicate")
    for found, cycles in ((plain, counted), (fast, counted_fast)):
        assert found.cycles is not None
        # Counted are also loading the sample, its checksum and printing it.
        assert 1 / 1.5 < found.cycles / cycles < 1.5
    assert plain.cycles is not None and fast.cycles is not None
    assert fast.rounds < plain.rounds / 5
    assert plain.cycles - fast.cycles == pytest.approx(counted - counted_fast, abs=1)
