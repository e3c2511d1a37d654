"""Packing problems of real networks: published layouts and the zoo's models.

They need the reference data in ../shared; without it there are none.
"""

from __future__ import annotations

from pathlib import Path

from studio.base.errors import StudioError
from studio.chip import chip as chips
from studio.formats import layers_txt
from studio.formats.random_frames import random_samples
from studio.graph import load
from studio.mapper import bounds, copies, tiling
from studio.mapper.options import MapOptions, first_column, wanted_bias_rows
from studio.mapper.problem import Problem, of_chip
from studio.mapper.request import Request
from studio.quantize import stage as quantizer

VENDOR = Path(__file__).resolve().parents[3] / "shared" / "vendor"


def published() -> dict[str, Problem]:
    """Every published layout's blocks, with the bias rows they have there as the least number."""
    chip = chips.load("wtm2101")
    found = {}
    for path in sorted(VENDOR.glob("*/layers.txt")):
        requests = [
            Request(
                f"block {number}", 0, 0, 0, line.rows, line.columns,
                tuple(range(line.bias_rows, chip.array.bias_rows + 1)),
            )
            for number, line in enumerate(layers_txt.read(path))
        ]  # fmt: skip
        first, wanted = chip.array.reserved_columns, chip.array.bias_rows_preferred
        found[path.parent.name] = of_chip(requests, chip, first, wanted)
    return found


def zoo() -> tuple[dict[str, Problem], dict[str, str]]:
    """The zoo's models, quantized with random samples; and those that are not, with the reason."""
    found: dict[str, Problem] = {}
    not_yet: dict[str, str] = {}
    for path in sorted((VENDOR / "zoo").glob("*.onnx")):
        try:
            found[path.stem] = _problem(path)
        except StudioError as error:
            not_yet[path.stem] = error.message
    return found, not_yet


def _problem(path: Path) -> Problem:
    """The blocks of a model as the mapper's stage cuts them: as little as could fit."""
    chip, options = chips.load("wtm2101"), MapOptions()
    network = load.load(path)
    samples = random_samples(network).inputs
    qnetwork = quantizer.run(network, chip, quantizer.QuantizeOptions(samples))
    schemes = copies.schemes((qnetwork,), options, chip)
    first, wanted = first_column(chip, options), wanted_bias_rows(chip, options)
    problems = [
        of_chip(tiling.requests((qnetwork,), chip, options, schemes, width), chip, first, wanted)
        for width in tiling.widths((qnetwork,), chip, options, schemes)
    ]
    possible = [own for own in problems if bounds.impossible(own, chip.name) is None]
    return (possible or problems)[0]
