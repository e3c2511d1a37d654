"""The Session API: a network, and its layers one by one, on the emulator and at a port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio import pipeline
from studio.base import paths
from studio.base.errors import DataError, RunError, StudioError
from studio.emulator.client import Emulator
from studio.firmware import program
from studio.options import Options
from studio.quantize.qnetwork import Int16
from studio.session import Session
from studio.simulate.session import Session as Simulator
from studio.stages import Deployment, need
from tests.unit.cell_models import Cell

MODEL = paths.resource("examples", "digits", "digits.onnx")
MAPPED = ("graph", "quantize", "simulate", "map")


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Digits as far as the map: a session builds its firmware itself."""
    out = tmp_path_factory.mktemp("会话 session")
    options = Options(tune="off")
    return pipeline.prepare(pipeline.begin(MODEL, MODEL.with_suffix(".npz"), out, options), MAPPED)


@pytest.fixture(scope="module")
def session(digits: Deployment) -> Iterator[Session]:
    with Session("emulator", digits.project.folder) as found:
        yield found


def test_the_whole_network(digits: Deployment, session: Session) -> None:
    simulation = need(digits.simulation)
    x, y = simulation.inputs[0], simulation.outputs[0]
    np.testing.assert_array_equal(session.run(None, x[:20]), y[:20])
    one = session.run(None, x[3].astype(np.uint8))
    assert isinstance(one, np.ndarray)
    assert (one.shape, one.dtype) == (y[3].shape, np.int16)
    np.testing.assert_array_equal(one, y[3])
    np.testing.assert_array_equal(session.run(None, x[3].reshape(-1)), y[3])
    np.testing.assert_array_equal(session.run(None, x[:4].reshape(4, -1)), y[:4])


def layer_by_layer(
    deployment: Deployment, session: Session, inputs: tuple[Int16, ...]
) -> list[Int16]:
    """The outputs, where every layer alone gets what those before it gave."""
    qnetwork = need(deployment.qnetwork)
    assert session.layers == tuple(op.name for op in qnetwork.ops)
    values = dict(zip(qnetwork.inputs, inputs, strict=True))
    for op in qnetwork.ops:
        given = [values[name] for name in program.layer_inputs(op, qnetwork)]
        found = session.run(op.name, *given)
        assert isinstance(found, np.ndarray)
        values[op.output] = found
    return [values[name] for name in qnetwork.outputs]


def test_every_layer_alone(digits: Deployment, session: Session) -> None:
    simulation = need(digits.simulation)
    found = layer_by_layer(digits, session, (simulation.inputs[0][:9],))
    np.testing.assert_array_equal(found[0], simulation.outputs[0][:9])


@pytest.mark.parametrize("name", ["conv_avgpool"])
def test_every_layer_of_the_maker_s_models(name: str, shared: Path, tmp_path: Path) -> None:
    model = shared / "vendor" / "zoo" / f"{name}.onnx"
    deployment = pipeline.prepare(pipeline.begin(model, None, tmp_path, Options()), MAPPED)
    simulation = need(deployment.simulation)
    with Session("emulator", tmp_path) as session:
        inputs = tuple(x[:5] for x in simulation.inputs)
        whole = session.run(None, *inputs)
        parts = layer_by_layer(deployment, session, inputs)
    whole = whole if isinstance(whole, tuple) else (whole,)
    for found, part, wanted in zip(whole, parts, simulation.outputs, strict=True):
        np.testing.assert_array_equal(found, wanted[:5])
        np.testing.assert_array_equal(part, wanted[:5])


def test_times(digits: Deployment, session: Session) -> None:
    simulation = need(digits.simulation)
    x = simulation.inputs[0]
    name = session.layers[0]
    session.reset()
    with pytest.raises(DataError, match="nothing was run"):
        session.time()
    session.run(None, x[:5])
    whole, inside = session.time(), session.time(name)
    assert whole.name == "total"
    assert 0 < inside.cycles < whole.cycles
    alone = session.time(name, x[0])
    # Alone it is measured around one call: the same but for the loop between the layers.
    assert abs(alone.cycles - inside.cycles) < 60
    assert alone.microseconds == round(alone.cycles * 1e6 / digits.chip.cpu.clock_hz)
    assert session.time(name) == alone
    session.reset()
    with pytest.raises(DataError, match="nothing was run"):
        session.time(name)


def test_what_does_not_fit_is_told(digits: Deployment, session: Session) -> None:
    x = need(digits.simulation).inputs[0]
    wrong: list[tuple[np.ndarray, ...]] = [
        (),
        (x[0], x[0]),
        (x[0][:-1],),
        (x[:0],),
        (x[0].astype(np.float32),),
        (x[0] + 256,),
        (x[0] - 129,),
    ]
    for inputs in wrong:
        with pytest.raises(DataError):
            session.run(None, *inputs)
    with pytest.raises(DataError, match="no layer 'nope'") as caught:
        session.run("nope", x[0])
    assert session.layers[0] in caught.value.hint
    with pytest.raises(StudioError, match="no quantized network"), Session("emulator", "nothing"):
        pass
    with pytest.raises(DataError, match="needs a network"), Session("emulator"):
        pass
    closed = Session("emulator", digits.project.folder)
    with pytest.raises(RunError, match="not opened"):
        closed.run(None, x[0])


def test_at_a_port_and_in_a_notebook(digits: Deployment) -> None:
    """A board that runs, found by its port: with the folder and without, opened and closed."""
    simulation = need(digits.simulation)
    x, y = simulation.inputs[0], simulation.outputs[0]
    project = digits.project
    elf = project.folder / "session" / "build" / "firmware.elf"
    if not elf.is_file():
        with Session("emulator", project.folder):
            pass
    with Emulator(elf, project.map_csv, chip=digits.chip.source) as emulator:
        known = Session(emulator.url, project.folder).open()
        assert known.open() is known
        np.testing.assert_array_equal(known.run(None, x[0]), y[0])
        known.close()
        known.close()
        with pytest.raises(RunError, match="closed"):
            known.run(None, x[0])
        with Session(emulator.url) as bare:
            assert (bare.info.input_size, bare.info.output_size) == (64, 10)
            np.testing.assert_array_equal(bare.run(None, x[0]), y[0].reshape(-1))
            assert bare.layers == tuple(op.name for op in need(digits.qnetwork).ops)


def test_states_go_on_until_they_are_reset(tmp_path: Path) -> None:
    """A time-delay layer that looks one frame back, step by step beside the simulator."""
    random = np.random.default_rng(1)
    attributes = {"time_offsets": [-1.0, 0.0], "scale_params": 256}
    cell = Cell("Tdnn", [random.integers(-99, 100, (10, 3))], attributes, 5, 3)
    np.savez(tmp_path / "tdnn.npz", x=random.integers(-128, 128, (2, 4, 5)))
    model = cell.save(tmp_path / "tdnn.onnx")
    out = tmp_path / "out"
    deployment = pipeline.prepare(pipeline.begin(model, None, out, Options()), MAPPED)
    qnetwork, simulation = need(deployment.qnetwork), need(deployment.simulation)
    wanted = Simulator(qnetwork)
    with Session("emulator", out) as session:
        for chosen in (slice(0, 3), slice(3, 4), slice(4, 6)):
            x = simulation.inputs[0][chosen]
            if chosen.start == 4:
                session.reset()
                wanted.reset()
            steps = wanted.step(x)[qnetwork.outputs[0]]
            np.testing.assert_array_equal(session.run(None, x), steps)
