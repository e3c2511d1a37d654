"""What is hooked into the processor beside the count at every block: checks and a debugger's stops.

All of these slow the processor down or cost new translation, so they are there only while wanted.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

from studio.emulator.engine import Engine


class Hooks:
    """The hooks of one engine. ``watchpoints``: objects with address, size, read and write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._handles: dict[str, list[Any]] = {}
        self._broken: frozenset[int] = frozenset()
        self.watchpoints: frozenset[Any] = frozenset()
        engine.hook("on_block")

    @property
    def installed(self) -> bool:
        """Whether somebody looks at single instructions or accesses."""
        return any(self._handles.values())

    def check_alignment(self, wanted: bool) -> None:
        """Look at every load and store, or no more."""
        self._remove("on_access")
        if wanted:
            self._add("on_access", [self._engine.hook("on_access")])

    def break_at(self, addresses: AbstractSet[int]) -> None:
        """Stop before the instructions at these addresses; no more at every one."""
        self._remove("step")
        if self._broken != addresses:
            self._remove("break")
            self._broken = frozenset(addresses)
            places = sorted(self._broken)
            self._add("break", [self._engine.hook("on_code", at, at) for at in places])

    def step(self) -> None:
        """Stop before every instruction."""
        if "step" not in self._handles:
            self._remove("break")  # its hooks would count a step twice
            self._broken = frozenset()
            self._add("step", [self._engine.hook("on_code")])

    def watch(self, wanted: frozenset[Any]) -> None:
        """Stop at accesses to these, and to bytes near them: ``hit`` tells which it was."""
        self._remove("watch")
        self.watchpoints = wanted
        found = []
        for one in wanted:
            # An access of up to 4 bytes may begin before the data.
            begin, end = max(0, one.address - 3), one.address + one.size - 1
            for name, on in (("on_watch_read", one.read), ("on_watch_write", one.write)):
                found += [self._engine.hook(name, begin, end)] if on else []
        self._add("watch", found)

    def hit(self, first: int, size: int) -> tuple[Any, int] | None:
        """The watchpoint that an access of ``size`` bytes at ``first`` meets, and where."""
        for one in self.watchpoints:
            if first < one.address + one.size and one.address < first + size:
                return one, max(first, one.address)
        return None

    def _add(self, name: str, handles: list[Any]) -> None:
        self._handles[name] = handles
        self._engine.flush()

    def _remove(self, name: str) -> None:
        handles = self._handles.pop(name, [])
        if handles:
            self._engine.unhook(handles)
