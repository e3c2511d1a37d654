"""Actions on threads, one after the other."""

from __future__ import annotations

import threading

from studio.base.in_order import InOrder


def test_actions_come_one_after_the_other_and_nobody_waits_for_them() -> None:
    order, said = InOrder("test"), []
    go = threading.Event()

    def first() -> None:
        assert go.wait(30)
        said.append("first")

    order.do(first)
    thread = order.do(lambda: said.append("second"), lambda: said.append("third"))
    assert said == []
    assert order.last is thread
    go.set()
    order.join(30)
    assert said == ["first", "second", "third"]


def test_waiting_ends_after_the_time_that_was_given() -> None:
    order = InOrder("test")
    order.join(30)  # nothing to wait for
    go = threading.Event()
    thread = order.do(lambda: go.wait(5) and None)
    order.join(0.01)
    assert thread.is_alive()
    go.set()
    order.join(30)
    assert not thread.is_alive()
