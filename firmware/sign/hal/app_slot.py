"""The slots of the app, as an update sees them: the one that runs is read, the other one written.

`slots`, outside of the app, says where each mark stands, and chooses between both at the start; that file is
too large to be loaded beside a session. A sector is erased when its turn comes and marked in the header once
all of it is written, so that a reset costs no more than one. The header says what is being fetched; VALID,
programmed at the very end, makes an app of it.

Whatever writes is a stall: a program of 0.8 KB some ms, an erase up to 400 ms.
"""

import sys

from esp32 import Partition
from sign import loading
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


# What an update renews.
APP, INTERPRETER = range(2)
KIND_AT = const(6)  # in an offer
_PENDING = b"\x01\0\0\0"  # state in otadata: started once, and not yet marked valid
_STATE_AT = const(24)


class AppSlot:
    """Body and header lie in blocks of their own."""

    def __init__(self):
        runs = sys.path[0][1:]
        self._place(_slot(runs), _slot("b" if runs == "a" else "a"), 0, 1)

    def _place(self, runs, part, head, body):
        self._runs = runs
        self._part = part
        self._head = head
        self._body = body
        self.room = part.info()[3] - _SECTOR

    def known(self, manifest, attempt):
        """What there is of the update with this manifest; another attempt at one that failed is unknown."""
        size = len(manifest)
        if self._noted(0, size, self._runs) == manifest:
            return RUNS
        if self._noted(0, size) != manifest or self._noted(_ATTEMPT, 1)[0] != attempt:
            return UNKNOWN
        return PART if self._noted(_VALID) == self._noted(_BAD) == _UNSET else FAILED

    def is_on_trial(self):
        """Whether what runs is: the other slot must not be touched then."""
        return self._noted(_CONFIRMED, 4, self._runs) != _SET

    def begin(self, manifest, signature, attempt):
        """Give up what the slot holds, and note what comes."""
        self._part.ioctl(6, self._head)
        self._note(bytes((attempt,)), _ATTEMPT)
        self._note(signature, _SIGNATURE_AT)
        self._note(manifest, 0)

    def received(self):
        """How many sectors are there, from the first on."""
        count = 0
        while count * _SECTOR < self.room and self._noted(_RECEIVED + 4 * count) == _SET:
            count += 1
        return count

    def erase(self, sector):
        self._part.ioctl(6, self._body + sector)

    def write(self, at, data):
        """Program what belongs to place `at` of the body."""
        self._part.writeblocks(self._body, data, at)

    def note(self, sector):
        """All of a sector is written."""
        self._note(_SET, _RECEIVED + 4 * sector)

    def read(self, at, into):
        self._part.readblocks(self._body, into, at)

    def seal(self, faults):
        """The body is right: the next start tries it. `faults` that stand are not its doing."""
        order = int.from_bytes(self._noted(_ORDER, 4, self._runs), "little") + 1
        self._note(faults.to_bytes(8, "little"), _FAULTS)
        self._note(order.to_bytes(4, "little"), _ORDER)
        self._note(_SET, _VALID)

    def spoil(self):
        """The body is wrong, and will be."""
        self._note(_SET, _BAD)

    def confirm(self):
        """What runs has proved itself."""
        self._runs.writeblocks(0, _SET, _CONFIRMED)

    def faults_before(self):
        """What `seal` was told when what runs was made ready."""
        return int.from_bytes(self._noted(_FAULTS, 8, self._runs), "little")

    def _note(self, data, at):
        self._part.writeblocks(self._head, data, at)

    def _noted(self, at, n=4, part=None):
        found = bytearray(n)
        (part or self._part).readblocks(self._head, found, at)
        return found


def of(kind):
    """The slots of that kind. OSError where the board has one only."""
    if kind != INTERPRETER:
        return AppSlot()
    from sign.hal.ota_slot import OtaSlot

    loading.forget("hal.ota_slot")  # seldom needed: it goes with what is made of it
    return OtaSlot()


def trial():
    """The kind of what is on trial, None where nothing is."""
    if AppSlot().is_on_trial():
        return APP
    return INTERPRETER if is_tried() else None


def is_tried():
    """Whether the boot loader returns from the interpreter that runs, unless that is marked valid."""
    state = bytearray(4)
    for part in Partition.find(Partition.TYPE_DATA, subtype=0):
        for sector in range(2):
            part.readblocks(sector, state, _STATE_AT)
            if state == _PENDING:
                return True
    return False


def standing(faults):
    """Faults that stand, as a number with a bit for each."""
    found = 0
    for code in range(codes.COUNT):
        if faults.is_active(code):
            found |= 1 << code
    return found


def _slot(name):
    return Partition.find(Partition.TYPE_DATA, label="app_" + name)[0]
