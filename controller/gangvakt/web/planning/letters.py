"""The pages' own letters for paper: Roboto, as NiceGUI brings it for the browser, unpacked for a PDF."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import nicegui
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILY = "Roboto"
WEIGHTS = {"": 400, "B": 700}  # by FPDF's names of styles
NEEDED = "aåÅøØæÆé–«»·±"  # the file of Latin letters has them all; those of other scripts do not


@cache
def letters(style: str) -> Path:
    """A TrueType file of a style; made once in a process, which takes half a second."""
    with TTFont(_latin()) as font:
        fixed = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": WEIGHTS[style]}
        instantiateVariableFont(font, fixed, inplace=True)
        font.flavor = None  # unpacked
        path = Path(_folder().name) / f"{FAMILY}{style}.ttf"
        font.save(path)
    return path


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="gangvakt-letters-")


def _latin() -> Path:
    for path in sorted((Path(nicegui.__file__).parent / "static" / "fonts").glob("*.woff2")):
        with TTFont(path, lazy=True) as font:
            there = font.getBestCmap() or {}
            is_ours = font["name"].getDebugName(1) == FAMILY and "fvar" in font
            if is_ours and all(ord(letter) in there for letter in NEEDED):
                return path
    raise FileNotFoundError(f"NiceGUI brings no {FAMILY} with Latin letters")
