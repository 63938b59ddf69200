"""The partition table in the flash, and which app it says to start (ESP-IDF, "Partition Tables", "OTA")."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

OFFSET, LENGTH = 0x8000, 0xC00
ENTRY = struct.Struct("<2sBBII16sI")
ENTRY_MAGIC, MD5_MAGIC, END_MAGIC = b"\xaa\x50", b"\xeb\xeb", b"\xff\xff"
APP, DATA = 0, 1
FACTORY, FIRST_OTA, LAST_OTA = 0x00, 0x10, 0x1F
OTA_DATA = 0x00
SELECT = struct.Struct("<I20sII")  # sequence number, label, state, CRC
SELECT_DISTANCE = 0x1000
NEVER_CHOSEN = 0xFFFFFFFF
INVALID, ABORTED = 3, 4  # states of a slot that must not be started again


@dataclass(frozen=True)
class Entry:
    """A partition as the flash says."""

    type: int
    subtype: int
    offset: int
    size: int
    name: str


class BadTable(Exception):
    """It cannot be used; the text is the boot loader's."""


def read_table(flash: bytes) -> tuple[Entry, ...]:
    """The partitions of the table with which `flash` begins. BadTable."""
    entries: list[Entry] = []
    for at in range(0, min(LENGTH, len(flash)) - ENTRY.size + 1, ENTRY.size):
        line = flash[at : at + ENTRY.size]
        if line[:2] == MD5_MAGIC:
            if line[16:] != hashlib.md5(flash[:at]).digest():
                raise BadTable("flash_parts: MD5 check failed")
            return tuple(entries)
        if line[:2] == END_MAGIC and entries:
            return tuple(entries)
        if line[:2] != ENTRY_MAGIC:
            number = int.from_bytes(line[:2], "little")
            raise BadTable(f"flash_parts: partition {len(entries)} invalid magic number {number:#x}")
        entries.append(_entry(line))
    raise BadTable("flash_parts: partition table has no terminating entry, not valid")


def _entry(line: bytes) -> Entry:
    _magic, kind, subtype, offset, size, name, _flags = ENTRY.unpack(line)
    return Entry(kind, subtype, offset, size, name.rstrip(b"\0").decode("ascii", "replace"))


def apps_in_order(entries: Sequence[Entry], read: Callable[[int, int], bytes]) -> tuple[Entry, ...]:
    """The app partitions, the one to start first; `read(offset, length)` reads the flash."""
    slots = sorted((e for e in entries if e.type == APP and FIRST_OTA <= e.subtype <= LAST_OTA), key=_subtype)
    factory = [e for e in entries if e.type == APP and e.subtype == FACTORY]
    choice = next((e for e in entries if e.type == DATA and e.subtype == OTA_DATA), None)
    chosen = _chosen_slot(choice, read) if choice and slots else None
    if chosen is None:
        return (*factory, *slots)
    first = chosen % len(slots)
    return (*slots[first:], *slots[:first], *factory)


def _subtype(entry: Entry) -> int:
    return entry.subtype


def _chosen_slot(choice: Entry, read: Callable[[int, int], bytes]) -> int | None:
    """Counted from 0, over the number of slots; None = none was ever chosen."""
    best = None
    for sector in range(2):
        line = read(choice.offset + sector * SELECT_DISTANCE, SELECT.size)
        if len(line) < SELECT.size:
            continue
        number, _label, state, crc = SELECT.unpack(line)
        if number in (0, NEVER_CHOSEN) or state in (INVALID, ABORTED):
            continue
        if crc == zlib.crc32(line[:4], 0xFFFFFFFF) and (best is None or number > best):
            best = number
    return None if best is None else best - 1
