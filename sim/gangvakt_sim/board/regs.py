"""The table of shared memory, read from the chip's own file so that both sides have the same."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

CHIP_DIR = Path(__file__).parent / "chip"
REGS_FILE = CHIP_DIR / "_regs.py"


def load_regs() -> dict[str, int]:
    """Name -> number, of every constant in _regs.py."""
    scope: dict[str, object] = {}
    exec(compile(REGS_FILE.read_text(), str(REGS_FILE), "exec"), scope)
    return {name: value for name, value in scope.items() if isinstance(value, int)}


R = SimpleNamespace(**load_regs())
