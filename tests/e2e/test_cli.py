"""The command line as its user runs it: real processes, real files, the real emulator."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from studio.base import paths

from .commands import cim, good

DIGITS = paths.resource("examples", "digits", "digits.onnx")


def serial_lines(folder: Path) -> list[str]:
    return (folder / "serial.log").read_bytes().decode().split("\r\n")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digits example, deployed by its one command into a folder with an awkward name."""
    folder = tmp_path_factory.mktemp("结果 demo")
    done = cim("demo", "--out", folder / "out", cwd=folder)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "accuracy, emulator" in done.stdout
    assert "360 samples" in done.stdout
    return folder / "out"


def test_demo_prints_its_accuracy_over_the_serial_port(deployed: Path) -> None:
    result = json.loads((deployed / "result.json").read_text(encoding="utf-8"))
    assert result["accuracy_integer"] >= result["accuracy_float"] - 0.01
    assert result["accuracy"] == pytest.approx(result["accuracy_integer"], abs=1e-6)
    assert result["differing_samples"] == 0
    assert set(result["seconds"]) >= {"graph", "quantize", "simulate", "map", "build", "run"}
    lines = serial_lines(deployed)
    assert lines[0] == "uart ok"
    assert "image num:360" in lines
    assert f"correct ratio:{result['accuracy']:.6f}" in lines
    labels = np.load(DIGITS.with_suffix(".npz"))["y"]
    ratio = np.mean(np.array(result["predictions"]) == labels)
    assert ratio == pytest.approx(result["accuracy"], abs=1e-6)


def test_emulator_and_simulator_agree_on_every_sample(deployed: Path) -> None:
    outputs = np.load(deployed / "outputs.npz")["scores"]
    samples = [line for line in serial_lines(deployed) if line.startswith("sample:")]
    assert len(samples) == len(outputs)
    guesses = [int(line.split("result:")[1].split(",")[0]) for line in samples]
    assert guesses == outputs.argmax(axis=1).tolist()


def test_stages_one_by_one(tmp_path: Path) -> None:
    out = tmp_path / "steps"
    good("quantize", DIGITS, "--out", out, cwd=tmp_path)
    found = good("simulate", DIGITS, "--out", out, "--layers", cwd=tmp_path)
    assert found["accuracy_integer"] > 0.97
    with np.load(out / "outputs.npz") as file:
        assert file["scores"].shape == (360, 10)
        assert file["/conv1/Conv"].shape == (360, 8, 8, 8)
        assert file["/conv1/Conv"].min() == 0
    good("map", out, cwd=tmp_path)
    assert {path.name for path in (out / "map").iterdir()} == {
        "map.csv",
        "layers.txt",
        "expected_in.bin",
        "expected_out.bin",
    }
    built = good("build", out, "--samples", "20", cwd=tmp_path)
    assert built["samples"] == 20
    result = good("run", out, cwd=tmp_path)
    assert result["samples"] == 20
    assert result["differing_samples"] == 0


