"""The flash chip behind the ROM: sectors are erased, bits cleared; it may be worn, or lose its supply."""

from __future__ import annotations

import hashlib
import mmap
import os
from pathlib import Path

SECTOR = 4096
MANUFACTURER, NOR = 0xC8, 0x40  # GigaDevice


class BrownOut(Exception):
    """The supply dipped in the middle of a write."""


class NorFlash:
    """The board's flash file. Ranges are the caller's to check with `holds`.

    `worn` is the address of a byte whose lowest bit does not keep what is written; `brown_out` after how many
    bytes written the supply dips, once.
    """

    def __init__(self, path: Path, worn: int | None = None, brown_out: int | None = None) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._map = mmap.mmap(self._fd, 0)
        self._worn, self._brown_out = worn, brown_out
        self._written = 0

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self._map)

    @property
    def jedec_id(self) -> int:
        """Manufacturer, kind and size as the chip answers to 9Fh, its first byte lowest."""
        return MANUFACTURER | NOR << 8 | (self.size.bit_length() - 1) << 16

    def holds(self, at: int, length: int) -> bool:
        """Whether the range lies in the flash."""
        return at >= 0 and length >= 0 and at + length <= self.size

    def read(self, at: int, length: int) -> bytes:
        """Bytes as they are, fewer at the end."""
        return self._map[at : at + length]

    def md5(self, at: int, length: int) -> str:
        """Of a range, in hex."""
        with memoryview(self._map) as view, view[at : at + length] as part:
            return hashlib.md5(part).hexdigest()

    def erase(self, at: int, length: int) -> None:
        """Every sector that the range touches."""
        if not length:
            return
        first = at - at % SECTOR
        end = min(-(-(at + length) // SECTOR) * SECTOR, self.size)
        self._map[first:end] = b"\xff" * (end - first)

    def program(self, at: int, data: bytes) -> None:
        """Clear bits. BrownOut with only a part written when the supply dips."""
        room = len(data) if self._brown_out is None else max(0, self._brown_out - self._written)
        torn = room < len(data)
        self._clear_bits(at, data[:room])
        self._written += len(data)
        if torn:
            self._brown_out = None
            raise BrownOut

    def mend(self) -> None:
        """A new flash chip with the same content, and a good supply."""
        self._worn = self._brown_out = None

    def close(self) -> None:
        """Leave the file."""
        self._map.close()
        os.close(self._fd)

    def _clear_bits(self, at: int, data: bytes) -> None:
        before = self._map[at : at + len(data)]
        bits = int.from_bytes(before, "little") & int.from_bytes(data, "little")
        self._map[at : at + len(data)] = bits.to_bytes(len(data), "little")
        if self._worn is not None and at <= self._worn < at + len(data):
            self._map[self._worn] ^= 1
