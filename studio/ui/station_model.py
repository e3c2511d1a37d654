"""The stations of a classroom: which there are, and what each answered last."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast, get_args

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from studio.base.errors import DataError
from studio.base.natural import natural
from studio.monitor import accuracy, invitation
from studio.monitor.classroom import MOST, Classroom, Place, Seen, Why
from studio.ui.layouts import Store
from studio.ui.watchers import Watchers

if TYPE_CHECKING:
    from studio.monitor.station import Station
    from studio.ui.workspace import Workspace

Order = Literal["added", "name", "accuracy"]

_VIEW = "classroom"  # in Workspace.views
_KEPT, _ORDER = "classroom/stations", "classroom/order"  # in window.ini
_ASK = 2000  # milliseconds
_LONGEST = 80  # characters of a name


@dataclass(frozen=True)
class Card:
    """One station: where it is, what the user calls it ("" as itself), and what it answered.

    ``station`` is its newest answer, ``age`` seconds ago; ``problem`` says why the last question
    got none (as Seen has it).
    """

    place: Place
    label: str = ""
    station: Station | None = None
    age: float | None = None
    problem: str = ""
    why: Why = ""

    @property
    def name(self) -> str:
        """What it is called: by the user, by itself, or by its address."""
        own = self.station.name if self.station is not None else ""
        return self.label or own or f"{self.place.host}:{self.place.port}"

    @property
    def least(self) -> float:
        """What its accuracy is at least, 95 times of 100; -1 where none is known.

        Two of two right are not better than 350 of 360.
        """
        station = self.station
        if station is None or station.accuracy is None or station.samples < 1:
            return -1.0
        return accuracy.share(round(station.accuracy * station.samples), station.samples).low


class Stations(QObject):
    """Asks its stations every two seconds, on a thread, while somebody watches.

    ``changed``: other stations, or in another order; ``fresh``: what they answered.
    """

    changed = Signal()
    fresh = Signal()
    _answered = Signal(object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._store = Store()
        self._cards: tuple[Card, ...] = ()
        self._times: dict[Place, float] = {}
        self._watchers = Watchers()
        self._classroom = Classroom()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self, interval=_ASK)
        self._timer.timeout.connect(self._tick)
        self._answered.connect(self._on_answered)
        self._cards = self._load()

    @classmethod
    def of(cls, workspace: Workspace) -> Stations:
        """The workspace's."""
        return workspace.view(_VIEW, cls)

    # -- which there are

    @property
    def order(self) -> Order:
        """How they are sorted."""
        kept = self._store.text(_ORDER)
        return cast("Order", kept) if kept in get_args(Order) else "added"

    @property
    def cards(self) -> tuple[Card, ...]:
        """All of them, sorted."""
        order = self.order
        if order == "name":
            return tuple(sorted(self._cards, key=lambda card: natural(card.name.casefold())))
        if order == "accuracy":
            return tuple(
                sorted(self._cards, key=lambda card: (-card.least, natural(card.name.casefold())))
            )
        return self._cards

    @property
    def best(self) -> Place | None:
        """Whose accuracy is best; None while fewer than two tell one."""
        told = [card for card in self._cards if card.least >= 0]
        return max(told, key=lambda card: card.least).place if len(told) > 1 else None

    def add(self, text: str) -> int:
        """Add the stations of the invitations in ``text``; how many are new.

        Raises DataError where there is no invitation, one is broken, or there are too many.
        """
        known = {card.place for card in self._cards}
        new = [place for place in invitation.read(text) if place not in known]
        # A station that shares anew, with another token, takes its old place.
        cards = list(self._cards)
        for place in new:
            same = [n for n, card in enumerate(cards) if _same(card, place)]
            if same:
                cards[same[0]] = Card(place, cards[same[0]].label)
            else:
                cards.append(Card(place))
        if len(cards) > MOST:
            raise DataError(
                f"a classroom has at most {MOST} stations",
                hint="Remove one that has gone, then add the new one.",
            )
        self._set(tuple(cards))
        return len(new)

    def remove(self, place: Place) -> None:
        """Look at a station no more."""
        self._set(tuple(card for card in self._cards if card.place != place))

    def rename(self, place: Place, label: str) -> None:
        """Call a station so; "" as it calls itself."""
        label = label.strip()[:_LONGEST]
        self._set(
            tuple(
                replace(card, label=label) if card.place == place else card for card in self._cards
            )
        )

    def move(self, place: int, to: int) -> None:
        """Put one elsewhere; from then on they stand as the user put them."""
        cards = list(self.cards)
        if 0 <= place < len(cards) and 0 <= to < len(cards) and place != to:
            cards.insert(to, cards.pop(place))
            self._store.set(_ORDER, "added")
            self._set(tuple(cards))

    def sort(self, order: Order) -> None:
        """Sort them so."""
        self._store.set(_ORDER, order)
        self.changed.emit()

    def _set(self, cards: tuple[Card, ...]) -> None:
        self._cards = cards
        tables = [
            {"invitation": invitation.write(card.place), "name": card.label} for card in cards
        ]
        self._store.set_entries(_KEPT, tables)
        self.changed.emit()
        self._run()
        if self._timer.isActive():
            self.ask()

    def _load(self) -> tuple[Card, ...]:
        found = []
        for table in self._store.entries(_KEPT):
            # A broken entry counts as none.
            with contextlib.suppress(DataError, ValueError, TypeError, KeyError, AttributeError):
                (place,) = invitation.read(str(table["invitation"]))
                found.append(Card(place, str(table.get("name", ""))[:_LONGEST]))
        return tuple({card.place: card for card in found}.values())[:MOST]

    # -- what they answer

    def watch(self, widget: QWidget, visible: bool) -> None:
        """Ask while any widget is visible that shows the answers."""
        self._watchers.tell(widget, visible)
        self._run()

    def _run(self) -> None:
        wanted = bool(self._watchers and self._cards)
        if wanted and not self._timer.isActive():
            self._timer.start()
            self.ask()
        elif not wanted:
            self._timer.stop()

    def _tick(self) -> None:
        self._run()
        if self._timer.isActive():
            self.ask()

    def ask(self) -> None:
        """Ask all of them; not before those asked last have answered, or had time to."""
        if self._thread is not None and self._thread.is_alive():
            self._grow_old()
            return
        places = tuple(card.place for card in self._cards)

        def ask() -> None:
            seen = self._classroom.ask(places)
            with contextlib.suppress(RuntimeError):  # the program may have ended meanwhile
                self._answered.emit(seen)

        self._thread = threading.Thread(target=ask, name="stations", daemon=True)
        self._thread.start()

    def _on_answered(self, seen: Sequence[Seen]) -> None:
        now = time.monotonic()
        answers = {each.place: each for each in seen}
        cards = []
        for card in self._cards:
            answer = answers.get(card.place)
            if answer is None:
                cards.append(card)
            elif answer.station is None:
                cards.append(replace(card, problem=answer.problem, why=answer.why))
            else:
                self._times[card.place] = now
                cards.append(replace(card, station=answer.station, problem="", why=""))
        self._cards = tuple(cards)
        self._grow_old()

    def _grow_old(self) -> None:
        now = time.monotonic()
        self._cards = tuple(
            replace(card, age=now - self._times[card.place]) if card.place in self._times else card
            for card in self._cards
        )
        self.fresh.emit()


def _same(card: Card, place: Place) -> bool:
    """Whether a place is that of a card whose token holds no more."""
    here = (card.place.host, card.place.port) == (place.host, place.port)
    return here and card.place.token != place.token
