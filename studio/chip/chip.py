"""What a chip is: arrays and banks, limits, arithmetic and memory map."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from studio.base import paths
from studio.base.errors import ChipError
from studio.chip import contradictions
from studio.chip import noise as noises
from studio.chip import probe as probes
from studio.chip.noise import DeviceModel
from studio.chip.probe import Probe

SCHEMA = 1


@dataclass(frozen=True)
class Bank:
    """Consecutive rows of an array that one operation can drive together."""

    name: str
    first_row: int
    rows: int

    @property
    def last_row(self) -> int:
        """The last row of the bank, inclusive."""
        return self.first_row + self.rows - 1


@dataclass(frozen=True)
class Array:
    """The analog array: ``count`` equal arrays of ``rows`` inputs by ``columns`` outputs."""

    count: int
    rows: int
    columns: int
    reserved_columns: int
    bias_rows: int
    bias_unit: int
    bias_cell_max: int
    bias_rows_preferred: int
    bias_file_row: int
    bias_file_step: int
    weight_min: int
    weight_max: int
    weight_clip: int
    banks: tuple[Bank, ...]

    @property
    def max_inputs(self) -> int:
        """The most rows one operation can use: the rows of the largest bank."""
        return max(bank.rows for bank in self.banks)

    @property
    def usable_columns(self) -> int:
        """Columns that are not reserved."""
        return self.columns - self.reserved_columns

    @property
    def max_bias(self) -> int:
        """The largest magnitude of one bias the whole strip can hold, in accumulator units."""
        return self.bias_rows * self.bias_cell_max * self.bias_unit


@dataclass(frozen=True)
class Arithmetic:
    """Ranges of inputs, outputs and gain of one matrix-vector operation."""

    input_max: int
    output_min: int
    output_max: int
    gain_min: int
    gain_max: int


@dataclass(frozen=True)
class CpuCycles:
    """Cycles beyond one that instructions take (studio/emulator/cycles.py); ``source`` says why."""

    load: int = 0
    multiply: int = 0
    divide: int = 0
    float_operation: int = 0
    float_divide: int = 0
    branch: int = 0
    jump: int = 0
    source: str = ""


@dataclass(frozen=True)
class Cpu:
    """The control processor: ISA string as in ``rv32imafc``, ABI, clock in hertz, its timing."""

    isa: str
    abi: str
    clock_hz: int
    cycles: CpuCycles = CpuCycles()


@dataclass(frozen=True)
class Region:
    """A range of bus addresses: ``base`` and ``size`` in bytes."""

    base: int
    size: int


@dataclass(frozen=True)
class Memory:
    """Code and data memory, and the bytes of data memory kept for the stack."""

    code: Region
    data: Region
    stack: int


@dataclass(frozen=True)
class Npu:
    """Where the NPU's registers and its SRAM are, and how large the SRAM is."""

    registers: int
    sram_base: int
    sram_size: int


@dataclass(frozen=True)
class Uart:
    """16550-family UARTs: base addresses, bytes between registers, default baud rate."""

    base: tuple[int, ...]
    register_step: int
    baud: int


@dataclass(frozen=True)
class Gpio:
    """Pins: the base address of their registers."""

    base: int


@dataclass(frozen=True)
class Interrupts:
    """The interrupt controller's base address and the source numbers, 1 to 63.

    ``uart`` has one number a UART.
    """

    base: int
    software: int
    timer: int
    uart: tuple[int, ...]


@dataclass(frozen=True)
class Cycles:
    """How many cycles of the CPU's clock something takes; ``source`` says who says so."""

    cycles: int
    source: str


@dataclass(frozen=True)
class Energy:
    """How many joules something takes; ``source`` says who says so."""

    joules: float
    source: str


@dataclass(frozen=True)
class Power:
    """How many watts something draws; ``source`` says who says so."""

    watts: float
    source: str


@dataclass(frozen=True)
class Estimates:
    """Numbers for estimates of time and energy (mapper/estimate.py).

    ``round`` is one operation of the array, ``mac`` one multiply-accumulate on it, converters
    included, ``cpu_cycle`` one cycle in which the CPU works, ``static`` what the chip draws
    all the time.
    """

    round: Cycles
    mac: Energy
    cpu_cycle: Energy
    static: Power


