"""What the maker's layer options change on the array, from the model to the emulated board."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from studio import pipeline, stages, target
from studio.base import paths
from studio.base.job import Job
from studio.options import Options
from studio.quantize.qnetwork import ArrayOp

MODEL = paths.resource("examples", "digits", "digits.onnx")

ONE = {
    "/conv1/Conv": "arrayOutputOpti { repeat: 2 } sparseMatrixOpti { sp_mode: MIX_MODE }",
    "/conv2/Conv": "inputOpti { signed_input: 5 shift: 1 num: 1 }",
    "/conv3/Conv": "sparseMatrixOpti { sp_mode: DIG_MODE }",
    "/scores/Gemm": "doubleWeightOpti { multiple: 1 } inputOpti { shift: 1 num: 2 }",
}
OTHER = {
    "/conv1/Conv": "sparseMatrixOpti { sp_mode: DIG_MODE }",
    "/conv2/Conv": "sparseMatrixOpti { sp_mode: MIX_MODE } convOpti { multi_point: 2 }",
    "/conv3/Conv": "convOpti { multi_point: 2 } doubleWeightOpti { multiple: 1 }",
    "/scores/Gemm": "inputOpti { signed_input: -1 }",
}


@dataclass(frozen=True)
class Ran:
    """The array operations of a deployed model, and how its run on the emulator went."""

    ops: tuple[ArrayOp, ...]
    run: target.Run
    folder: Path


def deployed(words: dict[str, str], folder: Path, mixed: Literal["before", "apart"]) -> Ran:
    folder.mkdir(parents=True)
    options = folder / "layers.protobuf"
    text = "".join(
        f"layerOptiConfig {{ name: {json.dumps(name)} {own} }}\n" for name, own in words.items()
    )
    options.write_text(text, encoding="utf-8")
    conventions = {"mixed_sum": mixed}
    chosen = Options(samples=25, tune="off", layer_options=options, conventions=conventions)
    begun = pipeline.begin(MODEL, MODEL.with_suffix(".npz"), folder / "out", chosen)
    ready = pipeline.prepare(begun)
    assert ready.image is not None
    expected = (stages.need(ready.qnetwork), stages.need(ready.simulation))
    run = target.run_image(ready.project, ready.image, ready.chip, Job(), None, 60, expected)
    return Ran(expected[0].array_ops, run, folder)


@pytest.mark.parametrize(("words", "mixed"), [(ONE, "apart"), (OTHER, "before")])
def test_every_option_gives_the_simulators_bytes_on_the_board(
    words: dict[str, str], mixed: Literal["before", "apart"], tmp_path: Path
) -> None:
    found = deployed(words, tmp_path / "选项 a", mixed)
    assert found.run.differing == 0
    assert found.run.samples == 25
    matrices = {op.trace: op.matrices[0] for op in found.ops}
    for name, own in words.items():
        matrix = matrices[name]
        store = {"MIX": "mixed", "DIG": "digital"}
        wanted = next((s for mode, s in store.items() if mode in own), "analog")
        assert matrix.store == wanted
        assert matrix.apart == (wanted == "mixed" and mixed == "apart")
        assert (matrix.repeat == 2) == ("repeat" in own)
        if "signed_input" in own:
            assert matrix.encoding == ("shift" if "-1" in own else "partial")
        assert matrix.input_shift == int(own.partition(" num: ")[2][:1] or 0)
    mixed = [matrix for matrix in matrices.values() if matrix.store == "mixed"]
    assert any(np.abs(matrix.weights).max() > 127 for matrix in mixed), "no high bytes at all"
