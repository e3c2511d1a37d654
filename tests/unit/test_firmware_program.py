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
    QOp,
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


def test_isa_strings_become_flags() -> None:
    cpu = Cpu("rv32imafc", "ilp32f", 24_000_000)
    assert isa.zig_flags(cpu)[2:4] == ("-mcpu=generic_rv32+m+a+f+c", "-mabi=ilp32f")
    assert isa.gcc_flags(cpu)[:2] == ("-march=rv32imafc", "-mabi=ilp32f")
    assert isa.extensions(replace(cpu, isa="rv32gc_zba_zbb")) == (*"mafdc", "zba", "zbb")
    assert isa.gcc_flags(replace(cpu, isa="rv32imc"))[0] == "-march=rv32imc_zicsr"
    for wrong in ("rv64gc", "armv7", "rv32", ""):
        with pytest.raises(ChipError, match="none we build for"):
            isa.extensions(replace(cpu, isa=wrong))
