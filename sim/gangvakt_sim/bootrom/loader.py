"""The ROM's serial loader: packets in, flash written, packets out.

Described by Espressif under "Serial Protocol". A block is placed by its sequence number, so that one whose
answer was lost may be sent again.
"""

from __future__ import annotations

import enum
import struct
import zlib
from collections.abc import Callable

from gangvakt_sim.board.reset import Reset
from gangvakt_sim.bootrom import slip
from gangvakt_sim.bootrom.app_image import checksum
from gangvakt_sim.bootrom.chips import RomChip
from gangvakt_sim.bootrom.nor import NorFlash
from gangvakt_sim.bootrom.registers import Registers


class Command(enum.IntEnum):
    """What a packet asks for."""

    FLASH_BEGIN = 0x02
    FLASH_DATA = 0x03
    FLASH_END = 0x04
    MEM_BEGIN = 0x05
    MEM_END = 0x06
    MEM_DATA = 0x07
    SYNC = 0x08
    WRITE_REG = 0x09
    READ_REG = 0x0A
    SPI_SET_PARAMS = 0x0B
    SPI_ATTACH = 0x0D
    READ_FLASH_SLOW = 0x0E
    CHANGE_BAUDRATE = 0x0F
    FLASH_DEFL_BEGIN = 0x10
    FLASH_DEFL_DATA = 0x11
    FLASH_DEFL_END = 0x12
    SPI_FLASH_MD5 = 0x13
    GET_SECURITY_INFO = 0x14


class Refusal(Exception):
    """A status other than 0: why."""

    INVALID_MESSAGE, FAILED, BAD_CHECKSUM, WRITE_FAILED, READ_FAILED, _, BAD_DEFLATE = range(0x05, 0x0C)

    def __init__(self, reason: int) -> None:
        super().__init__(reason)
        self.reason = reason


class Leave(enum.Enum):
    """How a download ends: the reset, and what the chip says before it."""

    RUN = (Reset.SOFTWARE, b"")
    WATCHDOG = (Reset.ROM_WATCHDOG, b"")
    # What was loaded into RAM is machine code, which nothing here runs: the chip does as with a bad program.
    CRASH = (Reset.ROM_WATCHDOG, b"Fatal exception (0): IllegalInstruction, epc1=0x00000000\r\n")


REQUEST, RESPONSE = 0, 1
HEADER = struct.Struct("<BBHI")
BLOCK_HEADER = struct.Struct("<IIII")
LONGEST_BLOCK = 0x4000
LONGEST_PACKET = 2 * (HEADER.size + BLOCK_HEADER.size + LONGEST_BLOCK)  # every byte may be escaped
SYNC_ANSWERS, SYNC_VALUE = 8, 0x20120707
# The answer to a command that the ROM does not know comes several times, and does not name the command.
UNKNOWN_ANSWERS, UNKNOWN = 8, 0xFF
READ_SLOW = 64
HIGHEST_BAUD = 5_000_000
FIRST_BAUD = 115_200


class _Download:
    """A region that is being written."""

    def __init__(self, flash: NorFlash, at: int, length: int, block_size: int) -> None:
        self._flash, self._at, self._length, self._block_size = flash, at, length, block_size
        self._inflate = zlib.decompressobj()
        self._inflated = 0
        self._next = 0

    def block(self, seq: int, data: bytes) -> None:
        """A plain block; the last may reach beyond the region, with what pads it."""
        at = seq * self._block_size
        if at + len(data) > self._length + self._block_size - 1:
            raise Refusal(Refusal.WRITE_FAILED)
        self._flash.program(self._at + at, data[: max(0, self._flash.size - self._at - at)])

    def deflated(self, seq: int, data: bytes) -> None:
        """The next piece of a zlib stream; one that was taken already is not taken twice."""
        if seq < self._next:
            return
        if seq > self._next:
            raise Refusal(Refusal.BAD_DEFLATE)
        room = self._length - self._inflated
        try:
            plain = self._inflate.decompress(data, room + 1)
        except zlib.error:
            raise Refusal(Refusal.BAD_DEFLATE) from None
        if len(plain) > room:
            raise Refusal(Refusal.BAD_DEFLATE)
        self._flash.program(self._at + self._inflated, plain)
        self._inflated += len(plain)
        self._next += 1


