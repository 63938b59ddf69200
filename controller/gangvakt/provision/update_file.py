"""A .gvu file: manifest, its signature, and what is installed. Built, read and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from gangvakt.errors import UpdateRefused
from gangvakt.provision.board import BoardSpec, Partition
from gangvakt.provision.image import FIRMWARE_DIR, app_files, app_manifest
from gangvakt.provision.official import read_interpreter
from gangvakt.provision.pack import (
    MANIFEST,
    SECTOR,
    SIGNATURE_BYTES,
    Kind,
    Manifest,
    packed_body,
    sequence_of,
)
from gangvakt.provision.passphrase import Passphrase
from gangvakt.provision.update_keys import MODULUS_BYTES, UpdateKeys, is_signed, mark_of

ENDING = ".gvu"
LARGEST = 4 << 20  # bytes; no interpreter is larger
HEAD_BYTES = MANIFEST.size + SIGNATURE_BYTES

BeforeSigning = Callable[[Manifest], None]
"""Sees what is about to be signed, and may raise."""


@dataclass(frozen=True)
class UpdateFile:
    """Its manifest as read, and as the bytes that are signed."""

    manifest: Manifest
    signature: bytes
    body: bytes

    @classmethod
    def parse(cls, data: bytes, source: str) -> Self:
        """UpdateRefused where it is none, was cut off or changed; who signed it is another question."""
        if not HEAD_BYTES < len(data) <= LARGEST:
            raise UpdateRefused(source, "size", len(data), f"{HEAD_BYTES + 1} to {LARGEST} bytes")
        manifest = Manifest.unpacked(data[: MANIFEST.size])
        signature, body = data[MANIFEST.size : HEAD_BYTES], data[HEAD_BYTES:]
        if len(body) != manifest.size:
            raise UpdateRefused(source, "size", len(body), f"{manifest.size} bytes, as signed")
        if hashlib.sha256(body).digest() != manifest.sha256:
            raise UpdateRefused(source, "sha256", "another", "that which was signed")
        return cls(manifest, signature, body)

    @classmethod
    def read(cls, path: Path) -> Self:
        """UpdateRefused where the file cannot be read either."""
        try:
            if path.stat().st_size > LARGEST:
                raise UpdateRefused(str(path), "size", path.stat().st_size, f"at most {LARGEST} bytes")
            return cls.parse(path.read_bytes(), str(path))
        except OSError as error:
            raise UpdateRefused(str(path), "file", error.strerror, "a file to be read") from error

    @property
    def content(self) -> bytes:
        """The whole file."""
        return self.manifest.packed() + self.signature + self.body

    def is_signed_by(self, trusted: bytes) -> bool:
        """Whether one of these keys (moduli, one after the other) has signed it."""
        moduli = (trusted[at : at + MODULUS_BYTES] for at in range(0, len(trusted), MODULUS_BYTES))
        data = self.manifest.packed()
        return any(
            mark_of(modulus) == self.manifest.key and is_signed(data, self.signature, modulus)
            for modulus in moduli
        )


def build_update(
    board: BoardSpec,
    keys: UpdateKeys,
    passphrase: Passphrase,
    firmware_dir: Path = FIRMWARE_DIR,
    *,
    minimum: str | None = None,
    replaces: str | None = None,
    before_signing: BeforeSigning | None = None,
) -> UpdateFile:
    """The firmware as a signed update; `minimum` is the least version that may take it over, `replaces` the
    highest that may go back to it. ImageError where the slot is too small."""
    body = packed_body(app_files(board.arch, firmware_dir, keys.trusted()))
    _check_room(board.board.id, "app", body, board.partition("app_b"))
    manifest = app_manifest(board, body, firmware_dir)
    return _signed(manifest, body, keys, passphrase, minimum, replaces, before_signing)


def build_interpreter_update(
    board: BoardSpec,
    path: Path,
    keys: UpdateKeys,
    passphrase: Passphrase,
    *,
    minimum: str | None = None,
    replaces: str | None = None,
    before_signing: BeforeSigning | None = None,
) -> UpdateFile:
    """A MicroPython image as a signed update; versions are those of the interpreter.

    UpdateRefused for a board with one slot, ImageError where the file is no image for its chip.
    """
    slot = next((part for part in board.partitions if part.subtype == "ota_1"), None)
    if slot is None:
        allowed = "a board with ota_0 and ota_1: this one's interpreter is renewed by cable"
        raise UpdateRefused(board.board.id, "interpreter", "one slot", allowed)
    body, version = read_interpreter(board, path)
    _check_room(board.board.id, "interpreter", body, slot)
    sha256 = hashlib.sha256(body).digest()
    manifest = Manifest(board.board.id, version, version, len(body), sha256, Kind.INTERPRETER)
    return _signed(manifest, body, keys, passphrase, minimum, replaces, before_signing)


def _check_room(board: str, field: str, body: bytes, part: Partition) -> None:
    """The slot holds notes of a sector, too."""
    if len(body) > part.size - SECTOR:
        raise UpdateRefused(board, field, f"{len(body)} bytes", f"at most {part.size - SECTOR} bytes")


def _signed(
    manifest: Manifest,
    body: bytes,
    keys: UpdateKeys,
    passphrase: Passphrase,
    minimum: str | None,
    replaces: str | None,
    before_signing: BeforeSigning | None,
) -> UpdateFile:
    marks = keys.marks()
    manifest = replace(
        manifest,
        key=marks[0] if marks else 0,
        minimum=sequence_of(minimum) if minimum else 0,
        replaces=sequence_of(replaces) if replaces else 0,
    )
    if before_signing is not None:
        before_signing(manifest)
    return UpdateFile(manifest, keys.signature(manifest.packed(), passphrase), body)
