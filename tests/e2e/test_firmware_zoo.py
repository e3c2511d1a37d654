"""The maker's models on the emulator: each that fits equals the simulator in every value."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio import pipeline, stages, target
from studio.base.errors import FitError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.firmware import planner
from studio.options import Options

# What takes most room: everything in the NPU's SRAM, or maps in data memory as well.
IN_SRAM = (
    "conv_avgpool", "conv_reshape_gemm", "gemm_scalar", "gru2array_gemm", "gru_floatscale_bn",
    "gru_gemm", "kws_conv_bn", "tdnn_howl", "tdnn_residual",
)  # fmt: skip
IN_DATA = ("tc_resnet", "two_input_add", "two_input_concat", "two_input_mul")
SAMPLES = 4
OPTIONS = Options(samples=SAMPLES, synthetic=True, tune="off")


@pytest.mark.parametrize("name", IN_SRAM + IN_DATA)
def test_it_equals_the_simulator(name: str, shared: Path, tmp_path: Path) -> None:
    model = shared / "vendor" / "zoo" / f"{name}.onnx"
    made = pipeline.prepare(pipeline.begin(model, None, tmp_path, OPTIONS))
    image = stages.need(made.image)
    expected = (stages.need(made.qnetwork), stages.need(made.simulation))
    run = target.run_image(made.project, image, made.chip, Job(), expected=expected)
    assert (run.samples, run.differing) == (SAMPLES, 0)
    text = (made.project.firmware / "memory.txt").read_text(encoding="utf-8")
    assert ("Data memory" in text) == (name in IN_DATA)


def test_what_does_not_fit_is_told(shared: Path, chip: Chip, tmp_path: Path) -> None:
    """501 frames at once: not even the input of one sample leaves room for anything else."""
    model = shared / "vendor" / "zoo" / "dccrn_lstm.onnx"
    begun = pipeline.begin(model, None, tmp_path, OPTIONS)
    made = pipeline.prepare(begun, ("graph", "quantize"))
    assert "Firmware cannot be built" in made.notes[-1], "told before anything is mapped"
    qnetwork = stages.need(made.qnetwork)
    with pytest.raises(FitError) as caught:
        planner.plan(qnetwork, chip)
    assert "Firmware cannot be built" in planner.too_large(qnetwork, chip)
    error = caught.value
    assert error.where == "deconv12 spread"
    assert "deconv11_relu#2 (501 x 127 x 32: 2036064 bytes)" in error.message
    assert "fewer frames a sample" in error.hint
