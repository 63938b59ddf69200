"""The boot ROM and the boot loader after it: download mode, or what the flash itself says to start."""

from __future__ import annotations

from collections.abc import Callable

from gangvakt_sim.board.otadata import apps_to_start
from gangvakt_sim.board.reset import Reset
from gangvakt_sim.board.rom import Boot
from gangvakt_sim.board.table import LENGTH as TABLE_LENGTH
from gangvakt_sim.board.table import OFFSET as TABLE_OFFSET
from gangvakt_sim.board.table import BadTable, Entry, read_table
from gangvakt_sim.bootrom.app_image import AppImage, BadImage, Flaw, read_image
from gangvakt_sim.bootrom.chips import RomChip
from gangvakt_sim.bootrom.circuit import Straps
from gangvakt_sim.bootrom.loader import RomLoader
from gangvakt_sim.bootrom.nor import NorFlash
from gangvakt_sim.bootrom.registers import Registers

Say = Callable[[bytes], None]

COMPLAINTS = 8  # lines of it, until the watchdog resets the chip


class BootRom:
    """A board.rom.Rom. `straps` is set before a reset by the pins; `loader` exists in download mode only."""

    def __init__(self, chip: RomChip, mac: bytes, flash: NorFlash) -> None:
        self.chip = chip
        self.straps = Straps.RUN
        self.loader: RomLoader | None = None
        self.app_offset = 0
        self._mac, self._flash = mac, flash

    def boot(self, kind: Reset, say: Say) -> Boot:
        """As the pins stand, say it and do it."""
        self.loader = None
        if self.straps is Straps.HELD:
            return Boot.WAIT
        download = self.straps is Straps.DOWNLOAD
        say(self.chip.boot_line(kind, download).encode())
        if download:
            self.straps = Straps.RUN  # where the pins rest by the next reset, whoever causes it
            registers = Registers(self.chip, self._mac, self._flash)
            self.loader = RomLoader(self.chip, registers, self._flash)
            say(b"waiting for download\r\n")
            return Boot.WAIT
        return Boot.APP if self._start_loader(say) and self._choose_app(say) else Boot.RETRY

    def _start_loader(self, say: Say) -> bool:
        """Load the second stage, and tell as the ROM does."""
        at = self.chip.bootloader_offset
        try:
            image = read_image(self._flash.read(at, TABLE_OFFSET - at), self.chip.image_id)
        except BadImage as bad:
            say(_rom_complaint(bad))
            return False
        say(_loading(image).encode())
        return True

    def _choose_app(self, say: Say) -> bool:
        """The first app of the table that can be started."""
        try:
            entries = read_table(self._flash.read(TABLE_OFFSET, TABLE_LENGTH))
        except BadTable as bad:
            say(_error(str(bad)) + _error("boot: Failed to verify partition table"))
            say(_error("boot: load partition table error!"))
            return False
        for entry in apps_to_start(entries, self._flash):
            if self._can_start(entry, say):
                self.app_offset = entry.offset
                return True
        say(_error("boot: No bootable app partitions in the partition table"))
        return False

    def _can_start(self, entry: Entry, say: Say) -> bool:
        try:
            read_image(self._flash.read(entry.offset, entry.size), self.chip.image_id)
        except BadImage as bad:
            say(_error(_loader_complaint(bad, entry)))
            say(_error(f"boot: OTA app partition slot {entry.name} is not bootable"))
            return False
        return True


def _loading(image: AppImage) -> str:
    loads = "".join(f"load:{part.address:#010x},len:{len(part.data)}\r\n" for part in image.segments)
    return f"mode:DIO, clock div:2\r\n{loads}entry {image.entry:#010x}\r\n"


def _rom_complaint(bad: BadImage) -> bytes:
    if bad.flaw is Flaw.CHECKSUM:
        return f"csum err:{bad.found:#04x}!={bad.expected:#04x}\r\nets_main.c 371 \r\n".encode()
    return f"invalid header: {bad.found:#010x}\r\n".encode() * COMPLAINTS


def _loader_complaint(bad: BadImage, entry: Entry) -> str:
    return {
        Flaw.MAGIC: f"esp_image: image at {entry.offset:#x} has invalid magic byte (nothing flashed here?)",
        Flaw.CHIP: f"boot_comm: mismatch chip ID, expected {bad.expected}, found {bad.found}",
        Flaw.SEGMENTS: f"esp_image: invalid segment length {bad.found:#x}",
        Flaw.CHECKSUM: f"esp_image: Checksum failed. Calculated {bad.expected:#x} read {bad.found:#x}",
        Flaw.DIGEST: "esp_image: Image hash failed - image is corrupt",
    }[bad.flaw]


def _error(text: str) -> bytes:
    """A line of the boot loader's log, whose clock the model does not keep."""
    return f"E (0) {text}\r\n".encode()
