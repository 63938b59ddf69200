"""A stand-in for MicroPython's official image: its layout and size, well-formed, but no program in it.

The virtual board runs its own interpreter, and takes from the image only that it is whole. The same chip
gives the same bytes, so that a board file can name their sha256.
"""

from __future__ import annotations

import functools
import hashlib
import struct
from dataclasses import dataclass

from gangvakt_sim.board.table import ENTRY, ENTRY_MAGIC, MD5_MAGIC, OFFSET
from gangvakt_sim.bootrom.app_image import ALIGN, DIGEST_SIZE, HEADER, SEGMENT, Segment, write_image
from gangvakt_sim.bootrom.chips import rom_chip

VERSION, PROJECT, IDF = b"1.26.1", b"micropython", b"v5.4.2"
APP_OFFSET = 0x10000
PAGE = 0x10000  # of the flash, as the chip maps it
MAPPED_AT = HEADER.size + SEGMENT.size  # where in its page mapped data begins
DIO = 2
APP_DESCRIPTION = struct.Struct("<II8s32s32s16s16s32s32sHHB3s72s")
APP_MAGIC = 0xABCD5432
LOADER_DESCRIPTION = struct.Struct("<B3sI32s24s16s")
LOADER_MAGIC = 0x50
# Partitions of the official image for 4 MB: name, type, subtype, offset, size.
PARTITIONS = (
    (b"nvs", 1, 0x02, 0x9000, 0x6000),
    (b"phy_init", 1, 0x01, 0xF000, 0x1000),
    (b"factory", 0, 0x00, 0x10000, 0x1F0000),
    (b"vfs", 1, 0x81, 0x200000, 0x200000),
)
# Machine code packs to two thirds: so many of 256 pieces are new bytes, the others come from a stock.
NEW_PIECES = 132
NEW_SIZE = 8
STOCK_PIECES, LONGEST_PIECE = 512, 17
DICE_BYTES = 3  # for each byte of code: a piece takes nine, and gives four at least


@dataclass(frozen=True)
class _Layout:
    """Of a chip's official image: its size, and where its code belongs."""

    file_size: int
    size_and_speed: int  # the header's byte: 4 MB or 8 MB, 40 or 80 MHz
    constants: int  # mapped from flash
    fast_code: int  # loaded into RAM
    code: int  # mapped from flash
    loader: tuple[tuple[int, int], ...]  # the boot loader's segments: address, length
    loader_entry: int


_LAYOUTS = {
    "esp32": _Layout(
        1_734_416,
        0x20,
        0x3F400000,
        0x40080000,
        0x400D0000,
        ((0x3FFF0030, 0x1800), (0x40078000, 0x3C00), (0x40080400, 0x1000)),
        0x400805E4,
    ),
    "esp32s3": _Layout(
        1_735_456,
        0x3F,
        0x3C120000,
        0x40374000,
        0x42000000,
        ((0x3FCE2820, 0x1600), (0x403C8700, 0xC00), (0x403CB700, 0x2E00)),
        0x403C8908,
    ),
    "esp32c3": _Layout(
        1_740_832,
        0x2F,
        0x3C120000,
        0x40380000,
        0x42000000,
        ((0x3FCD5820, 0x1700), (0x403CC710, 0xB00), (0x403CE710, 0x2A00)),
        0x403CC71A,
    ),
}
CONSTANTS_PAGES = 5


@functools.cache
def stand_in_image(chip: str) -> bytes:
    """The file for a chip, to be written at its boot loader's offset. BoardRefusal for an unknown chip."""
    kind = rom_chip(chip)
    layout = _LAYOUTS[chip]
    start = kind.bootloader_offset
    loader = _loader(chip, kind.image_id, layout)
    head = loader.ljust(OFFSET - start, b"\xff") + _table()
    app = _app(chip, kind.image_id, layout, layout.file_size - (APP_OFFSET - start))
    return head.ljust(APP_OFFSET - start, b"\xff") + app


def _loader(chip: str, image_id: int, layout: _Layout) -> bytes:
    about = LOADER_DESCRIPTION.pack(LOADER_MAGIC, b"", 1, IDF, b"Sep 11 2025 12:00:00", b"")
    segments = [
        Segment(address, (b"" if number else about) + _code(f"{chip} loader {number}", length))
        for number, (address, length) in enumerate(layout.loader)
    ]
    return write_image(image_id, (DIO, layout.size_and_speed), layout.loader_entry, segments)


def _table() -> bytes:
    lines = b"".join(
        ENTRY.pack(ENTRY_MAGIC, kind, subtype, offset, size, name, 0)
        for name, kind, subtype, offset, size in PARTITIONS
    )
    return lines + MD5_MAGIC + b"\xff" * 14 + hashlib.md5(lines).digest()


def _app(chip: str, image_id: int, layout: _Layout, size: int) -> bytes:
    """Constants, a part for RAM that fills up to the next page, and the code."""
    about = APP_DESCRIPTION.pack(
        APP_MAGIC,
        0,
        b"",
        VERSION,
        PROJECT,
        b"12:00:00",
        b"Sep 11 2025",
        IDF,
        hashlib.sha256(chip.encode()).digest(),
        0,
        0xFFFF,
        16,
        b"",
        b"",
    )
    constants = about + _code(f"{chip} constants", CONSTANTS_PAGES * PAGE - len(about))
    fast = _code(f"{chip} fast", PAGE - 2 * SEGMENT.size)
    before_code = (CONSTANTS_PAGES + 1) * PAGE + MAPPED_AT
    code = _code(f"{chip} code", size - before_code - ALIGN - DIGEST_SIZE)
    segments = (
        Segment(layout.constants + MAPPED_AT, constants),
        Segment(layout.fast_code, fast),
        Segment(layout.code + MAPPED_AT, code),
    )
    return write_image(image_id, (DIO, layout.size_and_speed), layout.code + MAPPED_AT, segments)


def _code(seed: str, size: int) -> bytes:
    """Bytes that pack about as well as machine code, the same for the same seed."""
    dice = hashlib.shake_128(seed.encode()).digest(DICE_BYTES * size)
    shelf = hashlib.shake_128(f"{seed} stock".encode()).digest(STOCK_PIECES * LONGEST_PIECE)
    stock = [
        shelf[at : at + 4 + shelf[at] % (LONGEST_PIECE - 4)] for at in range(0, len(shelf), LONGEST_PIECE)
    ]
    pieces, made, at = [], 0, 0
    while made < size:
        if dice[at] < NEW_PIECES:
            piece = dice[at + 1 : at + 1 + NEW_SIZE]
        else:
            piece = stock[(dice[at] * dice[at + 1]) % STOCK_PIECES]
        at += 1 + NEW_SIZE
        pieces.append(piece)
        made += len(piece)
    return b"".join(pieces)[:size]
