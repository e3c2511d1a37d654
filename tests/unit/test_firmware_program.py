"""Translating a network to C: descriptors, literals, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.base.errors import ChipError, VerifyError
from studio.chip.chip import Chip, Cpu
from studio.chip.npu import Flag
from studio.firmware import checks, csource, descriptors, isa, planner, program
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ArrayOp,
    ConcatOp,
    LutOp,
    MulOp,
    PermuteOp,
    PoolOp,
    QOp,
    SoftmaxOp,
)
from tests.unit.firmware_nets import EMPTY, network, small, tensor


def test_groups_tiles_and_columns_become_descriptors(chip: Chip) -> None:
    qnetwork, layout = small()
    plan = planner.plan(qnetwork, chip)
    conv, full = qnetwork.array_ops
    first, second = (b.descriptor for b in descriptors.of(conv, qnetwork, layout, plan))
    assert first.flags == second.flags == Flag.INPUT_UNSIGNED | Flag.RELU
    assert (first.in_channel, first.channels, first.out_channel) == (0, 1, 0)
    assert (second.in_channel, second.channels, second.out_channel) == (1, 1, 4)
    assert (first.in_channels, first.out_channels) == (2, 8)
    assert (first.column, second.column) == (128, 132)
    assert (first.bias_row, first.bias_rows) == (3, 1)
    assert (first.input, first.output) == (plan.places["in"].offset, plan.places["c"].offset)
    assert (first.pad_width, first.kernel_height, first.element_count) == (1, 3, 9)

    parts = descriptors.of(full, qnetwork, layout, plan)
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
        changed, qnetwork, replace(layout, blocks=tuple(cells)), planner.plan(qnetwork, chip)
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
    plan = planner.plan(qnetwork, chip)
    conv = replace(qnetwork.array_ops[0], kernel=(3, 2))
    with pytest.raises(VerifyError, match="its window has 6 elements"):
        descriptors.of(conv, qnetwork, layout, plan)
    signed = dict(qnetwork.tensors) | {"in": tensor("in", (8, 8, 2))}
    with pytest.raises(VerifyError, match="without encoding"):
        descriptors.of(conv_of(qnetwork.ops[0]), replace(qnetwork, tensors=signed), layout, plan)
    with pytest.raises(VerifyError, match="does not lie in the NPU's memory"):
        descriptors.of(conv_of(qnetwork.ops[0]), qnetwork, layout, replace(plan, places={}))


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


A, B, C8 = tensor("a", (4, 4, 8)), tensor("b", (4, 4, 4)), tensor("c", (1, 1, 8))
U = tensor("u", (4, 4, 8), 0, 255)
OUT = tensor("out", (4, 4, 8))
SOFT = tensor("soft", (4, 4, 8), 0, 255)
EXP = np.round(2**15 * np.exp(-np.arange(256) / 9)).astype(np.int32)
F8, O8 = np.ones(8, np.int16), np.zeros(8, np.int32)
LUT = np.zeros(256, np.int16)
ORDER = np.arange(128, dtype=np.int32)

BAD = [
    (AddOp("x", ("a", "b"), "out"), "operands differ in shape"),
    (AddOp("x", ("a", "c"), "out"), "operands differ in shape"),
    (MulOp("x", ("c", "a"), "out"), "operands do not fit"),
    (AffineOp("x", "a", "out", F8[:4], O8, 0), "one factor and one offset"),
    (AffineOp("x", "a", "out", F8, O8, 32), r"shift 32 is outside 0\.\.31"),
    (AffineOp("x", "a", "out", F8 * 32767, O8 + (2**31 - 1), 3), "sums leave 32 bits"),
    (PoolOp("x", "a", "b", "max", (1, 1), (1, 1)), "channels differ"),
    (PoolOp("x", "a", "out", "max", (1, 1), (1, 1), (1, 0, 0, 0)), "wholly in the padding"),
    (PoolOp("x", "a", "out", "max", (1, 1), (2, 2)), "wholly in the padding"),
    (PoolOp("x", "a", "out", "average", (1, 1), (1, 1), shift=25), "sums leave 32 bits"),
    (LutOp("x", "a", "out", LUT[:128]), "a table has 256 entries"),
    (LutOp("x", "a", "out", LUT + 200), r"table entries leave -128\.\.127"),
    (ConcatOp("x", ("a", "b"), "out", 2), "192 bytes do not fill 128"),
    (ConcatOp("x", ("u",), "out", 2), "both int8 and uint8"),
    (PermuteOp("x", "a", "out", ORDER + 1), "the order leaves the input"),
    (SoftmaxOp("x", "a", "soft", EXP * 3), "256 entries of 16 bits"),
    (SoftmaxOp("x", "a", "soft", EXP * 0), "sums leave 32 bits"),
    (SoftmaxOp("x", "a", "out", EXP), "the output is uint8"),
]


@pytest.mark.parametrize(("op", "message"), BAD, ids=[f"{op.__class__.__name__}" for op, _ in BAD])
def test_operations_outside_their_definition_are_refused(op: QOp, message: str) -> None:
    qnetwork = network([A, B, C8, U, OUT, SOFT], [op], op.inputs, (op.output,))
    with pytest.raises(VerifyError, match=message) as caught:
        checks.operation(op, qnetwork)
    assert caught.value.where == "x"


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
