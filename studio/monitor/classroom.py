"""Sharing a studio's live values read-only, and looking at those of others.

Off until the user switches it on; without more it listens on this computer only. A request must
carry the token, which is made anew whenever sharing begins.
"""

from __future__ import annotations

import contextlib
import hmac
import http.client
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, Self

from studio.base.errors import DataError, PortError
from studio.monitor.station import LARGEST, Station, decode, encode

if TYPE_CHECKING:  # slow to import, and few share
    import flask
    from cheroot import wsgi

LOOPBACK = "127.0.0.1"
MOST = 40  # stations on one page
PATH = "/station"
_SCHEME = "Bearer "
_THREADS = 10  # a browser alone opens several lines, and says nothing on most
_SILENCE = 1  # seconds in which who has connected must ask
_TIMEOUT = 2.0  # seconds a station has to answer
_PATIENCE = 5.0  # seconds for all of them


Why = Literal["", "token", "silent", "strange"]


@dataclass(frozen=True)
class Place:
    """Where a station is: what one studio tells the others to type, ``HOST:PORT`` and token."""

    host: str
    port: int
    token: str

    @property
    def url(self) -> str:
        """The address asked."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{PATH}"


@dataclass(frozen=True)
class Seen:
    """The answer of one place: its station, or in ``problem`` why there is none.

    ``why``: another token is wanted, nobody answered, or an answer that is none.
    """

    place: Place
    station: Station | None = None
    problem: str = ""
    why: Why = ""


class Sharing:
    """Serves ``state()`` to whoever has the token, from ``with`` to the end of the block.

    ``host`` is loopback, or what the user chose ("0.0.0.0" for the whole local network);
    ``port`` 0 takes a free one. ``state`` is called on the server's threads. Entering raises
    PortError when the port is taken.
    """

    def __init__(self, state: Callable[[], Station], host: str = LOOPBACK, port: int = 0) -> None:
        self.token = secrets.token_urlsafe(9)
        self._state = state
        self._host = host
        self._wanted = port
        self._server: wsgi.Server | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen and answer. Raises PortError."""
        from cheroot import wsgi  # noqa: PLC0415 - slow to import

        server = wsgi.Server(
            (self._host, self._wanted),
            _app(self._state, self.token),
            numthreads=_THREADS,
            server_name="CIM Studio",
            timeout=_SILENCE,
            shutdown_timeout=2,
        )
        server.max_request_header_size = 8192
        server.max_request_body_size = 1  # 0 would be no limit
        try:
            server.prepare()
        except OSError as error:
            server.stop()
            raise PortError(
                f"cannot share on port {self._wanted}: {error.strerror or error}",
                hint="Choose another port, or 0 for any free one.",
                where=f"{self._host}:{self._wanted}",
            ) from error
        self._server = server
        self.port = int(server.bind_addr[1])
        self._thread = threading.Thread(target=server.serve, name="sharing", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; does nothing a second time."""
        server, self._server = self._server, None
        if server is None:
            return
        server.stop()
        if self._thread is not None:
            self._thread.join(3)


def _app(state: Callable[[], Station], token: str) -> flask.Flask:
    import flask  # noqa: PLC0415 - slow to import

    app = flask.Flask(__name__, static_folder=None)
    wanted = f"{_SCHEME}{token}".encode()

    @app.get(PATH)
    def station() -> flask.Response:
        given = flask.request.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, wanted):
            flask.abort(401)
        answer = flask.Response(encode(state()), mimetype="application/json")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return app


class Classroom:
    """Asks up to MOST places for their stations, all at once.

    Each on a thread of its own that nothing waits for longer than a few seconds, not even the
    end of the program: a station may let its answer drip. It is not asked again meanwhile.
    """

    def __init__(self) -> None:
        self._asking: dict[Place, threading.Thread] = {}

    def ask(self, places: Sequence[Place]) -> tuple[Seen, ...]:
        """One answer for each of the first MOST places, in their order, in five seconds or so."""
        places = places[:MOST]
        found: dict[Place, Seen] = {}

        def note(place: Place) -> None:
            found[place] = ask(place)

        asking = {place: thread for place, thread in self._asking.items() if thread.is_alive()}
        for place in places:
            if place not in asking:
                asking[place] = threading.Thread(
                    target=note, args=(place,), name="classroom", daemon=True
                )
                asking[place].start()
        self._asking = asking
        end = time.monotonic() + _PATIENCE
        for place in places:
            asking[place].join(max(0.0, end - time.monotonic()))
        late = "no answer: it takes too long"
        return tuple(found.get(place, Seen(place, problem=late, why="silent")) for place in places)


def ask(place: Place, timeout: float = _TIMEOUT) -> Seen:
    """What one place answers. Never raises: a station that is off is part of a classroom."""
    try:
        with contextlib.closing(
            http.client.HTTPConnection(place.host, place.port, timeout=timeout)
        ) as connection:
            connection.request("GET", PATH, headers={"Authorization": f"{_SCHEME}{place.token}"})
            answer = connection.getresponse()
            if answer.status == HTTPStatus.UNAUTHORIZED:
                return Seen(place, problem="the token is wrong", why="token")
            if answer.status != HTTPStatus.OK:
                return Seen(place, problem=f"error {answer.status}", why="strange")
            return Seen(place, decode(answer.read(LARGEST), place.url))
    except DataError as error:
        return Seen(place, problem=error.message, why="strange")
    except (OSError, ValueError, http.client.HTTPException) as error:
        told = getattr(error, "strerror", None) or error
        return Seen(place, problem=f"no answer: {told}", why="silent")
