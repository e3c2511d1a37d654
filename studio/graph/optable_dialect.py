"""The checks of each operator in integer models, the maker's dialect; optable.py merges them."""

from __future__ import annotations

from collections.abc import Mapping

from studio.graph import checks, checks_cells, checks_dialect
from studio.graph.checks import Check

_PLAIN = (checks.activation_first,)
_WEIGHTS = (*_PLAIN, checks.weights_constant)
_POOL = (*_PLAIN, checks.window_form, checks.pool_form, checks.pool_ceil)
_ORDER = (*_PLAIN, checks.batch_first)
_SHAPE = (*_ORDER, checks.same_size)
_SCALES = (checks_dialect.scales_positive,)
_NORM = (*_ORDER, checks_dialect.norm_form, *_SCALES, checks.extra_outputs_unused)
_PAIR = (checks_dialect.operand_range, checks.shift_range)
_CELL = (*_PLAIN, checks.extra_outputs_unused)
_LSTM = (
    checks_cells.lstm_weights, checks_cells.lstm_tables, checks_cells.lstm_gains,
    checks_cells.lstm_shifts, checks_cells.cell_reset,
)  # fmt: skip
_GRU = (
    checks_cells.gru_weights, checks_cells.gru_tables, checks_cells.gru_gains,
    checks_cells.gru_ones, checks_cells.gru_shifts, checks_cells.cell_reset,
)  # fmt: skip
_GRU2ARRAY = (
    checks_cells.gru2array_weights, checks_cells.gru_tables, checks_cells.gru2array_gains,
    checks_cells.gru_ones, checks_cells.gru2array_options, checks_cells.gru2array_shifts,
    checks_cells.cell_reset,
)  # fmt: skip
_TDNN = (checks_cells.tdnn_weights, checks_cells.tdnn_gain, checks_cells.tdnn_offsets)

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "ActLut": (*_PLAIN, checks_dialect.table_form),
    "Add": (checks.add_form, *_PAIR),
    "AveragePool": (*_POOL, *_SCALES),
    "BatchNormalization": (*_PLAIN, checks.normalization_form, *_SCALES),
    "ClearLowBits": (*_PLAIN, checks_dialect.low_bits),
    "Clip": (*_PLAIN, checks_dialect.clip_limits),
    "Concat": (checks.concat_inputs, checks_dialect.axis_form),
    "Constant": (),
    "Conv": (*_WEIGHTS, checks.window_form, checks.conv_channels, checks_dialect.gain_clear),
    "ConvTranspose": (*_WEIGHTS, checks_dialect.deconvolution, checks_dialect.gain_clear),
    "Dropout": (*_PLAIN, checks.dropout_inference),
    "Flatten": _SHAPE,
    "FloatScale": (*_PLAIN, checks_dialect.float_scale),
    "Gemm": (
        *_WEIGHTS, checks_dialect.dense_form, checks.gemm_unscaled, checks_dialect.gain_clear,
    ),
    "GlobalAveragePool": (*_PLAIN, checks.window_form, *_SCALES),
    "GroupNorm": _NORM,
    "GroupNormalization": _NORM,
    "Gru": (*_CELL, *_GRU),
    "Gru2Array": (*_CELL, *_GRU2ARRAY),
    "Identity": _PLAIN,
    "InstanceNormalization": _NORM,
    "LayerNormalization": _NORM,
    "Lstm": (*_CELL, *_LSTM),
    "MatMul": (checks_dialect.product_form, checks.shift_range, checks_dialect.gain_clear),
    "MaxPool": _POOL,
    "Mul": (checks.mul_form, *_PAIR),
    "ReduceMean": (*_PLAIN, checks_dialect.mean_axes, checks.batch_first, *_SCALES),
    "Relu": _PLAIN,
    "Reshape": _SHAPE,
    "Scalar": (*_PLAIN, checks_dialect.scalar_form, checks.shift_range),
    "Scale": (*_PLAIN, checks_dialect.scale_value),
    "Slice": (*_PLAIN, checks_dialect.slice_form),
    "Softmax": (*_PLAIN, checks_dialect.axis_form, *_SCALES),
    "Split": (*_PLAIN, checks_dialect.axis_form, checks_dialect.split_form),
    "Squeeze": _SHAPE,
    "SumNorm": (*_PLAIN, checks_dialect.axis_form, *_SCALES),
    "Tdnn": (*_CELL, *_TDNN),
    "Transpose": _ORDER,
    "Unsqueeze": _SHAPE,
}  # fmt: skip
