"""The chosen target: the emulator or a port, and how its line is set."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any, get_args

from PySide6.QtCore import QObject, Signal

from studio.monitor.port import Flow, Line, Parity
from studio.ui.layouts import Store

ENCODINGS = ("utf-8", "gbk")
BITS = (8, 7, 6, 5)
STOPS = (1.0, 1.5, 2.0)
PARITIES: tuple[Parity, ...] = get_args(Parity)
FLOWS: tuple[Flow, ...] = get_args(Flow)
BAUD_MOST = (1 << 31) - 1

_KNOWN = 5  # addresses typed by hand that are offered again


class TargetChoice(QObject):
    """``port`` ("" is the emulator), its ``line``, ``encoding`` of its text, and ``reconnect``.

    All are kept between starts; ``addresses`` are those typed by hand, the newest first.
    """

    changed = Signal()

    def __init__(self, store: Store, default_baud: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.port = store.text("target/port")
        self.line = _line(store, default_baud)
        encoding = store.text("target/encoding")
        self.encoding = encoding if encoding in ENCODINGS else ENCODINGS[0]
        self.reconnect = store.text("target/reconnect") != "no"
        kept = store.text("target/addresses").split("\n")
        self.addresses = tuple(address for address in kept if address)[:_KNOWN]

    @property
    def baud(self) -> int:
        """The line's baud rate."""
        return self.line.baud

    @property
    def has_line(self) -> bool:
        """Whether baud rate, frame and control lines mean something at this target."""
        return bool(self.port) and not self.port.startswith("socket://")

    def set_port(self, port: str) -> None:
        """Choose a port, or the emulator ("")."""
        if port != self.port:
            self.port = port
            self._keep("port", port)

    def set_line(self, **changes: Any) -> None:
        """Change fields of the line (monitor/port.py)."""
        line = replace(self.line, **changes)
        if line == self.line:
            return
        self.line = line
        for name, value in changes.items():
            text = str(int(value)) if isinstance(value, bool) else str(value)
            self._store.set(f"target/{name}", text)
        self.changed.emit()

    def set_baud(self, baud: int) -> None:
        """Choose how fast a board's serial text comes."""
        self.set_line(baud=baud)

    def set_encoding(self, encoding: str) -> None:
        """Read text as utf-8 or gbk."""
        if encoding != self.encoding:
            self.encoding = encoding
            self._keep("encoding", encoding)

    def set_reconnect(self, reconnect: bool) -> None:
        """Whether a board that went away is connected again when it is back."""
        if reconnect != self.reconnect:
            self.reconnect = reconnect
            self._keep("reconnect", "yes" if reconnect else "no")

    def add_address(self, address: str) -> None:
        """Choose an address typed by hand, and offer it again."""
        others = tuple(other for other in self.addresses if other != address)
        self.addresses = (address, *others)[:_KNOWN]
        self._store.set("target/addresses", "\n".join(self.addresses))
        self.set_port(address)

    def _keep(self, name: str, value: str) -> None:
        self._store.set(f"target/{name}", value)
        self.changed.emit()


def _line(store: Store, default_baud: int) -> Line:
    """As it was kept; what cannot be read is as usual."""
    line = Line(default_baud)
    with contextlib.suppress(ValueError):
        baud = int(store.text("target/baud"))
        line = replace(line, baud=baud) if 0 < baud <= BAUD_MOST else line
    with contextlib.suppress(ValueError):
        bits = int(store.text("target/bits"))
        line = replace(line, bits=bits) if bits in BITS else line
    with contextlib.suppress(ValueError):
        stop = float(store.text("target/stop"))
        line = replace(line, stop=stop) if stop in STOPS else line
    parity, flow = store.text("target/parity"), store.text("target/flow")
    for known in PARITIES:
        line = replace(line, parity=known) if parity == known else line
    for each in FLOWS:
        line = replace(line, flow=each) if flow == each else line
    dtr, rts = (store.text(f"target/{name}") == "1" for name in ("dtr", "rts"))
    return replace(line, dtr=dtr, rts=rts)
