"""A network run step by step, with what it remembers in sight: for notebooks and scripts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from studio.base.errors import DataError
from studio.quantize.qnetwork import Int16, QNetwork
from studio.simulate.run import check, prepare
from studio.simulate.states import initial


class Session:
    """``qnetwork`` with its states, which start at zero.

    One array (n, W, H, C) of chip integers is given for each input; (W, H, C) is one sample. Where
    samples are the time steps of one stream (QNetwork.streams), they are the next n steps, and the
    states go on from call to call. Where a sample holds its time, its positions along W are the
    next steps in the same way.
    """

    def __init__(self, qnetwork: QNetwork) -> None:
        self.qnetwork = qnetwork
        self._prepared = prepare(qnetwork)
        self._states = initial(qnetwork)

    def step(self, *inputs: Int16) -> dict[str, Int16]:
        """The next samples; the network's outputs by tensor name, each (n, W, H, C).

        Raises DataError for inputs that do not fit; the states then are as before.
        """
        given = [x[np.newaxis] if np.ndim(x) == 3 else np.asarray(x) for x in inputs]
        check(self._prepared, given)
        states = dict(self._states)
        values = self._prepared.evaluate([x.astype(np.int16) for x in given], states)
        self._states = states
        return {name: values[name] for name in self.qnetwork.outputs}

    @property
    def states(self) -> Mapping[str, Int16]:
        """What is remembered: (steps, 1, C), by operation for a history, else by tensor.

        A cell that zeroes its states itself counts its steps under its own name. They are copies,
        which later steps do not change; ``restore`` takes them.
        """
        found = {name: values[0].copy() for name, values in self._states.items()}
        for values in found.values():
            values.setflags(write=False)
        return MappingProxyType(found)

    def reset(self) -> None:
        """All states zero again."""
        self._states = initial(self.qnetwork)

    def restore(self, states: Mapping[str, Int16]) -> None:
        """Go on from ``states``; those left out stay. DataError for what is none of them."""
        restored = dict(self._states)
        for name, values in states.items():
            self._check_state(name, values)
            restored[name] = np.asarray(values, np.int16)[np.newaxis].copy()
        self._states = restored

    def _check_state(self, name: str, values: Int16) -> None:
        known = ", ".join(self._states) or "none"
        if name not in self._states:
            raise DataError(
                f"there is no state {name}",
                hint=f"This network's states: {known}.",
                where=self.qnetwork.name,
            )
        shape = self._states[name].shape[1:]
        if np.shape(values) != shape:
            raise DataError(f"a state of shape {np.shape(values)}, expected {shape}", where=name)
        low, high = self._range(name)
        whole = np.asarray(values).dtype.kind in "iu"
        if not whole or np.min(values) < low or np.max(values) > high:
            raise DataError(f"a state's values are integers {low}..{high}", where=name)

    def _range(self, name: str) -> tuple[int, int]:
        """The integers a state may have."""
        inputs = {op.name: op.input for op in self.qnetwork.stateful}
        tensor = self.qnetwork.tensors.get(inputs.get(name, name))
        return (0, 32767) if tensor is None else (tensor.low, tensor.high)
