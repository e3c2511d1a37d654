"""opt.protobuf: the maker's layer options, a message in the text format of Protocol Buffers.

Each ``layerOptiConfig`` names a node of the model; its sub-messages are repeated, one for each
of the layer's array operations. The schema below is ours, written from the maker's description
of the fields; resources/opt.proto shows it. Numbers and names of enumerations are both read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

from studio.base.errors import DataError
from studio.base.files import write_text
from studio.quantize.layer_options import LayerChoice, LayerChoices
from studio.quantize.qarray import Store

ENUMS: dict[str, tuple[str, ...]] = {
    "SparseMode": ("SIM_MODE", "MIX_MODE", "DIG_MODE"),
    "Region": ("ANY_REGION", "UP_REGION", "DOWN_REGION"),
}
STORES: tuple[Store, ...] = ("analog", "mixed", "digital")
# Message -> field -> (type, what it does).
MESSAGES: dict[str, dict[str, tuple[str, str]]] = {
    "inputOpti": {
        "shift": ("int32", "1: inputs, bias and gain times 2**num"),
        "num": ("int32", "see shift"),
        "front_scale": ("int32", "so many of num come from the layer before: its gain >> this"),
        "signed_input": ("int32", "N > 0: the first N as PN, the others + 128; -1: all + 128"),
    },
    "weightOpti": {
        "shift": ("int32", "1: weights, bias and gain times 2**num"),
        "num": ("int32", "see shift"),
        "region": ("Region", "the bank of the layer's blocks"),
    },
    "doubleWeightOpti": {
        "multiple": ("int32", "the block is stored 2**multiple times, gain times as much"),
    },
    "sparseMatrixOpti": {
        "sp_mode": ("SparseMode", "weights in cells, high bytes on the CPU, or all on the CPU"),
        "shift": ("int32", "not known; 0 only"),
    },
    "arrayOutputOpti": {
        "magnify": ("int32", "gain >> magnify"),
        "repeat": ("int32", "2: computed twice and averaged; 0 and 1: once"),
    },
    "convOpti": {
        "multi_point": ("int32", "window positions computed in one round; 0: not said"),
        "tdnn_mode": ("bool", "how the maker's tool orders the work; no effect here"),
        "conv2DToConv1D_enable": ("bool", "the same"),
        "fout_burst_point": ("int32", "the same"),
    },
}
_SCHEDULE = ("tdnn_mode", "conv2DToConv1D_enable", "fout_burst_point")
_PACKAGE = "studio"
_MOST = 15  # no shift beyond this makes sense: gains span 5 bits


def read(path: Path, shared: bool = False) -> LayerChoices:
    """The choices of a file; ``shared`` as in LayerChoices.

    Raises DataError, with line and column where the text cannot be parsed, and with the layer
    where a value makes no sense.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(
            f"cannot read the layer options: {error.strerror}",
            hint="Check the name and the folder.",
            where=str(path),
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            "not a text file",
            hint="Layer options are text: layerOptiConfig { name: ... }.",
            where=str(path),
        ) from error
    return LayerChoices(parse(text, str(path)), str(path), shared)


def parse(text: str, source: str) -> tuple[LayerChoice, ...]:
    """As ``read``, from text; ``source`` is for messages."""
    try:
        message: Any = text_format.Parse(text, _message_class()())
    except text_format.ParseError as error:
        line, column = error.GetLine(), error.GetColumn()
        # Its text begins with both again, and may quote the line.
        reason = str(error).removeprefix(f"{line}:{column} : ").rpartition("': ")[2]
        place = f"line {line}, column {column}: " if line is not None else ""
        raise DataError(
            f"not readable as layer options: {place}{reason[:200]}",
            hint=_hint(str(error)),
            where=source,
        ) from error
    found: list[LayerChoice] = []
    for config in message.layerOptiConfig:
        if not config.name:
            raise DataError(
                "a layerOptiConfig has no name",
                hint='Write name: "NODE", the name of a node of the model.',
                where=source,
            )
        if any(own.layer == config.name for own in found):
            raise DataError(
                f"layer {config.name} has two layerOptiConfig",
                hint="Put their messages into one.",
                where=source,
            )
        count = max([1, *(len(getattr(config, name)) for name in MESSAGES)])
        found += [_choice(config, number, source) for number in range(count)]
    return tuple(found)


