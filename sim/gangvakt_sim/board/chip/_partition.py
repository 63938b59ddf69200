"""esp32.Partition over the flash file: bits are only cleared, erasing and writing take their time."""

import micropython

import _arg
import _chip as _c
import _regs as R

_TABLE = 0x8000
_TABLE_MAX = 95
_SECTOR = 4096
_ENOENT = 2


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
        _c.stall_us(us * n // 4096)


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


def _number(at, size):
    return int.from_bytes(_c.flash[at : at + size], "little")


def _table():
    """[(type, subtype, address, size, label)] of the partition table in the flash."""
    entries = []
    for i in range(_TABLE_MAX):
        at = _TABLE + 32 * i
        if _number(at, 2) != 0x50AA:
            break
        label = bytes(_c.flash[at + 12 : at + 28]).rstrip(b"\0").decode()
        entries.append((_c.flash[at + 2], _c.flash[at + 3], _number(at + 4, 4), _number(at + 8, 4), label))
    return entries


_entries = _table()


def running():
    """The table's entry of the app that runs."""
    at = _c.get(R.APP_OFFSET)
    for entry in _entries:
        if entry[0] == 0 and at in (0, entry[2]):
            return entry
    return (0, 0, 0x10000, 0x1F0000, "factory")


class Partition:
    """A partition of the flash as a block device."""

    BOOT = 0
    RUNNING = 1
    TYPE_APP = 0
    TYPE_DATA = 1

    @micropython.native
    def __init__(self, *args, **kw):
        if kw:
            raise TypeError("function doesn't take keyword arguments")
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        block = _arg.integer(args[1]) if len(args) > 1 else _SECTOR
        self._set(_chosen(args[0]), block)

    @micropython.native
    def _set(self, entry, block):
        self._entry = entry
        self._at = entry[2]
        self._size = entry[3]
        self._block = block

    @micropython.native
    def __repr__(self):
        kind, subtype, at, size, label = self._entry
        return "<Partition type=%d, subtype=%d, address=%d, size=%d, label=%s, encrypted=0>" % (
            kind,
            subtype,
            at,
            size,
            label,
        )

    @staticmethod
    @micropython.native
    def find(*args, **kw):
        kind, subtype, label, block = _arg.parse(
            args, kw, (("type", 0), ("subtype", 0xFF), ("label", None), ("block_size", _SECTOR))
        )
        found = []
        for entry in _entries:
            if kind in (entry[0], 0xFF) and subtype in (entry[1], 0xFF) and label in (None, entry[4]):
                part = object.__new__(Partition)
                part._set(entry, block)
                found.append(part)
        return found

    @micropython.viper
    def info(self):
        return self._info()

    @micropython.native
    def _info(self):
        return self._entry + (False,)

    @micropython.native
    def _span(self, block, offset, size):
        """The flash address; errors as from esp_partition_read and _write."""
        at = _arg.integer(block) * self._block + offset
        if at < 0:
            raise _c.esp_error(*_c.INVALID_ARG)
        if at > self._size or at + size > self._size:
            raise _c.esp_error(*_c.INVALID_SIZE)
        return self._at + at

    @micropython.native
    def readblocks(self, block, buf, offset=0):
        _arg.integer(block)
        _arg.writable(buf)
        flash_read(self._span(block, offset, len(buf)), buf, 0, len(buf))

    @micropython.native
    def writeblocks(self, block, buf, offset=None):
        _arg.integer(block)
        _arg.buffer(buf)
        if isinstance(buf, str):
            buf = buf.encode()
        if self._entry is running():
            panic("assert failed: writing to the running app")
        if offset is not None:
            flash_write(self._span(block, offset, len(buf)), buf, 0, len(buf))
        elif self._block >= _SECTOR:
            self._rewrite(block, buf)
        else:
            self._patch(block, buf)

    @micropython.native
    def _rewrite(self, block, buf):
        """Erase, then write whole blocks."""
        at = self._span(block, 0, len(buf))
        if len(buf) % _SECTOR:
            raise _c.esp_error(*_c.INVALID_SIZE)
        flash_erase(at, len(buf))
        flash_write(at, buf, 0, len(buf))

    @micropython.native
    def _patch(self, block, buf):
        """Blocks smaller than a sector: read, change, erase and write the sector around them."""
        at = self._span(block, 0, len(buf))
        done = 0
        while done < len(buf):
            here = at + done
            sector = here & ~(_SECTOR - 1)
            n = min(_SECTOR - (here - sector), len(buf) - done)
            copy = bytearray(_SECTOR)
            flash_read(sector, copy, 0, _SECTOR)
            copy[here - sector : here - sector + n] = memoryview(buf)[done : done + n]
            flash_erase(sector, _SECTOR)
            flash_write(sector, copy, 0, _SECTOR)
            done += n

    @micropython.viper
    def ioctl(self, op, arg):
        return self._ioctl(op, arg)

    @micropython.native
    def _ioctl(self, op, arg):
        op = _arg.integer(op)
        if op in (1, 2, 3):
            return 0
        if op == 4:
            return self._size // self._block
        if op == 5:
            return self._block
        if op == 6:
            if self._block != _SECTOR:
                return -22
            if self._entry is running():
                panic("assert failed: erasing the running app")
            flash_erase(self._span(arg, 0, _SECTOR), _SECTOR)
            return 0
        return None

    @micropython.native
    def set_boot(self):
        if self._entry[0] != 0:
            raise _c.esp_error(-5379, "ESP_ERR_OTA_VALIDATE_FAILED")

    @micropython.native
    def get_next_update(self):
        raise OSError(_ENOENT)

    @staticmethod
    @micropython.native
    def mark_app_valid_cancel_rollback():
        raise _c.esp_error(-261, "ESP_ERR_NOT_FOUND")


def panic(text):
    """What the chip does on an assertion: it says so and resets."""
    _c.write_all("\n%s\n\nabort() was called\n\nRebooting...\n" % text)
    _c.leave(R.REQUEST_PANIC)


def _chosen(key):
    if isinstance(key, str):
        for entry in _entries:
            if entry[4] == key:
                return entry
        raise OSError(_ENOENT)
    key = _arg.integer(key)
    if key == Partition.RUNNING:
        return running()
    if key == Partition.BOOT:
        raise OSError(_ENOENT)
    raise ValueError
