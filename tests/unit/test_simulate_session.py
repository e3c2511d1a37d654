"""A network run step by step: states in sight, kept, reset and restored."""

from __future__ import annotations

import numpy as np
import pytest

from studio.base.errors import DataError
from studio.quantize.qnetwork import (
    AddOp,
    HistoryOp,
    QNetwork,
    QTensor,
    RecurrentOp,
    State,
)
from studio.simulate.run import run
from studio.simulate.session import Session


def tensor(name: str, channels: int) -> QTensor:
    return QTensor(name, (1, 1, channels), 1.0, -128, 127, (1, channels))


def counting(reset_every: int = 0) -> QNetwork:
    """The running sum of two numbers, saturated, beside those of two steps ago."""
    names = {"x": 2, "step": 2, "sum": 2, "next": 2, "total": 2, "past": 4}
    tensors = {name: tensor(name, channels) for name, channels in names.items()}
    add = AddOp("add", ("step", "sum"), "next")
    cell = RecurrentOp(
        "cell", "x", "total", "step", "next", (State("sum", "next"),), (add,), False, reset_every
    )
    history = HistoryOp("history", "total", "past", (2, 0))
    return QNetwork("net", "c", ("x",), ("past",), (cell, history), tensors)


def frames(*values: int) -> np.ndarray:
    return np.array([(v, -v) for v in values], np.int16).reshape(-1, 1, 1, 2)


def test_states_go_on_from_call_to_call() -> None:
    session = Session(counting())
    found = [session.step(frames(v))["past"].ravel().tolist() for v in (1, 10, 100, 100)]
    assert found == [[0, 0, 1, -1], [0, 0, 11, -11], [1, -1, 111, -111], [11, -11, 127, -128]]
    assert session.states["sum"].ravel().tolist() == [127, -128]
    assert session.states["history"].ravel().tolist() == [111, -111, 127, -128]


def test_several_steps_in_a_call_are_the_same_steps() -> None:
    alone, together = Session(counting()), Session(counting())
    x = frames(3, -7, 90, 80, 5, -1)
    wanted = np.concatenate([alone.step(frame)["past"] for frame in x])
    parts = [together.step(x[:2])["past"], together.step(x[2:])["past"]]
    np.testing.assert_array_equal(np.concatenate(parts), wanted)
    np.testing.assert_array_equal(run(counting(), [x]).outputs["past"], wanted)
    assert {k: v.tolist() for k, v in alone.states.items()} == {
        k: v.tolist() for k, v in together.states.items()
    }


def test_reset_starts_again() -> None:
    session = Session(counting())
    first = session.step(frames(5))["past"]
    session.step(frames(6, 7))
    session.reset()
    assert not any(values.any() for values in session.states.values())
    np.testing.assert_array_equal(session.step(frames(5))["past"], first)


def test_restored_states_lead_to_the_same_answers() -> None:
    session = Session(counting(reset_every=4))
    session.step(frames(1, 2, 3))
    kept = session.states
    wanted = session.step(frames(4, 5, 6))["past"]
    session.restore(kept)
    np.testing.assert_array_equal(session.step(frames(4, 5, 6))["past"], wanted)
    other = Session(counting(reset_every=4))
    other.restore(kept)
    np.testing.assert_array_equal(other.step(frames(4, 5, 6))["past"], wanted)


def test_a_cell_that_zeroes_its_states_counts_over_calls() -> None:
    session = Session(counting(reset_every=3))
    sums = [int(session.step(frames(1))["past"].ravel()[2]) for _ in range(7)]
    assert sums == [1, 2, 3, 1, 2, 3, 1]


def test_states_are_copies() -> None:
    session = Session(counting())
    before = session.states
    session.step(frames(9))
    assert not before["sum"].any()
    with pytest.raises(ValueError, match="read-only"):
        before["sum"][:] = 1


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ({"other": np.zeros((1, 1, 2), np.int16)}, "there is no state other"),
        ({"sum": np.zeros((1, 1, 3), np.int16)}, r"shape \(1, 1, 3\), expected \(1, 1, 2\)"),
        ({"sum": np.full((1, 1, 2), 128, np.int16)}, r"integers -128\.\.127"),
        ({"history": np.full((2, 1, 2), 0.5)}, r"integers -128\.\.127"),
        ({"sum": np.ones((1, 1, 2), np.int16), "no": np.zeros(1)}, "there is no state no"),
    ],
)
def test_what_is_no_state_is_refused_and_changes_nothing(states, words: str) -> None:
    session = Session(counting())
    with pytest.raises(DataError, match=words):
        session.restore(states)
    assert not session.states["sum"].any()


def test_inputs_that_do_not_fit_are_refused_and_states_stay() -> None:
    session = Session(counting())
    session.step(frames(4))
    for wrong in (np.zeros((1, 1, 3), np.int16), np.full((1, 1, 1, 2), 200, np.int16)):
        with pytest.raises(DataError):
            session.step(wrong)
    with pytest.raises(DataError, match="2 input arrays for 1 inputs"):
        session.step(frames(1), frames(1))
    assert session.states["sum"].ravel().tolist() == [4, -4]
