"""Constant folding and removal of nodes without effect, by onnxslim."""

from __future__ import annotations

import contextlib
import io
import logging

import onnx

log = logging.getLogger(__name__)

# Fusions are ours (fold.py): onnxslim's make up node names, and the user looks for their own.
_SKIP = ["graph_fusion", "subexpression_elimination", "weight_tying"]
# Bytes up to which a folded constant is kept; a hostile file may ask for any size.
_FOLD_LIMIT = 64 << 20


def simplify(model: onnx.ModelProto, source: str) -> onnx.ModelProto:
    """Fold what depends on no input; node names stay, the argument is not changed.

    When onnxslim fails, the model comes back as it is and a warning is logged: what was to be
    folded is then refused by the operator table, with the node's name.
    """
    # slim() attaches a handler that prints to stderr unless the logger has one.
    # With sympy it takes a third of a second to import, and only this asks for it.
    import onnxslim  # noqa: PLC0415

    logger = logging.getLogger("onnxslim")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    try:
        # Its graph library prints what it calls critical; standard output is for --json.
        with contextlib.redirect_stdout(io.StringIO()):
            slimmed = onnxslim.slim(copy, skip_optimizations=_SKIP, size_threshold=_FOLD_LIMIT)
    except Exception as error:  # it raises whatever its passes run into
        log.warning("%s: onnxslim failed, the graph is used unsimplified: %s", source, error)
        return model
    kept = {value.name for value in slimmed.graph.input}
    for value in model.graph.input:
        if value.name not in kept:
            log.warning("%s: input %s is not used and left out", source, value.name)
    if not isinstance(slimmed, onnx.ModelProto):
        return model
    return slimmed
