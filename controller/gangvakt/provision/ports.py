"""Serial ports: which one the technician means."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from serial.tools import list_ports

from gangvakt.errors import PortMissing

URL_SCHEMES = ("rfc2217://", "socket://")  # of pyserial: boards behind a network or in the simulator
WHAT_TO_CHECK = {
    "linux": "the driver (lsusb shows the adapter) and that you are in the group dialout or uucp",
    "darwin": "the driver (CP210x or CH34x) in System Settings, Privacy & Security",
    "win32": "the driver (CP210x or CH34x) in the Device Manager under Ports",
}


@dataclass(frozen=True)
class Candidate:
    """A USB serial port; `usb` is its VID:PID."""

    device: str
    description: str
    usb: str
    serial_number: str | None

    def __str__(self) -> str:
        number = f", serial number {self.serial_number}" if self.serial_number else ""
        return f"{self.device} ({self.description}, {self.usb}{number})"


ListPorts = Callable[[], Sequence[Candidate]]


def candidates() -> list[Candidate]:
    """All serial ports on USB now, by name: a port of the computer itself never has a board."""
    found = [
        Candidate(
            device=info.device,
            description=info.product or info.description or info.name,
            usb=f"{info.vid:04X}:{info.pid or 0:04X}",
            serial_number=info.serial_number,
        )
        for info in list_ports.comports()
        if info.vid is not None
    ]
    return sorted(found, key=lambda candidate: candidate.device)


def is_url(port: str) -> bool:
    """Whether the port is behind a network, so that no driver and no plug says when it is there."""
    return port.lower().startswith(URL_SCHEMES)


def find_port(given: str | None, ports: ListPorts = candidates) -> str:
    """The port given, else the only candidate. PortMissing tells what there is, or what to check."""
    if given is not None:
        if not given.strip():
            raise PortMissing(
                "--port is empty: name a port, or leave it out where only one board is plugged in"
            )
        return given
    found = ports()
    if not found:
        check = WHAT_TO_CHECK.get(sys.platform, "the driver of its USB adapter")
        raise PortMissing(f"no board is plugged in: check the cable (it needs data lines), {check}")
    if len(found) > 1:
        names = [str(candidate) for candidate in found]
        raise PortMissing(f"several ports, choose one with --port: {'; '.join(names)}", names)
    return found[0].device
