"""Telnet with RFC 2217's COM-PORT-CONTROL, as bytes: no socket, no port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
BINARY, SUPPRESS_GO_AHEAD, COM_PORT = 0, 3, 44
# Commands of COM-PORT-CONTROL; the server's answer is the command + ANSWER.
SIGNATURE, SET_BAUDRATE, SET_DATASIZE, SET_PARITY, SET_STOPSIZE, SET_CONTROL = range(6)
NOTIFY_LINESTATE, NOTIFY_MODEMSTATE, SUSPEND, RESUME, SET_LINESTATE_MASK, SET_MODEMSTATE_MASK, PURGE = range(
    6, 13
)
ANSWER = 100
LONGEST_SUBNEGOTIATION = 64

_IAC = bytes((IAC,))


@dataclass(frozen=True)
class Data:
    """Bytes for the serial line."""

    data: bytes


@dataclass(frozen=True)
class Option:
    """WILL, WONT, DO or DONT, and of what."""

    verb: int
    option: int


@dataclass(frozen=True)
class ComPort:
    """A command to the port."""

    command: int
    value: bytes


Event = Data | Option | ComPort


def escape(data: bytes) -> bytes:
    """Bytes of the serial line as they go over the connection."""
    return data.replace(_IAC, _IAC * 2)


def option(verb: int, option: int) -> bytes:
    """A negotiation."""
    return bytes((IAC, verb, option))


def com_port(command: int, value: bytes) -> bytes:
    """The server's answer to a command, or a notification."""
    return bytes((IAC, SB, COM_PORT, command + ANSWER)) + escape(value) + bytes((IAC, SE))


class TelnetReader:
    """Takes a connection's bytes apart. Whatever comes, it goes on with the next byte."""

    def __init__(self) -> None:
        self._state: Callable[[bytes, int, list[Event]], int] = self._plain
        self._verb = 0
        self._sub = bytearray()

    def feed(self, data: bytes) -> list[Event]:
        """What the bytes say, in their order."""
        events: list[Event] = []
        at = 0
        while at < len(data):
            at = self._state(data, at, events)
        return events

    def _plain(self, data: bytes, at: int, events: list[Event]) -> int:
        end = data.find(_IAC, at)
        if end < 0:
            end = len(data)
        if end > at:
            events.append(Data(data[at:end]))
        if end < len(data):
            self._state = self._command
        return end + 1

    def _command(self, data: bytes, at: int, events: list[Event]) -> int:
        byte = data[at]
        self._state = self._plain
        if byte == IAC:
            events.append(Data(_IAC))
        elif byte == SB:
            self._sub.clear()
            self._state = self._subnegotiation
        elif WILL <= byte <= DONT:
            self._verb = byte
            self._state = self._option
        return at + 1

    def _option(self, data: bytes, at: int, events: list[Event]) -> int:
        events.append(Option(self._verb, data[at]))
        self._state = self._plain
        return at + 1

    def _subnegotiation(self, data: bytes, at: int, events: list[Event]) -> int:
        if data[at] == IAC:
            self._state = self._subnegotiation_command
        else:
            self._keep(data[at])
        return at + 1

    def _subnegotiation_command(self, data: bytes, at: int, events: list[Event]) -> int:
        if data[at] == IAC:
            self._keep(IAC)
            self._state = self._subnegotiation
        else:
            self._state = self._plain
            if data[at] == SE and len(self._sub) > 1 and self._sub[0] == COM_PORT:
                events.append(ComPort(self._sub[1], bytes(self._sub[2:])))
        return at + 1

    def _keep(self, byte: int) -> None:
        if len(self._sub) < LONGEST_SUBNEGOTIATION:
            self._sub.append(byte)
