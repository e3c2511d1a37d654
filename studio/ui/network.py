"""The addresses by which others on the local network reach this computer."""

from __future__ import annotations

from PySide6.QtNetwork import QAbstractSocket, QNetworkInterface

_KINDS = QNetworkInterface.InterfaceType


def addresses() -> tuple[str, ...]:
    """IPv4 addresses of what is connected, cables and radio first; loopback where there is none."""
    found: list[tuple[bool, int, str]] = []
    flags = QNetworkInterface.InterfaceFlag
    for place, own in enumerate(QNetworkInterface.allInterfaces()):
        up = own.flags() & flags.IsUp and own.flags() & flags.IsRunning
        if not up or own.flags() & flags.IsLoopBack:
            continue
        virtual = own.type() not in (_KINDS.Ethernet, _KINDS.Wifi)
        for entry in own.addressEntries():
            address = entry.ip()
            four = address.protocol() == QAbstractSocket.NetworkLayerProtocol.IPv4Protocol
            if four and not address.isLinkLocal():
                found.append((virtual, place, address.toString()))
    return tuple(dict.fromkeys(address for _, _, address in sorted(found))) or ("127.0.0.1",)
