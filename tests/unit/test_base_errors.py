"""Errors carry what, where and what to do, also into another process."""

from __future__ import annotations

import pickle

import pytest

from studio.base import errors
from studio.base.errors import Cancelled, StudioError

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, StudioError)
]


def test_there_is_a_tree() -> None:
    assert len(KINDS) > 5
    assert not issubclass(Cancelled, StudioError)


@pytest.mark.parametrize("kind", KINDS)
def test_survives_the_way_between_processes(kind: type[StudioError]) -> None:
    copy = pickle.loads(pickle.dumps(kind("模型 broken", hint="do this", where="a.onnx", node="n")))
    assert type(copy) is kind
    assert (copy.message, copy.hint, copy.where) == ("模型 broken", "do this", "a.onnx")
    assert copy.node == "n"


def test_text_says_where_what_and_what_to_do() -> None:
    assert str(StudioError("no labels")) == "no labels"
    assert str(StudioError("no labels", where="data.npz")) == "data.npz: no labels"
    full = StudioError("no labels", where="data.npz", hint="Add y.")
    assert str(full) == "data.npz: no labels\nAdd y."
