"""The flash chip: bits are only cleared, erasing and writing take their time."""

import micropython

import _chip as _c
import _regs as R


@micropython.viper
def _program(at: int, buf, start: int, n: int):
    """Clear bits: flash bytes become their AND with `buf`."""
    dst = ptr8(_c.flash)
    src = ptr8(buf)
    i = 0
    while i < n:
        dst[at + i] = dst[at + i] & src[start + i]
        i += 1


@micropython.viper
def _blank(at: int, n: int):
    dst = ptr8(_c.flash)
    i = 0
    while i < n:
        dst[at + i] = 0xFF
        i += 1


@micropython.viper
def _remember(buf, start: int, n: int):
    """Leave a copy for the host, which tears it if the power goes before it is written."""
    dst = ptr8(_c.ram)
    src = ptr8(buf)
    i = 0
    while i < n:
        dst[R.FLASH_DATA_BYTE + i] = src[start + i]
        i += 1


@micropython.viper
def _operate(op: int, at: int, n: int, per_sector_low: int, per_sector_high: int):
    p = ptr32(_c.ram)
    p[R.FLASH_ADDRESS] = at
    p[R.FLASH_LENGTH] = n
    p[R.FLASH_OP] = op
    if p[R.FLASH_CUT]:
        p[R.FLASH_CUT] = p[R.FLASH_CUT] - 1
        if p[R.FLASH_CUT] == 0:
            _c.leave(R.REQUEST_CUT)
    if p[R.STALL_ON]:
        us = int(_c.between(per_sector_low, per_sector_high))
        _c.listed_stall_us(us * n // 4096)


@micropython.viper
def flash_write(at: int, buf, start: int, n: int):
    """Program `n` bytes at address `at`, as long as the chip takes."""
    p = ptr32(_c.ram)
    while n > 0:
        piece = 4096 - (at & 4095)
        if piece > n:
            piece = n
        _remember(buf, start, piece)
        _operate(R.FLASH_PROGRAM, at, piece, p[R.STALL_WRITE_MIN_US], p[R.STALL_WRITE_MAX_US])
        _program(at, buf, start, piece)
        p[R.FLASH_OP] = R.FLASH_IDLE
        p[R.FLASH_WRITES] = p[R.FLASH_WRITES] + 1
        at += piece
        start += piece
        n -= piece


@micropython.viper
def flash_erase(at: int, n: int):
    """Erase whole sectors, as long as the chip takes."""
    p = ptr32(_c.ram)
    while n > 0:
        _operate(R.FLASH_ERASE, at, 4096, p[R.STALL_ERASE_MIN_US], p[R.STALL_ERASE_MAX_US])
        _blank(at, 4096)
        p[R.FLASH_OP] = R.FLASH_IDLE
        p[R.FLASH_ERASES] = p[R.FLASH_ERASES] + 1
        at += 4096
        n -= 4096


@micropython.viper
def flash_read(at: int, buf, start: int, n: int):
    """Copy `n` bytes from address `at` into `buf`."""
    src = ptr8(_c.flash)
    dst = ptr8(buf)
    i = 0
    while i < n:
        dst[start + i] = src[at + i]
        i += 1
