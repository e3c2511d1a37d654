"""The same outputs from every compiler at every level of optimization."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from studio import pipeline, stages, target
from studio.base import paths
from studio.base.job import Job
from studio.emulator.client import Emulator
from studio.firmware import stage as firmware
from studio.firmware.image import Image, TestSet
from studio.firmware.stage import FirmwareOptions
from studio.formats import map_csv
from studio.monitor import session
from studio.options import Options
from studio.stages import Deployment
from tests.e2e.firmware_projects import need_gcc

MODEL = paths.resource("examples", "digits", "digits.onnx")
ALL = [("zig", "-O2"), ("zig", "-O0"), ("zig", "-Os"), ("zig", "-O3")]
ALL += [("gcc", "-O2"), ("gcc", "-Og"), ("gcc", "-Os"), ("gcc", "-O3")]

# Doubles, 64-bit divisions and conversions come from the compiler's run-time library.
NUMBERS = [0.1, -3.0, 1e-300, 5e-324, 1.7976931348623157e308, 12345678.9, -0.0, 2.0**53 + 2]
MAIN = """#include <stdint.h>
#include "mem.h"
#include "print.h"
#include "uart.h"

static const uint64_t numbers[] = { %s };
static volatile double a;
static volatile double b;

static void show(double value)
{
    uint32_t words[2];

    memcpy(words, &value, sizeof words);
    print_hex(words[1]);
    print_hex(words[0]);
    print_text(" ");
}

int main(void)
{
    uart_init();
    for (int i = 0; i < COUNT; i++) {
        for (int j = 0; j < COUNT; j++) {
            double x;

            memcpy(&x, &numbers[i], sizeof x);
            a = x;
            memcpy(&x, &numbers[j], sizeof x);
            b = x;
            show(a * b + a);
            show(a / b - b);
            show((double)(float)a);
            show(a < b ? 1.0 : 0.0);
        }
        show((double)((int64_t)(i * 1000003ll << 20) / (3 + i)));
        show((double)(uint64_t)(~0ull %% (uint64_t)(10000000019ull + (uint64_t)i)));
    }
    print_line("");
    print_line("done");
    for (;;) {
    }
}
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    out = tmp_path_factory.mktemp("compilers")
    options = Options(samples=20, tune="off")
    return pipeline.prepare(pipeline.begin(MODEL, MODEL.with_suffix(".npz"), out, options))


def build(release: Deployment, folder: Path, options: FirmwareOptions) -> Image:
    simulation = stages.need(release.simulation)
    return firmware.run(
        stages.need(release.qnetwork),
        stages.need(release.layout),
        TestSet(simulation.inputs, simulation.labels),
        map_csv.tag(release.project.map_csv),
        release.chip,
        options,
        folder,
        Job(),
    )


@pytest.mark.parametrize(("tool", "level"), ALL)
def test_the_same_words_to_the_last_byte(
    release: Deployment, tool: str, level: str, tmp_path: Path
) -> None:
    """Every output of every sample, as the simulator has them, and every other byte."""
    if tool == "gcc":
        need_gcc()
    options = FirmwareOptions(tool, level, samples=20)
    image = build(release, tmp_path, options)
    assert image.samples == 20
    expected = (stages.need(release.qnetwork), stages.need(release.simulation))
    words = []
    for each in (stages.need(release.image), image):
        found = target.run_image(release.project, each, release.chip, Job(), None, 20, expected)
        assert (found.samples, found.differing) == (20, 0)
        words.append(release.project.serial_log.read_bytes())
    assert words[0] == words[1]
    assert b"crc:" in words[0]


def shown(value: float) -> str:
    return struct.pack(">d", value).hex()


def divided(a: float, b: float) -> float:
    """As IEEE 754 has it; Python refuses to divide by zero."""
    if b:
        return a / b
    if not a:
        return float("nan")
    sign = struct.pack(">d", a)[0] >> 7 ^ struct.pack(">d", b)[0] >> 7
    return float("-inf" if sign else "inf")


def computed() -> list[str]:
    """What MAIN prints, by Python's doubles."""
    words = []
    for i, a in enumerate(NUMBERS):
        for b in NUMBERS:
            words += [shown(a * b + a), shown(divided(a, b) - b)]
            try:
                short = struct.unpack(">f", struct.pack(">f", a))[0]
            except OverflowError:
                short = float("inf")
            words += [shown(short), shown(1.0 if a < b else 0.0)]
        words.append(shown(float((i * 1000003 << 20) // (3 + i))))
        words.append(shown(float((2**64 - 1) % (10000000019 + i))))
    return words


@pytest.mark.parametrize(("tool", "level"), [("zig", "-O2"), ("zig", "-O0"), ("gcc", "-O2")])
def test_doubles_are_those_of_ieee(
    release: Deployment, tool: str, level: str, tmp_path: Path
) -> None:
    if tool == "gcc":
        need_gcc()
    own = tmp_path / "src"
    own.mkdir()
    bits = ", ".join(f"0x{shown(number)}ull" for number in NUMBERS)
    text = MAIN.replace("COUNT", str(len(NUMBERS))) % bits
    (own / "main.c").write_text(text, encoding="utf-8")
    options = FirmwareOptions(tool, level, sources=own)
    image = build(release, tmp_path / "firmware", options)
    with Emulator(image.elf, release.project.map_csv, chip=release.chip.source) as emulator:
        log = tmp_path / "serial.log"
        session.collect(emulator.url, release.chip.uart.baud, timeout=20, job=Job(), log=log)
    line = log.read_text(encoding="ascii").split("\n")[0]
    assert line.split() == computed()
    # What nobody calls does not come along.
    assert "testset_mode" not in {part.name for part in image.parts}
    plain = replace(options, sources=None)
    names = {part.name for part in build(release, tmp_path / "plain", plain).parts}
    assert not {"__divdf3", "__muldf3"} & names
