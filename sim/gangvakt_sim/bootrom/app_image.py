"""Espressif's image format, as the ROM and the boot loader check it ("App Image Format")."""

from __future__ import annotations

import enum
import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

MAGIC = 0xE9
CHECKSUM_SEED = 0xEF
# Magic, segments, SPI mode, size and frequency, entry; then the extended header.
HEADER = struct.Struct("<BBBBI16s")
EXTENDED = struct.Struct("<B3sHBHH4sB")  # WP pin, drive, chip, revisions, reserved, whether a digest follows
SEGMENT = struct.Struct("<II")  # load address, length
MOST_SEGMENTS = 16
ALIGN = 16  # header, segments, padding and the checksum byte together
DIGEST_SIZE = 32
WP_PIN_UNUSED = 0xEE


def checksum(data: bytes, seed: int = CHECKSUM_SEED) -> int:
    """All bytes and the seed XORed."""
    while len(data) > 64:  # fold it, as long integers are quick and bytes are not
        half = (len(data) + 1) // 2
        low, high = int.from_bytes(data[:half], "little"), int.from_bytes(data[half:], "little")
        data = (low ^ high).to_bytes(half, "little")
    for byte in data:
        seed ^= byte
    return seed


class Flaw(enum.Enum):
    """What is wrong with an image."""

    MAGIC = "no image begins here"
    CHIP = "it is for another chip"
    SEGMENTS = "its segments do not fit"
    CHECKSUM = "its checksum differs"
    DIGEST = "its digest differs"


class BadImage(Exception):
    """Not to be started; `found` and `expected` are of what differs."""

    def __init__(self, flaw: Flaw, found: int = 0, expected: int = 0) -> None:
        super().__init__(flaw.value)
        self.flaw, self.found, self.expected = flaw, found, expected


@dataclass(frozen=True)
class Segment:
    """Bytes and the address where they belong."""

    address: int
    data: bytes


@dataclass(frozen=True)
class AppImage:
    """A checked image."""

    entry: int
    segments: tuple[Segment, ...]
    size: int


def read_image(flash: bytes, chip_id: int) -> AppImage:
    """The image with which `flash` begins. BadImage for one that the chip would not start."""
    head = flash[: HEADER.size].ljust(HEADER.size, b"\xff")
    magic, count, _mode, _size, entry, extended = HEADER.unpack(head)
    if magic != MAGIC:
        raise BadImage(Flaw.MAGIC, int.from_bytes(head[:4], "little"), MAGIC)
    _wp, _drive, image_chip, _rev, _least, _most, _reserved, digest = EXTENDED.unpack(extended)
    if image_chip != chip_id:
        raise BadImage(Flaw.CHIP, image_chip, chip_id)
    segments, end = _segments(flash, count)
    end = (end + ALIGN) // ALIGN * ALIGN
    expected = CHECKSUM_SEED
    for segment in segments:
        expected = checksum(segment.data, expected)
    found = flash[end - 1] if end <= len(flash) else -1
    if found != expected:
        raise BadImage(Flaw.CHECKSUM, found & 0xFF, expected)
    if digest:
        if hashlib.sha256(flash[:end]).digest() != flash[end : end + DIGEST_SIZE]:
            raise BadImage(Flaw.DIGEST)
        end += DIGEST_SIZE
    return AppImage(entry, segments, end)


def _segments(flash: bytes, count: int) -> tuple[tuple[Segment, ...], int]:
    if not 1 <= count <= MOST_SEGMENTS:
        raise BadImage(Flaw.SEGMENTS, count, MOST_SEGMENTS)
    segments, at = [], HEADER.size
    for _ in range(count):
        if at + SEGMENT.size > len(flash):
            raise BadImage(Flaw.SEGMENTS, at, len(flash))
        address, length = SEGMENT.unpack_from(flash, at)
        at += SEGMENT.size
        if length % 4 or at + length > len(flash):
            raise BadImage(Flaw.SEGMENTS, length, len(flash) - at)
        segments.append(Segment(address, flash[at : at + length]))
        at += length
    return tuple(segments), at


def write_image(
    chip_id: int, mode_and_size: tuple[int, int], entry: int, segments: Sequence[Segment]
) -> bytes:
    """An image with checksum and digest, for every revision of the chip."""
    mode, size = mode_and_size
    extended = EXTENDED.pack(WP_PIN_UNUSED, b"\0" * 3, chip_id, 0, 0, 0xFFFF, b"\0" * 4, 1)
    parts = [HEADER.pack(MAGIC, len(segments), mode, size, entry, extended)]
    total = CHECKSUM_SEED
    for segment in segments:
        parts += (SEGMENT.pack(segment.address, len(segment.data)), segment.data)
        total = checksum(segment.data, total)
    body = b"".join(parts)
    padding = ALIGN - 1 - len(body) % ALIGN
    body += b"\0" * padding + bytes((total,))
    return body + hashlib.sha256(body).digest()