def test_second_deploy_takes_finished_stages_from_the_folder(
    deployed: Path, tmp_path: Path
) -> None:
    done = cim("demo", "--out", deployed, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.count("(unchanged)") == 4


def test_map_alone_needs_no_data(tmp_path: Path) -> None:
    model = tmp_path / "数字 模型.onnx"
    shutil.copy(DIGITS, model)
    found = good("map", model, "--out", tmp_path / "m", cwd=tmp_path)
    assert (tmp_path / "m" / "layout.json").is_file()
    assert any("random" in note for note in found["notes"])


MAIN = """#include "print.h"
#include "uart.h"
int main(void)
{
    uart_init();
    print_line("hello there");
    print_line("done");
    for (;;) {
    }
}
"""


def test_a_main_of_the_users_is_shown_and_not_compared(deployed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(deployed, folder)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "main.c").write_text(MAIN, encoding="utf-8")
    missing = cim("build", folder, "--own", tmp_path / "own" / "main.c", cwd=tmp_path)
    assert missing.returncode == 2, "a file is no folder"
    good("build", folder, "--own", tmp_path / "own", cwd=tmp_path)
    done = cim("run", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("hello there\ndone\n")
    assert "tells no samples" in done.stdout


def test_times_of_layers_are_shown(deployed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(deployed, folder)
    good("build", folder, "--timing", "--samples", "5", cwd=tmp_path)
    done = cim("run", folder, cwd=tmp_path)
    assert "time of a sample" in done.stdout
    times = json.loads((folder / "result.json").read_text(encoding="utf-8"))["times"]
    assert [own["name"] for own in times][-1] == "total"
    assert times[-1]["cycles"] >= sum(own["cycles"] for own in times[:-1])
    refused = cim("run", folder, "--chip-number", "3", cwd=tmp_path)
    assert refused.returncode == 2
    assert "--noise" in refused.stderr
    noisy = cim("run", folder, "--noise", "nor55", "--chip-number", "3", cwd=tmp_path)
    assert "nor55 chip 3" in noisy.stdout


def test_the_emulator_alone_takes_a_results_folder(deployed: Path, tmp_path: Path) -> None:
    """All it can do is reached from here: the second UART, variables, snapshots, noise."""
    shots = tmp_path / "快照.npz"
    words = ["--now", "--uart1", "0", "--snapshot", str(shots), "--watch", "handlers:u32"]
    words += ["--noise", "nor55", "--chip-number", "2"]
    seen = []
    with subprocess.Popen(
        [sys.executable, "-m", "studio", "emulate", str(deployed), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        for line in process.stdout:
            seen.append(json.loads(line))
            if seen[-1]["event"] == "idle":
                process.stdin.close()
    assert process.returncode == 0
    told = {event["event"]: event for event in seen}
    assert {"port", "port1"} <= set(told["listening"])
    assert set(told["watch"]["values"]) == {"handlers:u32"}
    assert told["snapshot"]["operations"] > 0 and shots.is_file()
    assert (deployed / "cells.npz").is_file()
    assert cim("emulate", cwd=tmp_path).returncode == 2
    assert "Build" in cim("emulate", tmp_path, cwd=tmp_path).stderr


def test_inspect_lists_nodes(tmp_path: Path) -> None:
    found = good("inspect", DIGITS, cwd=tmp_path)
    assert [node["op"] for node in found["nodes"]].count("Conv") == 3


def test_wake_word_network_equals_its_traces(shared: Path, tmp_path: Path) -> None:
    folder = shared / "vendor" / "speech_dnn"
    out = tmp_path / "out"
    model, data = folder / "model.onnx", folder / "calibration.npy"
    result = good("deploy", model, "--data", data, "--out", out, cwd=tmp_path)
    wanted = np.load(folder / "traces.npz")["linear_5_out"].astype(np.int8)
    assert result["samples"] == len(wanted)
    lines = [line for line in serial_lines(out) if line.startswith("sample:")]
    for line, row in zip(lines, wanted, strict=True):
        assert line.endswith("out:" + " ".join(map(str, row.tolist())))
        assert f"crc:{zlib.crc32(row.tobytes()):08x}" in line


def test_simulate_writes_every_layer_of_the_traces(shared: Path, tmp_path: Path) -> None:
    folder = shared / "vendor" / "speech_dnn"
    model, data = folder / "model.onnx", folder / "calibration.npy"
    good("simulate", model, "--data", data, "--out", tmp_path, "--layers", cwd=tmp_path)
    traces = np.load(folder / "traces.npz")
    with np.load(tmp_path / "outputs.npz") as file:
        for index in range(1, 6):
            wanted = traces[f"linear_{index}_out"]
            np.testing.assert_array_equal(file[f"linear_{index}"], wanted)
        np.testing.assert_array_equal(file["out"], traces["linear_5_out"])


def test_another_chip_needs_no_code(tmp_path: Path) -> None:
    """A smaller array with one bank, another memory map, in a file of the user's."""
    text = paths.resource("chips", "wtm2101.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[[array.banks]]")
    tail = rest[rest.index("[arithmetic]") :]
    text = head + '[[array.banks]]\nname = "only"\nfirst_row = 0\nrows = 512\n\n' + tail
    for old, new in (
        ('id = "wtm2101"', 'id = "small"'),
        ("rows = 1792", "rows = 512"),
        ("columns = 1024", "columns = 512"),
        ("reserved_columns = 128", "reserved_columns = 0"),
        ("base = 0x2000_0000, size = 0x2_0000", "base = 0x3000_0000, size = 0x1_0000"),
        ("[0x6400_4000, 0x6400_5000]", "[0x5000_4000]"),
        ("uart = [32, 33]", "uart = [32]"),
        ("sram_base = 0x6410_0000", "sram_base = 0x4100_0000"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    chip = tmp_path / "芯片.toml"
    chip.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    result = good("deploy", DIGITS, "--chip", chip, "--out", out, cwd=tmp_path)
    assert result["differing_samples"] == 0
    assert result["accuracy"] > 0.97
    good("build", out, "--samples", "5", "--debug", cwd=tmp_path)
    assert json.loads((out / "image.json").read_text(encoding="utf-8"))["debug"] is True
    assert good("run", out, cwd=tmp_path)["samples"] == 5
