"""esp32.Partition over the flash file."""

import micropython

import _arg
import _chip as _c
import _ota
import _regs as R
from _nor import flash_erase, flash_read, flash_write

_TABLE = 0x8000
_TABLE_MAX = 95
_SECTOR = 4096
_ENOENT = 2


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
        is_known = self._entry is running()  # the interpreter stands for its image
        if self._entry[0] != 0 or not (is_known or _ota.is_image(self._at, self._size)):
            raise _c.esp_error(-5379, "ESP_ERR_OTA_VALIDATE_FAILED")
        _ota.choose(_entries, self._entry)

    @micropython.native
    def get_next_update(self):
        part = object.__new__(Partition)
        part._set(_ota.after(_entries, self._entry), _SECTOR)
        return part

    @staticmethod
    @micropython.native
    def mark_app_valid_cancel_rollback():
        _ota.mark_valid(_entries)


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
        return _ota.chosen(_entries)
    raise ValueError
