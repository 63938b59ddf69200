"""The commands that Hi-Link's radars share: `FD FC FB FA | length | command | value | 04 03 02 01`.

Assumptions: a module hears nothing but ENABLE outside the configuration and sends no reports within it; baud
rate and Bluetooth change with the restart; a command that it does not know is answered with status 1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from gangvakt_sim.world.radar_module import ModuleFaults

HEADER, FOOTER = b"\xfd\xfc\xfb\xfa", b"\x04\x03\x02\x01"
ENABLE, END = 0xFF, 0xFE
DONE, DECLINED = 0, 1
ANSWER = 0x0100
PROTOCOL_VERSION = struct.pack("<HH", 1, 0x40)  # what ENABLE tells
BAUD_RATES = (9600, 19200, 38400, 57600, 115200, 230400, 256000, 460800)
BAUD_INDICES = range(1, len(BAUD_RATES) + 1)
BAUD_256000 = 7
MAX_REQUEST = 64  # longer ones are noise
MAC = bytes.fromhex("8f272eb80f65")
NO_MAC = bytes.fromhex("080504030201")  # told while Bluetooth is off

Command = Callable[[bytes], bytes | None]


class HlkModule:
    """One module: hears commands, remembers what it was told. Kinds of module add commands of their own.

    `version` is what 0xA0 tells: kind u16, version u16, build u32. Public state for tests: `bluetooth`,
    `baud`, `restarts`.
    """

    def __init__(self, version: bytes, faults: ModuleFaults | None = None, *, bluetooth: bool = True) -> None:
        self.faults = faults or ModuleFaults()
        self.bluetooth = self._next_bluetooth = bluetooth
        self.baud = self._next_baud = BAUD_256000
        self.restarts = 0
        self._version = version
        self._configuring = False
        self._heard = b""

    @property
    def reporting(self) -> bool:
        """Reports stop while it is configured."""
        return not self._configuring

    @property
    def rate(self) -> int:
        """Bits a second."""
        return BAUD_RATES[self.baud - 1]

    def receive(self, data: bytes) -> bytes:
        """Hear what the sign wrote, in any pieces; the answers to the commands that it completed."""
        if self.faults.deaf:
            return b""
        self._heard += data
        answers = b""
        while (request := self._next_request()) is not None:
            answer = self._answer(request[0], request[1])
            if answer and self.faults.passes():
                answers += answer
        return answers

    def commands(self) -> Mapping[int, Command]:
        """What it knows, by code; a command gives the value of its answer, or None when it declines."""
        return {
            0xA0: lambda _: self._version,
            0xA1: self._set_baud,
            0xA2: self._factory_reset,
            0xA3: self._restart,
            0xA4: self._set_bluetooth,
            0xA5: lambda _: MAC if self.bluetooth else NO_MAC,
        }

    def _next_request(self) -> tuple[int, bytes] | None:
        """Command and value of the next whole request; what comes before it is dropped."""
        while (at := self._heard.find(HEADER)) >= 0:
            self._heard = self._heard[at:]
            if len(self._heard) < 6:
                return None
            end = 6 + int.from_bytes(self._heard[4:6], "little")
            if 8 <= end <= MAX_REQUEST:
                if len(self._heard) < end + 4:
                    return None
                if self._heard[end : end + 4] == FOOTER:
                    body, self._heard = self._heard[6:end], self._heard[end + 4 :]
                    return int.from_bytes(body[:2], "little"), body[2:]
            self._heard = self._heard[1:]
        self._heard = self._heard[-3:]  # may begin a header
        return None

    def _answer(self, code: int, value: bytes) -> bytes:
        if code == ENABLE:
            self._configuring = True
            return _framed(code, DONE, PROTOCOL_VERSION)
        if not self._configuring:
            return b""
        if code == END:
            self._configuring = False
            return _framed(code, DONE)
        command = self.commands().get(code)
        told = None if command is None or code in self.faults.refused else command(value)
        return _framed(code, DECLINED) if told is None else _framed(code, DONE, told)

    def _set_baud(self, value: bytes) -> bytes | None:
        index = int.from_bytes(value[:2], "little")
        if index not in BAUD_INDICES:
            return None
        self._next_baud = index
        return b""

    def _set_bluetooth(self, value: bytes) -> bytes | None:
        if value[:2] not in (b"\x00\x00", b"\x01\x00"):
            return None
        self._next_bluetooth = value[0] == 1
        return b""

    def _factory_reset(self, value: bytes) -> bytes:
        self._next_baud, self._next_bluetooth = BAUD_256000, True
        return b""

    def _restart(self, value: bytes) -> bytes:
        self.restarts += 1
        self.baud, self.bluetooth = self._next_baud, self._next_bluetooth
        self._configuring = False
        return b""


def _framed(code: int, status: int, value: bytes = b"") -> bytes:
    body = struct.pack("<HH", code | ANSWER, status) + value
    return HEADER + struct.pack("<H", len(body)) + body + FOOTER
