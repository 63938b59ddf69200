"""Packs: an app in one piece as a slot of the sign holds it, header, index and contents.

The format is drawn in firmware/sign/services/UPDATING.md; firmware/slots.py and firmware/pack.py read it.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate
from pathlib import PurePosixPath
from zlib import crc32

from gangvakt.errors import ImageError, UpdateRefused

MAGIC = b"GVP\x01"
MANIFEST = struct.Struct("<4sBBHIII32s32s12s12sI16s")
SECTOR = 4096  # the header's; the body begins behind it
SIGNATURE_BYTES = 384
MARKS_AT, MARK_UNIT = 512, 32
VALID, ORDER, CONFIRMED = 0, 1, 5
SET = bytes(4)
FIRST_ORDER = 1
BLANK = b"\xff"

HEAD = struct.Struct("<III")
ENTRY = struct.Struct("<III")
KEY_MASK = 0x3FFFFFFF
SUM_BYTES = 32
LINE = struct.Struct("<IIB")


class Kind(IntEnum):
    """What an update renews."""

    APP = 0
    INTERPRETER = 1


@dataclass(frozen=True)
class Manifest:
    """What is signed of an update.

    `sequence` is the version as a number. An update goes forward only; with `replaces` it also goes back,
    from sequences up to that one. `minimum` is the least sequence that may take it over. `key` is the first
    byte of the signing key's SHA-256.
    """

    board: str
    version: str
    interpreter: str
    size: int
    sha256: bytes
    kind: Kind = Kind.APP
    key: int = 0
    replaces: int = 0
    minimum: int = 0

    @property
    def sequence(self) -> int:
        return sequence_of(self.version)

    @classmethod
    def unpacked(cls, data: bytes) -> Manifest:
        """What `packed` made; UpdateRefused for anything else."""
        try:
            _, kind, key, _, _, replaces, size, sha256, *texts, minimum, _ = MANIFEST.unpack(data)
            board, version, interpreter = (text.rstrip(b"\0").decode("ascii") for text in texts)
            found = cls(board, version, interpreter, size, sha256, Kind(kind), key, replaces, minimum)
            if found.packed() == data:
                return found
        except (struct.error, ValueError, ImageError):
            pass
        raise UpdateRefused("update", "manifest", f"{len(data)} bytes", "a manifest of format 1")

    def packed(self) -> bytes:
        """The 128 bytes that are signed."""
        return MANIFEST.pack(
            MAGIC,
            self.kind,
            self.key,
            0,
            self.sequence,
            self.replaces,
            self.size,
            self.sha256,
            self.board.encode(),
            self.version.encode(),
            self.interpreter.encode(),
            self.minimum,
            b"",
        )


def sequence_of(version: str) -> int:
    """A version such as 1.26.0 as a number that grows with it. ImageError for another text."""
    parts = version.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and int(part) < 1000 for part in parts):
        raise ImageError("version", "number", version, "three numbers below 1000, such as 1.4.0")
    major, minor, patch = map(int, parts)
    return (major * 1000 + minor) * 1000 + patch


def packed_body(files: Mapping[str, bytes]) -> bytes:
    """Index, contents and names of these files, by path; the same for the same files."""
    paths = sorted(files)
    keys = {path: _key(path) for path in [*paths, *_folders(paths)]}
    if len(set(keys.values())) != len(keys) or 0 in keys.values():
        raise ImageError("pack", "names", f"{len(keys)} files and folders", "names without equal checksums")
    count = 1 << (2 * len(keys) - 1).bit_length()
    begin = HEAD.size + count * ENTRY.size
    places = dict(zip(paths, accumulate((len(files[path]) for path in paths), initial=begin), strict=False))
    table = [(0, 0, 0)] * count
    for path, key in keys.items():
        at = key % count
        while table[at][0]:
            at = (at + 1) % count
        table[at] = (key, places.get(path, 0), len(files.get(path, b"")))
    contents = b"".join(files[path] for path in paths)
    names = b"".join(_line(path, places[path], files[path]) for path in paths)
    head = HEAD.pack(count, begin + len(contents), len(names))
    return head + b"".join(ENTRY.pack(*entry) for entry in table) + contents + names


def files_of_body(body: bytes) -> dict[str, bytes]:
    """The files in a body by path. ImageError where it is none, or a file has not its sum."""
    try:
        _, at, size = HEAD.unpack_from(body)
        files, end = {}, at + size
        while at < end:
            place, length, name_bytes = LINE.unpack_from(body, at)
            at += LINE.size
            name = body[at : at + name_bytes].decode()
            at += name_bytes
            content = body[place : place + length]
            if hashlib.sha256(content).digest() != body[at : at + SUM_BYTES]:
                raise ImageError("pack", name, "contents of another sum", "a file as it was packed")
            at += SUM_BYTES
            files[name] = content
    except (struct.error, UnicodeDecodeError) as error:
        raise ImageError("pack", "body", f"{len(body)} bytes", "an index, contents and names") from error
    return files


def flashed_slot(manifest: Manifest, body: bytes, slot_bytes: int) -> bytes:
    """A slot as flashing writes it: confirmed, for whoever flashes sees that it starts. ImageError where the
    slot is too small."""
    if SECTOR + len(body) > slot_bytes:
        allowed = f"at most {slot_bytes - SECTOR} bytes, the slot less its header"
        raise ImageError(manifest.board, "app", f"{len(body)} bytes", allowed)
    header = bytearray(manifest.packed().ljust(SECTOR, BLANK))
    for mark, value in ((VALID, SET), (ORDER, struct.pack("<I", FIRST_ORDER)), (CONFIRMED, SET)):
        at = MARKS_AT + MARK_UNIT * mark
        header[at : at + len(value)] = value
    return (bytes(header) + body).ljust(slot_bytes, BLANK)


def _key(path: str) -> int:
    """What the sign finds a path by; it knows paths from their slot's root on."""
    return crc32(f"/{path}".encode()) & KEY_MASK


def _folders(paths: list[str]) -> list[str]:
    parents = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    return sorted(parents - {"."})


def _line(path: str, place: int, content: bytes) -> bytes:
    name = path.encode()
    return LINE.pack(place, len(content), len(name)) + name + hashlib.sha256(content).digest()
