"""The slot of the app that does not run, as an update writes it. `slots`, outside of the app, chooses.

A sector is erased when its turn comes and marked in the header once all of it is written: so a reset costs no
more than one. The header says what is being fetched; the mark VALID makes an app of it, at the very end.
Everything that writes is a stall: a program of 0.8 KB some ms, an erase up to 400 ms.
"""

import struct

import slots
from sign.compat import const
from sign.proto.manifest import BYTES

_SECTOR = const(4096)
_SIGNATURE_AT = const(128)
_ATTEMPT_AT = const(1008)  # a byte, inverted so that it is programmed from ones
_RECEIVED_AT = const(1024)  # a mark of four bytes for each sector
_FAULTS = const(7)  # mark of the faults that stood before
_FAULT_BYTES = const(8)

# What the slots know of an update. RUNS is on trial as long as `is_on_trial` says so.
UNKNOWN, PART, WHOLE, RUNS, FAILED = range(5)


class AppSlot:
    def __init__(self):
        self._runs = slots.Slot(slots.active())
        self._slot = slots.Slot("b" if self._runs.name == "a" else "a")
        self._part = self._slot.part
        self.room = self._part.info()[3] - _SECTOR

    def known(self, manifest, attempt):
        """What there is of an update with this manifest; one that failed at this attempt has failed."""
        if self._runs.head[:BYTES] == manifest:
            return RUNS
        slot = self._slot
        if slot.head[:BYTES] != manifest or self._attempt() != attempt:
            return UNKNOWN
        if slot.mark(slots.BAD) != slots.UNSET:
            return FAILED
        if slot.state(slots.TRIALS) == slots.EMPTY:
            return PART
        return WHOLE if slot.state(slots.TRIALS - 1) == slots.ON_TRIAL else FAILED

    def is_on_trial(self):
        """Whether the running app is: the other slot must not be touched then."""
        self._runs.look()
        return self._runs.mark(slots.CONFIRMED) != slots.SET

    def begin(self, manifest, signature, attempt):
        """Give up what the slot holds, and note what comes."""
        self._part.ioctl(6, 0)
        self._part.writeblocks(0, bytes((~attempt & 0xFF,)), _ATTEMPT_AT)
        self._part.writeblocks(0, signature, _SIGNATURE_AT)
        self._part.writeblocks(0, manifest, 0)
        self._slot.look()

    def received(self):
        """How many sectors there are, from the first on."""
        mark, count = bytearray(4), 0
        while (count + 1) * _SECTOR <= self.room:
            self._part.readblocks(0, mark, _RECEIVED_AT + 4 * count)
            if mark != slots.SET:
                break
            count += 1
        return count

    def erase(self, sector):
        self._part.ioctl(6, 1 + sector)

    def write(self, at, data):
        """Program what was fetched from place `at` of the body."""
        self._part.writeblocks(1, data, at)

    def note(self, sector):
        """All of a sector is written."""
        self._part.writeblocks(0, slots.SET, _RECEIVED_AT + 4 * sector)

    def read(self, at, into):
        self._part.readblocks(1, into, at)

    def seal(self, faults):
        """The body is right: the next start tries it. `faults` that stand are not its doing."""
        order = struct.pack("<I", self._runs.order() + 1)
        self._slot.program(_FAULTS, faults.to_bytes(_FAULT_BYTES, "little"))
        self._slot.program(slots.ORDER, order)
        self._slot.program(slots.VALID)

    def spoil(self):
        """The body is wrong, and will be."""
        self._slot.program(slots.BAD)

    def _attempt(self):
        buffer = bytearray(1)
        self._part.readblocks(0, buffer, _ATTEMPT_AT)
        return ~buffer[0] & 0xFF


def faults_before():
    """Faults that stood when the running app was made ready, as a number with a bit for each."""
    part, found = slots.Slot(slots.active()).part, bytearray(_FAULT_BYTES)
    part.readblocks(0, found, slots.MARKS_AT + slots.MARK_UNIT * _FAULTS)
    return int.from_bytes(found, "little")
