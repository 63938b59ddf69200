"""Which app of the partition table the boot loader starts, and what it notes of that (ESP-IDF, "OTA").

`otadata` is two sectors with an entry each; the one with the higher sequence number counts. The stock image
is built with the rollback of apps: one that was chosen anew has a single start to be marked valid.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Protocol

from gangvakt_sim.board.table import APP, DATA, FACTORY, FIRST_OTA, LAST_OTA, OTA_DATA, Entry

ENTRY = struct.Struct("<I20sII")  # sequence number, label, state, CRC
SECTOR = 0x1000
BLANK_NUMBER = 0xFFFFFFFF


class State(IntEnum):
    """Of the slot that an entry chooses."""

    NEW = 0
    PENDING_VERIFY = 1
    VALID = 2
    INVALID = 3
    ABORTED = 4


class Flash(Protocol):
    """What the boot loader reads and writes."""

    def read(self, at: int, length: int) -> bytes: ...
    def erase(self, at: int, length: int) -> None: ...
    def program(self, at: int, data: bytes) -> None: ...


@dataclass(frozen=True)
class Choice:
    """An entry of otadata; `state` may be any number."""

    number: int
    label: bytes
    state: int
    crc: int

    @classmethod
    def unpacked(cls, data: bytes) -> Choice:
        return cls(*ENTRY.unpack(data))

    @property
    def is_sound(self) -> bool:
        return self.crc == crc_of(self.number)

    @property
    def counts(self) -> bool:
        """Whether its slot may be started."""
        return (
            self.is_sound and self.number != BLANK_NUMBER and self.state not in (State.INVALID, State.ABORTED)
        )

    def packed(self) -> bytes:
        return ENTRY.pack(self.number, self.label, self.state, self.crc)


def choice(number: int, state: State) -> Choice:
    return Choice(number, b"\xff" * 20, state, crc_of(number))


def crc_of(number: int) -> int:
    return zlib.crc32(struct.pack("<I", number), 0xFFFFFFFF)


def apps_to_start(entries: Sequence[Entry], flash: Flash) -> tuple[Entry, ...]:
    """The app partitions, the one to start first; notes in otadata what the boot loader does."""
    slots = sorted(
        (e for e in entries if e.type == APP and FIRST_OTA <= e.subtype <= LAST_OTA), key=lambda e: e.subtype
    )
    factory = [e for e in entries if e.type == APP and e.subtype == FACTORY]
    data = next((e for e in entries if e.type == DATA and e.subtype == OTA_DATA), None)
    first = _chosen(data.offset, flash, len(slots), bool(factory)) if data and slots else None
    if first is None:
        return (*factory, *slots)
    return (*slots[first:], *slots[:first], *factory)


def _chosen(at: int, flash: Flash, slots: int, has_factory: bool) -> int | None:
    """The slot to start, counted from 0; None = the factory app, or whatever there is."""
    choices = [Choice.unpacked(flash.read(at + SECTOR * n, ENTRY.size)) for n in range(2)]
    for n, found in enumerate(choices):
        if found.state == State.PENDING_VERIFY:
            choices[n] = replace(found, state=State.ABORTED)
            _write(flash, at + SECTOR * n, choices[n])
    counting = [n for n, found in enumerate(choices) if found.counts]
    if not counting:
        if not has_factory and not any(found.is_sound and found.number != BLANK_NUMBER for found in choices):
            _write(flash, at, choice(1, State.VALID))  # a fresh board
        return None
    active = max(counting, key=lambda n: choices[n].number)
    if choices[active].state == State.NEW:
        _write(flash, at + SECTOR * active, replace(choices[active], state=State.PENDING_VERIFY))
    return (choices[active].number - 1) % slots


def _write(flash: Flash, at: int, found: Choice) -> None:
    flash.erase(at, SECTOR)
    flash.program(at, found.packed())
