"""Small files with the layout of the official images: boot loader, table, app, well formed for any chip."""

from __future__ import annotations

import hashlib
import random
import struct

from gangvakt.provision.board import BoardSpec, Image
from gangvakt.provision.chips import CHIPS

SEGMENT_ADDRESS = {"esp32": 0x3F400020, "esp32s3": 0x3C000020, "esp32c3": 0x3C000020}
APP_BYTES = 6000
LOADER_BYTES = 2000


def esp_image(chip: str, body: bytes, *, flash_mb: int = 4, hashed: bool = True) -> bytes:
    """An image of one segment, as the chip's boot ROM wants it."""
    size_code = flash_mb.bit_length() - 1
    header = struct.pack("<BBBBI", 0xE9, 1, 2, size_code << 4 | 0xF, 0x40080000)
    header += struct.pack(
        "<B3sHBHH4sB", 0xEE, bytes(3), CHIPS[chip].image_chip_id, 0, 0, 0xFFFF, bytes(4), hashed
    )
    body += bytes(-len(body) % 4)
    image = header + struct.pack("<II", SEGMENT_ADDRESS[chip], len(body)) + body
    checksum = 0xEF
    for byte in body:
        checksum ^= byte
    image += bytes(15 - len(image) % 16) + bytes([checksum])
    return image + hashlib.sha256(image).digest() if hashed else image


def app_body(version: str, size: int = APP_BYTES) -> bytes:
    """The description of an app, and code that does not compress."""
    description = struct.pack(
        "<IIQ32s32s16s16s32s32s80x",
        *(
            0xABCD5432,
            0,
            0,
            version.encode(),
            b"micropython",
            b"12:00:00",
            b"Sep 11 2025",
            b"v5.4.2",
            bytes(32),
        ),
    )
    return description + random.Random(version).randbytes(size)


def official_file(
    chip: str = "esp32", version: str = "v1.26.1", *, flash_mb: int = 4, app_bytes: int = APP_BYTES
) -> bytes:
    """Boot loader at the chip's offset, which is the file's beginning, app at 0x10000."""
    loader = esp_image(chip, random.Random(chip).randbytes(LOADER_BYTES), flash_mb=flash_mb)
    app = esp_image(chip, app_body(version, app_bytes), flash_mb=flash_mb)
    return loader.ljust(0x10000 - CHIPS[chip].image_offset, b"\xff") + app


def pinned(spec: BoardSpec, content: bytes | None, url: str | None = None) -> BoardSpec:
    """The board with this file as its official image; without a sum where there is no content."""
    image = Image.model_construct(
        file=spec.image.file,
        version=spec.image.version,
        size=None if content is None else len(content),
        sha256=None if content is None else hashlib.sha256(content).hexdigest(),
        url=url,
    )
    return spec.model_copy(update={"image": image})
