"""The registers that a host reads and writes through the ROM: identity, eFuses, the flash's controller."""

from __future__ import annotations

from gangvakt_sim.bootrom.chips import CRYSTAL_HZ, MAGIC_REGISTER, RomChip
from gangvakt_sim.bootrom.nor import NorFlash

START_USER_COMMAND = 1 << 18
READ_ID, READ_SFDP = 0x9F, 0x5A
SFDP = {0: int.from_bytes(b"SFDP", "little")}  # a flash that describes itself, though not further
WATCHDOG_ON = 1 << 31
MOST_WRITTEN = 1024  # registers that are remembered


class Registers:
    """Words by address; what is no register of the model reads as written last, or as 0."""

    def __init__(self, chip: RomChip, mac: bytes, flash: NorFlash) -> None:
        self._chip, self._flash = chip, flash
        self._fixed = {MAGIC_REGISTER: chip.magic, **chip.efuses(mac)}
        self._written: dict[int, int] = {}
        self.watchdog_bites = False  # it was started, and nobody will feed it

    def read(self, address: int, baud: int) -> int:
        """A word; `baud` is the rate that the chip has found."""
        if address == self._chip.uart_divider:
            return CRYSTAL_HZ // baud
        return self._fixed.get(address, self._written.get(address, 0))

    def write(self, address: int, value: int, mask: int) -> None:
        """The bits of `mask`."""
        value = (self._written.get(address, 0) & ~mask) | (value & mask)
        if address == self._chip.spi.command and value & START_USER_COMMAND:
            self._run_spi()
            value &= ~START_USER_COMMAND  # the operation is done
        if address == self._chip.watchdog and value & WATCHDOG_ON:
            self.watchdog_bites = True
        if address in self._written or len(self._written) < MOST_WRITTEN:
            self._written[address] = value

    def _run_spi(self) -> None:
        spi = self._chip.spi
        command = self._written.get(spi.base + spi.usr2, 0) & 0xFF
        address = self._written.get(spi.address, 0)
        if spi.address_from_top:
            address >>= 8
        answer = 0
        if command == READ_ID:
            answer = self._flash.jedec_id
        elif command == READ_SFDP:
            answer = SFDP.get(address, 0)
        self._written[spi.base + spi.w0] = answer
