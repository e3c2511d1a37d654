"""Programming the array by the maker's tool, played by a script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.base.errors import Cancelled, DataError, ToolError
from studio.base.job import Job
from studio.board import ota, program
from studio.board.program import Options, ProgramError
from studio.formats import map_csv, program_log
from studio.formats.program_live import LiveLog, Programming
from tests.unit.board_fakes import LOG, TOOL, map_folder, script


def fake(folder: Path, **modes: Any) -> tuple[str, ...]:
    home = folder / "工具 tool"
    command = script(home, "WitinProgramTool.py", TOOL)
    (home / "how.json").write_text(json.dumps(modes), encoding="utf-8")
    return command


def calls(tool: tuple[str, ...]) -> list[list[str]]:
    text = (Path(tool[-1]).parent / "calls.txt").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return map_folder(tmp_path / "我的 map")


def test_a_whole_run_is_told_step_by_step(folder: Path, tmp_path: Path) -> None:
    tool = fake(tmp_path, program={"text": LOG, "pause": 0.003})
    seen: list[Programming] = []
    heard: list[str] = []
    state = program.program(
        tool, program.check(folder), Options(passes=1), Job(),
        on_change=seen.append, on_text=heard.append, keep=tmp_path / "program.log",
    )  # fmt: skip
    assert "".join(heard) == LOG
    whole = program_log.read(tmp_path / "program.log")
    assert whole.correlations == (0.9913, 0.9882) and whole.finished
    assert state == seen[-1]
    assert (state.verdict, state.progress, state.seconds) == ("finished", 1.0, 371)
    assert (state.chip, state.version, state.tag) == ("WTM2101", "1.4.0.0", "ABCD0100")
    assert [r.after.correlation for r in state.last] == [0.9913, 0.9882]
    assert state.worst is not None and state.worst.layer == 1
    progress = [own.progress for own in seen]
    assert progress == sorted(progress) and len(set(progress)) >= 4
    tag = program.tag_of(folder / "map.csv")
    assert calls(tool) == [
        ["-m", "program", "-i", str(folder.resolve() / "map.csv"), "-k", "1", "-t", tag]
    ]


def test_the_real_log_gives_the_same_as_when_it_is_read_whole(shared: Path) -> None:
    path = shared / "vendor" / "program_tool.log"
    whole = program_log.read(path)
    text = path.read_text(encoding="utf-8")
    for piece in (1, 13, 4096):
        log = LiveLog(2)
        progress = []
        for start in range(0, len(text), piece):
            log.feed(text[start : start + piece])
            progress.append(log.state.progress)
        state = log.end(0)
        assert progress == sorted(progress)
        assert tuple(own.after.correlation for own in state.last) == whole.correlations
        rows = [(own.number, own.before, own.after) for own in state.layers]
        expected = [
            (one.number, before, after)
            for one in whole.passes
            for before, after in zip(one.before, one.after, strict=True)
        ]
        assert rows == expected
        assert (state.tag, state.seconds, state.verdict) == (whole.tag, 371, "finished")
        assert state.complaints == () and state.passes == 2


def test_the_tool_with_the_real_log(shared: Path, folder: Path, tmp_path: Path) -> None:
    path = shared / "vendor" / "program_tool.log"
    text = path.read_text(encoding="utf-8")
    seen: list[Programming] = []
    tool = fake(tmp_path, program={"text": text, "piece": 97, "pause": 0.002})
    keep = tmp_path / "kept.log"
    state = program.program(tool, program.check(folder), Options(), Job(), seen.append, keep=keep)
    assert (state.verdict, state.tag, len(state.last), state.complaints) == (
        "finished", "XCEN0100", 20, (),
    )  # fmt: skip
    assert program_log.read(keep) == program_log.read(path)
    progress = [own.progress for own in seen]
    assert progress == sorted(progress) and len(set(progress)) > 5
    assert {own.number for own in seen[-1].layers} == {0, 1}


LINES = st.sampled_from([*LOG.splitlines(keepends=True), "Refine: 0/0\n", "STAT START 9\n",
                         "999%>\n", "Program Step 77 Start!\n", "Refine: 9/2\n"])  # fmt: skip


@given(st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=30), st.integers(1, 40))
def test_whatever_the_tool_writes_is_read(parts: list[str], piece: int) -> None:
    text = "".join(parts)
    log = LiveLog(2)
    last = 0.0
    for start in range(0, len(text), piece):
        log.feed(text[start : start + piece])
        assert last <= log.state.progress <= 1
        last = log.state.progress
    assert log.end(1).verdict in ("finished", "failed")


def test_marks_count_before_their_line_ends() -> None:
    log = LiveLog(1)
    seen = []
    for letter in LOG:
        if log.feed(letter) and log.state.text == "writing the weights":
            seen.append(round(log.state.progress, 3))
    assert seen == [0.13, 0.282, 0.434, 0.586, 0.738, 0.89]


def test_broken_statistics_are_a_complaint_and_the_rest_is_read() -> None:
    log = LiveLog(1)
    log.feed(LOG.replace("0.9868", "x", 1).replace("1\t6.71", "1\t", 1))
    state = log.end(0)
    assert state.verdict == "finished" and state.layers == ()
    assert len(state.complaints) == 2


def test_progress_is_half_way_at_the_second_pass(shared: Path) -> None:
    text = (shared / "vendor" / "program_tool.log").read_text(encoding="utf-8")
    log = LiveLog(2)
    log.feed(text[: text.index("Refine")])
    assert log.state.progress == 0.5
    log.feed(text[text.index("Refine") :].partition("60%")[0] + "60%")
    assert log.state.progress == pytest.approx(0.5 + (0.13 + 0.76 * 0.6) / 2, abs=0.01)
    assert log.state.text == "writing the weights, pass 2 of 2"


def test_the_options_become_words(folder: Path, tmp_path: Path) -> None:
    boot = tmp_path / "boot 1.bin"
    boot.write_bytes(b"x")
    options = Options(passes=2, tag="", boot=boot, spi="3", jlink="2690012")
    words = program.arguments(program.check(folder), options)
    assert words[2:] == [
        "-i", str(folder.resolve() / "map.csv"), "-k", "2", "--boot", str(boot.resolve()),
        "--spi", "3", "--jlink", "2690012",
    ]  # fmt: skip
    for tag in ("-m", "a b", "", "x" * 17, "\n"):
        if tag:
            with pytest.raises(DataError, match="is no tag"):
                program.arguments(program.check(folder), Options(tag=tag))
    with pytest.raises(DataError, match="boot file is missing"):
        program.arguments(program.check(folder), Options(boot=tmp_path / "none"))
    with pytest.raises(DataError, match="no number of a device"):
        program.probes("-m", "")


@pytest.mark.parametrize(
    ("plan", "words", "half"),
    [
        ({"text": "", "code": 0}, "the tool said nothing", False),
        ({"text": "", "code": 3}, "exit code 3", False),
        ({"text": "J-Link connect failed!\n", "code": 1}, "J-Link connect failed!", False),
        ({"text": LOG[: LOG.index("Tag")], "code": 0}, "without 'Program Finished!'", True),
        ({"text": LOG[: LOG.index("Tag")], "code": 7}, "exit code 7", True),
        (
            {"text": LOG[: LOG.index("60%")] + "\nSPI write error at page 7\n", "code": 1},
            "SPI write error at page 7",
            True,
        ),
    ],
)
def test_a_failure_is_told_with_what_the_tool_said(
    plan: dict[str, Any], words: str, half: bool, folder: Path, tmp_path: Path
) -> None:
    seen: list[Programming] = []
    with pytest.raises(ProgramError) as caught:
        program.program(
            fake(tmp_path, program=plan),
            program.check(folder),
            Options(),
            Job(),
            on_change=seen.append,
        )
    assert words in caught.value.message
    assert ("half programmed" in caught.value.hint) == half
    assert seen[-1] == caught.value.state and seen[-1].verdict == "failed"


def test_the_tool_s_word_counts_more_than_its_exit_code(folder: Path, tmp_path: Path) -> None:
    tool = fake(tmp_path, program={"text": LOG, "code": 7})
    state = program.program(tool, program.check(folder), Options(), Job())
    assert state.verdict == "finished"
    assert state.complaints == ("the tool ended with exit code 7",)


def test_cancel_ends_the_tool_and_warns(folder: Path, tmp_path: Path) -> None:
    text = LOG[: LOG.index("60%")]
    tool = fake(tmp_path, program={"text": text, "sleep": 60})
    seen: list[Programming] = []
    job = Job(cancelled=lambda: any(own.progress > 0.2 for own in seen))
    with pytest.raises(Cancelled):
        program.program(tool, program.check(folder), Options(passes=1), job, on_change=seen.append)
    assert seen[-1].verdict == "cancelled" and "half programmed" in seen[-1].text


def test_a_cancel_before_the_start_touches_nothing(folder: Path, tmp_path: Path) -> None:
    tool = fake(tmp_path, program={"text": LOG})
    seen: list[Programming] = []
    with pytest.raises(Cancelled):
        program.program(
            tool, program.check(folder), Options(), Job(cancelled=lambda: True), seen.append
        )
    assert seen == [] and not (Path(tool[-1]).parent / "calls.txt").exists()


def test_the_time_limit(folder: Path, tmp_path: Path) -> None:
    tool = fake(tmp_path, program={"text": LOG[:300], "sleep": 60})
    with pytest.raises(ProgramError, match="did not finish within 1 s") as caught:
        program.program(tool, program.check(folder), Options(), Job(), timeout=1.0)
    assert "half programmed" in caught.value.hint and "Step" in caught.value.hint


def test_a_tool_that_does_not_start(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="does not start") as caught:
        program.program([str(tmp_path / "no.exe")], program.check(folder), Options(), Job())
    assert "half" not in caught.value.hint


def test_init_and_the_tag(tmp_path: Path, folder: Path) -> None:
    tag = program.tag_of(folder / "map.csv")
    tool = fake(tmp_path, init={}, read_tag={"text": f"Connect...\nTag: {tag.lower()}\n"})
    program.init(tool, Job())
    found = program.read_tag(tool, Options(spi="1"), Job())
    assert program.same_tag(found, folder / "map.csv")
    assert int(found, 16) == map_csv.tag(folder / "map.csv")
    assert not program.same_tag("XCEN0100", folder / "map.csv")
    assert calls(tool) == [["-m", "init"], ["-m", "read_tag", "--spi", "1"]]


@pytest.mark.parametrize(
    ("text", "tag"),
    [("Tag: XCEN0100\r\n", "XCEN0100"), ("tag = 0xABCD\n", "ABCD"), ("NO TAG\n", "")],
)
def test_ways_to_say_a_tag(text: str, tag: str, tmp_path: Path) -> None:
    assert program.read_tag(fake(tmp_path, read_tag={"text": text}), Options(), Job()) == tag


def test_no_tag_in_the_answer_and_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="holds no tag") as caught:
        program.read_tag(fake(tmp_path, read_tag={"text": "ok\n"}), Options(), Job())
    assert "ok" in caught.value.hint
    with pytest.raises(ToolError, match="setting up the board failed"):
        program.init(fake(tmp_path, init={"code": 2, "text": "no probe"}), Job())


def test_what_a_map_folder_must_have(folder: Path, tmp_path: Path) -> None:
    checked = program.check(folder)
    assert (checked.cells, checked.blocks, checked.frames) == (15, 2, 4)
    for name in ("map.csv", "layers.txt", "expected_in.bin", "expected_out.bin"):
        other = map_folder(tmp_path / name)
        (other / name).unlink()
        with pytest.raises(DataError, match=f"^{other}: {name} is missing"):
            program.check(other)
    with (folder / "map.csv").open("a", encoding="utf-8") as file:
        file.write("200,5,1\n")
    with pytest.raises(DataError, match=r"map\.csv has 16 cells, the blocks of layers.txt 15"):
        program.check(folder)


def test_the_update_file(folder: Path, tmp_path: Path) -> None:
    tool = fake(tmp_path, ota={"make": "map_ota.bin", "text": "OTA done\n"})
    made = ota.generate(tool, folder, Job())
    assert made.file == folder.resolve() / "map_ota.bin" and made.text == "OTA done\n"
    assert calls(tool) == [["-m", "ota", "-i", str(folder.resolve() / "map.csv")]]
    again = ota.generate(tool, folder, Job())  # written over
    assert again.file == made.file


def test_no_update_file(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="left no new file"):
        ota.generate(fake(tmp_path, ota={"text": "?"}), folder, Job())
    with pytest.raises(ToolError, match="exit code 4") as caught:
        ota.generate(fake(tmp_path, ota={"code": 4, "text": "bad map"}), folder, Job())
    assert "bad map" in caught.value.hint
