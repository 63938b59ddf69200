"""The slots of the app, as an update sees them: the one that runs is read, the other one written.

`slots`, outside of the app, says where each mark stands, and chooses between both at the start; that file is
too large to be loaded beside a session. A sector is erased when its turn comes and marked in the header once
all of it is written, so that a reset costs no more than one. The header says what is being fetched; VALID,
programmed at the very end, makes an app of it.

Whatever writes is a stall: a program of 0.8 KB some ms, an erase up to 400 ms.
"""

import sys

from esp32 import Partition
from sign.compat import const
from sign.core import faults as codes

_SECTOR = const(4096)
_SIGNATURE_AT = const(128)
# Marks, by their places.
_VALID = const(512)
_ORDER = const(544)
_CONFIRMED = const(672)
_BAD = const(704)
_FAULTS = const(736)  # eight bytes: a bit for each fault that stood before
_ATTEMPT = const(768)  # one byte
_RECEIVED = const(1024)  # four bytes for each sector
_SET = b"\0\0\0\0"
_UNSET = b"\xff\xff\xff\xff"

# What the slots know of an update.
UNKNOWN, PART, FAILED, RUNS = range(4)


class AppSlot:
    def __init__(self):
        runs = sys.path[0][1:]
        self._runs = _slot(runs)
        self._part = _slot("b" if runs == "a" else "a")
        self.room = self._part.info()[3] - _SECTOR

    def known(self, manifest, attempt):
        """What there is of the update with this manifest; another attempt at one that failed is unknown."""
        size = len(manifest)
        if _read(self._runs, 0, size) == manifest:
            return RUNS
        part = self._part
        if _read(part, 0, size) != manifest or _read(part, _ATTEMPT, 1)[0] != attempt:
            return UNKNOWN
        return PART if _read(part, _VALID) == _read(part, _BAD) == _UNSET else FAILED

    def is_on_trial(self):
        """Whether the running app is: the other slot must not be touched then."""
        return _read(self._runs, _CONFIRMED) != _SET

    def begin(self, manifest, signature, attempt):
        """Give up what the slot holds, and note what comes."""
        self._part.ioctl(6, 0)
        self._part.writeblocks(0, bytes((attempt,)), _ATTEMPT)
        self._part.writeblocks(0, signature, _SIGNATURE_AT)
        self._part.writeblocks(0, manifest, 0)

    def received(self):
        """How many sectors are there, from the first on."""
        count = 0
        while count * _SECTOR < self.room and _read(self._part, _RECEIVED + 4 * count) == _SET:
            count += 1
        return count

    def erase(self, sector):
        self._part.ioctl(6, 1 + sector)

    def write(self, at, data):
        """Program what belongs to place `at` of the body."""
        self._part.writeblocks(1, data, at)

    def note(self, sector):
        """All of a sector is written."""
        self._part.writeblocks(0, _SET, _RECEIVED + 4 * sector)

    def read(self, at, into):
        self._part.readblocks(1, into, at)

    def seal(self, faults):
        """The body is right: the next start tries it. `faults` that stand are not its doing."""
        order = int.from_bytes(_read(self._runs, _ORDER), "little") + 1
        self._part.writeblocks(0, faults.to_bytes(8, "little"), _FAULTS)
        self._part.writeblocks(0, order.to_bytes(4, "little"), _ORDER)
        self._part.writeblocks(0, _SET, _VALID)

    def spoil(self):
        """The body is wrong, and will be."""
        self._part.writeblocks(0, _SET, _BAD)

    def confirm(self):
        """The app that runs has proved itself."""
        self._runs.writeblocks(0, _SET, _CONFIRMED)

    def faults_before(self):
        """What `seal` was told when the running app was made ready."""
        return int.from_bytes(_read(self._runs, _FAULTS, 8), "little")


def standing(faults):
    """Faults that stand, as a number with a bit for each."""
    found = 0
    for code in range(codes.COUNT):
        if faults.is_active(code):
            found |= 1 << code
    return found


def _slot(name):
    return Partition.find(Partition.TYPE_DATA, label="app_" + name)[0]


def _read(part, at, n=4):
    found = bytearray(n)
    part.readblocks(0, found, at)
    return found
