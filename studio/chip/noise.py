"""Device models: how far a chip's analog array is from exact, as numbers with their sources.

A chip file holds models by name, ``[noise.NAME]``; a file of its own with such tables works too.
A number that is left out is 0 (the effect does not occur). Drift runs in decades of time,
d = log10(1 + t * a / drift_start), where a = exp(Ea / k * (1 / T0 - 1 / T)) speeds time up at the
temperature T against T0 = 25 C (Arrhenius).
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from studio.base.errors import ChipError
from studio.base.files import write_text

ROOM_CELSIUS = 25.0
BOLTZMANN = 8.617333262e-5  # eV/K
ZERO_CELSIUS = 273.15
_HINT = "Compare with the [noise] tables of resources/chips/wtm2101.toml."


def _number(
    text: str, unit: str, most: float = math.inf, least: float = 0.0, value: float = 0.0
) -> Any:
    """One number of the model: what it is, its unit, the range it must lie in, its default."""
    return field(default=value, metadata={"text": text, "unit": unit, "least": least, "most": most})


@dataclass(frozen=True)
class DeviceModel:
    """What is random or wrong on the analog array.

    Errors of a cell that holds the weight w are normal with a standard deviation in weight steps:
    sqrt((amplitude * (1 - exp(-|w| / knee)))**2 + (relative * w)**2), programming error once per
    chip, read noise in every multiplication, drift by d times it (see the module). Columns have a
    gain and an offset, once per chip; ``output_noise`` is added to every output before rounding.
    In reserved columns these three are ``reserved_factor`` times as large. ``sources`` says for
    every number given where it is from. ``layers`` replaces ``output_noise`` for single layers.
    """

    name: str
    programming_amplitude: float = _number("programming error of large weights", "weight steps")
    programming_knee: float = _number("weight where it saturates", "weight steps", value=1.0)
    programming_relative: float = _number("programming error", "of the weight", 1.0)
    read_amplitude: float = _number("read noise of large weights", "weight steps")
    read_knee: float = _number("weight where it saturates", "weight steps", value=1.0)
    read_relative: float = _number("read noise", "of the weight", 1.0)
    column_gain: float = _number("gain error of columns", "of the output", 1.0)
    column_offset: float = _number("offset of columns", "output LSB")
    output_noise: float = _number("converter and other output noise", "output LSB")
    reserved_factor: float = _number("times that in reserved columns", "", least=1.0, value=1.0)
    drift_mean: float = _number("weights lost", "of the weight, a decade", 1.0, -1.0)
    drift_amplitude: float = _number("drift spread of large weights", "weight steps a decade")
    drift_knee: float = _number("weight where it saturates", "weight steps", value=1.0)
    drift_relative: float = _number("drift spread", "of the weight, a decade", 1.0)
    drift_start: float = _number("time scale of drift", "s", value=3600.0)
    activation_energy: float = _number("activation energy of drift", "eV", 5.0)
    temperature_gain: float = _number("gain by temperature", "of the output, a K", 0.1, -0.1)
    stuck_low: float = _number("cells stuck at 0", "of the cells", 1.0)
    stuck_high: float = _number("cells stuck at full scale, either sign", "of the cells", 1.0)
    layers: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def ideal(self) -> bool:
        """Whether nothing is wrong at any time: the exact simulator's answers."""
        quiet = {"drift_start", "activation_energy", "reserved_factor"}
        found = [getattr(self, name) for name in NUMBERS if name not in quiet | _KNEES]
        return not any(found) and not any(self.layers.values())

    def decades(self, conditions: Conditions) -> float:
        """Decades of drift, d."""
        inverse = 1 / (ROOM_CELSIUS + ZERO_CELSIUS) - 1 / (conditions.celsius + ZERO_CELSIUS)
        faster = math.exp(self.activation_energy / BOLTZMANN * inverse)
        return math.log10(1 + conditions.seconds * faster / self.drift_start)

    def gain(self, conditions: Conditions) -> float:
        """What time and temperature multiply all weights by, bias cells included."""
        warm = 1 + self.temperature_gain * (conditions.celsius - ROOM_CELSIUS)
        return max(0.0, (1 - self.drift_mean * self.decades(conditions)) * warm)

    def with_values(self, values: Mapping[str, float], source: str) -> DeviceModel:
        """The model with some numbers replaced. Raises ChipError for unknown or wrong ones."""
        for name, value in values.items():
            _check_number(name, value, self.name)
        sources = dict(self.sources) | dict.fromkeys(values, source)
        return replace(self, **dict(values), sources=sources)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Conditions:
    """When and where the chip runs: seconds since it was programmed, degrees Celsius."""

    seconds: float = 0.0
    celsius: float = ROOM_CELSIUS


_RANGES = {own.name: own.metadata for own in fields(DeviceModel) if "unit" in own.metadata}
NUMBERS = tuple(_RANGES)
_KNEES = frozenset(name for name in NUMBERS if name.endswith("_knee"))
_ABOVE_ZERO = _KNEES | {"drift_start"}


