"""The checks of operators in float models, where they are more than optable.py's own."""

from __future__ import annotations

from collections.abc import Mapping

from studio.graph import checks, checks_float, checks_recurrent
from studio.graph.checks import Check
from studio.graph.normalize_float import UNARY

_PLAIN = (checks.activation_first,)
_ORDER = (*_PLAIN, checks.batch_first)
_WINDOW = (*_PLAIN, checks.window_form)

ELEMENTWISE: Mapping[str, tuple[Check, ...]] = {
    **dict.fromkeys(sorted(UNARY), _PLAIN),
    "Max": (checks_float.scalar_limits,),
    "Min": (checks_float.scalar_limits,),
    "PRelu": (*_PLAIN, checks_float.slope_constant),
    "Pow": (*_PLAIN, checks_float.power_constant),
}
RECURRENT: Mapping[str, tuple[Check, ...]] = dict.fromkeys(
    ("GRU", "LSTM", "RNN"), (*_PLAIN, *checks_recurrent.CHECKS)
)
REDUCTIONS: Mapping[str, tuple[Check, ...]] = {
    "GlobalMaxPool": _WINDOW,
    "ReduceMax": (*_PLAIN, checks_float.mean_rows, checks_float.maximum_axes, checks.batch_first),
    "ReduceSum": (*_PLAIN, checks_float.mean_rows, checks.batch_first),
}
MOVING: Mapping[str, tuple[Check, ...]] = {
    "Expand": (*_PLAIN, checks_float.expand_form),
    "Gather": (*_PLAIN, checks_float.gather_form),
    "Pad": (*_PLAIN, checks_float.pad_form),
    "Resize": (*_WINDOW, checks_float.resize_form),
    "Slice": (*_PLAIN, checks_float.slice_form),
    "Split": (*_PLAIN, checks_float.split_form),
}
NORMS: Mapping[str, tuple[Check, ...]] = {
    "GroupNormalization": (*_ORDER, checks_float.group_norm_form),
    "InstanceNormalization": (*_ORDER, checks_float.group_norm_form),
    "LayerNormalization": (*_ORDER, checks_float.layer_norm_form),
}
CHECKS: Mapping[str, tuple[Check, ...]] = {
    **ELEMENTWISE,
    **RECURRENT,
    **REDUCTIONS,
    **MOVING,
    **NORMS,
    "Add": (checks_float.broadcast_form,),
    "Clip": (*_PLAIN, checks_float.clip_limits),
    "Concat": (checks_float.concat_form, checks.batch_first),
    "ConvTranspose": (*_PLAIN, checks_float.transposed_form),
    "Div": (checks_float.broadcast_form, checks.divisor_not_zero),
    **dict.fromkeys(("ArgMax", "LogSoftmax"), (checks_float.last_node,)),
    "MatMul": (checks_float.product_form, checks.inner_size),
    "Mul": (checks_float.broadcast_form,),
    "ReduceMean": (*_PLAIN, checks_float.mean_rows, checks.batch_first),
    "Sub": (checks_float.broadcast_form,),
}
