"""The three modes of the firmware on the emulator: built-in samples, a demo, the serial line."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio import pipeline, serial_run, target
from studio.base import paths
from studio.base.errors import Cancelled, RunError, VerifyError
from studio.base.job import Job
from studio.emulator.client import Emulator
from studio.firmware import stage as firmware
from studio.firmware.image import Image, TestSet
from studio.formats import map_csv
from studio.monitor.exchange import Exchange
from studio.monitor.packets import encode
from studio.monitor.parse import LineParser
from studio.monitor.reader import Reader
from studio.monitor.result import ResultReader, RunResult
from studio.options import Options
from studio.serial_run import Progress
from studio.simulate import stage as simulator
from studio.stages import Deployment, need
from studio.target import IDEAL, Emulation

MODEL = paths.resource("examples", "digits", "digits.onnx")
SAMPLES = 60

GCC = shutil.which("riscv64-unknown-elf-gcc") or shutil.which("riscv-none-elf-gcc")


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Digits, mapped and simulated, with firmware that takes its samples over the line."""
    out = tmp_path_factory.mktemp("结果 serial")
    options = Options(tune="off", mode="serial", timing=True)
    return pipeline.prepare(pipeline.begin(MODEL, MODEL.with_suffix(".npz"), out, options))


def built(
    digits: Deployment, folder: Path, options: firmware.FirmwareOptions, labels: bool | None = True
) -> Image:
    """Other firmware for the same array; every second label left out where ``labels`` is None."""
    simulation = need(digits.simulation)
    given = simulation.labels if labels is not False else None
    if given is not None and labels is None:
        given = np.where(np.arange(len(given)) % 2 == 0, given, -1)
    return firmware.run(
        need(digits.qnetwork),
        need(digits.layout),
        TestSet(simulation.inputs, given),
        map_csv.tag(digits.project.map_csv),
        digits.chip,
        options,
        folder,
        Job(),
    )


def served(
    digits: Deployment,
    image: Image | None = None,
    on_bytes: Callable[[bytes], None] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    job: Job | None = None,
    samples: int = SAMPLES,
    port: str | None = None,
    emulation: Emulation = IDEAL,
) -> target.Run:
    whole = need(digits.simulation)
    some = replace(
        whole,
        inputs=tuple(x[:samples] for x in whole.inputs),
        outputs=tuple(x[:samples] for x in whole.outputs),
        labels=None if whole.labels is None else whole.labels[:samples],
    )
    expected = (need(digits.qnetwork), some)
    return serial_run.run_image(
        digits.project,
        image or need(digits.image),
        digits.chip,
        job or Job(),
        on_bytes,
        20,
        expected,
        emulation=emulation,
        on_progress=on_progress,
        port=port,
    )


def result(data: bytes) -> RunResult:
    reader = ResultReader()
    for line in LineParser().feed(data):
        reader.feed(line.text)
    return reader.result


def test_samples_over_the_line_give_what_the_simulator_says(digits: Deployment) -> None:
    text = bytearray()
    seen: list[Progress] = []
    run = served(digits, on_bytes=text.extend, on_progress=seen.append)
    simulation = need(digits.simulation)
    assert simulation.labels is not None and simulation.predictions is not None
    right = simulation.labels[:SAMPLES] == simulation.predictions[:SAMPLES]
    assert (run.samples, run.differing) == (SAMPLES, 0)
    assert run.accuracy == right.mean()
    assert run.predictions == tuple(simulation.predictions[:SAMPLES])
    assert seen[-1] == Progress(SAMPLES, SAMPLES, SAMPLES, int(right.sum()), 0)
    assert run.instructions > 0 and run.cycles > run.instructions
    # The same lines as of a run with built-in samples, for the displays.
    told = result(bytes(text))
    assert [sample.index for sample in told.samples] == list(range(SAMPLES))
    assert [sample.crc for sample in told.samples] == simulator.checksums(
        need(digits.qnetwork), simulation
    )[:SAMPLES]
    assert told.samples[-1].ratio == pytest.approx(run.accuracy, abs=1e-6)
    assert told.images == SAMPLES and told.finished and not told.error and not told.garbled
    assert told.times == run.times
    # On the line there were packets.
    assert digits.project.serial_log.read_bytes().count(b"nnet") == SAMPLES


def test_times_name_every_layer_and_add_up(digits: Deployment) -> None:
    run = served(digits, samples=20)
    names = [op.name for op in need(digits.qnetwork).ops]
    assert [time.name for time in run.times] == [*names, "total"]
    parts, total = run.times[:-1], run.times[-1]
    assert all(time.least <= time.cycles <= time.most for time in run.times)
    # Between the layers the loop that counts runs, some ten cycles a layer.
    between = total.cycles - sum(time.cycles for time in parts)
    assert 0 <= between < 100 * len(parts)
    assert total.microseconds == round(total.cycles * 1e6 / digits.chip.cpu.clock_hz)
    assert total.cycles * 20 < run.cycles


def test_a_line_as_slow_as_a_real_one_loses_nothing(digits: Deployment) -> None:
    """There the receiver holds 16 bytes, and nobody reads it while the chip computes."""
    image = need(digits.image)
    begin = time.monotonic()
    run = served(digits, image, emulation=Emulation(pace=True), samples=30)
    assert (run.samples, run.differing) == (30, 0)
    least = 30 * (64 + 12 + 10 + 12) * 10 / digits.chip.uart.baud
    assert time.monotonic() - begin > least


