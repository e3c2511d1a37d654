"""One particular chip with analog noise: the same program, the same answers, run after run."""

from __future__ import annotations

import pytest

from studio import pipeline, stages, target
from studio.base import paths
from studio.base.errors import ChipError
from studio.base.job import Job
from studio.options import Options
from studio.stages import Deployment
from studio.target import IDEAL, Emulation

MODEL = paths.resource("examples", "digits", "digits.onnx")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    out = tmp_path_factory.mktemp("噪声 noise")
    options = Options(samples=40, tune="off")
    return pipeline.prepare(pipeline.begin(MODEL, MODEL.with_suffix(".npz"), out, options))


def run(ready: Deployment, emulation: Emulation) -> tuple[target.Run, bytes]:
    assert ready.image is not None
    expected = (stages.need(ready.qnetwork), stages.need(ready.simulation))
    found = target.run_image(
        ready.project, ready.image, ready.chip, Job(), None, 60, expected, emulation=emulation
    )
    return found, ready.project.serial_log.read_bytes()


def test_a_seed_is_a_chip(ready: Deployment) -> None:
    ideal, exact = run(ready, IDEAL)
    assert ideal.differing == 0
    first, words = run(ready, Emulation("nor55", 3))
    assert first.samples == 40, "the firmware takes the array for its own: same tag"
    _, again = run(ready, Emulation("nor55", 3))
    _, other = run(ready, Emulation("nor55", 4))
    assert words == again
    assert len({exact, words, other}) == 3
    assert first.accuracy is not None and first.accuracy > 0.8, "but it still works"


def test_an_unknown_model_is_told(ready: Deployment) -> None:
    with pytest.raises(ChipError, match="no noise model 'nor56'"):
        run(ready, Emulation("nor56", 0))
