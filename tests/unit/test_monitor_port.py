"""Addresses typed by hand."""

from __future__ import annotations

import pytest

from studio.base.errors import PortError
from studio.monitor.port import check_address


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("COM10", "COM10"),
        (" /dev/ttyS0\n", "/dev/ttyS0"),
        ("loop://", "loop://"),
        ("socket://127.0.0.1:5000", "socket://127.0.0.1:5000"),
        ("127.0.0.1:5000", "socket://127.0.0.1:5000"),
        ("板.local:23", "socket://板.local:23"),
        ("socket://[::1]:5000", "socket://[::1]:5000"),
        ("/dev/serial/by-path/pci-0:14", "/dev/serial/by-path/pci-0:14"),
        ("rfc2217://板.local:23", "rfc2217://板.local:23"),
    ],
)
def test_addresses_are_taken(typed: str, url: str) -> None:
    assert check_address(typed) == url


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "this is no address"),
        ("socket://a b:5", "this is no address"),
        ("socket://", "no host or no port"),
        ("socket://127.0.0.1", "no host or no port"),
        ("socket://:5000", "no host or no port"),
        ("socket://127.0.0.1:70000", "no host or no port"),
        ("socket://127.0.0.1:x", "no host or no port"),
        ("127.0.0.1:70000", "no host or no port"),
        ("spy://COM3?file=/tmp/x", "not known"),  # would write a file
        ("alt://COM3?class=x", "not known"),
    ],
)
def test_others_are_refused(typed: str, why: str) -> None:
    with pytest.raises(PortError, match=why) as caught:
        check_address(typed)
    assert "socket://HOST:PORT" in caught.value.hint
