"""What a debug probe has to know of a chip: the ``[probe]`` table of its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

_NAME = r"[A-Za-z0-9_.+-]{0,64}"


@dataclass(frozen=True)
class Probe:
    """How to reach the processor by JTAG.

    ``speed_khz`` is the clock, ``ir_length`` the bits of the TAP's instruction register (5 in
    RISC-V's debug specification), ``idcode`` its IDCODE, 0 where any will do. ``jlink_device`` is
    SEGGER's name of the chip or core. ``flash_driver`` is OpenOCD's driver of code memory; empty
    where code memory is RAM.
    """

    speed_khz: int = 4000
    ir_length: int = 5
    idcode: int = 0
    jlink_device: str = ""
    flash_driver: str = ""


def read(raw: Mapping[str, Any]) -> Probe:
    """The table, checked: its words go into scripts of other tools. Raises ValueError."""
    probe = Probe(**raw)
    limits = {"speed_khz": (1, 100_000), "ir_length": (2, 32), "idcode": (0, (1 << 32) - 1)}
    for entry in fields(probe):
        value = getattr(probe, entry.name)
        if entry.name in limits:
            low, high = limits[entry.name]
            if type(value) is not int or not low <= value <= high:
                raise ValueError(f"probe.{entry.name} must be a number from {low} to {high}")
        elif not isinstance(value, str) or not re.fullmatch(_NAME, value):
            raise ValueError(f"probe.{entry.name} must be a plain name")
    return probe
