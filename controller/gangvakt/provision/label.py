"""The label that goes on a sign: PNG and PDF, and the facts beside them to print it again."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Self

import segno
from PIL import Image, ImageDraw, ImageFont

from gangvakt.errors import LabelMissing, SettingRefused
from gangvakt.files import make_folder, write_file

DPI = 300  # of the usual label printers
MM_PER_INCH = 25.4
SIZES_MM = {"62x29": (62, 29), "62x100": (62, 100), "a4": (210, 297)}  # the first is the default
DEFAULT_SIZE = "62x29"
MARGIN_MM = 1.5
QUIET_MODULES = 4  # the light border that readers of QR codes need
# The sign's own name is what people read out to each other.
TEXT_PT = {"brand": 8.0, "place": 10.0, "sign": 13.0, "small": 6.5}
LEAST_PT = 4.5  # smaller cannot be read on a label
POINTS_PER_INCH = 72
LEADING = 1.3
BLACK, WHITE = 0, 255
FACTS = ".json"
ADDRESS_CHARS_MAX = 200  # a larger QR code would have modules too small to read


@dataclass(frozen=True)
class LabelFacts:
    """What stands on a label; `sign` is municipality/site/sign, `address` goes into the QR code."""

    sign: str
    address: str
    board: str
    firmware: str
    micropython: str
    made: date

    def lines(self) -> list[tuple[str, str]]:
        """(style, text) from top to bottom."""
        municipality, site, sign = self.sign.split("/")
        return [
            ("brand", "GANGVAKT"),
            ("place", municipality),
            ("place", site),
            ("sign", sign),
            ("small", f"firmware {self.firmware}"),
            ("small", f"MicroPython {self.micropython}, {self.made.isoformat()}"),
            ("small", self.board),
        ]

    def to_json(self) -> bytes:
        return json.dumps({**asdict(self), "made": self.made.isoformat()}, indent=1).encode() + b"\n"

    @classmethod
    def from_json(cls, path: Path) -> Self:
        """LabelMissing when the file is not there or not one of these."""
        try:
            facts = json.loads(path.read_bytes())
            texts = {key: str(facts[key]) for key in ("sign", "address", "board", "firmware", "micropython")}
            loaded = cls(**texts, made=date.fromisoformat(facts["made"]))
            loaded.lines()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise LabelMissing(path) from error
        return loaded


def check_size(name: str) -> tuple[int, int]:
    """Millimetres of a size by its name; SettingRefused for an unknown one."""
    try:
        return SIZES_MM[name.lower()]
    except KeyError:
        raise SettingRefused("options", "--size", name, ", ".join(SIZES_MM)) from None


def draw_label(facts: LabelFacts, size: str = DEFAULT_SIZE) -> Image.Image:
    """The picture of the label at DPI: QR code on the left (above on a tall label), text beside it."""
    width, height = (_pixels(mm) for mm in check_size(size))
    label_height = min(height, _pixels(SIZES_MM[DEFAULT_SIZE][1]))
    label_width = min(width, _pixels(SIZES_MM[DEFAULT_SIZE][0]))
    picture = Image.new("L", (width, height), WHITE)
    code = _qr(facts.address, label_height)
    picture.paste(code, (0, (label_height - code.height) // 2))
    left = code.width + _pixels(MARGIN_MM) // 2
    _write(
        ImageDraw.Draw(picture), facts.lines(), left, label_width - left - _pixels(MARGIN_MM), label_height
    )
    return picture


class LabelFolder:
    """Where the labels of signs lie, as files named after them. FolderUnusable where it cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, facts: LabelFacts) -> None:
        """All that `print` needs to be repeated, once it is certain that there can be a label."""
        draw_label(facts)
        make_folder(self._folder)
        write_file(self._path(facts.sign, FACTS), facts.to_json())

    def kept(self, sign: str) -> LabelFacts:
        """LabelMissing when nothing was kept."""
        return LabelFacts.from_json(self._path(sign, FACTS))

    def forget(self, sign: str) -> None:
        """What was kept of a sign that came to nothing. Never fails."""
        with contextlib.suppress(OSError):
            self._path(sign, FACTS).unlink()

    def print(self, facts: LabelFacts, size: str = DEFAULT_SIZE) -> list[Path]:
        """PNG and PDF."""
        picture = draw_label(facts, size)
        told = {"title": facts.sign, "subject": facts.address}
        made = {
            ".png": _encoded(picture, "PNG", dpi=(DPI, DPI)),
            ".pdf": _encoded(picture, "PDF", resolution=float(DPI), **told),
        }
        make_folder(self._folder)
        for suffix, content in made.items():
            write_file(self._path(facts.sign, suffix), content)
        return [self._path(facts.sign, suffix) for suffix in made]

    def _path(self, sign: str, suffix: str) -> Path:
        return self._folder / f"{sign.replace('/', '_')}{suffix}"


def _pixels(mm: float) -> int:
    return round(mm / MM_PER_INCH * DPI)


def _qr(address: str, height: int) -> Image.Image:
    """Whole pixels a module, so that every edge is sharp; the quiet border included."""
    if not 1 <= len(address) <= ADDRESS_CHARS_MAX:
        raise SettingRefused("label", "address", address[:80], f"1 to {ADDRESS_CHARS_MAX} characters")
    code = segno.make_qr(address, error="m", boost_error=False)
    modules = code.symbol_size(border=QUIET_MODULES)[1]
    out = io.BytesIO()
    code.save(out, kind="png", scale=max(1, height // modules), border=QUIET_MODULES)
    return Image.open(out).convert("L")


def _write(
    draw: ImageDraw.ImageDraw, lines: Sequence[tuple[str, str]], left: int, width: int, height: int
) -> None:
    fonts = [_font(text, TEXT_PT[style], width) for style, text in lines]
    heights = [round(font.size * LEADING) for font in fonts]
    y = max(0, (height - sum(heights)) // 2)
    for (_, text), font, step in zip(lines, fonts, heights, strict=True):
        draw.text((left, y), text, fill=BLACK, font=font)
        y += step


def _font(text: str, points: float, width: int) -> ImageFont.FreeTypeFont:
    """The largest up to `points` in which the text fits into `width`."""
    while True:
        font = ImageFont.load_default(points / POINTS_PER_INCH * DPI)
        assert isinstance(font, ImageFont.FreeTypeFont)
        if font.getlength(text) <= width or points <= LEAST_PT:
            return font
        points -= 0.25


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
