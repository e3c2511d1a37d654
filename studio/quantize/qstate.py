"""Operations that remember: the history of a time-delay layer, and recurrent cells.

Time runs along W. Where a sample is one time step (W = 1), states go on from sample to sample,
which are the steps of one stream; where a sample holds its time, every sample starts from zero
(simulate/run.py can do otherwise).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.quantize.qarray import OneInput

if TYPE_CHECKING:
    from studio.quantize.qnetwork import QOp


@dataclass(frozen=True)
class HistoryOp(OneInput):
    """Frames of earlier steps side by side: channel block j is the input ``lags[j]`` steps ago.

    Input (W, 1, C), output (W, 1, C * len(lags)). Frames before the start are zero. Its state,
    under the operation's name, is the last max(lags) frames, oldest first: (max(lags), 1, C).
    """

    name: str
    input: str
    output: str
    lags: tuple[int, ...]


@dataclass(frozen=True)
class State:
    """One remembered tensor (1, 1, C) of a recurrent operation.

    The body reads it as ``tensor``, zero at the start; after each step it becomes the body's
    tensor ``next``.
    """

    tensor: str
    next: str


@dataclass(frozen=True)
class RecurrentOp(OneInput):
    """A cell run for every step of the input along W; its body is operations of one step.

    Input (W, 1, C), output (W, 1, D). In each step the body reads ``step_input``, (1, 1, C), and
    the states' tensors, and the step's output is the body's tensor ``result``, (1, 1, D). Body
    tensors are tensors of the network like any others. With ``reverse`` the steps of a sample run
    from its last to its first, output step i belonging to input step i; where states go on from
    sample to sample, those of its first step go on. ``reset_every``: the states are
    zeroed before every so many steps; 0 is never. ``trace`` is the model's node name.
    """

    name: str
    input: str
    output: str
    step_input: str
    result: str
    states: tuple[State, ...]
    body: tuple[QOp, ...]
    reverse: bool = False
    reset_every: int = 0
    trace: str = ""
