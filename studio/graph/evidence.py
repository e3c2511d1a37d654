"""What each operator of the maker's dialect computes, where it runs, and how well that is known.

The second table of resources/operators.md is made of this. Grades: "exact" reproduces all values
of public reference data, "stated" is in a public document of the maker, "inferred" is our best
reading, "open" is a choice. Switches are fields of quantize/conventions.py.
"""

from __future__ import annotations

from dataclasses import dataclass

LEGEND = """\
sat8 clips to -128..127. R is the array's rounding, (trunc(4a) + 2) >> 2. H(v, n) is a right shift
by n that rounds half up. T is a table look-up: entry v & 255 of 256 entries, (2v) & 1023 of 1024.
In shift_bit and shift_bits negative is right, positive left. exact: reproduces all values of
public reference data. stated: in a public document of the maker. inferred: our best reading.
open: unknown, our choice. A switch is a field of `Conventions` in
`studio/quantize/conventions.py`."""


@dataclass(frozen=True)
class Evidence:
    """One row: ``runs`` is array, CPU, both or nothing (it only renames); ``grade`` as above."""

    runs: str
    grade: str
    arithmetic: str
    switches: tuple[str, ...] = ()


_SERIES = "on [1, C, T] and [1, T, C] at every step; an input of C = T is [1, C, T]"
_SAME = "as AveragePool"
_GROUPS = "(v - mean) / sqrt(var + epsilon) * gamma + beta over {}, v = x * scale_in; / scale_out"