def _choice(config: Any, number: int, source: str) -> LayerChoice:
    """The options of one array operation of a layer."""
    values = {
        (name, field): getattr(getattr(config, name)[number], field)
        if number < len(getattr(config, name))
        else 0
        for name, fields in MESSAGES.items()
        for field in fields
    }

    def value(name: str, field: str, least: int = 0, most: int = _MOST) -> int:
        found = int(values[name, field])
        if not least <= found <= most:
            raise DataError(
                f"{name} {field} is {found}, must be {least}..{most}",
                hint=f"{field}: {MESSAGES[name][field][1]}.",
                where=f"{source}, layer {config.name}",
            )
        return found

    ignored = []
    shifts = {}
    for name in ("inputOpti", "weightOpti"):
        number_of, on = value(name, "num"), value(name, "shift", most=1)
        shifts[name] = number_of * on
        if number_of and not on:
            ignored.append(f"{name} num {number_of} has no effect without shift 1.")
    value("sparseMatrixOpti", "shift", most=0)
    for field in _SCHEDULE:
        if values["convOpti", field]:
            ignored.append(f"convOpti {field} changes no number and is not used here.")
    if values["convOpti", "tdnn_mode"] and values["convOpti", "conv2DToConv1D_enable"]:
        raise DataError(
            "convOpti has both tdnn_mode and conv2DToConv1D_enable",
            hint="They exclude each other: leave one out.",
            where=f"{source}, layer {config.name}",
        )
    return LayerChoice(
        layer=config.name,
        array=number,
        input_shift=shifts["inputOpti"],
        front_scale=value("inputOpti", "front_scale"),
        signed_input=value("inputOpti", "signed_input", -1, 2**31 - 1),
        weight_shift=shifts["weightOpti"],
        region=value("weightOpti", "region"),
        multiple=value("doubleWeightOpti", "multiple"),
        store=STORES[value("sparseMatrixOpti", "sp_mode")],
        magnify=value("arrayOutputOpti", "magnify"),
        repeat=max(1, value("arrayOutputOpti", "repeat", most=2)),
        points=value("convOpti", "multi_point", most=2**15),
        ignored=tuple(ignored),
    )


def write(path: Path, choices: Sequence[LayerChoice]) -> None:
    """Write choices so that ``read`` and the maker's tool give them back.

    Raises ProjectError when the place is not writable.
    """
    write_text(path, text_of(choices))


def text_of(choices: Sequence[LayerChoice]) -> str:
    """The file's text: every layer once, a message for each of its arrays up to the last set."""
    message: Any = _message_class()()
    configs: dict[str, Any] = {}
    for choice in sorted(choices, key=lambda own: own.array):
        if choice.layer not in configs:
            configs[choice.layer] = message.layerOptiConfig.add(name=choice.layer)
        for name, fields in _fields(choice):
            repeated = getattr(configs[choice.layer], name)
            while len(repeated) < choice.array:
                repeated.add()
            repeated.add(**fields)
    text: str = text_format.MessageToString(message, as_utf8=True)
    return text


