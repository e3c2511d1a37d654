"""What the forms that are recognized are called, and what they mean, in a sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from studio.monitor import packets

Tone = Literal["value", "packet", "event", "quiet", "bad"]


@dataclass(frozen=True)
class KindText:
    """A form: its name on a chip, what it is, and a line of it ("" where there is none)."""

    title: str
    meaning: str
    example: str = ""
    tone: Tone = "value"


_KINDS: dict[str, KindText] = {
    "name: value": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "name: value")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "A name, a colon and a number: a series each.")),
        "temp: 21.5",
    ),
    "name=value": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "name=value")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "Names and numbers with an equals sign between.")),
        "temp=21.5 hum=40",
    ),
    "name:value,name2:value2": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "name:value,name2:value2")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "Several names with their numbers in one line.")),
        "temp:21.5,hum:40",
    ),
    "teleplot": KindText(
        ">name:value",
        str(QT_TRANSLATE_NOOP("ValueKinds", "A line for Teleplot: name, value, perhaps a unit.")),
        ">temp:21.5:C",
    ),
    "csv": KindText(
        "CSV",
        str(
            QT_TRANSLATE_NOOP(
                "ValueKinds",
                "Numbers with commas, semicolons or tabs between. A line of names above them names"
                " the columns.",
            )
        ),
        "21.5,40,1013",
    ),
    "csv header": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "CSV header")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "A line that names the columns of the lines below.")),
        "temp,hum,pressure",
    ),
    "numbers": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "numbers")),
        str(
            QT_TRANSLATE_NOOP(
                "ValueKinds",
                "Numbers alone: one is called value, several in a line column 1, column 2, …",
            )
        ),
        "21.5",
    ),
    "json": KindText(
        "JSON",
        str(QT_TRANSLATE_NOOP("ValueKinds", "Names and numbers in braces, an object a line.")),
        '{"temp": 21.5, "hum": 40}',
    ),
    "correct ratio": KindText(
        "correct ratio",
        str(QT_TRANSLATE_NOOP("ValueKinds", "The accuracy, as the maker's demos print it.")),
        "correct ratio:0.97",
    ),
    "image num": KindText(
        "image num",
        str(QT_TRANSLATE_NOOP("ValueKinds", "The number of the image, as the demos print it.")),
        "image num:12",
    ),
    "net_output": KindText(
        "net_output",
        str(QT_TRANSLATE_NOOP("ValueKinds", "An output of the network, as the demos print it.")),
        "net_output:0.5",
    ),
    "NAME: 123 us": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "NAME: 123 us")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "A time: a name, a number and ns, us or ms.")),
        "conv1: 123 us",
    ),
    "layer time": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "layer times")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "The time of a layer, with its cycles.")),
        "conv1: 123 us (2952 cycles)",
    ),
    "sample": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "samples")),
        str(
            QT_TRANSLATE_NOOP(
                "ValueKinds", "One sample's label and result: these make the accuracy."
            )
        ),
        "sample:0,label:7,result:7,ratio:1.000000",
    ),
    "garbled sample": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "damaged samples")),
        str(
            QT_TRANSLATE_NOOP(
                "ValueKinds", "Lines that begin like a sample's and cannot be read: not counted."
            )
        ),
        tone="quiet",
    ),
    "uart ok": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "start")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "The firmware began: samples count from here on.")),
        "uart ok",
        "event",
    ),
    "done": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "end")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "The firmware has done its last sample.")),
        "done",
        "event",
    ),
    "error": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "error")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "The firmware says that something went wrong.")),
        "error: no NPU",
        "bad",
    ),
    "ready": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "ready")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "The byte CD: the board waits for packets.")),
        tone="quiet",
    ),
    "text": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "text")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "Lines without a value that is recognized.")),
        tone="quiet",
    ),
    "noise": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "noise")),
        str(
            QT_TRANSLATE_NOOP(
                "ValueKinds",
                "Lines with bytes that are no text: is it the right baud rate, or a binary form?",
            )
        ),
        tone="quiet",
    ),
    "long line": KindText(
        str(QT_TRANSLATE_NOOP("ValueKinds", "long lines")),
        str(QT_TRANSLATE_NOOP("ValueKinds", "Lines too long to hold values: shown as text.")),
        tone="quiet",
    ),
}

_PACKETS: dict[str, str] = {
    packets.AUDIO: str(QT_TRANSLATE_NOOP("ValueKinds", "Sound, 16 bits a value.")),
    packets.FEATURES: str(QT_TRANSLATE_NOOP("ValueKinds", "Features, a byte each.")),
    packets.FBANK: str(QT_TRANSLATE_NOOP("ValueKinds", "Filter bank features, a byte each.")),
    packets.OUTPUT: str(QT_TRANSLATE_NOOP("ValueKinds", "The network's outputs, a byte each.")),
    packets.LOG: str(QT_TRANSLATE_NOOP("ValueKinds", "Numbers with a decimal point.")),
    packets.COMMAND: str(QT_TRANSLATE_NOOP("ValueKinds", "A line of text in a packet.")),
    packets.BYE: str(QT_TRANSLATE_NOOP("ValueKinds", "The end of the conversation.")),
    packets.LAYER: str(QT_TRANSLATE_NOOP("ValueKinds", "One layer's inputs.")),
    packets.LAYER_OUTPUT: str(QT_TRANSLATE_NOOP("ValueKinds", "One layer's outputs.")),
}


def is_known(kind: str) -> bool:
    """Whether this is a form that needs no pattern of the user."""
    return kind in _KINDS or kind.startswith(("packet ", "sent "))


def explain(kind: str) -> KindText:
    """What a form is, in the window's language; a pattern of the user where it is none."""
    known = _KINDS.get(kind)
    if known is not None:
        return KindText(_tr(known.title), _tr(known.meaning), known.example, known.tone)
    way, _, name = kind.partition(" ")
    if way in ("packet", "sent") and name:
        meaning = _tr(_PACKETS[name]) if name in _PACKETS else ""
        if way == "packet":
            title, told = _tr("packet {0}"), _tr("Packets with a right checksum.")
        else:
            title, told = _tr("sent {0}"), _tr("Packets that were sent to the board.")
        return KindText(title.format(name), f"{told} {meaning}".strip(), tone="packet")
    return KindText(kind, _tr("Lines that your own pattern reads."))


def _tr(text: str) -> str:
    return QCoreApplication.translate("ValueKinds", text)