EVIDENCE = {
    "ActLut": Evidence(
        "CPU", "exact; 1024 entries: open", "T(x), fractions of the table cut off",
        ("act_lut_1024",),
    ),
    "Add": Evidence(
        "CPU", "exact; shifts: inferred", "sat8(shift(a + b)), right shifts by H"
    ),
    "AveragePool": Evidence(
        "CPU", "exact for equal scales; else inferred",
        "sat8(floor(sum / window * scale_in / scale_out)); padding counts unless"
        " count_include_pad is 0",
    ),
    "BatchNormalization": Evidence(
        "CPU", "stated; rounding: open",
        "((x * scale_in - mean) / sqrt(var + epsilon) * gamma + beta) / scale_out, rounded half"
        " up, sat8",
        ("batch_norm",),
    ),
    "ClearLowBits": Evidence(
        "CPU", "stated; details: inferred",
        "v = 2**(bits - 1): x + v (x > 0) or x - v, towards zero to a multiple of 2**bits, sat8",
        ("clear_low_bits",),
    ),
    "Clip": Evidence("CPU", "inferred", "the nearest number from min to max"),
    "Concat": Evidence("CPU", "stated", "side by side; axis 1 is the channels"),
    "Constant": Evidence("nothing", "exact", "a constant of the file"),
    "Conv": Evidence(
        "array", "exact; dilation: inferred",
        "plain correlation with zero padding, floor output size, then as Gemm",
        ("bare_gain", "second_scale"),
    ),
    "ConvTranspose": Evidence(
        "array", "exact; padding along the last axis: open",
        "out[h*s + i, t + j] += x[h, t] W[i, j], plus bias, cropped, then as Gemm; along the last"
        " axis with stride 1 and without pads only the first T frames are kept",
        ("bare_gain", "second_scale"),
    ),
    "Dropout": Evidence("nothing", "inferred", "x"),
    "Flatten": Evidence("nothing", "exact", "as Reshape"),
    "FloatScale": Evidence(
        "CPU", "stated", "trunc(x * scale + 0.5), from -2**clip_bits to 2**clip_bits - 1"
    ),
    "Gemm": Evidence(
        "array", "exact; without a Scale: open",
        f"sat8(R((x W + b) / G)), weights clipped to +-275, G from the Scale behind; {_SERIES}",
        ("bare_gain", "second_scale", "mixed_sum"),
    ),
    "GlobalAveragePool": Evidence("CPU", "inferred", _SAME),
    "GroupNorm": Evidence(
        "CPU", "inferred", f"{_GROUPS.format('each group of channels')}, rounded half up, sat8"
    ),
    "GroupNormalization": Evidence("CPU", "inferred", "as GroupNorm"),
    "Gru": Evidence(
        "array and CPU", "stated; integers: inferred; three matrices: open",
        "z, r = T0(gates); n = T1([H(r h), x] W + b); h' = sat8(H((ones - z) h + z n)); with three"
        " matrices n = T1(in + H(r hn)) and h' = sat8(H((ones - z) n + z h))",
        ("cell_table_1024", "gru_gates", "gru_three_gates", "gru_three_blend",
         "gru_three_hidden_weights", "gru_mirrored"),
    ),
    "Gru2Array": Evidence(
        "array and CPU", "exact for scale_ones 128 and shift_bits -7, -7, 0, 0; else inferred",
        "z, r = T0(gi + gh); n = T1(gi + H(r gh)); h' = (1 - z) n + z h in steps of"
        " 1/scale_ones, ties down for 128",
        ("cell_table_1024", "gru_hidden_shift"),
    ),
    "Identity": Evidence("nothing", "exact", "x"),
    "InstanceNormalization": Evidence("CPU", "inferred", "as GroupNorm, a group a channel"),
    "LayerNormalization": Evidence(
        "CPU", "inferred", f"{_GROUPS.format('the last axis')}, rounded half up, sat8"
    ),
    "Lstm": Evidence(
        "array and CPU", "exact; shift_bits of products: stated",
        "i, f, o = T0(R(. / scale_ioft)), t = T1(R(. / scale_ct)); c' = sat8(H(f c + i t));"
        " h' = sat8(H(o T2(c')))",
        ("cell_table_1024",),
    ),
    "MatMul": Evidence(
        "array; two activations: CPU", "inferred",
        "constant weights as Gemm; two activations sat8(shift(a b)), right shifts by H",
        ("bare_gain", "second_scale"),
    ),
    "MaxPool": Evidence("CPU", "stated", "the largest of the window"),
    "Mul": Evidence("CPU", "inferred", "sat8(shift(a * b)), right shifts by H"),
    "ReduceMean": Evidence(
        "CPU", "inferred",
        "over the channels sum / C * scale_in / scale_out, rounded half up, sat8; over others "
        + _SAME,
    ),
    "Relu": Evidence("array or CPU", "exact", "max(x, 0)"),
    "Reshape": Evidence(
        "nothing", "exact",
        "the same bytes of the chip's memory, (W, H, C) with C fastest; [T, F] is T steps of"
        " F features, and so is [1, T, F] where the sizes of layers do not tell [1, F, T]",
    ),
    "Scalar": Evidence(
        "CPU", "inferred", "sat8(shift(x * scale)) or sat8(shift(x + scale)), right shifts by H",
        ("scalar_rounding",),
    ),
    "Scale": Evidence(
        "array; else CPU", "exact as gain; shift: stated; rounding: inferred; n >= 8: open",
        "the gain of the array operator before it; else 2**-n is H(x, n), for n = 8..13 R(x /"
        " 2**n), and an integer sat8(x * scale)",
        ("scale_shift", "scale_large", "second_scale"),
    ),
    "Slice": Evidence("CPU", "inferred", "as in ONNX"),
    "Softmax": Evidence(
        "CPU", "inferred",
        "of x * scale_in, in steps of scale_out, else of 1/255 as uint8; exponentials are rounded"
        " to 15 bits: values within about 2**-9 of a tie may differ by 1",
        ("softmax_steps",),
    ),
    "Split": Evidence("CPU", "inferred", "as in ONNX"),
    "Squeeze": Evidence("nothing", "inferred", "the axes are named anew"),
    "SumNorm": Evidence(
        "CPU", "inferred", "x / sum, in steps of scale_out, else of 1/255 as uint8",
        ("softmax_steps",),
    ),
    "Tdnn": Evidence(
        "array", "inferred",
        "frames of time_offsets side by side, the oldest first, the latest being the current one,"
        " zero before the start; then as Gemm with G = scale_params",
    ),
    "Transpose": Evidence("CPU", "inferred", "as in ONNX"),
    "Unsqueeze": Evidence("nothing", "inferred", "as Squeeze"),
}  # fmt: skip


def markdown() -> list[str]:
    """The table of evidence, as lines."""
    lines = [
        "## Integer models: what is computed where, and how well it is known",
        "",
        LEGEND,
        "",
        "| operator | runs on | evidence | arithmetic | switches |",
        "|---|---|---|---|---|",
    ]
    for name, row in sorted(EVIDENCE.items()):
        switches = ", ".join(f"`{switch}`" for switch in row.switches)
        lines.append(f"| {name} | {row.runs} | {row.grade} | {row.arithmetic} | {switches} |")
    return lines
