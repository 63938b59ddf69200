"""The partition table in the flash (ESP-IDF, "Partition Tables")."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

OFFSET, LENGTH = 0x8000, 0xC00
ENTRY = struct.Struct("<2sBBII16sI")
ENTRY_MAGIC, MD5_MAGIC, END_MAGIC = b"\xaa\x50", b"\xeb\xeb", b"\xff\xff"
APP, DATA = 0, 1
FACTORY, FIRST_OTA, LAST_OTA = 0x00, 0x10, 0x1F
OTA_DATA = 0x00


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