def _fields(choice: LayerChoice) -> Iterator[tuple[str, dict[str, int]]]:
    """The messages that say more than the defaults, and their fields."""
    for name, fields in (
        (
            "inputOpti",
            {
                "shift": int(choice.input_shift > 0),
                "num": choice.input_shift,
                "front_scale": choice.front_scale,
                "signed_input": choice.signed_input,
            },
        ),
        (
            "weightOpti",
            {
                "shift": int(choice.weight_shift > 0),
                "num": choice.weight_shift,
                "region": choice.region,
            },
        ),
        ("doubleWeightOpti", {"multiple": choice.multiple}),
        ("sparseMatrixOpti", {"sp_mode": STORES.index(choice.store)}),
        (
            "arrayOutputOpti",
            {"magnify": choice.magnify, "repeat": choice.repeat if choice.repeat > 1 else 0},
        ),
        ("convOpti", {"multi_point": choice.points}),
    ):
        if kept := {field: value for field, value in fields.items() if value}:
            yield name, kept


def schema_text() -> str:
    """The schema in the .proto language, with a comment for each field."""
    lines = [
        "// Layer options, generated from studio/formats/opt_protobuf.py, which reads them.",
        'syntax = "proto2";',
        f"package {_PACKAGE};",
    ]
    for enum, names in ENUMS.items():
        lines += ["", f"enum {enum} {{"]
        lines += [f"  {name} = {number};" for number, name in enumerate(names)] + ["}"]
    for message, fields in MESSAGES.items():
        lines += ["", f"message {_type(message)} {{"]
        for number, (field, (kind, meaning)) in enumerate(fields.items(), 1):
            lines.append(f"  optional {kind} {field} = {number};  // {meaning}")
        lines.append("}")
    lines += ["", "// One layer; the n-th message of a kind is for its n-th array operation."]
    lines += ["message LayerOptiConfig {", "  optional string name = 1;"]
    lines += [f"  repeated {_type(m)} {m} = {n};" for n, m in enumerate(MESSAGES, 2)] + ["}"]
    lines += [
        "",
        "message OptimizeConfig {",
        "  repeated LayerOptiConfig layerOptiConfig = 1;",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _type(message: str) -> str:
    return message[0].upper() + message[1:]


def _message_class() -> Any:
    """The class of the whole file, from the same tables as ``schema_text``."""
    field = descriptor_pb2.FieldDescriptorProto
    kinds = {"int32": field.TYPE_INT32, "bool": field.TYPE_BOOL, "string": field.TYPE_STRING}
    file = descriptor_pb2.FileDescriptorProto(name="opt.proto", package=_PACKAGE, syntax="proto2")
    for enum, names in ENUMS.items():
        made = file.enum_type.add(name=enum)
        for number, name in enumerate(names):
            made.value.add(name=name, number=number)

    def add(message: Any, name: str, number: int, kind: str, repeated: bool = False) -> None:
        own = message.field.add(name=name, number=number)
        own.label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL
        own.type = kinds.get(kind, field.TYPE_ENUM if kind in ENUMS else field.TYPE_MESSAGE)
        if kind not in kinds:
            own.type_name = f".{_PACKAGE}.{kind}"

    for name, fields in MESSAGES.items():
        inner = file.message_type.add(name=_type(name))
        for number, (title, (kind, _)) in enumerate(fields.items(), 1):
            add(inner, title, number, kind)
    config = file.message_type.add(name="LayerOptiConfig")
    add(config, "name", 1, "string")
    for number, name in enumerate(MESSAGES, 2):
        add(config, name, number, _type(name), repeated=True)
    whole = file.message_type.add(name="OptimizeConfig")
    add(whole, "layerOptiConfig", 1, "LayerOptiConfig", repeated=True)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.OptimizeConfig"))


def _hint(error: str) -> str:
    """What may be written where the parser stopped."""
    for name, fields in MESSAGES.items():
        if _type(name) in error:
            return f"Fields of {name}: {', '.join(fields)}."
    for enum, names in ENUMS.items():
        if enum in error:
            return f"Values: {', '.join(names)}, or 0..{len(names) - 1}."
    return f"A file holds layerOptiConfig {{ name: ... }} with {', '.join(MESSAGES)}."
