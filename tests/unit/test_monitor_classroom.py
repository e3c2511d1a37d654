"""Sharing live values with a classroom: who may ask, what comes, what goes wrong."""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
import urllib.error
import urllib.request

import flask
import pytest
from cheroot import wsgi
from hypothesis import given
from hypothesis import strategies as st

from studio.base.errors import DataError, PortError
from studio.monitor.classroom import LOOPBACK, MOST, Classroom, Place, Sharing, ask
from studio.monitor.station import LONGEST, MOST_VALUES, Station, decode, encode

STATION = Station("第三组", "running", "digits", "emulator", 0.97, 120, 1.5, {"net_output": -3.0})


def place(sharing: Sharing) -> Place:
    return Place(LOOPBACK, sharing.port, sharing.token)


def test_a_station_comes_over_the_wire() -> None:
    states = [STATION]
    with Sharing(lambda: states[-1]) as sharing:
        assert ask(place(sharing)).station == STATION
        states.append(Station("第三组", "done", accuracy=None))
        assert ask(place(sharing)).station == states[-1]
    seen = ask(place(sharing))
    assert seen.station is None and seen.problem.startswith("no answer")


def test_only_with_the_token_and_only_reading() -> None:
    with Sharing(lambda: STATION) as sharing, Sharing(lambda: STATION) as other:
        assert sharing.token != other.token
        wrong = Place(LOOPBACK, sharing.port, other.token)
        assert ask(wrong).problem == "the token is wrong"
        assert ask(Place(LOOPBACK, sharing.port, "é✓")).problem != ""
        for method, path, code in (
            ("GET", "/station", 401),
            ("POST", "/station", 405),
            ("GET", "/", 404),
            ("GET", "/static/../../etc/passwd", 404),
        ):
            request = urllib.request.Request(
                f"http://{LOOPBACK}:{sharing.port}{path}", method=method
            )
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request, timeout=5)
            assert caught.value.code == code
            caught.value.close()


def test_those_who_connect_and_say_nothing_hold_nobody_up() -> None:
    with contextlib.ExitStack() as silent, Sharing(lambda: STATION) as sharing:
        for _ in range(6):
            silent.enter_context(socket.create_connection((LOOPBACK, sharing.port)))
        time.sleep(0.1)  # until they are taken
        assert ask(place(sharing)).station == STATION


def test_loopback_unless_chosen_otherwise() -> None:
    with Sharing(lambda: STATION) as sharing:
        others = socket.gethostbyname_ex(socket.gethostname())[2]
        for host in others:
            if not host.startswith("127."):
                assert ask(Place(host, sharing.port, sharing.token), 0.5).station is None


# cheroot leaves the socket it could not bind to the garbage collection.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_port_that_is_taken() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken, pytest.raises(PortError):
        Sharing(lambda: STATION, port=taken.getsockname()[1]).start()


def test_a_whole_class_answers_at_once() -> None:
    with Sharing(lambda: STATION) as sharing, socket.create_server((LOOPBACK, 0)) as silent:
        places = [place(sharing)] * (MOST - 2)
        places += [Place(LOOPBACK, 1, "t"), Place(LOOPBACK, silent.getsockname()[1], "t")]
        classroom = Classroom()
        start = time.monotonic()
        seen = classroom.ask([*places, *places])
        assert time.monotonic() - start < 20
    assert len(seen) == MOST
    assert [own.station for own in seen[: MOST - 2]] == [STATION] * (MOST - 2)
    assert all(own.station is None and own.problem for own in seen[MOST - 2 :])


def test_an_answer_that_drips_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.monitor.classroom._PATIENCE", 1.0)
    ended = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while not ended.wait(0.05):
                connection.sendall(b"H")

    with socket.create_server((LOOPBACK, 0)) as listener, Sharing(lambda: STATION) as sharing:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        slow = Place(LOOPBACK, listener.getsockname()[1], "t")
        classroom = Classroom()
        for _ in range(2):
            seen = classroom.ask([slow, place(sharing)])
            assert [own.why for own in seen] == ["silent", ""]
            assert seen[1].station == STATION
        asking = [own for own in threading.enumerate() if own.name == "classroom"]
        assert len(asking) == 1 and asking[0].daemon
        ended.set()
        thread.join()
        asking[0].join(30)
    assert not asking[0].is_alive()


def test_nobody_is_asked_on_anothers_word() -> None:
    app = flask.Flask(__name__)
    asked: list[str] = []
    with Sharing(lambda: STATION) as sharing:

        @app.get("/station")
        def elsewhere() -> flask.wrappers.Response:
            asked.append("here")
            return flask.redirect(place(sharing).url)

        server = wsgi.Server((LOOPBACK, 0), app)
        server.prepare()
        thread = threading.Thread(target=server.serve)
        thread.start()
        seen = ask(Place(LOOPBACK, server.bind_addr[1], sharing.token))
        server.stop()
        thread.join()
    assert asked == ["here"]
    assert seen.station is None and seen.why == "strange"


def test_stopping_leaves_no_thread() -> None:
    before = threading.active_count()
    for _ in range(3):
        sharing = Sharing(lambda: STATION)
        sharing.start()
        assert ask(place(sharing)).station == STATION
        sharing.stop()
        sharing.stop()
    end = time.monotonic() + 30
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= before


def test_long_texts_and_many_values_are_cut() -> None:
    values = {f"v{number}": float(number) for number in range(100)} | {"nan": math.nan}
    sent = decode(encode(Station("n" * 500, values={"inf": math.inf} | values)))
    assert len(sent.name) == LONGEST
    assert len(sent.values) == MOST_VALUES
    assert "inf" not in sent.values and "nan" not in sent.values


@given(st.binary(max_size=200))
def test_garbage_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError):
        decode(data)


@pytest.mark.parametrize(
    "change",
    [
        (b'"running"', b'"flying"'),
        (b"0.97", b"7"),
        (b"0.97", b'"x"'),
        (b'"values": {', b'"values": 3, "v": {'),
        (b'"schema": 1', b'"schema": 2'),
        (b'"name"', b'"Name"'),
    ],
)
def test_wrong_answers_are_errors(change: tuple[bytes, bytes]) -> None:
    before, after = change
    data = encode(STATION)
    assert before in data
    with pytest.raises(DataError):
        decode(data.replace(before, after))
