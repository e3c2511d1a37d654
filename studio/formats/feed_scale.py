"""What becomes of the values of pictures, bytes and sounds before a network takes them.

How values are scaled, where they are 0..255 (pictures, bytes) or 16 bits (sounds):

======== ============ ===============================================================
choice   becomes      used by "auto"
======== ============ ===============================================================
unit     0..1         pictures (0..127 for integer models), as projects read folders
signed   -1..1        pictures for inputs that take negative values; sounds
bytes    0..255       pictures for inputs whose scale reaches beyond 16
======== ============ ===============================================================

"auto" leaves the numbers of .npz and .npy files as they are; with the other choices they are
taken for 0..255. Sounds for inputs whose scale reaches beyond 16 stay 16 bit integers.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from studio.quantize.qnetwork import QNetwork

Scale = Literal["auto", "unit", "signed", "bytes"]
SCALES: tuple[Scale, ...] = get_args(Scale)

_WIDE = 16.0  # real values beyond which an input takes 0..255 or 16 bits, and no fractions

Values = npt.NDArray[Any]


def for_pictures(qnetwork: QNetwork) -> Scale:
    """The range an input's scale speaks for."""
    tensor = qnetwork.tensors[qnetwork.inputs[0]]
    if qnetwork.integer:
        return "unit"
    if tensor.high * tensor.scale > _WIDE:
        return "bytes"
    return "signed" if tensor.low < 0 else "unit"


def for_sounds(qnetwork: QNetwork) -> Scale:
    """The same for sounds; "auto" leaves their integers as they are."""
    tensor = qnetwork.tensors[qnetwork.inputs[0]]
    wide = not qnetwork.integer and tensor.high * tensor.scale > _WIDE
    return "auto" if wide else "signed"


def of_bytes(values: Values, scale: Scale, integer: bool) -> Values:
    """Values of 0..255 in the range of ``scale``."""
    if scale in ("auto", "bytes"):
        return values
    real = np.asarray(values, np.float64) / 255
    return _fractions(2 * real - 1 if scale == "signed" else real, integer)


def of_sound(values: npt.NDArray[np.int16], scale: Scale, integer: bool) -> Values:
    """16 bit values in the range of ``scale``."""
    if scale == "auto":
        return values
    real = values.astype(np.float64) / 32768
    if scale == "signed":
        return _fractions(real, integer)
    unit = (real + 1) / 2
    return np.rint(unit * 255) if scale == "bytes" else _fractions(unit, integer)


def _fractions(real: Values, integer: bool) -> Values:
    """-1..1 as it is for float models, as -127..127 for integer ones."""
    single = real.astype(np.float32)  # as folders of pictures are read
    return np.rint(single * 127) if integer else single


def words(scale: Scale, integer: bool) -> str:
    """The range of ``scale``, for people."""
    unit, signed = ("0..127", "-127..127") if integer else ("0..1", "-1..1")
    return {"unit": unit, "signed": signed}.get(scale, "0..255")
