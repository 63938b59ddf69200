"""Flash images: firmware and data become the bytes of each partition, these the bytes of the flash."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from littlefs import LittleFS, LittleFSError

from gangvakt.errors import ImageError
from gangvakt.provision.board import BoardSpec, Partition
from gangvakt.provision.compiling import compile_source, compile_tree

FIRMWARE_DIR = Path(__file__).resolve().parents[3] / "firmware"
STARTED = ("boot.py", "main.py")  # by the interpreter, under these names
SLOT = "a"  # a fresh board starts from the first of its two app slots
TABLE_OFFSET = 0x8000
TABLE_SIZE = 0x1000

# Numbers of the ESP-IDF partition table ("Partition Tables", binary format).
ENTRY = struct.Struct("<2sBBII16sI")
ENTRY_MAGIC = b"\xaa\x50"
MD5_MAGIC = b"\xeb\xeb" + b"\xff" * 14
TYPES = {"app": 0x00, "data": 0x01}
SUBTYPES = {
    ("app", "factory"): 0x00,
    ("app", "ota_0"): 0x10,
    ("app", "ota_1"): 0x11,
    ("data", "ota"): 0x00,
    ("data", "phy"): 0x01,
    ("data", "nvs"): 0x02,
    ("data", "undefined"): 0x06,
    ("data", "fat"): 0x81,
    ("data", "littlefs"): 0x83,
    ("data", "romfs"): 0x8F,
}

# Geometry with which MicroPython's VfsLfs2 mounts on the chip.
BLOCK = 4096
UNIT = 32  # bytes: read and program size, and the look-ahead
CACHE = 4 * UNIT
BLOCK_CYCLES = 100


def partition_table(board: BoardSpec) -> bytes:
    """The table in ESP-IDF's binary format, closed by its MD5 entry and padded to one sector."""
    lines = b"".join(_entry(part) for part in board.partitions)
    return (lines + MD5_MAGIC + hashlib.md5(lines).digest()).ljust(TABLE_SIZE, b"\xff")


def _entry(part: Partition) -> bytes:
    subtype = SUBTYPES[part.type, part.subtype]
    return ENTRY.pack(ENTRY_MAGIC, TYPES[part.type], subtype, part.offset, part.size, part.name.encode(), 0)


def app_files(arch: str, firmware_dir: Path = FIRMWARE_DIR) -> dict[str, bytes]:
    """Files of the `vfs` partition: boot.py and main.py as they are, what stands beside them compiled, and
    `sign` compiled into the first slot."""
    files = {f"/{name}": (firmware_dir / name).read_bytes() for name in STARTED}
    beside = [path for path in sorted(firmware_dir.glob("*.py")) if path.name not in STARTED]
    files |= {f"/{path.stem}.mpy": compile_source(path.read_bytes(), path.stem, arch) for path in beside}
    compiled = compile_tree(firmware_dir, "sign", arch)
    return files | {f"/{SLOT}/{name}": content for name, content in compiled.items()}


def littlefs_image(part: Partition, files: Mapping[str, bytes]) -> bytes:
    """A littlefs2 image of exactly the partition's size; ImageError where the files do not fit."""
    fs = _file_system(part.size // BLOCK)
    fs.format()
    fs.mount()
    try:
        for path, content in sorted(files.items()):
            fs.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
            with fs.open(path, "wb") as file:
                file.write(content)
    except LittleFSError as error:
        total = sum(map(len, files.values()))
        allowed = f"at most {part.size} bytes less the tables"
        raise ImageError(part.name, "files", f"{total} bytes", allowed) from error
    fs.unmount()
    return bytes(fs.context.buffer)


def _file_system(block_count: int) -> LittleFS:
    return LittleFS(
        mount=False,
        block_size=BLOCK,
        block_count=block_count,
        read_size=UNIT,
        prog_size=UNIT,
        cache_size=CACHE,
        lookahead_size=UNIT,
        block_cycles=BLOCK_CYCLES,
    )


def build_images(
    board: BoardSpec, data_files: Mapping[str, bytes], firmware_dir: Path = FIRMWARE_DIR
) -> dict[str, bytes]:
    """Contents by partition name: `vfs` from the firmware, `data` from the given files."""
    return {
        "vfs": littlefs_image(board.partition("vfs"), app_files(board.arch, firmware_dir)),
        "data": littlefs_image(board.partition("data"), data_files),
    }


def merge_flash(board: BoardSpec, images: Mapping[str, bytes]) -> bytes:
    """The whole flash: erased (0xFF) but for the partition table and the given partitions."""
    flash = bytearray(b"\xff" * board.flash.size)
    for offset, content in _pieces(board, images):
        flash[offset : offset + len(content)] = content
    return bytes(flash)


def _pieces(board: BoardSpec, images: Mapping[str, bytes]) -> Iterator[tuple[int, bytes]]:
    yield TABLE_OFFSET, partition_table(board)
    for name, content in images.items():
        part = board.partition(name)
        if len(content) > part.size:
            raise ImageError(board.board.id, name, f"{len(content)} bytes", f"at most {part.size} bytes")
        yield part.offset, content
