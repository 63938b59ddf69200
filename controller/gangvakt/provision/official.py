"""The official MicroPython image of a board: found, checked against the board file, and taken apart."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gangvakt.errors import ImageError, ImageMissing
from gangvakt.provision.board import BoardSpec
from gangvakt.provision.chips import CHIPS
from gangvakt.provision.esp_image import EspImage, parse_image
from gangvakt.provision.fetching import Progress, fetch_file
from gangvakt.provision.pack import sequence_of

APP_OFFSET = 0x10000  # of the interpreter in the official partition tables of all three chips
LARGEST = 16 * 1024 * 1024  # bytes of a file that is worth reading: no chip of ours has more flash
SUM_DIGITS = 64
GREETING = re.compile(rb"MicroPython v(\d+\.\d+\.\d+) ")


@dataclass(frozen=True)
class OfficialImage:
    """Boot loader and interpreter of one official image, both checked; `sha256` is the file's."""

    file: str
    sha256: str
    version: str
    bootloader_offset: int
    bootloader: bytes
    app: bytes

    @classmethod
    def open(
        cls,
        spec: BoardSpec,
        path: Path | None = None,
        sha256: str | None = None,
        cache_dir: Path | None = None,
        fetch: bool = True,
        progress: Progress | None = None,
    ) -> Self:
        """The board's image from `path`, else from `cache_dir`, else from its official address.

        `sha256` is the sum that the technician vouches for, where the board file knows none. ImageMissing
        where the image is nowhere; ImageError where it is not the one that was pinned; nothing unchecked is
        returned or stays in the cache.
        """
        wanted = _wanted_sum(spec, sha256)
        if path is not None:
            content = _read(path)
            check_file(spec, str(path), content, wanted)
            return cls.parse(spec, str(path), content)
        kept = None if cache_dir is None else cache_dir / spec.image.file
        cached = _cached(kept, wanted)
        if cached is None:
            cached = _fetched(spec, kept, wanted, fetch=fetch, progress=progress)
        return cls.parse(spec, spec.image.file, cached)

    @classmethod
    def parse(cls, spec: BoardSpec, source: str, content: bytes) -> Self:
        """Take a whole file apart; ImageError where it is damaged or made for another chip or version."""
        chip = CHIPS[spec.board.chip]
        bootloader = parse_image(f"{source} (boot loader)", content)
        app = parse_image(f"{source} (interpreter)", content[APP_OFFSET - chip.image_offset :])
        for part in (bootloader, app):
            if part.chip_id != chip.image_chip_id:
                raise ImageError(
                    source, "chip", _chip_name(part.chip_id), f"{spec.board.chip} of {spec.board.id}"
                )
        _check_version(spec, source, app)
        return cls(
            file=spec.image.file,
            sha256=hashlib.sha256(content).hexdigest(),
            version=spec.image.version,
            bootloader_offset=chip.image_offset,
            bootloader=bootloader.for_flash(spec.flash.size),
            app=app.content,
        )


def read_interpreter(spec: BoardSpec, path: Path) -> tuple[bytes, str]:
    """(image, version) of the interpreter in a file of MicroPython, whole or for an update alone (.app-bin).

    ImageError where it is damaged, for another chip, or a version that is not released.
    """
    chip, source, content = CHIPS[spec.board.chip], str(path), _read(path)
    found = parse_image(source, content)
    if found.chip_id != chip.image_chip_id:
        raise ImageError(source, "chip", _chip_name(found.chip_id), f"{spec.board.chip} of {spec.board.id}")
    if not found.version:  # a boot loader, with which a whole file begins
        found = parse_image(f"{source} (interpreter)", content[APP_OFFSET - chip.image_offset :])
    greeting = GREETING.search(found.content)
    version = greeting[1].decode() if greeting else found.version.removeprefix("v")
    sequence_of(version)
    return found.content, version


def check_file(spec: BoardSpec, source: str, content: bytes, wanted: str) -> None:
    """ImageError unless size and sum are the pinned ones."""
    again = "get it again" + (f" from {spec.image.url}" if spec.image.url else "")
    if spec.image.size is not None and len(content) != spec.image.size:
        raise ImageError(
            source, "size", f"{len(content)} bytes", f"the {spec.image.size} of {spec.image.file}: {again}"
        )
    found = hashlib.sha256(content).hexdigest()
    if found != wanted:
        raise ImageError(source, "sha256", found, f"{wanted}: {again}")


def _wanted_sum(spec: BoardSpec, given: str | None) -> str:
    """The sum that the file must have: pinned, given, or both and then the same."""
    pinned = spec.image.sha256
    if given is not None:
        given = given.lower()
        if len(given) != SUM_DIGITS or not set(given) <= set("0123456789abcdef"):
            raise ImageError("options", "--sha256", given, f"{SUM_DIGITS} hexadecimal digits")
        if pinned is not None and given != pinned:
            raise ImageError(
                "options", "--sha256", given, f"the sum in the board file of {spec.board.id}, {pinned}"
            )
        return given
    if pinned is None:
        where = f" that the page of {spec.image.url} shows" if spec.image.url else ""
        raise ImageError(spec.board.id, "image.sha256", "unknown", f"the sum{where}, given with --sha256")
    return pinned


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise ImageError(str(path), "size", f"{path.stat().st_size} bytes", f"at most {LARGEST} bytes")
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ImageError(str(path), "--image", reason, "a file that can be read") from error


def _cached(path: Path | None, wanted: str) -> bytes | None:
    """What the cache holds, if it is the right one: a damaged file is fetched anew."""
    if path is None or not path.exists():
        return None
    content = _read(path)
    return content if hashlib.sha256(content).hexdigest() == wanted else None


def _fetched(
    spec: BoardSpec, kept: Path | None, wanted: str, *, fetch: bool, progress: Progress | None
) -> bytes:
    image = spec.image
    if not fetch:
        raise ImageMissing(image.file, image.url, "not in the cache")
    if image.url is None:
        raise ImageMissing(image.file, None, "it has no address to be fetched from")
    return fetch_file(
        image.file,
        image.url,
        kept,
        image.size or LARGEST,
        lambda content: check_file(spec, image.url or image.file, content, wanted),
        progress,
    )


def _check_version(spec: BoardSpec, source: str, app: EspImage) -> None:
    """By the app's description, or by the interpreter's greeting where the description says otherwise."""
    wanted = spec.image.version
    if app.version.removeprefix("v") != wanted and f"MicroPython v{wanted} ".encode() not in app.content:
        raise ImageError(source, "version", app.version or "none", f"{wanted}, for which the app is compiled")


def _chip_name(chip_id: int) -> str:
    names = {chip.image_chip_id: name for name, chip in CHIPS.items()}
    return names.get(chip_id, f"chip {chip_id}")
