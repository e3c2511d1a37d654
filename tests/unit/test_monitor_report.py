"""The session report: one file, nothing from outside, everything said, whatever names hold."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import Cancelled, ProjectError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.mapper import stage as mapper
from studio.mapper import store as layouts
from studio.mapper.options import MapOptions
from studio.monitor import report
from studio.monitor.chunk import Chunk
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import Header
from studio.monitor.replay import load
from studio.monitor.report_data import Seen, deployed, seen
from studio.monitor.report_svg import inline
from studio.monitor.report_texts import texts
from studio.monitor.store import Store
from studio.quantize import store as networks
from studio.quantize.qnetwork import QTensor
from studio.simulate import stage as simulations
from tests.unit.test_mapper_stage import CHIP, network

NOW = 1_795_000_000.0
EVIL = "<script>alert('1')</script>&\"net"
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """What a browser would find; fails on tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        self._attributes(attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self._attributes(attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += " " if tag == "td" else ""

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += data

    def _attributes(self, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(str(value))
            if name in {"href", "src", "xlink:href"}:
                self.links.append(str(value))


def checked(path: Path) -> Page:
    """The page; nothing in it leads outside."""
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert not {"script", "iframe", "object", "link", "base", "a"} & set(page.tags)
    assert len(set(page.ids)) == len(page.ids)
    for link in page.links:
        assert link.startswith("data:image/png") or link[1:] in page.ids, link
    used = re.findall(r"url\((?!#)", text)
    assert not used and "@import" not in text
    for found in re.findall(r"url\(#([^)]+)\)", text):
        assert found in page.ids
    assert "default-src 'none'" in text
    return page


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder as a deploy leaves it; everything that may hold a name holds a bad one."""
    folder = tmp_path_factory.mktemp("r") / "结果 <b>"
    net = network([(100, 30, "unsigned", 700), (30, 4, "pn", 0)])
    net = replace(net, tensors={"x": QTensor("x", (4, 1, 25), 1.0, 0, 255, (1, 25, 1, 4))})
    networks.save(net, folder / "quantized")
    layouts.save(mapper.run(net, CHIP, MapOptions(), Job()), folder / "layout.json")
    shutil.copy(CHIP.source, folder / "chip.toml")
    labels = np.array([0, 1, 2, 3] * 10 + [-1])
    results = np.array([0, 1, 2, 3] * 9 + [0, 1, 3, 3] + [2])
    frames = np.zeros((41, 1, 1, 4), np.int16)
    answers = simulations.Simulation((frames,), (frames,), labels, results, 0.9750, 0.9812)
    simulations.save(answers, folder / "samples.npz")
    write_json(folder / "source.json", {"model": EVIL + ".onnx", "digest": "ab" * 32})
    write_json(
        folder / "image.json",
        {
            "toolchain": "zig <i>",
            "tag": 0x1A2B3C4D,
            "sizes": {"code": 2048, "code_limit": 4096, "data": 10, "data_limit": 100,
                      "sram": 77, "sram_limit": 8192},
        },
    )  # fmt: skip
    write_json(
        folder / "result.json",
        {
            "model": "C:\\x\\net.onnx", "accuracy": 0.975, "accuracy_integer": 0.9750,
            "accuracy_float": 0.9812, "samples": 41, "predictions": results.tolist(),
            "differing_samples": 0, "target": "emulator", "noise": None,
            "seconds": {"map": 0.5, "<u>": 1},
        },
    )  # fmt: skip
    log = "uart ok\r\nfc0: 9 us (200 cycles)\r\n</table><b>: 3 us (99 cycles, 90 to 110)\r\n"
    (folder / "serial.log").write_bytes(
        log.encode() + b"\xff\x00" + b"total: 12 us (299 cycles)\r\n"
    )
    return folder


def write_json(path: Path, tree: object) -> None:
    path.write_text(json.dumps(tree), encoding="utf-8")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty samples of three classes, and curves."""
    path = tmp_path_factory.mktemp("r") / "run"
    header = Header("COM10 <x>", 921600, "2026-11-21T10:00:00", "digits", "1a2b3c4d", "0.1.0")
    with Recorder(path, header) as recorder:
        recorder.write(Chunk(NOW, b"opened COM10", "note"))
        recorder.write(Chunk(NOW, b"uart ok\r\n"))
        for n in range(50):
            label, result = n % 3, 0 if n == 7 else n % 3
            ratio = (n + (n < 7)) / (n + 1)
            line = f"sample:{n},label:{label},result:{result},ratio:{ratio:.6f},crc:{n:x}\r\n"
            recorder.write(Chunk(NOW + n, line.encode()))
            recorder.write(Chunk(NOW + n + 0.5, b">temp <b>&:%d:mW<\r\n" % (20 + n % 5)))
    return recorder.files[0]


def test_everything_is_on_it(results: Path, recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    report.write(path, results, recording, when=NOW)
    page = checked(path)
    for text in (
        EVIL + ".onnx", "结果 <b>", "WTM2101", "zig <i>", "1a2b3c4d", "ab" * 32,
        "98.00 %", "49 / 50 samples", "97.50 %", "98.12 %", "emulator, 41 samples",
        "All outputs equal the simulator's", "COM10 <x>, 921600 baud", "49.50 s",
        "From this session.", "100 × 30", "4 × 1 × 25",
        "Time of layers", "</table><b>", "90 – 110", "12 µs",
        "2.0 KiB of 4.0 KiB", "temp <b>&", "map 0.50 s · <u> 1.00 s", "numpy", "CIM Studio 0",
    ):  # fmt: skip
        assert text in page.text, text
    assert page.tags["svg"] == 3
    assert page.tags["tspan"] + page.tags["text"] > 20
    assert "What could not be read" not in page.text


def test_the_confusion_matrix_is_the_samples(results: Path, recording: Path) -> None:
    found = deployed(results)
    wanted = np.diag([10, 10, 9, 10])
    wanted[2, 3] = 1
    assert found.confusion is not None and found.confusion.tolist() == wanted.tolist()
    session = report.of_recording(load(recording))
    wanted = np.diag([17, 16, 16])
    wanted[1, :2] = 1, 16
    assert session.confusion.tolist() == wanted.tolist()
    assert (session.samples, session.accuracy.right, session.accuracy.n) == (50, 49, 50)
    assert session.series["temp <b>&"].values.tolist()[:6] == [20, 21, 22, 23, 24, 20]
    assert session.series["temp <b>&"].unit == "mW<"


def test_chinese(results: Path, recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    report.write(path, results, recording, language="zh", when=NOW)
    page = checked(path)
    assert {"实验报告", "混淆矩阵", "各层耗时", "阵列布局"} <= set(
        re.findall(r"[一-鿿]+", page.text)
    )
    assert 'lang="zh-CN"' in path.read_text(encoding="utf-8")


def test_both_languages_say_everything() -> None:
    english, chinese = texts("en"), texts("zh")
    assert english.keys() == chinese.keys() and all(english.values()) and all(chinese.values())
    assert not [text for text in english.values() if re.search(r"[一-鿿]", text)]
    same = {key for key in english if english[key] == chinese[key]}
    assert same == {"digest", "sram"}  # names
    template = (Path(report.paths.resource("report")) / "report.html.jinja").read_text("utf-8")
    sources = Path(report.__file__).read_text("utf-8") + template
    named = {"code", "data", "sram", "graph", "quantize", "simulate", "map", "build", "run"}
    for key in english.keys() - named:
        assert re.search(rf"\b{key}\b", sources), f"nobody says {key}"


def test_only_one_of_both(results: Path, recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    report.write(path, results)
    page = checked(path)
    assert "From the run of the deploy." in page.text and page.tags["svg"] == 1
    report.write(path, session=recording)
    page = checked(path)
    assert "digits" in page.text and "Layout" not in page.text and page.tags["svg"] == 2
    with pytest.raises(ProjectError, match="nothing to report"):
        report.write(path)


def test_folders_with_little_or_damage(results: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    folder = tmp_path / "copy"
    with pytest.raises(ProjectError, match="nothing here"):
        report.write(path, folder)
    shutil.copytree(results, folder)
    for name in ("layout.json", "source.json", "samples.npz", "image.json"):
        (folder / name).write_text("{broken", encoding="ascii")
    report.write(path, folder)
    page = checked(path)
    for name in ("layout.json", "source.json", "samples.npz", "image.json"):
        assert f"{name}:" in page.text
    assert "net.onnx" in page.text and "C:" not in page.text  # of the path only the name
    for name in ("layout.json", "source.json", "samples.npz", "image.json"):
        (folder / name).unlink()
    write_json(folder / "result.json", {"accuracy": "high", "samples": -3, "seconds": [1]})
    (folder / "chip.toml").unlink()
    report.write(path, folder)
    assert "What could not be read" not in checked(path).text


def test_many_classes_are_a_list(recording: Path, tmp_path: Path) -> None:
    session = report.of_recording(load(recording))
    matrix = np.diag(np.full(40, 5))
    matrix[39, 3], matrix[2, 1] = 9, 4
    path = tmp_path / "report.html"
    report.write(path, session=Seen(**(vars(session) | {"confusion": matrix})))
    page = checked(path)
    assert "Most often mixed up" in page.text
    assert re.search(r"39\s+3\s+9\s+2\s+1\s+4", page.text.replace("\n", " "))


def test_what_a_store_holds_now(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    report.write(path, session=seen(Store(), Header(port="socket://127.0.0.1:5000")))
    assert "socket://127.0.0.1:5000" in checked(path).text


def test_it_can_be_cancelled(recording: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        report.write(tmp_path / "a.html", session=recording, job=Job(cancelled=lambda: True))
    assert not list(tmp_path.iterdir())


def test_pictures_bring_nothing_from_outside() -> None:
    svg = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
      width="3pt" height="4pt" viewBox="0 0 3 4"><metadata>x</metadata><style>*{fill: red}</style>
      <defs><path id="m1" d="M0 0"/></defs><g clip-path="url(#c)"><use xlink:href="#m1"/>
      <a xlink:href="http://x.org"><text>y</text></a><image xlink:href="http://x.org/a.png"/>
      <image xlink:href="data:image/png;base64,AAAA"/><script>z</script></g>
      <clipPath id="c"/><text>&lt;b&gt;</text></svg>"""
    found = inline(svg, "p", 'a "label"')
    page = Page(found)
    assert page.ids == ["p", "p-m1", "p-c"]
    assert page.links == ["#p-m1", "data:image/png;base64,AAAA"]
    assert "url(#p-c)" in found and "#p *{fill: red}" in found and "http" not in found
    assert page.text.strip() == "<b>" and 'aria-label="a &quot;label&quot;"' in found


def test_a_chip_is_what_the_fixture_says(chip: Chip, results: Path) -> None:
    found = deployed(results)
    assert found.chip is not None and found.chip.name == chip.name
    assert [layer.kind for layer in found.layers] == ["Array", "Array"]
    assert [size.name for size in found.sizes] == ["code", "data", "sram"]
