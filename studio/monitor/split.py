"""Serial bytes apart into packets and what is no packet, as bytes still."""

from __future__ import annotations

from studio.monitor.packets import Item, Packet, PacketParser

Piece = bytes | Packet

_SILENCE = 1.0  # seconds after which no more comes of a packet


class Splitter(PacketParser):
    """Finds packets as PacketParser does, and leaves the lines to others.

    A packet that was begun is given up after a second of silence, by the times of the chunks; what
    came of it is text then. An empty chunk is enough to tell that time has gone by.
    """

    def __init__(self, to_board: bool = False) -> None:
        super().__init__(to_board)
        self._heard = 0.0
        self._between: list[tuple[int, bytes]] = []  # text, and how many packets came before it

    def split(self, data: bytes, time: float) -> list[Piece]:
        """What ``data`` completes, in order."""
        pieces = []
        if self.waiting and time - self._heard > _SILENCE:
            pieces = self.rest()
        if data:
            self._heard = time
        return pieces + self._pieces(self.feed(data))

    def rest(self) -> list[Piece]:
        """What waits for the rest of a packet, as text."""
        return self._pieces(self.flush())

    def _pieces(self, items: list[Item]) -> list[Piece]:
        pieces: list[Piece] = []
        done = 0
        for count, data in self._between:
            pieces += [item for item in items[done:count] if isinstance(item, Packet)]
            pieces.append(data)
            done = count
        self._between.clear()
        return pieces + [item for item in items[done:] if isinstance(item, Packet)]

    def _text(self, data: bytes, items: list[Item]) -> None:
        if data:
            self._between.append((len(items), data))

    def _end_line(self, items: list[Item]) -> None:
        """Whoever reads the pieces ends the line."""