@dataclass(frozen=True)
class Chip:
    """One chip as read from its TOML file, whose absolute path is ``source``.

    ``gpio`` and ``interrupts`` are None where the file does not name them, ``estimates`` where it
    has no numbers to estimate with. ``noise`` are device
    models of the array by name; what a chip computes exactly does not depend on them.
    """

    id: str
    name: str
    array: Array
    arithmetic: Arithmetic
    cpu: Cpu
    memory: Memory
    npu: Npu
    uart: Uart
    timer: int
    source: str = field(compare=False)
    gpio: Gpio | None = None
    interrupts: Interrupts | None = None
    estimates: Estimates | None = None
    noise: Mapping[str, DeviceModel] = field(default_factory=dict, compare=False)
    probe: Probe = field(default_factory=Probe)

    def at_baud(self, baud: int | None) -> Chip:
        """The same chip with another rate of its serial line; None keeps the file's."""
        return self if baud is None else replace(self, uart=replace(self.uart, baud=baud))


def names() -> list[str]:
    """Ids of the chips in resources/chips, sorted."""
    return sorted(path.stem for path in paths.resource("chips").glob("*.toml"))


def load(name_or_path: str | Path = "wtm2101") -> Chip:
    """Read a chip by id (``wtm2101``) or from a TOML file.

    Raises ChipError when there is no such chip, or the file is broken or contradicts itself.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = paths.resource("chips", f"{name_or_path}.toml")
    if not path.is_file():
        raise ChipError(
            "no such chip",
            hint=f"Known chips: {', '.join(names())}. A path to a .toml file works too.",
            where=str(name_or_path),
        )
    try:
        chip = _chip(tomllib.loads(path.read_text(encoding="utf-8")), path)
        _check_types(chip, "")
    except OSError as error:
        raise ChipError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ChipError(f"not a TOML file: {error}", where=str(path)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ChipError(
            f"missing or wrong entry: {error}",
            hint="Compare with resources/chips/wtm2101.toml.",
            where=str(path),
        ) from error
    except ChipError as error:
        raise ChipError(error.message, hint=error.hint, where=str(path)) from error
    _check(chip, path)
    return chip


def _chip(raw: dict[str, Any], path: Path) -> Chip:
    if raw["schema"] != SCHEMA:
        raise ValueError(f"schema is {raw['schema']}, this program reads {SCHEMA}")
    array = dict(raw["array"])
    banks = tuple(Bank(**bank) for bank in array.pop("banks"))
    memory = raw["memory"]
    uart = dict(raw["uart"])
    return Chip(
        id=raw["id"],
        name=raw["name"],
        array=Array(**array, banks=banks),
        arithmetic=Arithmetic(**raw["arithmetic"]),
        cpu=_cpu(raw["cpu"]),
        memory=Memory(
            code=Region(**memory["code"]), data=Region(**memory["data"]), stack=memory["stack"]
        ),
        npu=Npu(**raw["npu"]),
        uart=Uart(**(uart | {"base": tuple(uart["base"])})),
        timer=raw["timer"]["base"],
        source=str(path.resolve()),
        gpio=Gpio(**raw["gpio"]) if "gpio" in raw else None,
        interrupts=_interrupts(raw["interrupts"]) if "interrupts" in raw else None,
        estimates=_estimates(raw["estimates"]) if "estimates" in raw else None,
        noise=noises.models(raw.get("noise", {})),
        probe=probes.read(raw.get("probe", {})),
    )


def _cpu(raw: dict[str, Any]) -> Cpu:
    return Cpu(**raw | {"cycles": CpuCycles(**raw.get("cycles", {}))})


def _interrupts(raw: dict[str, Any]) -> Interrupts:
    return Interrupts(**raw | {"uart": tuple(raw["uart"])})


def _estimates(raw: dict[str, Any]) -> Estimates:
    return Estimates(
        **raw
        | {
            "round": Cycles(**raw["round"]),
            "mac": Energy(**raw["mac"]),
            "cpu_cycle": Energy(**raw["cpu_cycle"]),
            "static": Power(**raw["static"]),
        }
    )


def _check_types(part: Any, name: str) -> None:
    """TypeError when an entry of ``part`` is not of its type; a section may be left out."""
    for entry in fields(part):
        value = getattr(part, entry.name)
        if value is None and entry.type.endswith("| None"):
            continue
        if entry.type.startswith("Mapping["):  # checked where it was read
            continue
        where = f"{name}{entry.name}"
        for item in value if isinstance(value, tuple) else (value,):
            if is_dataclass(item):
                _check_types(item, f"{where}.")
            elif type(item).__name__ != (wanted := entry.type.removeprefix("tuple[").split(",")[0]):
                raise TypeError(f"{where} is {item!r}, not of type {wanted}")
        if value == ():
            raise ValueError(f"{where} is empty")


def _check(chip: Chip, path: Path) -> None:
    """ChipError for a description that contradicts itself."""
    wrong = contradictions.find(chip)
    if wrong:
        raise ChipError(wrong, hint="Compare with resources/chips/wtm2101.toml.", where=str(path))
