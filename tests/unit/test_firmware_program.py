"""Translating a network to C: descriptors, literals, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.base.errors import ChipError, VerifyError
from studio.chip.chip import Chip, Cpu
from studio.chip.npu import Flag
from studio.firmware import csource, descriptors, isa, planner, program
from studio.quantize.qnetwork import (
    AddOp,
    ArrayOp,
    ConcatOp,
    QNetwork,
    QOp,
    RecurrentOp,
    ReshapeOp,
    State,
)
from tests.unit.firmware_nets import EMPTY, network, small, tensor


def test_groups_tiles_and_columns_become_descriptors(chip: Chip) -> None:
    qnetwork, layout = small()
    plan = planner.plan(qnetwork, chip)
    conv, full = qnetwork.array_ops
    first, second = (
        b.descriptor for b in descriptors.of(conv, qnetwork, layout, plan.staging[conv.name])
    )
    assert first.flags == second.flags == Flag.INPUT_UNSIGNED | Flag.RELU
    assert (first.in_channel, first.channels, first.out_channel) == (0, 1, 0)
    assert (second.in_channel, second.channels, second.out_channel) == (1, 1, 4)
    assert (first.in_channels, first.out_channels) == (2, 8)
    assert (first.column, second.column) == (128, 132)
    assert (first.bias_row, first.bias_rows) == (3, 1)
    assert (first.input, first.output) == (plan.places["in"].offset, plan.places["c"].offset)
    assert (first.pad_width, first.kernel_height, first.element_count) == (1, 3, 9)

    parts = descriptors.of(full, qnetwork, layout, plan.staging[full.name])
    flags = [Flag(part.descriptor.flags) for part in parts]
    last = Flag.ENCODE_PN | Flag.ACCUMULATE | Flag.RELU
    assert flags == [Flag.ENCODE_PN, last, last], "relu only after the last tile"
    assert [p.descriptor.out_channel for p in parts] == [0, 0, 3], "column tiles left to right"
    assert [p.descriptor.element_start for p in parts] == [0, 64, 64]
    assert [(p.descriptor.element_count, p.descriptor.rows) for p in parts] == [(64, 128)] * 3
    assert parts[0].descriptor.bias_rows == 0
    assert parts[2].note == "row tile 2 of 2, columns 3..4 of 5"


def test_shift_encoding_sets_its_flag(chip: Chip) -> None:
    qnetwork, layout = small()
    full = qnetwork.array_ops[1]
    matrix = replace(full.matrices[0], encoding="shift")
    changed = replace(full, matrices=(matrix,))
    cells = [replace(b, cells=b.cells[:64]) if b.layer == "fc" else b for b in layout.blocks]
    parts = descriptors.of(
        changed,
        qnetwork,
        replace(layout, blocks=tuple(cells)),
        planner.plan(qnetwork, chip).staging[full.name],
    )
    assert parts[0].descriptor.flags == Flag.ENCODE_SHIFT
    assert parts[0].descriptor.rows == 64


def test_an_incomplete_layout_is_refused(chip: Chip) -> None:
    qnetwork, layout = small()
    plan = planner.plan(qnetwork, chip)
    for missing in range(len(layout.blocks)):
        kept = layout.blocks[:missing] + layout.blocks[missing + 1 :]
        with pytest.raises(VerifyError, match=r"the layout holds \d+ of [45] columns"):
            program.program(qnetwork, replace(layout, blocks=kept), plan)
    wrong = replace(layout.blocks[0], gain=512)
    with pytest.raises(VerifyError, match="gain 512 on the array, 256 wanted"):
        program.program(qnetwork, replace(layout, blocks=(wrong, *layout.blocks[1:])), plan)


def test_matrices_must_fit_their_window(chip: Chip) -> None:
    qnetwork, layout = small()
    conv = replace(qnetwork.array_ops[0], kernel=(3, 2))
    staging = planner.plan(qnetwork, chip).staging[conv.name]
    with pytest.raises(VerifyError, match="its window has 6 elements"):
        descriptors.of(conv, qnetwork, layout, staging)
    signed = dict(qnetwork.tensors) | {"in": tensor("in", (8, 8, 2))}
    with pytest.raises(VerifyError, match="without encoding"):
        descriptors.of(conv_of(qnetwork.ops[0]), replace(qnetwork, tensors=signed), layout, staging)


def conv_of(op: QOp) -> ArrayOp:
    assert isinstance(op, ArrayOp)
    return op


def test_names_are_made_safe() -> None:
    assert csource.string('a"b\\c\n?é') == '"a\\042b\\134c\\012\\077\\303\\251"'
    assert csource.comment("a*/b/*c\nd\t卷") == "a* /b/ *c d 卷"
    found = csource.identifiers("t", ["x.y/z", "x_y_z", "卷积", ""])
    assert list(found.values()) == ["t0_x_y_z", "t1_x_y_z", "t2", "t3"]


def test_rows_keep_all_numbers_in_short_lines() -> None:
    values = np.arange(-700, 700)
    lines = csource.rows(values)
    assert max(map(len, lines)) <= csource.LINE
    assert [int(n) for line in lines for n in line.split(",") if n.strip()] == values.tolist()
    assert csource.rows(np.zeros(0, np.int16)) == ("0,",), "C has no empty arrays"


A, U = tensor("a", (4, 4, 8)), tensor("u", (4, 4, 8), 0, 255)
OUT = tensor("out", (4, 4, 8))


def test_constants_are_held_against_their_tensor(chip: Chip) -> None:
    values = np.full((4, 4, 8), 200, np.int16)
    ops = [AddOp("x", ("a", "u"), "out")]
    good = network([A, U, OUT], ops, ("a",), constants={"u": values})
    made = program.program(good, EMPTY, planner.plan(good, chip))
    assert made.tables[0].type == "uint8_t"
    assert made.calls[0].statements == ("kernel_add(t0_a, 0, t1_u, 1, t2_out, 128u, 0, 0);",)
    bad = network([A, U, OUT], ops, ("a",), constants={"u": values + 100})
    with pytest.raises(VerifyError, match=r"values 300\.\.300"):
        program.program(bad, EMPTY, planner.plan(bad, chip))


def cell(width: int, pairs: tuple[str, str], reverse: bool = False, every: int = 0) -> QNetwork:
    """A cell of two states, h and c; ``pairs`` are the tensors they become."""
    tensors = [tensor("in", (width, 1, 4)), tensor("out", (width, 1, 4))]
    tensors += [tensor(name, (1, 1, 4)) for name in ("x", "h", "c", "s", "n")]
    body = (AddOp("sum", ("x", "h"), "s"), AddOp("new", ("s", "c"), "n"))
    states = (State("h", pairs[0]), State("c", pairs[1]))
    op = RecurrentOp("cell", "in", "out", "x", "n", states, body, reverse, every)
    return network(tensors, [op])


def test_a_cell_is_one_layer_that_loops(chip: Chip) -> None:
    qnetwork = cell(5, ("n", "s"), reverse=True, every=3)
    made = program.program(qnetwork, EMPTY, planner.plan(qnetwork, chip))
    assert [layer.name for layer in made.layers] == ["cell"]
    assert made.layers[0].inputs == ("in",)
    assert [call.layer for call in made.calls] == ["sum", "new", "cell"], "the body stands before"
    lines = made.calls[-1].statements
    assert lines[0] == "for (uint32_t step = 0u; step < 5u; step++) {"
    assert "    memcpy(t2_x, t0_in + (4u - step) * 4u, 4u);" in lines
    assert "    memcpy(t1_out + (4u - step) * 4u, t6_n, 4u);" in lines
    assert "    op1_steps[0] = (op1_steps[0] + 1u) % 3u;" in lines
    assert made.resets == ("memset(t3_h, 0, 4u);", "memset(t4_c, 0, 4u);", "op1_steps[0] = 0u;")
    memory = {table.name: table for table in made.tables if not table.const}
    assert memory["op1_steps"].type == "uint32_t"
    assert made.reset_every == 1, "a sample holds its time"


def test_states_are_moved_only_where_they_are_not_written_in_place(chip: Chip) -> None:
    qnetwork = cell(1, ("n", "s"))
    plan = planner.plan(qnetwork, chip)
    assert plan.places["n"] != plan.places["c"]
    made = program.program(qnetwork, EMPTY, plan)
    assert made.reset_every == 0, "samples are the steps of a stream"
    moved = [line for line in made.calls[-1].statements if "memcpy(t3_h" in line]
    in_place = plan.places["n"] == plan.places["h"]
    assert len(moved) == (0 if in_place else 1)


def test_states_that_change_places_pass_through_memory_of_their_own(chip: Chip) -> None:
    qnetwork = cell(2, ("c", "h"))
    made = program.program(qnetwork, EMPTY, planner.plan(qnetwork, chip))
    lines = [line.strip() for line in made.calls[-1].statements[-5:-1]]
    assert lines == [
        "memcpy(op1_next + 0u, t4_c, 4u);",
        "memcpy(op1_next + 4u, t3_h, 4u);",
        "memcpy(t3_h, op1_next + 0u, 4u);",
        "memcpy(t4_c, op1_next + 4u, 4u);",
    ]
    (table,) = [table for table in made.tables if table.name == "op1_next"]
    assert (table.const, table.size) == (False, 8)


@pytest.mark.parametrize("every", [0, 1, 7])
def test_how_often_states_are_reset_may_be_chosen(chip: Chip, every: int) -> None:
    qnetwork = cell(3, ("n", "s"))
    made = program.program(qnetwork, EMPTY, planner.plan(qnetwork, chip), every)
    assert made.reset_every == every


def test_what_remembers_nothing_is_never_reset(chip: Chip) -> None:
    qnetwork, layout = small()
    made = program.program(qnetwork, layout, planner.plan(qnetwork, chip))
    assert (made.resets, made.reset_every) == ((), 0)
    assert [layer.name for layer in made.layers] == [op.name for op in qnetwork.ops]


def test_a_layers_inputs_are_what_can_be_written(chip: Chip) -> None:
    tensors = [tensor(name, (1, 1, 4)) for name in ("in", "k", "view", "a", "out")]
    ops = [
        ReshapeOp("r", "k", "view"),
        AddOp("twice", ("in", "in"), "a"),
        ConcatOp("x", ("a", "view", "in", "a", "k"), "out", 2),
    ]
    tensors[-1] = tensor("out", (1, 1, 20))
    qnetwork = network(tensors, ops, constants={"k": np.zeros((1, 1, 4), np.int16)})
    found = [program.layer_inputs(op, qnetwork) for op in qnetwork.ops]
    assert found == [(), ("in",), ("a", "in")]
    made = program.program(qnetwork, EMPTY, planner.plan(qnetwork, chip))
    pointers = {t.name: t.pointer for t in made.tensors}
    assert pointers["t2_view"] == pointers["t1_k"] == "((uint8_t *)(uintptr_t)t1_k_values)"


def test_constants_that_nothing_reads_are_left_out(chip: Chip) -> None:
    tensors = [tensor(name, (1, 1, 4)) for name in ("in", "k", "unread", "view", "out", "x", "h")]
    tensors += [tensor(name, (1, 1, 4)) for name in ("held", "c", "s")]
    values = np.zeros((1, 1, 4), np.int16)
    body = (ReshapeOp("flat", "held", "c"), AddOp("sum", ("x", "h"), "s"))
    cell = RecurrentOp("cell", "view2", "out", "x", "c", (State("h", "s"),), body)
    ops = [ReshapeOp("r", "k", "view"), AddOp("a", ("in", "view"), "view2"), cell]
    constants = dict.fromkeys(("k", "unread", "held"), values)
    qnetwork = network([*tensors, tensor("view2", (1, 1, 4))], ops, constants=constants)
    made = program.program(qnetwork, EMPTY, planner.plan(qnetwork, chip))
    assert [table.name for table in made.tables] == ["t1_k_values", "t7_held_values"]


def test_an_array_operation_needs_its_staging(chip: Chip) -> None:
    qnetwork, layout = small()
    plan = planner.plan(qnetwork, chip)
    with pytest.raises(VerifyError, match="has no place in memory"):
        program.program(qnetwork, layout, replace(plan, staging={}))
    places = {name: place for name, place in plan.places.items() if name != "p"}
    with pytest.raises(VerifyError, match="p: the tensor has no place"):
        program.program(qnetwork, layout, replace(plan, places=places))


def test_isa_strings_become_flags() -> None:
    cpu = Cpu("rv32imafc", "ilp32f", 24_000_000)
    assert isa.zig_flags(cpu)[2:4] == ("-mcpu=generic_rv32+m+a+f+c", "-mabi=ilp32f")
    assert isa.gcc_flags(cpu)[:2] == ("-march=rv32imafc", "-mabi=ilp32f")
    assert isa.extensions(replace(cpu, isa="rv32gc_zba_zbb")) == (*"mafdc", "zba", "zbb")
    assert isa.gcc_flags(replace(cpu, isa="rv32imc"))[0] == "-march=rv32imc_zicsr"
    for wrong in ("rv64gc", "armv7", "rv32", ""):
        with pytest.raises(ChipError, match="none we build for"):
            isa.extensions(replace(cpu, isa=wrong))
