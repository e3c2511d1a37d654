"""The report on memory."""

from __future__ import annotations

from studio.chip.chip import Chip
from studio.firmware import memory_map, planner
from studio.quantize.qnetwork import HistoryOp, PermuteOp, ReshapeOp
from tests.unit.firmware_nets import network, small, tensor
from tests.unit.planned import conv
from tests.unit.test_firmware_planner import permute


def test_a_network_in_the_sram(chip: Chip) -> None:
    qnetwork, _ = small()
    found = memory_map.of(planner.plan(qnetwork, chip), qnetwork)
    rows = {row.tensor: row for row in found.rows}
    assert set(rows) == {"in", "c", "p", "out"}
    assert rows["p"].shares == ("f",)
    assert (rows["in"].first, rows["in"].last) == ("start", qnetwork.ops[0].name)
    assert (rows["p"].first, rows["p"].last) == ("pool", "fc")
    assert rows["out"].last == "end"
    assert {row.memory for row in found.rows} == {"sram"}
    assert (found.sram, found.sram_limit, found.data) == (640, 8192, 0)
    assert found.stages == () and found.copied == 0 and found.slides == ()
    text = memory_map.text(planner.plan(qnetwork, chip), qnetwork)
    assert "NPU SRAM         640 of 8192 bytes" in text
    assert "p (also f)" in text
    assert "Data memory" not in text
    places = {
        place.name: place for place in memory_map.tensors(planner.plan(qnetwork, chip), qnetwork)
    }
    assert set(places) == set(rows)
    assert places["p"].shares == ("f",) and places["p"].last == "fc"
    assert places["p"].offset == rows["p"].offset and places["p"].size == rows["p"].size
    assert {place.copied for place in places.values()} == {0}


def test_what_passes_through_the_sram(chip: Chip) -> None:
    first, large, last = (
        tensor("in", (40, 40, 4)), tensor("mid", (40, 40, 38)), tensor("out", (40, 40, 4)),
    )  # fmt: skip
    qnetwork = network([first, large, last], [conv(first, large), conv(large, last)])
    plan = planner.plan(qnetwork, chip)
    found = memory_map.of(plan, qnetwork)
    assert next(row.tensor for row in found.rows if row.memory == "data") == "mid"
    stages = {stage.layer: stage for stage in found.stages}
    assert set(stages) == {"in>mid", "mid>out"}
    reads = stages["mid>out"]
    assert next(what for what, _, _ in reads.areas) == "input"
    assert reads.pieces == -(-40 // reads.piece[0]) * -(-40 // reads.piece[1]) > 1
    assert found.copied == sum(plan.copied.values()) == sum(s.copied for s in found.stages)
    text = memory_map.text(plan, qnetwork)
    assert f"copied a sample {found.copied} bytes" in text
    places = {place.name: place for place in memory_map.tensors(plan, qnetwork)}
    assert places["mid"].memory == "data" and places["in"].copied == 0
    assert places["mid"].copied == plan.copied["in>mid"] > 0
    assert places["out"].copied == plan.copied["mid>out"] > 0
    assert (
        f"mid>out: {reads.pieces} pieces of {reads.piece[0]} x {reads.piece[1]} of 40 x 40" in text
    )


def test_histories_are_counted(chip: Chip) -> None:
    tensors = [tensor("in", (1, 1, 100)), tensor("out", (1, 1, 200))]
    qnetwork = network(tensors, [HistoryOp("h", "in", "out", (0, 7))])
    plan = planner.plan(qnetwork, chip)
    assert memory_map.of(plan, qnetwork).histories == 700
    assert "earlier frames 700 bytes" in memory_map.text(plan, qnetwork)


def test_names_of_any_kind_stand_in_the_text(chip: Chip) -> None:
    tensors = [tensor(name, (1, 1, 9000)) for name in ("输入 */", "out")]
    op = PermuteOp("层\n1", "输入 */", "out", permute("a", "b").order)
    qnetwork = network([*tensors, tensor("v", (1, 9000, 1))], [op, ReshapeOp("r", "out", "v")],
                       ("输入 */",), ("v",))  # fmt: skip
    text = memory_map.text(planner.plan(qnetwork, chip), qnetwork)
    assert "输入 */" in text and "out (also v)" in text
    assert "层 1" in text, "one line each"
