"""What decides, after every reset but a soft one, whether an app starts: the chip's boot ROM."""

from __future__ import annotations

import enum
from collections.abc import Callable
from io import RawIOBase
from pathlib import Path
from typing import Protocol

from gangvakt_sim.board.flash import BLANK
from gangvakt_sim.board.otadata import apps_to_start
from gangvakt_sim.board.reset import Reset
from gangvakt_sim.board.table import LENGTH as TABLE_LENGTH
from gangvakt_sim.board.table import OFFSET as TABLE_OFFSET
from gangvakt_sim.board.table import BadTable, read_table


class Boot(enum.Enum):
    """What the ROM does with the chip."""

    APP = "an app starts"
    WAIT = "the chip stays as it is until the next reset"
    RETRY = "there is nothing to start: the watchdog resets the chip after a while"


class Rom(Protocol):
    """Asked in the board's own thread."""

    app_offset: int  # in the flash, of the app that starts; 0 = the first of the partition table

    def boot(self, kind: Reset, say: Callable[[bytes], None]) -> Boot:
        """Say on the console what happens, and decide."""
        ...


class AppRom:
    """Starts what table and otadata name, whatever lies in its partition: the interpreter stands for it."""

    def __init__(self, flash: Path) -> None:
        self.app_offset = 0
        self._flash = flash

    def boot(self, kind: Reset, say: Callable[[bytes], None]) -> Boot:
        """Print the line of a fast boot from flash."""
        say(f"ets Jul 29 2019 12:21:46\r\n\r\n{kind.rom_text},boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n".encode())
        with self._flash.open("r+b", buffering=0) as file:
            flash = _FileFlash(file)
            try:
                apps = apps_to_start(read_table(flash.read(TABLE_OFFSET, TABLE_LENGTH)), flash)
            except BadTable:
                apps = ()
        self.app_offset = apps[0].offset if apps else 0
        return Boot.APP


class _FileFlash:
    """As much of a flash as the boot loader needs."""

    def __init__(self, file: RawIOBase) -> None:
        self._file = file

    def read(self, at: int, length: int) -> bytes:
        self._file.seek(at)
        return self._file.read(length) or b""

    def erase(self, at: int, length: int) -> None:
        self._file.seek(at)
        self._file.write(BLANK * length)

    def program(self, at: int, data: bytes) -> None:
        self._file.seek(at)
        self._file.write(data)
