"""The three chips as their ROM shows them: identity, registers, eFuses and words.

Sources: the chips' technical reference manuals, Espressif's description of the serial protocol, and what
their ROMs print.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gangvakt_sim.board.reset import Reset
from gangvakt_sim.errors import BoardRefusal

CRYSTAL_HZ = 40_000_000
MAGIC_REGISTER = 0x40001000  # a word of the ROM that differs from chip to chip


@dataclass(frozen=True)
class SpiRegisters:
    """Of the controller that the flash hangs on."""

    base: int
    usr: int
    usr2: int
    w0: int
    address_from_top: bool  # the address stands in the upper bits of its register

    @property
    def command(self) -> int:
        """Starts an operation."""
        return self.base

    @property
    def address(self) -> int:
        """Of an operation that has one."""
        return self.base + 4


@dataclass(frozen=True)
class RomChip:
    """One kind of chip."""

    name: str
    title: str
    image_id: int  # in the header of its images
    magic: int
    tells_id: bool  # has GET_SECURITY_INFO
    extended_begin: bool  # FLASH_BEGIN has a fifth word
    bootloader_offset: int
    spi: SpiRegisters
    uart_divider: int  # register
    watchdog: int | None  # register whose bit 31 starts the watchdog
    efuses: Callable[[bytes], dict[int, int]]  # register -> value, for a MAC
    banner: str
    run_code: int  # of the strapping pins
    download_code: int
    download_words: str
    reset_words: dict[Reset, str]

    def boot_line(self, kind: Reset, download: bool) -> str:
        """What the ROM prints first."""
        code, words = (
            (self.download_code, self.download_words) if download else (self.run_code, "SPI_FAST_FLASH_BOOT")
        )
        why = self.reset_words.get(kind, kind.rom_text)
        return f"{self.banner}{why},boot:{code:#x} ({words})\r\n"


def crc8(data: bytes) -> int:
    """The checksum beside the MAC in the ESP32's eFuses (Dallas, reflected)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8C if crc & 1 else 0)
    return crc


def _esp32_efuses(mac: bytes) -> dict[int, int]:
    """An ESP32-D0WD-V3, revision 3.1; its RC oscillator's measure lets the crystal come out exact."""
    base = 0x3FF5A000
    clock_8m = 128
    calibration = CRYSTAL_HZ * 40 // (15625 * clock_8m)
    return {
        base + 0x04: int.from_bytes(mac[2:], "big"),
        base + 0x08: crc8(mac) << 16 | int.from_bytes(mac[:2], "big"),
        base + 0x0C: 1 << 15 | 1 << 13 | 1 << 9,  # revision bit 0, rated for 240 MHz, package D0WD
        base + 0x10: 18 << 8 | clock_8m,
        base + 0x14: 1 << 24 | 1 << 20,  # minor revision 1, revision bit 1
        0x3FF6607C: 1 << 31,  # revision bit 2
        0x3FF5F06C: calibration << 7,
    }


def _block1(base: int, mac: bytes, minor: int, flash_cap: int, flash_vendor: int) -> dict[int, int]:
    return {
        base: int.from_bytes(mac[2:], "big"),
        base + 4: int.from_bytes(mac[:2], "big"),
        base + 12: flash_cap << 27 | minor << 18,
        base + 16: flash_vendor,
    }


_NEW_SPI = SpiRegisters(0x60002000, usr=0x18, usr2=0x20, w0=0x58, address_from_top=False)
_NEW_RESETS = {
    Reset.POWER: "rst:0x1 (POWERON)",
    Reset.SOFTWARE: "rst:0xc (RTC_SW_CPU_RST)",
    Reset.WATCHDOG: "rst:0xc (RTC_SW_CPU_RST)",
    Reset.PANIC: "rst:0xc (RTC_SW_CPU_RST)",
    Reset.DEEPSLEEP: "rst:0x5 (DSLEEP)",
    Reset.ROM_WATCHDOG: "rst:0x7 (TG0WDT_SYS_RST)",
    Reset.BROWN_OUT: "rst:0xf (BROWN_OUT_RST)",
}

ROM_CHIPS = {
    chip.name: chip
    for chip in (
        RomChip(
            name="esp32",
            title="ESP32",
            image_id=0,
            magic=0x00F01D83,
            tells_id=False,
            extended_begin=False,
            bootloader_offset=0x1000,
            spi=SpiRegisters(0x3FF42000, usr=0x1C, usr2=0x24, w0=0x80, address_from_top=True),
            uart_divider=0x3FF40014,
            watchdog=None,
            efuses=_esp32_efuses,
            banner="ets Jul 29 2019 12:21:46\r\n\r\n",
            run_code=0x13,
            download_code=0x3,
            download_words="DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2)",
            reset_words={},
        ),
        RomChip(
            name="esp32s3",
            title="ESP32-S3",
            image_id=9,
            magic=0x9,
            tells_id=True,
            extended_begin=True,
            bootloader_offset=0,
            spi=_NEW_SPI,
            uart_divider=0x60000014,
            watchdog=0x60008098,
            efuses=lambda mac: _block1(0x60007044, mac, minor=2, flash_cap=0, flash_vendor=0),
            banner="ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n",
            run_code=0x8,
            download_code=0x0,
            download_words="DOWNLOAD(USB/UART0)",
            reset_words=_NEW_RESETS,
        ),
        RomChip(
            name="esp32c3",
            title="ESP32-C3",
            image_id=5,
            magic=0x1B31506F,
            tells_id=True,
            extended_begin=True,
            bootloader_offset=0,
            spi=_NEW_SPI,
            uart_divider=0x60000014,
            watchdog=0x60008090,
            efuses=lambda mac: _block1(0x60008844, mac, minor=4, flash_cap=1, flash_vendor=1),
            banner="ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n",
            run_code=0xC,
            download_code=0x4,
            download_words="DOWNLOAD(USB/UART0/1)",
            reset_words=_NEW_RESETS,
        ),
    )
}


def rom_chip(name: str) -> RomChip:
    """By its name in a board file. BoardRefusal for one without a ROM here."""
    if name not in ROM_CHIPS:
        raise BoardRefusal("board", "chip", name, "one of " + ", ".join(ROM_CHIPS))
    return ROM_CHIPS[name]
