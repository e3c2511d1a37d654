"""Asking a board in serial mode: packets there, answers back."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Self

import tenacity

from studio.base.errors import RunError
from studio.base.job import Job
from studio.monitor import packets
from studio.monitor.board_info import BoardInfo, board_info
from studio.monitor.packets import Packet, PacketParser, Ready, Text
from studio.monitor.reader import Reader
from studio.monitor.result import DONE, GREETING

_TICK = 0.05  # seconds; how late a cancel is noticed
_ON_THE_WAY = 0.2  # seconds of silence before what was sent ahead of a trap counts as arrived
_LOST = 1.0  # seconds of silence after a damaged answer
# A board that lost half a packet takes what comes for the rest, until two seconds pass without.
_SYNCS = 5
_SYNC_OFTEN, _SYNC_SELDOM = 0.1, 2.5  # seconds
_ATTEMPTS = 4
_AT_ONCE = 1 << 16  # bytes gathered for one write
_IN_FLIGHT = 1 << 18  # bytes a socket may be ahead of the board; it loses none


class Damaged(RunError):
    """Noise on the line: a packet did not arrive whole, and the board did not act on it."""


class Lost(RunError):
    """The answer did not arrive whole, but the board may have acted; or it was reset."""


class Exchange:
    """A board in serial mode at ``url``; ``with`` opens the port and waits until it listens.

    ``timeout`` is the longest wait for an answer in seconds. ``on_bytes`` gets every byte
    received, on the caller's thread, ``on_line`` every line between the packets. ``failed`` says
    in words why nothing more will come (a trap), or something false. ``job`` may cancel. ``ahead``:
    whether ``stream`` may send packets ahead; None for where the line loses none, a socket.

    Everything raises PortError when the port does not open, RunError for silence, a vanished port
    and what the board reports, with what came last.
    """

    def __init__(
        self,
        url: str,
        baud: int,
        timeout: float = 10.0,
        *,
        on_bytes: Callable[[bytes], None] | None = None,
        on_line: Callable[[str], None] | None = None,
        failed: Callable[[], object] | None = None,
        job: Job | None = None,
        ahead: bool | None = None,
    ) -> None:
        self._url = url
        self._timeout = timeout
        self._on_bytes = on_bytes
        self._on_line = on_line
        self._failed = failed
        self._job = job or Job()
        self._ahead = url.startswith("socket://") if ahead is None else ahead
        self._reader = Reader(url, baud)
        self._parser = PacketParser()
        self._items: deque[packets.Item] = deque()
        self._last = ""
        self._heard = 0.0
        self._progress = (0, 0, "waiting for the board")

    def __enter__(self) -> Self:
        self._reader.start()
        self._heard = time.monotonic()
        try:
            self._connect()
        except BaseException:
            self._reader.stop()
            raise
        return self

    def __exit__(self, *_details: object) -> None:
        self._reader.stop()

    def info(self) -> BoardInfo:
        """What is on the board."""
        return board_info(self.command("info"))

    def command(self, word: str) -> str:
        """What the board says to "info", "times" or "reset"."""
        return self.ask(packets.COMMAND, word.encode(), packets.COMMAND, repeat=True).text

    def ask(self, kind: str, payload: bytes, answer: str, *, repeat: bool = False) -> Packet:
        """The answer to one packet. What the line damages is sent again, up to three times.

        With ``repeat`` the board may do it twice: then also where the answer is lost.
        """
        noise = (Damaged, Lost) if repeat else (Damaged,)
        trial = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(noise),
            stop=tenacity.stop_after_attempt(_ATTEMPTS),
            before_sleep=lambda _: self._connect(),
            reraise=True,
        )
        return trial(self._ask, packets.encode(kind, payload), answer)

    def stream(
        self, kind: str, payloads: Iterable[bytes], answer: str, *, repeat: bool = False
    ) -> Iterator[Packet]:
        """The answers to many packets, in order.

        Many are sent ahead, or one after another: a real board does not read its receiver while
        it computes. ``repeat`` is that of ``ask``.
        """
        if not self._ahead:
            for payload in payloads:
                yield self.ask(kind, payload, answer, repeat=repeat)
            return
        waiting: deque[int] = deque()  # sizes of packets without an answer
        flying = 0
        ready = bytearray()
        for payload in payloads:
            packet = packets.encode(kind, payload)
            ready += packet
            waiting.append(len(packet))
            flying += len(packet)
            if len(ready) >= _AT_ONCE or flying > _IN_FLIGHT:
                self._reader.write(bytes(ready))
                ready.clear()
            if flying > _IN_FLIGHT:
                while flying > _IN_FLIGHT // 2:
                    yield self._answer(answer)
                    flying -= waiting.popleft()
        if ready:
            self._reader.write(bytes(ready))
        for _ in waiting:
            yield self._answer(answer)

    def leave(self) -> list[str]:
        """Say goodbye; the lines of the board's summary."""
        self._reader.write(packets.encode(packets.BYE))
        lines: list[str] = []
        self._heard = time.monotonic()
        while DONE not in lines:
            item = self._next()
            if isinstance(item, Text):
                self._refuse(item.line)
                lines.append(item.line)
        return lines

    def step(self, done: int, total: int, text: str) -> None:
        """Report progress; what waits for an answer reports the same again."""
        self._progress = (done, total, text)
        self._job.step(done, total, text)

    def _connect(self) -> None:
        """Ask whether the board listens until it says so; what it said before is over."""
        end = time.monotonic() + max(self._timeout, 3 * _SYNC_SELDOM)
        asked, due = 0, 0.0
        error = ""
        self._items.clear()
        while True:
            self._job.step(*self._progress)
            now = time.monotonic()
            if now >= due:
                self._items.extend(self._parser.flush())
                self._reader.write(packets.SYNC)
                asked += 1
                due = now + (_SYNC_OFTEN if asked < _SYNCS else _SYNC_SELDOM)
            self._read()
            while self._items:
                item = self._items.popleft()
                if isinstance(item, Ready):
                    return
                if isinstance(item, Text) and item.line.startswith("error:"):
                    error = item.line.removeprefix("error:").strip()
                if item == Text(DONE):
                    raise RunError(
                        f"the firmware reports: {error}"
                        if error
                        else "the firmware came to its end and takes no samples",
                        hint="Program the array and load the firmware from the same results folder."
                        if error
                        else "Build the firmware with samples over the serial line.",
                        where=self._url,
                    )
            if time.monotonic() > end:
                raise RunError(
                    f"the board does not answer; {self._said()}",
                    hint="Load firmware that takes samples over the serial line, reset the board,"
                    " check port and baud rate.",
                    where=self._url,
                )

    def _ask(self, packet: bytes, answer: str) -> Packet:
        self._reader.write(packet)
        return self._answer(answer)

    def _answer(self, kind: str) -> Packet:
        self._heard = time.monotonic()
        while True:
            item = self._next()
            if isinstance(item, Text):
                self._refuse(item.line)
            elif isinstance(item, Packet):
                if item.kind != kind:
                    raise RunError(
                        f"the board answered {item.kind!r} instead of {kind!r}",
                        hint="Reset the board and try again.",
                        where=self._url,
                    )
                return item

    def _refuse(self, line: str) -> None:
        """Raise for a line that reports an error, or a new start."""
        if line == GREETING:
            raise Lost(
                "the board was reset",
                hint="Check its power, and leave its reset button alone.",
                where=self._url,
            )
        if not line.startswith("error:"):
            return
        reason = line.removeprefix("error:").strip()
        if "packet" in reason:
            raise Damaged(
                f"the board reports: {reason}",
                hint="Check cable and baud rate.",
                where=self._url,
            )
        raise RunError(
            f"the firmware reports: {reason}",
            hint="Build and program again: firmware and array must come from the same layout.",
            where=self._url,
        )

    def _next(self) -> packets.Item:
        damaged = self._parser.damaged
        while not self._items:
            self._job.step(*self._progress)
            self._read()
            silence = time.monotonic() - self._heard
            if self._items or silence < min(_LOST, self._timeout):
                continue
            if self._parser.waiting or self._parser.damaged > damaged:
                self._items.extend(self._parser.flush())  # nothing more comes of that packet
                raise Lost(
                    f"the board's answer came damaged; {self._said()}",
                    hint="Check cable and baud rate.",
                    where=self._url,
                )
            if silence > self._timeout:
                raise RunError(
                    f"nothing came for {self._timeout:g} seconds; {self._said()}",
                    hint="Reset the board, check port and baud rate, or allow more time.",
                    where=self._url,
                )
        return self._items.popleft()

    def _read(self) -> None:
        """Take what comes within a moment; raises where nothing more will."""
        ended = self._reader.ended  # asked first: what it read until then is still taken below
        data = self._reader.take(_TICK)
        if data:
            self._heard = time.monotonic()
            if self._on_bytes is not None:
                self._on_bytes(data)
            for item in self._parser.feed(data):
                if isinstance(item, Text):
                    self._last = item.line.strip() or self._last
                    if self._on_line is not None:
                        self._on_line(item.line)
                self._items.append(item)
            return
        quiet = time.monotonic() - self._heard > _ON_THE_WAY
        cause = self._failed() if self._failed is not None and (quiet or ended) else None
        if cause:
            raise RunError(
                f"the firmware stopped: {cause}; {self._said()}",
                hint="Look at that place in the firmware's source.",
                where=self._url,
            )
        if ended:
            reason = self._reader.error.message if self._reader.error else "the port was closed"
            raise RunError(
                f"{reason}; {self._said()}",
                hint="Plug the board in again, or start the emulator again.",
                where=self._url,
            )

    def _said(self) -> str:
        return f"the last line was {self._last[:80]!r}" if self._last else "no text was received"
