"""A network stored with copies and several points a round, built, programmed and run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio import target
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.emulator.client import Emulator
from studio.firmware import stage as firmware
from studio.firmware.image import TestSet
from studio.formats import map_csv
from studio.mapper import stage as mapper
from studio.mapper import store
from studio.mapper.stage import LayerOptions, MapOptions
from studio.monitor import session
from studio.project import Project
from studio.quantize.qnetwork import (
    ArrayOp,
    Encoding,
    Matrix,
    QNetwork,
    QOp,
    QTensor,
    ReshapeOp,
    RowTile,
)
from studio.simulate import stage as simulator

SAMPLES = 6


def tensor(name: str, *shape: int, low: int = -128) -> QTensor:
    assert len(shape) == 3
    return QTensor(name, (shape[0], shape[1], shape[2]), 1.0, low, 127, (1, *shape))


def matrix(name: str, rows: int, columns: int, encoding: Encoding, seed: int) -> Matrix:
    random = np.random.default_rng(seed)
    weights = random.integers(-90, 91, (rows, columns)).astype(np.int16)
    bias = (random.integers(-60, 61, columns) * 128).astype(np.int32)
    if encoding == "shift":
        bias -= 128 * weights.sum(axis=0, dtype=np.int32)
    return Matrix(name, weights, encoding, 256, (RowTile(0, rows, bias),))


@pytest.fixture(scope="module")
def network() -> QNetwork:
    """2-D and 1-D convolutions of strides 1 and 2: unsigned, PN and SHIFT, groups, pads."""
    groups = tuple(matrix(f"b{g}", 18, 4, "pn", 1 + g) for g in range(2))
    first, third = matrix("a", 18, 4, "unsigned", 0), matrix("c", 32, 2, "shift", 3)
    ops: tuple[QOp, ...] = (
        ArrayOp("a", "in", "a", (first,), (3, 3), pads=(1, 1, 1, 1)),
        ArrayOp("b", "a", "b", groups, (3, 3), (2, 2), pads=(1, 1, 1, 1), relu=True),
        ArrayOp("c", "b", "c", (third,), (2, 2), pads=(0, 1, 1, 0)),
        ReshapeOp("r", "c", "r"),
        ArrayOp("d", "r", "d", (matrix("d", 12, 5, "pn", 4),), (3, 1), (2, 1), (2, 1)),
        ReshapeOp("f", "d", "f"),
        ArrayOp("e", "f", "out", (matrix("e", 20, 7, "pn", 5),)),
    )
    tensors = [tensor("in", 11, 8, 2, low=0), tensor("a", 11, 8, 4), tensor("b", 6, 4, 8, low=0)]
    tensors += [tensor("c", 6, 4, 2), tensor("r", 12, 1, 4), tensor("d", 4, 1, 5)]
    tensors += [tensor("f", 1, 1, 20), tensor("out", 1, 1, 7)]
    named = {own.name: own for own in tensors}
    return QNetwork("net", "wtm2101", ("in",), ("out",), ops, named)


def deploy(
    network: QNetwork, chip: Chip, folder: Path, options: MapOptions
) -> tuple[target.Run, int]:
    """Map, build, program and run; the run compared with the simulator, and the NPU's rounds."""
    project = Project(folder)
    project.create()
    x = np.random.default_rng(9).integers(0, 128, (SAMPLES, 11, 8, 2)).astype(np.int16)
    simulation, _ = simulator.run(network, None, (x,), None, Job())
    layout = mapper.run(network, chip, options, Job())
    store.save(layout, project.layout)
    layout = store.load(project.layout, network, chip)
    map_csv.write(project.map_csv, layout, chip)
    image = firmware.run(
        network,
        layout,
        TestSet(simulation.inputs, None),
        map_csv.tag(project.map_csv),
        chip,
        firmware.FirmwareOptions(samples=SAMPLES),
        project.firmware,
        Job(),
    )
    run = target.run_image(project, image, chip, Job(), timeout=20, expected=(network, simulation))
    target.verify(run, image)
    with Emulator(image.elf, project.map_csv, chip=chip.source) as emulator:
        session.collect(emulator.url, chip.uart.baud, timeout=20, job=Job())
        rounds = emulator.stats().npu_rounds
    return run, rounds


def test_copies_and_points_equal_the_simulator_and_save_rounds(
    network: QNetwork, chip: Chip, tmp_path: Path
) -> None:
    every = LayerOptions(copies=2, points=3)
    layers = dict.fromkeys("abcd", every) | {"e": LayerOptions(copies=2)}
    run, rounds = deploy(network, chip, tmp_path / "结果 3", MapOptions(layers=layers))
    assert run.differing == 0
    assert run.samples == SAMPLES
    # Positions: a 11 x 8, b 6 x 4 in two groups, c 6 x 4, d 4, e 1; three of a row in one round.
    assert rounds == SAMPLES * (4 * 8 + 2 * 2 * 4 + 2 * 4 + 2 + 1)
    plain, before = deploy(network, chip, tmp_path / "plain", MapOptions())
    assert plain.differing == 0
    assert before == SAMPLES * (11 * 8 + 2 * 6 * 4 + 6 * 4 + 4 + 1)
    assert before / rounds > 2.7
    assert plain.cycles > run.cycles
