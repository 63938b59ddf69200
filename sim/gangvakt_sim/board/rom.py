"""What decides, after every reset but a soft one, whether an app starts: the chip's boot ROM."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Protocol

from gangvakt_sim.board.reset import Reset


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
    """Starts the app whatever lies in its partition: the interpreter stands for it."""

    app_offset = 0

    def boot(self, kind: Reset, say: Callable[[bytes], None]) -> Boot:
        """Print the line of a fast boot from flash."""
        say(f"ets Jul 29 2019 12:21:46\r\n\r\n{kind.rom_text},boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n".encode())
        return Boot.APP
