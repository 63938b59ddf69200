"""The flash in a file: blank or filled by the caller; a power cut tears what is just being written."""

from __future__ import annotations

import random
from pathlib import Path
from typing import BinaryIO

from gangvakt.provision.board import BoardSpec
from gangvakt.provision.image import partition_table
from gangvakt_sim.board.regs import R
from gangvakt_sim.board.shm import SharedMemory
from gangvakt_sim.errors import BoardRefusal

TABLE_OFFSET = 0x8000
APP_MAGIC = (
    b"\xe9"  # first byte of an app image; the image itself need not be there, the interpreter stands for it
)
PROGRAM_UNIT = 32  # a program operation is cut off at a multiple of it
BLANK = b"\xff"


def blank_flash(path: Path, spec: BoardSpec) -> None:
    """Make a blank flash if there is none; one of another size is refused."""
    if not path.exists():
        path.write_bytes(BLANK * spec.flash.size)
    size = path.stat().st_size
    if size != spec.flash.size:
        raise BoardRefusal(str(path), "size", size, f"{spec.flash.size} bytes")


def prepare_flash(path: Path, spec: BoardSpec) -> None:
    """Make a blank flash with the board's partition table, or complete an existing file."""
    blank_flash(path, spec)
    with path.open("r+b") as file:
        _fill_if_blank(file, TABLE_OFFSET, partition_table(spec))
        for part in spec.partitions:
            if part.type == "app":
                _fill_if_blank(file, part.offset, APP_MAGIC)


def _fill_if_blank(file: BinaryIO, offset: int, content: bytes) -> None:
    file.seek(offset)
    if file.read(len(content)).strip(BLANK) == b"":
        file.seek(offset)
        file.write(content)


def tear(memory: SharedMemory, path: Path, rng: random.Random) -> None:
    """The power went: of an operation under way, leave a prefix (program) or half random bits (erase)."""
    operation, address, length = (memory[w] for w in (R.FLASH_OP, R.FLASH_ADDRESS, R.FLASH_LENGTH))
    if operation == R.FLASH_IDLE or length <= 0:
        return
    with path.open("r+b") as file:
        file.seek(address)
        before = file.read(length)
        if operation == R.FLASH_ERASE:
            after = bytes(old | rng.getrandbits(8) for old in before)
        else:
            written = rng.randrange(0, length + 1, PROGRAM_UNIT) if length >= PROGRAM_UNIT else 0
            data = memory.bytes[R.FLASH_DATA_BYTE : R.FLASH_DATA_BYTE + written]
            after = bytes(old & new for old, new in zip(before, data, strict=False)) + before[written:]
        file.seek(address)
        file.write(after)
    memory[R.FLASH_OP] = R.FLASH_IDLE
