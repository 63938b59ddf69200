"""The image format of the chip's boot ROM: header, segments, checksum, appended hash, description of the app.

Source: ESP-IDF, "App Image Format" and "Bootloader Image Format".
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import reduce
from operator import xor

from gangvakt.errors import ImageError

HEADER = struct.Struct("<BBBBIB3sHBHH4sB")
SEGMENT = struct.Struct("<II")
MAGIC = 0xE9
SEGMENTS_MAX = 16
CHECKSUM_SEED = 0xEF
ALIGN = 16  # the checksum is the last byte of a block of this size
HASH_BYTES = 32
SPEED_AND_SIZE = 3  # place of the byte whose upper half is the flash size, as a power of two of megabytes

# The description stands at the beginning of the first segment of an app.
DESCRIPTION = struct.Struct("<II8s32s32s")
DESCRIPTION_MAGIC = 0xABCD5432

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class EspImage:
    """A checked image: exactly its bytes, the chip and the flash size its header names.

    `version` is that of the description, empty where the image has none (a boot loader).
    """

    content: bytes
    chip_id: int
    flash_size: int
    version: str
    hashed: bool

    def for_flash(self, size: int) -> bytes:
        """The image for a flash of at least this size, which a boot loader believes its header about.

        It refuses partitions beyond; the official images for several sizes name the smallest.
        """
        if self.flash_size >= size:
            return self.content
        changed = bytearray(self.content)
        speed = changed[SPEED_AND_SIZE] & 0x0F
        changed[SPEED_AND_SIZE] = speed | (size // MEGABYTE).bit_length() - 1 << 4
        if self.hashed:
            changed[-HASH_BYTES:] = hashlib.sha256(changed[:-HASH_BYTES]).digest()
        return bytes(changed)


def parse_image(source: str, data: bytes) -> EspImage:
    """The image at the beginning of `data`, whatever follows it; ImageError where it is none or damaged."""
    if len(data) < HEADER.size:
        raise ImageError(source, "size", f"{len(data)} bytes", "a whole image: the file is cut short")
    magic, segments, _mode, speed_and_size, *_rest, chip_id, _rev, _low, _high, _spare, hashed = (
        HEADER.unpack_from(data)
    )
    if magic != MAGIC:
        raise ImageError(source, "first byte", hex(magic), f"{MAGIC:#x}, with which an image begins")
    if not 1 <= segments <= SEGMENTS_MAX:
        raise ImageError(source, "segments", segments, f"1 to {SEGMENTS_MAX}")
    end, checksum = _walk(source, data, segments)
    if data[end - 1] != checksum:
        raise ImageError(source, "checksum", hex(data[end - 1]), f"{checksum:#x}: get the file again")
    if hashed:
        end = _check_hash(source, data, end)
    content = bytes(data[:end])
    return EspImage(content, chip_id, MEGABYTE << (speed_and_size >> 4), _version(content), bool(hashed))


def _walk(source: str, data: bytes, segments: int) -> tuple[int, int]:
    """(end of the block that the checksum closes, the checksum of what is there)."""
    at, checksum = HEADER.size, CHECKSUM_SEED
    for _ in range(segments):
        if at + SEGMENT.size > len(data):
            raise _cut_short(source, data, at + SEGMENT.size)
        _address, length = SEGMENT.unpack_from(data, at)
        at += SEGMENT.size
        if at + length > len(data):
            raise _cut_short(source, data, at + length)
        checksum ^= _xor(data[at : at + length])
        at += length
    end = (at // ALIGN + 1) * ALIGN
    if end > len(data):
        raise _cut_short(source, data, end)
    return end, checksum


def _xor(data: bytes) -> int:
    """All bytes of `data`, eight at a time since an image has a million of them."""
    whole = len(data) // 8 * 8
    words = reduce(xor, struct.unpack(f"<{whole // 8}Q", data[:whole]), 0)
    return reduce(xor, words.to_bytes(8, "little") + data[whole:], 0)


def _check_hash(source: str, data: bytes, end: int) -> int:
    """The end of the hash behind the checksum, which must be that of everything before it."""
    found = data[end : end + HASH_BYTES]
    if len(found) < HASH_BYTES:
        raise _cut_short(source, data, end + HASH_BYTES)
    if found != hashlib.sha256(data[:end]).digest():
        raise ImageError(
            source, "appended hash", found.hex()[:16] + "...", "that of the image: get the file again"
        )
    return end + HASH_BYTES


def _cut_short(source: str, data: bytes, needed: int) -> ImageError:
    return ImageError(source, "size", f"{len(data)} bytes", f"{needed} bytes or more: the file is cut short")


def _version(content: bytes) -> str:
    at = HEADER.size + SEGMENT.size
    if len(content) < at + DESCRIPTION.size:
        return ""
    magic, _secure, _spare, version, _project = DESCRIPTION.unpack_from(content, at)
    return version.rstrip(b"\0").decode("ascii", "replace") if magic == DESCRIPTION_MAGIC else ""
