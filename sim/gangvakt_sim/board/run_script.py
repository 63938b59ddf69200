"""Runs one script as main.py on a fresh board and prints what it printed.

python -m gangvakt_sim.board.run_script SCRIPT.py [SECONDS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from gangvakt.provision.board import BoardSpec, load_board
from gangvakt.provision.image import littlefs_image, merge_flash
from gangvakt_sim.board.board import VirtualBoard

ROM_LINE = "SPI_FAST_FLASH_BOOT)\n"
PROMPT_BANNER = "MicroPython v1.26.1 on 2025-09-11; Generic ESP32"
DEFAULT_TIMEOUT_S = 30.0
BOOT_PY = b"# This file is executed on every boot (including wake-boot from deepsleep)\n"


def run_script(source: bytes, spec: BoardSpec, timeout_s: float = DEFAULT_TIMEOUT_S) -> str:
    """What main.py = `source` prints after power-on, until the prompt. Raises BoardTimeout."""
    with tempfile.TemporaryDirectory() as folder:
        flash = Path(folder, "flash.bin")
        image = littlefs_image(spec.partition("vfs"), {"/boot.py": BOOT_PY, "/main.py": source})
        flash.write_bytes(merge_flash(spec, {"vfs": image}))
        with VirtualBoard(spec, flash) as board:
            printed = board.output.wait_for(PROMPT_BANNER, timeout_s)
    return printed[printed.index(ROM_LINE) + len(ROM_LINE) : -len(PROMPT_BANNER)]


def main() -> int:
    """The command; its exit code."""
    timeout_s = float(sys.argv[2]) if len(sys.argv) > 2 else DEFAULT_TIMEOUT_S
    sys.stdout.write(run_script(Path(sys.argv[1]).read_bytes(), load_board("virtual"), timeout_s))
    return 0


if __name__ == "__main__":
    sys.exit(main())