def test_a_noisy_chip_is_no_error(digits: Deployment) -> None:
    run = served(digits, emulation=Emulation(noise="nor55", seed=3))
    assert (run.samples, run.noise, run.noise_seed) == (SAMPLES, "nor55", 3)
    assert run.differing > 0
    assert run.accuracy is not None and run.accuracy > 0.8
    simulation = need(digits.simulation)
    serial_run.verify(replace(run, samples=simulation.samples), simulation)


def test_a_second_run_on_a_running_board(digits: Deployment) -> None:
    """A board that already runs: through its port, without a start and a greeting."""
    image = need(digits.image)
    with Emulator(image.elf, digits.project.map_csv, chip=digits.chip.source) as emulator:
        for _ in range(2):
            run = served(digits, port=emulator.url, samples=10)
            assert (run.samples, run.differing, run.analog) == (10, 0, True)


def test_a_board_with_other_weights_is_refused(digits: Deployment) -> None:
    image = replace(need(digits.image), tag=1)
    with pytest.raises(RunError, match=r"weights [0-9a-f]{8}, this folder's are 00000001"):
        served(digits, image, samples=1)


def test_a_cancel_ends_it(digits: Deployment) -> None:
    begin = time.monotonic()
    job = Job(None, lambda: time.monotonic() - begin > 1)
    with pytest.raises(Cancelled):
        while time.monotonic() - begin < 30:
            served(digits, job=job)
    assert time.monotonic() - begin < 25


def test_garbage_on_the_line_does_no_harm(digits: Deployment) -> None:
    """Noise, wrong checksums and a client that leaves inside a packet."""
    image, simulation = need(digits.image), need(digits.simulation)
    sample = simulation.inputs[0][0].astype(np.uint8).tobytes()
    wanted = simulation.outputs[0][0].astype(np.int8).tobytes()
    with Emulator(image.elf, digits.project.map_csv, chip=digits.chip.source) as emulator:
        for rubbish in (
            np.random.default_rng(0).bytes(3000),
            encode("r_fb", sample)[:-1] + b"\x7f",
            encode("r_fb", sample[:-1]),
            encode("r_fb", sample)[:30],
        ):
            with Reader(emulator.url, digits.chip.uart.baud) as port:
                port.write(rubbish)
                time.sleep(0.3)
            with Exchange(emulator.url, digits.chip.uart.baud, 60) as line:
                assert line.ask("r_fb", sample, "nnet").payload == wanted
        assert emulator.trap is None


def test_a_demo_begins_again(digits: Deployment, tmp_path: Path) -> None:
    options = firmware.FirmwareOptions(mode="live", timing=True, samples=3)
    image = built(digits, tmp_path, options)
    simulation = need(digits.simulation)
    assert simulation.labels is not None and simulation.predictions is not None
    lines: list[str] = []
    with (
        Emulator(image.elf, digits.project.map_csv, chip=digits.chip.source) as emulator,
        Reader(emulator.url, digits.chip.uart.baud) as port,
    ):
        parser = LineParser()
        end = time.monotonic() + 60
        while sum("net_output" in line for line in lines) < 7 and time.monotonic() < end:
            lines += [line.text for line in parser.feed(port.take(0.1))]
    outputs = [line for line in lines if line.startswith("net_output:")]
    largest = simulation.outputs[0][:3].reshape(3, -1).max(axis=1)
    wanted = [
        f"net_output:{largest[i]},result:{simulation.predictions[i]},label:{simulation.labels[i]}"
        for i in (0, 1, 2)
    ]
    assert outputs[:7] == [*wanted, *wanted, wanted[0]]
    assert any(line.startswith("total: ") for line in lines)
    assert "done" not in lines


def test_samples_without_a_label_do_not_count(digits: Deployment, tmp_path: Path) -> None:
    image = built(digits, tmp_path, firmware.FirmwareOptions(samples=8, timing=True), labels=None)
    simulation = need(digits.simulation)
    assert simulation.labels is not None and simulation.predictions is not None
    expected = (need(digits.qnetwork), simulation)
    run = target.run_image(digits.project, image, digits.chip, Job(), None, 20, expected)
    right = (simulation.labels == simulation.predictions)[:8:2]
    assert (run.samples, run.differing, run.accuracy) == (8, 0, right.mean())
    told = result(digits.project.serial_log.read_bytes())
    assert [sample.label is None for sample in told.samples] == [False, True] * 4
    assert [time.name for time in run.times][-1] == "total"


def test_firmware_in_another_mode_is_named(digits: Deployment, tmp_path: Path) -> None:
    image = built(digits, tmp_path, firmware.FirmwareOptions(samples=2))
    with pytest.raises(RunError, match="takes no samples"):
        served(digits, image)


def test_what_is_missing_or_differs_is_refused(digits: Deployment) -> None:
    run = served(digits, samples=2)
    simulation = need(digits.simulation)
    with pytest.raises(VerifyError, match="2 of"):
        serial_run.verify(run, simulation)
    whole = replace(run, samples=simulation.samples, differing=1)
    with pytest.raises(VerifyError, match="1 of"):
        serial_run.verify(whole, simulation)
    serial_run.verify(replace(whole, differing=0), simulation)
    changed = replace(digits, simulation=replace(simulation, outputs=(simulation.outputs[0] ^ 1,)))
    assert served(changed, samples=5).differing == 5


@pytest.mark.skipif(GCC is None, reason="there is no GCC for RISC-V on this machine")
@pytest.mark.parametrize("optimization", ["-O2", "-Os"])
def test_gcc_builds_the_same_firmware(
    digits: Deployment, optimization: str, tmp_path: Path
) -> None:
    options = firmware.FirmwareOptions(
        toolchain="gcc", optimization=optimization, mode="serial", timing=True
    )
    run = served(digits, built(digits, tmp_path, options))
    assert (run.samples, run.differing) == (SAMPLES, 0)
