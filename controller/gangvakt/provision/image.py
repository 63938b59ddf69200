"""Flash images: firmware and data become the bytes of each partition, these the bytes of the flash."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from littlefs import LittleFS, LittleFSError

from gangvakt.errors import ImageError
from gangvakt.provision.board import BoardSpec, Partition
from gangvakt.provision.compiling import compile_source, compile_tree
from gangvakt.provision.pack import Manifest, flashed_slot, packed_body
from gangvakt.provision.shrinking import without_private_names

FIRMWARE_DIR = Path(__file__).resolve().parents[3] / "firmware"
SLOT = "app_a"  # a fresh board starts from the first of its two app slots
SLOTS = (SLOT, "app_b")
STARTERS = ("boot.py", "main.py")  # the interpreter runs these two by name, as they are
ROOT_MODULES = ("ladder", "last", "pack", "rungs", "slots")  # compiled; what finds the app lies outside of it
TRUSTED = "trusted"  # file of the app, as sign.proto.manifest knows it
VERSION_LINE = re.compile(r'^VERSION = "([^"]+)"$', re.MULTILINE)
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


def root_files(arch: str, firmware_dir: Path = FIRMWARE_DIR) -> dict[str, bytes]:
    """Files of the `vfs` partition, written by flashing only: what starts, and what finds the app."""
    files = {f"/{name}": (firmware_dir / name).read_bytes() for name in STARTERS}
    sources = {name: (firmware_dir / f"{name}.py").read_text() for name in ROOT_MODULES}
    for name, source in without_private_names(sources).items():
        files[f"/{name}.mpy"] = compile_source(source.encode(), name, arch)
    return files


def app_files(arch: str, firmware_dir: Path = FIRMWARE_DIR, trusted: bytes = b"") -> dict[str, bytes]:
    """Files of the app, compiled, by path in its slot; `trusted` are the keys whose updates it takes."""
    return compile_tree(firmware_dir, "sign", arch) | ({TRUSTED: trusted} if trusted else {})


def app_manifest(board: BoardSpec, body: bytes, firmware_dir: Path = FIRMWARE_DIR) -> Manifest:
    """What is to be known of an app for such boards."""
    version = VERSION_LINE.search((firmware_dir / "sign" / "version.py").read_text())
    if version is None:
        raise ImageError("sign/version.py", "VERSION", "no such line", 'VERSION = "1.2.3"')
    sha256 = hashlib.sha256(body).digest()
    return Manifest(board.board.id, version[1], board.image.version, len(body), sha256)


def slot_image(board: BoardSpec, firmware_dir: Path = FIRMWARE_DIR, trusted: bytes = b"") -> bytes:
    """The slot of a freshly flashed board."""
    body = packed_body(app_files(board.arch, firmware_dir, trusted))
    return flashed_slot(app_manifest(board, body, firmware_dir), body, board.partition(SLOT).size)


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
    board: BoardSpec,
    data_files: Mapping[str, bytes],
    firmware_dir: Path = FIRMWARE_DIR,
    trusted: bytes = b"",
) -> dict[str, bytes]:
    """Contents by partition name: `vfs` and the app's slot from the firmware, `data` from the given files."""
    return {
        "vfs": littlefs_image(board.partition("vfs"), root_files(board.arch, firmware_dir)),
        SLOT: slot_image(board, firmware_dir, trusted),
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
