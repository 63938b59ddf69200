"""Photos of signs: what arrives is checked and drawn anew, so that nothing is kept but the picture."""

from __future__ import annotations

import io
import re
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from gangvakt.errors import SettingRefused
from gangvakt.files import make_folder, write_file

LARGEST_UPLOAD = 8 * 1024 * 1024  # bytes: a telephone's photo
MOST_PIXELS = 50_000_000  # a picture is unpacked in memory: 150 MB
LONGEST_EDGE_PX = 1600  # enough to read a type plate
QUALITY = 80
FORMATS = ("JPEG", "PNG")
ALLOWED = f"a JPEG or PNG of up to {LARGEST_UPLOAD // 2**20} MiB and {MOST_PIXELS // 10**6} megapixels"
NAME = re.compile(r"[0-9a-f]{32}\.jpg")
DAMAGED = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Picture:
    """A JPEG without any word of where, when and by what it was taken."""

    jpeg: bytes
    width_px: int
    height_px: int


def redrawn(data: bytes) -> Picture:
    """SettingRefused for what is no picture, or too large a one. Takes up to a second of computing."""
    if len(data) > LARGEST_UPLOAD:
        raise SettingRefused("photo", "size", len(data), ALLOWED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _redraw(data)
    except UnidentifiedImageError:
        raise SettingRefused("photo", "format", data[:8].hex(), ALLOWED) from None
    except (*DAMAGED, UserWarning) as error:
        raise SettingRefused("photo", "picture", type(error).__name__, ALLOWED) from error


def _redraw(data: bytes) -> Picture:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise SettingRefused("photo", "pixels", opened.width * opened.height, ALLOWED)
        turned = ImageOps.exif_transpose(opened).convert("RGB")
    turned.thumbnail((LONGEST_EDGE_PX, LONGEST_EDGE_PX))
    clean = Image.new("RGB", turned.size)
    clean.paste(turned)
    written = io.BytesIO()
    clean.save(written, "JPEG", quality=QUALITY)
    return Picture(written.getvalue(), *clean.size)


class PhotoFolder:
    """Pictures by names that nobody can guess."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, jpeg: bytes) -> str:
        make_folder(self._folder, 0o700)
        name = f"{secrets.token_hex(16)}.jpg"
        write_file(self._folder / name, jpeg, private=True)
        return name

    def read(self, name: str) -> bytes | None:
        """None when it is gone."""
        path = self._folder / name
        return path.read_bytes() if NAME.fullmatch(name) and path.is_file() else None

    def keep_only(self, names: frozenset[str], until_s: float) -> None:
        """Deletes pictures older than `until_s` (of the file system) that no row names."""
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if NAME.fullmatch(path.name) and path.name not in names and path.stat().st_mtime < until_s:
                path.unlink(missing_ok=True)