class RomLoader:
    """One download mode, from the reset that began it. `host_baud` is kept up by whoever owns the line."""

    def __init__(self, chip: RomChip, registers: Registers, flash: NorFlash) -> None:
        self._chip, self._registers, self._flash = chip, registers, flash
        self._slip = slip.SlipReader(LONGEST_PACKET)
        self._region: _Download | None = None
        self.host_baud = FIRST_BAUD
        self.baud: int | None = None  # None until the first SYNC, by whose bits the ROM measures it
        self.leaving: Leave | None = None
        self._handlers: dict[int, Callable[[bytes, int], bytes | None]] = {
            Command.SYNC: self._sync,
            Command.READ_REG: self._read_register,
            Command.WRITE_REG: self._write_register,
            Command.SPI_ATTACH: self._nothing,
            Command.SPI_SET_PARAMS: self._set_parameters,
            Command.READ_FLASH_SLOW: self._read_flash,
            Command.CHANGE_BAUDRATE: self._change_baud,
            Command.FLASH_BEGIN: self._begin,
            Command.FLASH_DATA: self._data,
            Command.FLASH_END: self._end,
            Command.FLASH_DEFL_BEGIN: self._begin,
            Command.FLASH_DEFL_DATA: self._deflated,
            Command.FLASH_DEFL_END: self._end,
            Command.SPI_FLASH_MD5: self._md5,
            Command.MEM_BEGIN: self._nothing,
            Command.MEM_DATA: self._ram_data,
            Command.MEM_END: self._ram_end,
        }
        if chip.tells_id:
            self._handlers[Command.GET_SECURITY_INFO] = self._security_info

    def feed(self, data: bytes) -> bytes:
        """Bytes from the host; the answers. BrownOut leaves the flash torn."""
        return b"".join(self._answer(packet) for packet in self._slip.feed(data))

    def _answer(self, packet: bytes) -> bytes:
        if len(packet) < HEADER.size:
            return b""
        direction, command, length, check = HEADER.unpack_from(packet)
        body = packet[HEADER.size :]
        if direction != REQUEST or len(body) != length or self.leaving:
            return b""
        handler = self._handlers.get(command)
        if handler is None:
            return _response(UNKNOWN, 0, b"", Refusal.INVALID_MESSAGE) * UNKNOWN_ANSWERS
        try:
            answer = handler(body, check)
        except struct.error:
            return _response(command, 0, b"", Refusal.INVALID_MESSAGE)
        except Refusal as refusal:
            return _response(command, 0, b"", refusal.reason)
        if answer is None:
            return b""
        if command == Command.SYNC:
            return _response(command, SYNC_VALUE, b"", 0) * SYNC_ANSWERS
        if command == Command.READ_REG:
            return _response(command, int.from_bytes(answer, "little"), b"", 0)
        return _response(command, 0, answer, 0)

    # -- the commands: the answer's data, or None for no answer

    def _nothing(self, body: bytes, check: int) -> bytes:
        return b""

    def _sync(self, body: bytes, check: int) -> bytes:
        if self.baud is None:
            self.baud = self.host_baud
        return b""

    def _read_register(self, body: bytes, check: int) -> bytes:
        (address,) = struct.unpack("<I", body)
        return self._registers.read(address, self.baud or FIRST_BAUD).to_bytes(4, "little")

    def _write_register(self, body: bytes, check: int) -> bytes:
        for address, value, mask, _delay_us in struct.iter_unpack("<IIII", body):
            self._registers.write(address, value, mask)
        if self._registers.watchdog_bites:
            self.leaving = Leave.WATCHDOG
        return b""

    def _set_parameters(self, body: bytes, check: int) -> bytes:
        _id, size, _block, _sector, _page, _mask = struct.unpack("<IIIIII", body)
        if size > self._flash.size:
            raise Refusal(Refusal.FAILED)
        return b""

    def _read_flash(self, body: bytes, check: int) -> bytes:
        at, length = struct.unpack("<II", body)
        if length > READ_SLOW or not self._flash.holds(at, length):
            raise Refusal(Refusal.READ_FAILED)
        return self._flash.read(at, length).ljust(READ_SLOW, b"\0")

    def _change_baud(self, body: bytes, check: int) -> bytes:
        baud, _before = struct.unpack("<II", body)
        if not 1 <= baud <= HIGHEST_BAUD:
            raise Refusal(Refusal.FAILED)
        self.baud = baud
        return b""

    def _begin(self, body: bytes, check: int) -> bytes:
        """Erase at once all that will be written; a size of 0 only opens the way to the end."""
        words = struct.unpack("<IIIII" if self._chip.extended_begin else "<IIII", body)
        length, _blocks, block_size, at = words[:4]
        if not 1 <= block_size <= LONGEST_BLOCK or not self._flash.holds(at, length):
            raise Refusal(Refusal.FAILED)
        self._flash.erase(at, length)
        self._region = _Download(self._flash, at, length, block_size)
        return b""

    def _data(self, body: bytes, check: int) -> bytes:
        seq, data = _block(body, check)
        self._open_region().block(seq, data)
        return b""

    def _deflated(self, body: bytes, check: int) -> bytes:
        seq, data = _block(body, check)
        self._open_region().deflated(seq, data)
        return b""

    def _open_region(self) -> _Download:
        if self._region is None:
            raise Refusal(Refusal.FAILED)
        return self._region

    def _end(self, body: bytes, check: int) -> bytes:
        """Whether it shall reboot or run, the way leads through the flash."""
        struct.unpack("<I", body)
        self._open_region()
        self.leaving = Leave.RUN
        return b""

    def _md5(self, body: bytes, check: int) -> bytes:
        at, length, _a, _b = struct.unpack("<IIII", body)
        if not self._flash.holds(at, length):
            raise Refusal(Refusal.READ_FAILED)
        return self._flash.md5(at, length).encode()

    def _security_info(self, body: bytes, check: int) -> bytes:
        """Flags, crypt count, purposes of the keys: nothing is locked. Then the chip, and a version."""
        return struct.pack("<I8xII", 0, self._chip.image_id, 0)

    def _ram_data(self, body: bytes, check: int) -> bytes:
        _block(body, check)
        return b""

    def _ram_end(self, body: bytes, check: int) -> bytes:
        stay, _entry = struct.unpack("<II", body)
        if not stay:
            self.leaving = Leave.CRASH
        return b""


def _block(body: bytes, check: int) -> tuple[int, bytes]:
    """(sequence number, data) of a block whose length and checksum are right."""
    length, seq, _a, _b = BLOCK_HEADER.unpack_from(body)
    data = body[BLOCK_HEADER.size :]
    if length != len(data) or length > LONGEST_BLOCK:
        raise Refusal(Refusal.INVALID_MESSAGE)
    if checksum(data) != check & 0xFF:
        raise Refusal(Refusal.BAD_CHECKSUM)
    return seq, data


def _response(command: int, value: int, data: bytes, reason: int) -> bytes:
    status = bytes((1 if reason else 0, reason, 0, 0))
    return slip.encode(HEADER.pack(RESPONSE, command, len(data) + len(status), value) + data + status)
