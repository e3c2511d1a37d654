"""Bytes to lines, skeletons and numbers; compiled code and Python agree on every byte."""

from __future__ import annotations

import struct
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.monitor import scan as scanning
from studio.monitor.scan import (
    EMPTY,
    LINE_BYTES,
    LONG,
    ODD,
    PLAIN,
    UNKNOWN,
    NativeScanner,
    PythonScanner,
    Scan,
    Scanner,
    library,
)
from studio.monitor.tokens import tokens

ALPHABET = b"00123456789..::==,;|\t  -+eEabFxy%([)]{}<>\"'/\r\n\r\n\xcd\xb0\xe6\xb8\xa9\x1b\0"
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**25), 10**25).map(str),
    st.from_regex(r"\A[+-]?[0-9]{0,20}\.[0-9]{0,22}(e[+-]?[0-9]{1,4})?\Z"),
)


def native() -> NativeScanner:
    code = library()
    assert code is not None, "the compiler that comes with us is missing"
    return NativeScanner(code)


def same(one: Scan, other: Scan) -> None:
    for name in ("start", "stop", "code", "first", "values"):
        a, b = getattr(one, name), getattr(other, name)
        assert a.tobytes() == b.tobytes(), name
    assert (one.used, one.finite) == (other.used, other.finite)


def learn(data: bytes, scan: Scan, numbers: dict[bytes, int], scanners: list[Scanner]) -> None:
    for line in np.flatnonzero(scan.code == UNKNOWN).tolist():
        skeleton, _ = tokens(data[scan.start[line] : scan.stop[line]])
        if skeleton not in numbers:
            numbers[skeleton] = len(numbers)
            for scanner in scanners:
                scanner.learn(skeleton, numbers[skeleton])


@pytest.mark.parametrize(
    ("line", "skeleton", "numbers"),
    [
        (b"temp: 21.5", b"temp: \0", [21.5]),
        (b"a:1,b=-2.5;c|+3e2", b"a:\0,b=\0;c|\0", [1, -2.5, 300]),
        (b"1 2  3.", b"\0 \0  \0", [1, 2, 3]),
        (b"  .5\t-7", b"  \0\t\0", [0.5, -7]),
        (b"t:12us 5", b"t:\0us 5", [12]),
        (b"load:50%,T:2\xc2\xb0C", b"load:\0%,T:\0\xc2\xb0C", [50, 2]),
        (b"I (123) x: 1", b"I (\0) x: \0", [123, 1]),
        (b"ch[0]: 5", b"ch[0]: \0", [5]),
        (b"crc:1a2b3c4d,n:00000abc", b"crc:1a2b3c4d,n:00000abc", []),
        (b"version:1.2.3", b"version:1.2.3", []),
        (b"2024-01-02,5", b"2024-01-02,\0", [5]),
        (b"pc=0x1234", b"pc=0x1234", []),
        (b"adc1:5", b"adc1:\0", [5]),
        (b"x:1e", b"x:1e", []),
        (b"x:1e5", b"x:\0", [1e5]),
        (b"x:--5,y:-,z:.", b"x:--5,y:-,z:.", []),
        (b"x:1" + b"u" * 16, b"x:\0" + b"u" * 16, [1]),
        (b"x:1" + b"u" * 17, b"x:1" + b"u" * 17, []),
        (b"a (5) b(6) (7", b"a (\0) b(6) (\0", [5, 7]),
        (b"1 2.3.4 5", b"\0 2.3.4 5", [1]),
        (b"", b"", []),
    ],
)
def test_skeletons_and_numbers(line: bytes, skeleton: bytes, numbers: list[float]) -> None:
    assert tokens(line) == (skeleton, numbers)
    compiled = native()
    compiled.learn(skeleton, 7)
    found = compiled.scan(line + b"\n")
    assert found.code.tolist() == ([7] if line else [EMPTY])
    assert found.values.tolist() == numbers


@pytest.mark.parametrize("scanner", [native(), PythonScanner()])
def test_what_lines_are(scanner: Scanner) -> None:
    long = b"x" * LINE_BYTES
    data = b"a:1\r\rb\x01:1\n\xcdok\r\n" + long + b"\n" + long + b"y\n\x1b[0mred\ndone\nrest"
    scan = scanner.scan(data)
    assert scan.code.tolist() == [UNKNOWN, EMPTY, ODD, ODD, PLAIN, LONG, ODD, UNKNOWN]
    assert data[scan.used :] == b"rest"
    assert scanner.scan(b"x" * 16 + b"\n" + b"x" * 17 + b"\n").code.tolist() == [UNKNOWN, PLAIN]
    assert scanner.scan(b"x\r").stop.tolist() == [1]
    assert scanner.scan(b"\ny\n").start.tolist() == [1]  # the other half of the CRLF


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.lists(st.sampled_from(list(ALPHABET)), max_size=60).map(bytes),
            st.binary(max_size=40),
            NUMBERS.map(lambda number: f"x:{number}\n".encode()),
        ),
        max_size=12,
    )
)
def test_compiled_code_and_python_find_the_same(pieces: list[bytes]) -> None:
    scanners: list[Scanner] = [native(), PythonScanner()]
    numbers: dict[bytes, int] = {}
    for piece in (*pieces, *pieces):  # what the first half taught, the second half uses
        one, other = (scanner.scan(piece) for scanner in scanners)
        same(one, other)
        learn(piece, one, numbers, scanners)


@settings(max_examples=300, deadline=None)
@given(NUMBERS)
def test_numbers_are_those_of_python_to_the_last_bit(text: str) -> None:
    compiled = native()
    compiled.learn(b"x:\0", 0)
    found = compiled.scan(f"x:{text}\n".encode())
    if found.code.tolist() == [0]:
        assert struct.pack("<d", found.values[0]) == struct.pack("<d", float(text))
    else:
        with pytest.raises(ValueError, match="could not convert"):
            float(text)


@pytest.mark.parametrize("scanner", [native(), PythonScanner()])
def test_more_skeletons_than_fit_are_not_learned(scanner: Scanner) -> None:
    names = [f"name{'x' * (i % 150)}{i}a:" for i in range(20_000)]
    for number, name in enumerate(names):
        scanner.learn(name.encode() + b"\0", number)
    assert scanner.full
    codes = [scanner.scan(f"{name}5\n".encode()).code[0] for name in names]
    known = len([code for code in codes if code != UNKNOWN])
    assert 10_000 < known < 20_000
    assert codes[:known] == list(range(known))
    scanner.forget()
    assert not scanner.full
    assert scanner.scan(f"{names[0]}5\n".encode()).code.tolist() == [UNKNOWN]
    scanner.learn(b"again:\0", 3)
    assert scanner.scan(b"again:5\n").code.tolist() == [3]


def test_without_a_compiler_python_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "library", lambda: None)
    assert isinstance(scanning.scanner(), PythonScanner)


def test_no_line_takes_long() -> None:
    """Forms that could make the expression that finds numbers go back and forth."""
    hard = (b"1 " * 2048, b"1." * 2048, b"1e" * 2048, b"(" * 4096, b"a:" * 2048, b" " * 4096)
    glued = (b"1" * 4096, b":1" + b"a" * 4000, b": " * 2048, b"x:" + b"9e9" * 1300)
    start = time.thread_time()
    for line in hard + glued:
        tokens(line)
    assert time.thread_time() - start < 0.5
