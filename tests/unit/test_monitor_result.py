"""Reading a run's lines."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.monitor.result import ResultReader, RunResult, Sample

TEXT = """
uart ok
sample:0,label:7,result:7,ratio:1.000000,crc:1a2b3c4d,out:-3 5 7
sample:1,label:2,result:0,ratio:0.500000,crc:0000ffff,out:9 5 7
image num:2
correct ratio:0.500000
done
"""


def read(text: str, total: int | None = None) -> RunResult:
    reader = ResultReader(total)
    for line in text.split("\n"):
        reader.feed(line)
    return reader.result


def test_a_labelled_run() -> None:
    result = read(TEXT)
    assert result.samples == (
        Sample(0, 7, 7, 1.0, 0x1A2B3C4D, (-3, 5, 7)),
        Sample(1, 2, 0, 0.5, 0xFFFF, (9, 5, 7)),
    )
    assert (result.images, result.ratio, result.error) == (2, 0.5, "")
    assert result.finished
    assert result.garbled == 0


def test_without_labels_and_without_results() -> None:
    result = read("uart ok\nsample:0,result:3,crc:1,out:4\nsample:1,crc:00000002\nimage num:2\n")
    assert result.samples == (
        Sample(0, None, 3, None, 1, (4,)),
        Sample(1, None, None, None, 2, None),
    )
    assert result.ratio is None
    assert not result.finished


def test_the_demos_own_lines() -> None:
    result = read("image num:100 \r\ncorrect ratio:0.970000\r")
    assert (result.images, result.ratio) == (100, 0.97)


def test_an_error_is_kept_the_first_one() -> None:
    result = read("uart ok\nerror: npu error 4 in layer conv1\nerror: second\ndone\n")
    assert result.error == "npu error 4 in layer conv1"
    assert result.finished
    assert read("error:").error == "the firmware gives no reason"


def test_garbage_is_counted_and_skipped() -> None:
    result = read(
        "sample:0,label:7,res\ufffd\nsample:\nsample:1,crc:zz\nsample:x,crc:1\n"
        "sample:5,crc:1,out:1 2 x\nsample:4294967295999,crc:1\nother text\ncorrect ratio:nan\n"
        "image num:-1\nsample:3,crc:12\n"
    )
    assert [sample.index for sample in result.samples] == [3]
    assert result.garbled == 6
    assert (result.images, result.ratio, result.error) == (None, None, "")


def test_samples_beyond_the_total_are_garbage() -> None:
    result = read("sample:1,crc:1\nsample:2,crc:1\n", total=2)
    assert [sample.index for sample in result.samples] == [1]
    assert result.garbled == 1


def test_a_reset_starts_over() -> None:
    result = read(TEXT + "uart ok\nsample:0,crc:5\n")
    assert [sample.crc for sample in result.samples] == [5]
    assert not result.finished
    assert result.images is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    read(text)
    read("sample:" + text)
