"""Flash in memory whose power can be cut at any operation: a whole partition, as a block device of the chip.

    def make():
        flash = TornFlash(64 * SECTOR)
        with Mounted(flash, "/data"):  # made where it is blank
            ...
        return flash

    cuts = every_cut(make, act, check)  # act(flash) is cut at each operation, check(flash, cut) sees the rest

An operation is an erased sector, or what one call programs within a sector. A cut one leaves what the chip
leaves: a prefix in units of 32 bytes, or a sector with random bits set. The bytes lie outside the heap of the
interpreter. Reading and writing allocate nothing: a collection may close a file that was left open.
"""

import gc

import ffi
import micropython
import uctypes
import vfs

SECTOR = 4096
PROGRAM_UNIT = 32
NOT_BEGUN, COMPLETE = (
    0,
    1,
)  # as seeds: the least and the most that a cut operation can leave; others are random
SEEDS = (NOT_BEGUN, COMPLETE, 2, 3)
EIO = 5

_libc = ffi.open("libc.so.6")
_malloc = _libc.func("I", "malloc", "I")
_free = _libc.func("v", "free", "I")


class PowerCut(BaseException):
    """The power went; no `except Exception` of the code under test catches it."""


@micropython.viper
def _read(flash, at: int, into, n: int):
    old = ptr8(flash)
    to = ptr8(into)
    i = 0
    while i < n:
        to[i] = old[at + i]
        i += 1


@micropython.viper
def _program(flash, at: int, data, start: int, n: int):
    to = ptr8(flash)
    new = ptr8(data)
    i = 0
    while i < n:
        to[at + i] = to[at + i] & new[start + i]
        i += 1


@micropython.viper
def _set_bits(flash, at: int, n: int, seed: int):
    """Set random bits; about half of those that were clear."""
    to = ptr8(flash)
    i = 0
    while i < n:
        seed = seed * 69069 + 12345
        to[at + i] = to[at + i] | ((seed >> 16) & 0xFF)
        i += 1


@micropython.viper
def _erase(flash, at: int, n: int):
    to = ptr8(flash)
    i = 0
    while i < n:
        to[at + i] = 0xFF
        i += 1


def _mixed(seed):
    """A seed's first random number, 0..0x7FFF."""
    return ((seed * 1103515245 + 12345) >> 16) & 0x7FFF