def describe(name: str) -> tuple[str, str]:
    """What a number of the model is, and its unit."""
    return _RANGES[name]["text"], _RANGES[name]["unit"]


def models(raw: Mapping[str, Any]) -> dict[str, DeviceModel]:
    """The models of a ``[noise]`` table, by name. Raises ChipError for what is wrong in it."""
    if not isinstance(raw, Mapping):
        raise ChipError("noise is no table", hint=_HINT)
    return {name: _model(name, table) for name, table in raw.items()}


def _model(name: str, raw: Any) -> DeviceModel:
    where = f"noise.{name}"
    if not isinstance(raw, Mapping):
        raise ChipError(f"{where} is no table", hint=_HINT)
    values: dict[str, float] = {}
    sources: dict[str, str] = {}
    layers: dict[str, float] = {}
    for key, entry in raw.items():
        if not isinstance(entry, Mapping):
            raise ChipError(f"{where}.{key} is no table with a value and its source", hint=_HINT)
        source = entry.get("source")
        if not isinstance(source, str) or not source.strip():
            raise ChipError(
                f"{where}.{key} has no source",
                hint="Say where the number is from, or that it is an assumption.",
            )
        own = "values" if key == "layers" else "value"
        if set(entry) != {own, "source"}:
            extra = ", ".join(sorted(set(entry) ^ {own, "source"}))
            raise ChipError(f"{where}.{key}: {extra} missing or unknown", hint=_HINT)
        sources[key] = " ".join(source.split())
        if key == "layers":
            layers = _layers(entry["values"], name)
        else:
            values[key] = _check_number(key, entry["value"], name)
    return DeviceModel(name=name, layers=layers, sources=sources, **values)


def _layers(values: Any, model: str) -> dict[str, float]:
    if not isinstance(values, Mapping):
        raise ChipError(f"noise.{model}.layers.values is no table of layers", hint=_HINT)
    found = {}
    for layer, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
            raise ChipError(f"noise.{model}.layers: {layer} is {value!r}, no number from 0")
        found[layer] = float(value)
    return found


def _check_number(name: str, value: Any, model: str) -> float:
    where = f"noise.{model}.{name}"
    if name not in _RANGES:
        raise ChipError(
            f"{where} is no number of a device model", hint=f"Known: {', '.join(NUMBERS)}."
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ChipError(f"{where} is {value!r}, not a number")
    least, most = _RANGES[name]["least"], _RANGES[name]["most"]
    if not math.isfinite(value) or not least <= value <= most:
        upper = "" if most == math.inf else f" to {most:g}"
        raise ChipError(f"{where} is {value}, must be a number from {least:g}{upper}")
    if name in _ABOVE_ZERO and value == 0:
        raise ChipError(f"{where} must be above 0")
    return float(value)


def pick(known: Mapping[str, DeviceModel], name: str, where: str) -> DeviceModel:
    """The model called ``name``. Raises ChipError, with the names there are."""
    if name not in known:
        listed = ", ".join(known) or "none"
        raise ChipError(
            f"no noise model {name!r}",
            hint=f"Models: {listed}. A file with a model of your own works too.",
            where=where,
        )
    return known[name]


def load(path: Path, name: str | None = None) -> DeviceModel:
    """A model from a TOML file: the only one in it, or the one called ``name``.

    Raises ChipError when the file is missing or broken or has no such model.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ChipError(
            f"cannot be read: {error.strerror}",
            hint="Name a preset, or a .toml file that `noise --fit` wrote.",
            where=str(path),
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ChipError(f"not a TOML file: {error}", where=str(path)) from error
    try:
        found = models(raw.get("noise", {}))
    except ChipError as error:
        raise ChipError(error.message, hint=error.hint, where=str(path)) from error
    if name is None and len(found) == 1:
        return next(iter(found.values()))
    if name is None:
        raise ChipError(
            f"holds {len(found)} noise models" if found else "holds no noise model",
            hint=f"Name one: {', '.join(found)}." if found else _HINT,
            where=str(path),
        )
    return pick(found, name, str(path))


def save(model: DeviceModel, path: Path) -> None:
    """Write the model so that ``load`` reads it; numbers that are as left out are left out."""
    lines = [f"# Noise model of the analog array, {model.name}, written by CIM Studio.", ""]
    table = f"[noise.{_key(model.name)}"
    lines += [f"{table}]"]
    for own in fields(DeviceModel):
        if own.name not in _RANGES:
            continue
        value = getattr(model, own.name)
        if value != own.default or own.name in model.sources:
            source = model.sources.get(own.name, "not said")
            lines += ["", f"{table}.{own.name}]", f"value = {float(value)!r}"]
            lines += [f"source = {_text(source)}"]
    if model.layers:
        source = model.sources.get("layers", "not said")
        lines += ["", f"{table}.layers]", f"source = {_text(source)}"]
        lines += ["", f"{table}.layers.values]"]
        lines += [f"{_key(layer)} = {float(value)!r}" for layer, value in model.layers.items()]
    write_text(path, "\n".join(lines) + "\n")


def _text(text: str) -> str:
    """A TOML basic string: JSON's escapes are all TOML's, but DEL needs one too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_key = _text
