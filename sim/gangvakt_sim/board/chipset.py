"""Builds the chip's modules: a copy of chip/ in which every `R.NAME` is its number.

The interpreter then needs no table of names in its heap, and native code has constants.
"""

from __future__ import annotations

import re
from pathlib import Path

from gangvakt_sim.board.regs import CHIP_DIR, load_regs

IMPORT = re.compile(r"^import _regs as R$", re.MULTILINE)
REFERENCE = re.compile(r"\bR\.([A-Z][A-Z0-9_]*)\b")


def substitute(source: str, numbers: dict[str, int]) -> str:
    """`source` with every `R.NAME` replaced; KeyError names the one that is not in the table."""
    return REFERENCE.sub(lambda match: str(numbers[match[1]]), IMPORT.sub("", source))


def build_chip(target: Path, variant: Path | None = None) -> None:
    """Write the modules into the folder `target`; those of a `variant` take the place of their namesakes."""
    numbers = load_regs()
    for folder in filter(None, (CHIP_DIR, variant)):
        for source in folder.rglob("*.py"):
            built = target / source.relative_to(folder)
            built.parent.mkdir(parents=True, exist_ok=True)
            built.write_text(substitute(source.read_text(), numbers))