class TornFlash:
    """A partition of `size` bytes, blank, with the methods of esp32.Partition; whole sectors only."""

    TYPE_APP, TYPE_DATA = 0, 1

    def __init__(self, size, label="data", block_size=SECTOR):
        if size <= 0 or size % SECTOR or SECTOR % block_size:
            raise ValueError("size: %d, allowed: whole sectors of %d" % (size, SECTOR))
        self.bytes = uctypes.bytearray_at(_malloc(size), size)  # what it holds; a test may read and damage it
        _erase(self.bytes, 0, size)
        self.label = label
        self.block_size = block_size
        self.operations = 0  # since the start or the last cut_at
        self.erased = [0] * (size // SECTOR)  # how often each sector was, since the start
        self.programmed = 0  # bytes
        self.is_off = False
        self._cut, self._seed = None, 0

    def cut_at(self, operation, seed=NOT_BEGUN):
        """Cut the power at an operation counted from now on, the first is 1; None for never."""
        self._cut, self._seed = operation, seed
        self.operations = 0

    def cut(self):
        """The power goes between two operations."""
        self.is_off = True

    def reboot(self):
        """Another flash with what this one holds, and with power.

        What still holds this one, such as a file that was open when the power went, writes into the past.
        """
        again = TornFlash(len(self.bytes), self.label, self.block_size)
        again.bytes[:] = self.bytes
        self.is_off = False
        self._cut = None
        return again

    def close(self):
        """Give the memory back."""
        content, self.bytes = self.bytes, b""
        if content:
            _free(uctypes.addressof(content))

    # -- esp32.Partition

    def info(self):
        return (1, 0x81, 0, len(self.bytes), self.label, False)

    def readblocks(self, block, into, offset=0):
        if self._dead():
            return -EIO
        at = block * self.block_size + offset
        self._within(at, len(into))
        _read(self.bytes, at, into, len(into))
        return 0

    def writeblocks(self, block, data, offset=None):
        """Program, after an erase where no offset is given, as the chip does."""
        if self._dead():
            return -EIO
        at = block * self.block_size + (offset or 0)
        self._within(at, len(data))
        if offset is None:
            self._erase_before(at, len(data))
        done = 0
        while done < len(data):
            n = min(SECTOR - (at + done) % SECTOR, len(data) - done)
            self._program(at + done, data, done, n)
            done += n
        return 0

    def ioctl(self, what, block):
        if self._dead():
            return -EIO
        if what == 4:
            return len(self.bytes) // self.block_size
        if what == 5:
            return self.block_size
        if what == 6:
            self._erase_before(block * self.block_size, SECTOR)
        return 0

    # -- power

    def _dead(self):
        """True once it was closed, for what has forgotten to close its file before."""
        if self.is_off:
            raise PowerCut
        return not self.bytes

    def _within(self, at, n):
        if at < 0 or at + n > len(self.bytes):
            raise OSError(-260, "ESP_ERR_INVALID_SIZE")

    def _goes_now(self):
        self.operations += 1
        self.is_off = self.operations == self._cut
        return self.is_off

    def _erase_before(self, at, n):
        if at % SECTOR or n % SECTOR:
            raise OSError(-260, "ESP_ERR_INVALID_SIZE")
        self._within(at, n)
        while n > 0:
            self._erase_sector(at)
            at += SECTOR
            n -= SECTOR

    def _erase_sector(self, at):
        self.erased[at // SECTOR] += 1
        if not self._goes_now() or self._seed == COMPLETE:
            _erase(self.bytes, at, SECTOR)
        elif self._seed != NOT_BEGUN:
            _set_bits(self.bytes, at, SECTOR, self._seed)
        if self.is_off:
            raise PowerCut

    def _program(self, at, data, start, n):
        self.programmed += n
        if self._goes_now() and self._seed != COMPLETE:
            units = 0 if self._seed == NOT_BEGUN else _mixed(self._seed) % (n // PROGRAM_UNIT + 1)
            n = units * PROGRAM_UNIT
        _program(self.bytes, at, data, start, n)
        if self.is_off:
            raise PowerCut


def partition_class(*flashes):
    """What stands for esp32.Partition, with these as the partitions of the board."""

    class Partition:
        TYPE_APP, TYPE_DATA = 0, 1

        @staticmethod
        def find(type=0, subtype=0xFF, label=None, block_size=SECTOR):
            return [flash for flash in flashes if label in (None, flash.label)]

    return Partition


class Mounted:
    """`with Mounted(flash, "/data"):` mounts its LittleFS, made first where the flash is blank."""

    def __init__(self, flash, at="/data"):
        self._flash, self._at = flash, at

    def __enter__(self):
        if (
            self._flash.bytes[8:16] != b"littlefs"
            and self._flash.bytes[SECTOR + 8 : SECTOR + 16] != b"littlefs"
        ):
            vfs.VfsLfs2.mkfs(self._flash)
        vfs.mount(vfs.VfsLfs2(self._flash), self._at)
        return self._flash

    def __exit__(self, kind, error, trace):
        vfs.umount(self._at)


def every_cut(make, act, check, seeds=SEEDS):
    """Cut `act` at each of its flash operations, with each seed; how many cuts that were.

    make() gives the flash before, and resets what the test keeps beside it; act(flash) is what is cut;
    check(flash, operation) sees what is left, with power again, and once, with None, after a whole act.
    """
    operations = _whole(make, act, check)
    for operation in range(1, operations + 1):
        for seed in seeds:
            _one_cut(make, act, check, operation, seed)
    return operations * len(seeds)


def _whole(make, act, check):
    flash = make()
    flash.cut_at(None)
    act(flash)
    operations = flash.operations
    _look(flash, check, None)
    return operations


def _one_cut(make, act, check, operation, seed):
    flash = make()
    flash.cut_at(operation, seed)
    try:
        act(flash)
    except PowerCut:
        pass
    assert flash.is_off, "operation %d was never reached: act must do the same each time" % operation
    try:
        _look(flash, check, operation)
    except Exception as error:
        print("after a cut at flash operation %d with seed %d:" % (operation, seed))
        raise error


def _look(flash, check, operation):
    again = flash.reboot()
    check(again, operation)
    gc.collect()  # closes the files that the cut has left open, while their flash is still there
    flash.close()
    again.close()
