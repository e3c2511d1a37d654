"""The command ``noise``: a study's figures and files, a fit, and a study on a Dask cluster."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from studio.base import paths
from studio.chip import noise

from .commands import cim

DIGITS = paths.resource("examples", "digits", "digits.onnx")
LOG_ROW = "{layer}\t5.0\t2.0\t8.0\t2.0\t0.8\t0.0\t6.0\t0.0\t0.97\t0.3\t{correlation}\n"

# Studies the same chips in this process and on a cluster, whose workers are processes.
CLUSTER = """
import json, sys
import numpy as np
from pathlib import Path
from studio.chip import chip as chips
from studio.mapper import store as layouts
from studio.project import Project
from studio.quantize import store as qnetworks
from studio.simulate import monte_carlo, stage

def main():
    from distributed import Client, LocalCluster
    project, chip = Project(Path(sys.argv[1])), chips.load()
    network = qnetworks.load(project.quantized)
    layout = layouts.load(project.layout, network, chip)
    data = stage.load(project.samples)
    x, labels = tuple(x[:100] for x in data.inputs), data.labels[:100]
    options = monte_carlo.Options(chips=5, sensitivity_chips=1, pool=False)
    given = network, layout, x, labels, chip, chip.noise["nor55"], options
    here = monte_carlo.run(*given)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        there = monte_carlo.run(*given, executor=client.get_executor())
        workers = len(client.scheduler_info()["workers"])
    equal = all(
        np.array_equal(value, there.arrays()[name], equal_nan=value.dtype.kind == "f")
        for name, value in here.arrays().items()
    )
    print(json.dumps({"equal": equal, "workers": workers, "mean": here.accuracy.mean()}))

if __name__ == "__main__":
    main()
"""


def cli(*words: str | Path, code: int = 0) -> str:
    """What a command prints: its output, or its errors where it fails."""
    done = cim(*words)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def study(*words: str | Path) -> dict[str, Any]:
    tree = json.loads(cli("noise", *words, "--json"))
    assert isinstance(tree, dict)
    return tree


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder of the digits example, quantized, simulated and mapped."""
    out = tmp_path_factory.mktemp("噪声 noise") / "digits"
    study(DIGITS, "--out", out, "--chips", "2", "--sensitivity", "0", "--samples", "20")
    return out


def test_a_study_tells_and_writes_its_figures(folder: Path) -> None:
    tree = study(folder, "--chips", "12", "--samples", "200", "--yield-at", "0.98", "--seed", "5")
    assert tree["model"]["name"] == "nor55" and tree["model"]["output_noise"]["source"]
    assert tree["chips"] == 12 and tree["samples"] == 200 and tree["seed"] == 5
    assert tree["measure"] == "accuracy" and 0.9 < tree["worst"] <= tree["mean"] <= 1
    assert tree["yield"]["at"] == 0.98 and len(tree["sensitivity"]) == 4
    assert all(own["reserved"] == 0 for own in tree["layout"].values())
    assert json.loads((folder / "noise.json").read_text(encoding="utf-8"))["mean"] == tree["mean"]
    with np.load(folder / "noise.npz", allow_pickle=False) as file:
        assert file["accuracy"].mean() == pytest.approx(tree["mean"])
    ElementTree.parse(folder / "noise.svg")
    again = study(folder, "--chips", "12", "--samples", "200", "--seed", "5", "--sensitivity", "0")
    assert again["mean"] == tree["mean"] and again["sensitivity"] == {}


def test_the_mappers_choice_of_columns_shows(folder: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad columns"
    cli("map", folder, "--out", bad, "--skip-columns", "0")
    words = ("--chips", "10", "--sensitivity", "0", "--samples", "200")
    good, worse = study(folder, *words), study(bad, *words)
    assert all(own["reserved"] > 0 for own in worse["layout"].values())
    assert worse["mean"] < good["mean"] - 0.01
    text = cli("noise", bad, *words)
    assert "0..15 " in text and "bad: columns the chip reserves" in text


def test_time_temperature_and_single_numbers_change_the_model(folder: Path) -> None:
    words = ("--chips", "4", "--sensitivity", "0", "--samples", "200", "--preset", "sonos")
    fresh, old = study(folder, *words), study(folder, *words, "--time", "1y")
    assert old["seconds"] == pytest.approx(365.25 * 86400) and old["cosine"] < fresh["cosine"]
    set_ = study(folder, *words, "--set", "output_noise=12", "--set", "column_gain=0.1")
    assert set_["model"]["output_noise"] == {"value": 12.0, "source": "Set by the user."}
    assert set_["cosine"] < fresh["cosine"]
    hot = study(folder, "--chips", "2", "--sensitivity", "0", "--temperature", "85")
    assert hot["celsius"] == 85


def test_a_fit_writes_a_model_that_is_used_by_its_files_name(folder: Path, tmp_path: Path) -> None:
    wanted = (0.985, 0.99, 0.992, 0.98)
    rows = [
        LOG_ROW.format(layer=layer, correlation=correlation)
        for layer, correlation in enumerate(wanted)
        for _ in ("before", "after")
    ]
    log = tmp_path / "程序 program.log"
    text = "** Witmem Program Tool for WTM2101 V1.4.0.0 **\nSTAT START 0\n"
    log.write_text(text + "".join(rows) + "STAT END 0\nProgram Finished!\n", encoding="utf-8")
    words = ("--chips", "3", "--sensitivity", "0", "--samples", "100")
    tree = study(folder, *words, "--fit", log)
    found = [own["fitted"] for own in tree["fit"]["layers"].values()]
    np.testing.assert_allclose(found, wanted, atol=0.003)
    model = noise.load(folder / "noise.toml")
    assert model.name == "fitted" and log.name in model.sources["layers"]
    again = study(folder, *words, "--noise", folder / "noise.toml")
    assert again["mean"] == tree["mean"] and again["model"]["name"] == "fitted"
    assert "correlations matched as layers" in cli("noise", folder, *words, "--fit", log)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--preset", "nor"), "no noise model 'nor'"),
        (("--set", "output_noise"), "cannot read --set output_noise"),
        (("--set", "loudness=3"), "loudness is no number of a device model"),
        (("--time", "soon"), "cannot read the time soon"),
        (("--temperature", "900"), "out of range"),
        (("--noise", "nowhere.toml"), "nowhere.toml"),
        (("--fit", "nowhere.log"), "nowhere.log"),
    ],
)
def test_bad_words_are_told_in_words(words: tuple[str, ...], said: str, folder: Path) -> None:
    text = cli("noise", folder, "--chips", "1", *words, code=1)
    assert said in " ".join(text.split()) and "Traceback" not in text


def test_a_folder_that_is_not_mapped_says_what_to_do(tmp_path: Path) -> None:
    out = tmp_path / "quantized"
    cli("quantize", DIGITS, "--out", out)
    text = cli("noise", out, code=1)
    assert "map" in text and "Traceback" not in text


def test_a_dask_cluster_gives_the_same_chips(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(folder)],
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["equal"] is True and found["workers"] == 2 and found["mean"] > 0.9
