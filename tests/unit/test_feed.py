"""Data sets for a board: what is read of files, what becomes of it, what comes back."""

from __future__ import annotations

import csv
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

from studio import feed
from studio.base.errors import Cancelled, DataError, ProjectError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.feed import Answers, Choice
from studio.firmware.image import Image, Sizes
from studio.formats import wav
from studio.monitor.packets import Packet, encode
from studio.project import Project
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QTensor, RowTile
from tests.unit.test_monitor_exchange import board

SIDE = 4
SIZE = SIDE * SIDE


def net(
    shape: tuple[int, ...] = (1, 1, SIDE, SIDE),
    low: int = 0,
    high: int = 255,
    scale: float = 1 / 255,
) -> QNetwork:
    """One dense layer of three classes: the sums of thirds of its input."""
    size = int(np.prod(shape))
    weights = np.zeros((size, 3), np.int16)
    weights[np.arange(size), np.arange(size) * 3 // size] = 8
    matrix = Matrix("fc", weights, "unsigned", 1024, (RowTile(0, size, np.zeros(3, np.int32)),))
    inside = (shape[3], shape[2], shape[1]) if len(shape) == 4 else (1, 1, size)
    tensors = {
        "x": QTensor("x", inside, scale, low, high, shape),
        "y": QTensor("y", (1, 1, 3), 1.0, -128, 127, (1, 3)),
    }
    ops = (ArrayOp("fc", "x", "y", (matrix,)),)
    return QNetwork("n", "wtm2101", ("x",), ("y",), ops, tensors)


NET = net()
WHOLE = net(scale=1.0)  # a model that was in integers already


def load(path: Path | list[Path], qnetwork: QNetwork = NET, **words: object) -> feed.Samples:
    return feed.load(path, qnetwork, Choice(**words))  # type: ignore[arg-type]


def sound(path: Path, values: np.ndarray, rate: int = 16000, channels: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(values.astype("<i2").tobytes())
    return path


def picture(path: Path, value: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pictures.new("L", (SIDE, SIDE), value).save(path)
    return path


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    """Ten samples of one value each, 0 to 9 parts of 255, with labels."""
    path = tmp_path / "数据 set.npz"
    x = np.repeat(np.arange(10) / 255, SIZE).reshape(10, 1, SIDE, SIDE)
    np.savez(path, x=x.astype(np.float32), y=np.arange(10) % 3)
    return path


def firsts(samples: feed.Samples) -> list[int]:
    return [int(value) for value in samples.inputs[0][:, 0, 0, 0]]


def test_arrays_become_chip_integers(arrays: Path) -> None:
    found = load(arrays)
    assert firsts(found) == list(range(10))
    assert found.labels is not None
    assert found.labels.tolist() == [i % 3 for i in range(10)]
    assert (found.found, found.names, found.classes, found.notes) == (10, (), (), ())
    assert found.inputs[0].shape == (10, SIDE, SIDE, 1)


def test_order_limit_and_labels_can_be_chosen(arrays: Path) -> None:
    few = load(arrays, limit=3)
    assert (firsts(few), few.found) == ([0, 1, 2], 10)
    mixed = load(arrays, shuffle=7)
    assert sorted(firsts(mixed)) == list(range(10)) != firsts(mixed)
    assert firsts(load(arrays, shuffle=7)) == firsts(mixed) != firsts(load(arrays, shuffle=8))
    assert mixed.labels is not None
    assert mixed.labels.tolist() == [value % 3 for value in firsts(mixed)]
    assert firsts(load(arrays, shuffle=7, limit=4)) == firsts(mixed)[:4]
    assert load(arrays, labels=False).labels is None
    with pytest.raises(DataError, match="limit is 0"):
        load(arrays, limit=0)


def test_bytes_are_scaled_where_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "bytes.npy"
    np.save(path, np.full((2, SIZE), 51, np.uint8))
    cut = load(path)  # 51.0 is far beyond the input's 1.0
    assert firsts(cut) == [255, 255]
    assert "100 % of the values lie outside 0..1" in cut.notes[0]
    assert firsts(load(path, scale="unit")) == [51, 51]
    signed = net(low=-128, high=127, scale=1 / 128)
    assert firsts(load(path, signed, scale="signed")) == [round((2 * 51 / 255 - 1) * 128)] * 2
    assert firsts(load(path, WHOLE)) == [51, 51]


def test_what_does_not_fit_is_said(tmp_path: Path, arrays: Path) -> None:
    wrong = tmp_path / "wrong.npy"
    np.save(wrong, np.zeros((2, 5)))
    with pytest.raises(DataError, match=r"shape \(2, 5\), expected \(n, 1, 4, 4\)"):
        load(wrong)
    np.savez(tmp_path / "labels.npz", x=np.zeros((2, SIZE)), y=[0, 3])
    with pytest.raises(DataError, match="label 3 of sample 1 is none of the model's 3 classes"):
        load(tmp_path / "labels.npz")
    np.save(tmp_path / "halves.npy", np.full((1, SIZE), 0.5))
    with pytest.raises(DataError, match="no integers"):
        load(tmp_path / "halves.npy", WHOLE)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="samples of this kind") as caught:
        load(tmp_path / "notes.txt")
    assert ".npz" in caught.value.hint
    with pytest.raises(DataError, match="several data sets"):
        load([arrays, arrays])
    with pytest.raises(DataError, match="no such file"):
        load(tmp_path / "gone.npz")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no pictures and no WAV files"):
        load(tmp_path / "empty")


def test_pictures_of_a_folder_have_its_classes(tmp_path: Path) -> None:
    folder = tmp_path / "图片"
    for value, name in ((0, "ant/1.png"), (51, "bee/2.png"), (255, "bee/3.bmp")):
        picture(folder / name, value)
    found = load(folder)
    assert firsts(found) == [0, 51, 255]
    assert found.names == ("ant/1.png", "bee/2.png", "bee/3.bmp")
    assert found.classes == ("ant", "bee")
    assert found.labels is not None and found.labels.tolist() == [0, 1, 1]
    assert found.notes == ("Pictures became 4 × 4, grey, 0..1.",)
    assert load(folder, labels=False).labels is None


@pytest.mark.parametrize(
    ("qnetwork", "expected", "words"),
    [
        (net(), 51, "0..1."),
        (net(scale=0.9), round(51 / 0.9), "0..255."),
        (net(low=-128, high=127, scale=1 / 128), round((2 * 51 / 255 - 1) * 128), "-1..1."),
        (WHOLE, round(51 / 255 * 127), "0..127."),
    ],
)
def test_pictures_are_scaled_as_the_input_suggests(
    tmp_path: Path, qnetwork: QNetwork, expected: int, words: str
) -> None:
    found = load(picture(tmp_path / "one.png", 51), qnetwork)
    assert firsts(found) == [expected]
    assert found.notes[0].endswith(words)
    assert (found.labels, found.names) == (None, ("one.png",))


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n but no more")
    with pytest.raises(DataError, match="cannot be read") as caught:
        load([picture(tmp_path / "good.png", 1), broken])
    assert caught.value.where == str(broken)


VOICE = net((1, SIZE), low=-128, high=127, scale=1 / 128)


def test_sounds_are_cut_into_windows(tmp_path: Path) -> None:
    values = np.repeat([-32768, 16384, 256], SIZE)[: 3 * SIZE - 1]
    found = load(sound(tmp_path / "a.wav", values), VOICE)
    assert firsts(found) == [-128, 64]  # the rest is shorter than a window
    assert found.names == ("a.wav", "a.wav")
    assert found.notes == ("Sounds of 16000 Hz were cut into windows of 16 values, -1..1.",)
    wide = replace(VOICE, tensors=VOICE.tensors | {"x": replace(VOICE.tensors["x"], scale=256.0)})
    assert firsts(load(tmp_path / "a.wav", wide)) == [-128, 64]
    assert "16 bit integers" in load(tmp_path / "a.wav", wide).notes[0]


def test_sounds_of_folders_have_classes(tmp_path: Path) -> None:
    sound(tmp_path / "words" / "no" / "1.wav", np.zeros(SIZE))
    sound(tmp_path / "words" / "yes" / "1.wav", np.full(2 * SIZE, 8192))
    found = load(tmp_path / "words", VOICE)
    assert firsts(found) == [0, 32, 32]
    assert found.labels is not None and found.labels.tolist() == [0, 1, 1]
    assert found.classes == ("no", "yes")


def test_sounds_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    good = sound(tmp_path / "good.wav", np.zeros(SIZE))
    with pytest.raises(DataError, match="16000 values a second, expected 8000") as caught:
        load(good, VOICE, rate=8000)
    assert caught.value.where == str(good)
    other = sound(tmp_path / "other.wav", np.zeros(SIZE), rate=44100)
    with pytest.raises(DataError, match="44100 values a second, expected 16000"):
        load([good, other], VOICE)
    with pytest.raises(DataError, match="2 channels of 16 bits"):
        load(sound(tmp_path / "stereo.wav", np.zeros(2 * SIZE), channels=2), VOICE)
    with pytest.raises(DataError, match=r"has 3 values, one sample of the model 16"):
        load(sound(tmp_path / "short.wav", np.zeros(3)), VOICE)
    with pytest.raises(DataError, match=r"\[1, 4, 4\] takes no sound"):
        load(good, NET)
    (tmp_path / "cut.wav").write_bytes(good.read_bytes()[:30])
    with pytest.raises(DataError, match="cannot be read"):
        wav.read(tmp_path / "cut.wav")
    with pytest.raises(DataError, match="no sound in this file"):
        wav.read(sound(tmp_path / "silent.wav", np.zeros(0)))


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    picture(tmp_path / "p" / "1.png", 1)
    with pytest.raises(Cancelled):
        feed.load(tmp_path / "p", NET, Choice(), Job(cancelled=lambda: True))


# -- sending, to a board that a thread plays

INFO = f"tag\t0000abcd\r\nclock\t24000000\r\nreset_every\t1\r\nnetwork\t{SIZE}u\t3s\r\n"


def image(folder: Path, mode: str = "serial") -> Image:
    sizes = Sizes(1, 2, 1, 2, 1, 2)
    return Image(folder / "x.elf", folder, "", 0, False, 0xABCD, sizes, "", mode=mode)


def dense(packet: Packet, number: int) -> bytes:
    """The board: computes as the network does, but its sixth answer is another class."""
    if packet.kind == "cmd_":
        return encode("cmd_", (INFO if packet.text == "info" else "ok").encode(), to_board=False)
    if packet.kind == "bye_":
        return b"image num:99\r\ndone\r\n"
    value = packet.payload[0]
    answer = bytes([5, 5, 7]) if value == 5 else expected(value)
    return encode("nnet", answer, to_board=False)


def expected(value: int) -> bytes:
    inputs = (np.full((1, SIDE, SIDE, 1), value, np.int16),)
    samples = feed.Samples(inputs, None, (), (), "", 1, None, ())
    output = feed.simulate(NET, samples, 1, 1, Job()).outputs[0]
    return output.astype(np.int8).tobytes()


def test_answers_are_counted_and_saved(arrays: Path, tmp_path: Path, chip: Chip) -> None:
    samples = load(arrays)
    answers = Answers(samples, NET, repeat=2)
    lines = bytearray()
    told: list[float | None] = []
    with board(dense) as (url, _):
        found = feed.run(
            Project(tmp_path),
            image(tmp_path),
            chip,
            NET,
            answers,
            Job(),
            port=url,
            on_bytes=lines.extend,
            on_expected=lambda simulation: told.append(simulation.accuracy_integer),
            timeout=5,
        )
    assert (answers.done, len(answers), found.samples) == (20, 20, 20)
    assert answers.differing == found.differing == 2
    assert answers.results.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 0] * 2
    assert (answers.labelled, answers.correct) == (20, 10)  # 0, 3, 6, 9 by rule, 5 by its mistake
    assert told == [0.4]
    assert answers.values(5) == (5, 5, 7)
    assert lines.count(b"sample:") == 20
    assert b"sample:5,label:2,result:2,ratio:0.500000" in lines
    assert (tmp_path / feed.LOG).stat().st_size > 0 and not (tmp_path / "serial.log").exists()
    low, high = answers.interval
    assert 0.2 < low < 0.5 < high < 0.8  # of ten samples, not of twenty
    feed.save_csv(answers, tmp_path / "答案.csv")
    with (tmp_path / "答案.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 20
    assert rows[15] == {
        "index": "15",
        "sample": "5",
        "file": "",
        "label": "2",
        "result": "2",
        "simulated": "0",
        "exact": "0",
        "outputs": "5 5 7",
    }


def test_a_cancelled_feed_keeps_what_came(arrays: Path, tmp_path: Path, chip: Chip) -> None:
    answers = Answers(load(arrays, labels=False), NET)
    job = Job(cancelled=lambda: answers.done >= 4)
    with board(dense) as (url, _), pytest.raises(Cancelled):
        feed.run(Project(tmp_path), image(tmp_path), chip, NET, answers, job, port=url, timeout=5)
    assert 4 <= answers.done < 10
    assert answers.label(0) is None and answers.labelled == 0
    feed.save_csv(answers, tmp_path / "some.csv")
    text = (tmp_path / "some.csv").read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == answers.done + 1


def test_firmware_with_its_own_samples_is_refused(arrays: Path, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="carries its own samples") as caught:
        feed.require(image(tmp_path, "testset"))
    assert "--mode serial" in caught.value.hint
    with pytest.raises(DataError, match="repeat is 0"):
        Answers(load(arrays), NET, repeat=0)
    with pytest.raises(DataError, match=r"take .* MB, 100000000 times"):
        Answers(load(arrays), NET, repeat=100_000_000)


def test_streams_need_firmware_of_their_length(arrays: Path) -> None:
    samples = replace(load(arrays), steps=5)
    with pytest.raises(
        DataError, match="streams of 5 steps, but the firmware was built with --reset-every 0"
    ):
        feed.simulate(NET, samples, 1, 0, Job())
    assert feed.simulate(NET, samples, 1, 5, Job()).samples == 10
