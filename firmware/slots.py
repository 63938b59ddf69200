"""Which of the two app slots the sign runs.

This file is written by flashing only and meets apps of ten years: what it knows of a slot's header stays.

| at | what |
|---|---|
| 0 | manifest, 128 bytes: magic with format, ..., size of the body at 16, its SHA-256 at 20 |
| 128 | signature of the manifest |
| 512 + 32 n | marks of four bytes: VALID, ORDER, three times TRIAL, CONFIRMED, BAD |
| 1024 | what the fetching notes for itself |
| 4096 | the body, see `pack` |

Marks are programmed from ones to zeros and never back, but by erasing the sector. Of a mark whose programming
was cut off, VALID and CONFIRMED do not count, TRIAL and BAD do: that is the careful reading of each.
"""

import hashlib
import struct
import sys

from micropython import const

from esp32 import Partition

MAGIC = b"GVP\x01"
VALID = const(0)  # body and signature were found right; programmed last
ORDER = const(1)  # of two slots that may run, the one of the higher number does
TRIAL = const(2)  # the first of those that count the starts without `confirm`
TRIALS = const(3)
CONFIRMED = const(5)
BAD = const(6)
MARKS_AT = const(512)
MARK_UNIT = const(32)  # no two marks in one unit of programming
HEAD_BYTES = const(736)
BODY = const(4096)
_SIZE_AT = const(16)
_SUM_AT = const(20)
_PIECE = const(1024)
UNSET = b"\xff\xff\xff\xff"
SET = b"\0\0\0\0"
NAMES = "ab"
PATH = "/"  # and the slot's name: where its files are found

# What a slot is.
EMPTY = const(0)
USED_UP = const(1)
ON_TRIAL = const(2)
PROVED = const(3)


class Slot:
    """One of the two, as its header says."""

    def __init__(self, name):
        self.name = name
        self.part = Partition.find(Partition.TYPE_DATA, label="app_" + name)[0]
        self.head = bytearray(HEAD_BYTES)
        self.look()

    def look(self):
        """Read the header once more."""
        self.part.readblocks(0, self.head, 0)

    def mark(self, number):
        at = MARKS_AT + MARK_UNIT * number
        return self.head[at : at + 4]

    def program(self, number, value=SET):
        """Program a mark: a stall of the flash."""
        at = MARKS_AT + MARK_UNIT * number
        self.part.writeblocks(0, value, at)
        self.head[at : at + 4] = value

    def order(self):
        return struct.unpack("<I", self.mark(ORDER))[0]

    def trials(self):
        """How many starts without `confirm` there have been."""
        return sum(self.mark(TRIAL + n) != UNSET for n in range(TRIALS))

    def state(self, trials_max):
        if self.head[: len(MAGIC)] != MAGIC or self.mark(VALID) != SET:
            return EMPTY
        if self.mark(BAD) != UNSET:
            return USED_UP
        if self.mark(CONFIRMED) == SET:
            return PROVED
        return ON_TRIAL if self.trials() <= trials_max else USED_UP

    def is_whole(self):
        """Whether the body has the sum that the manifest names."""
        at, left = BODY, struct.unpack_from("<I", self.head, _SIZE_AT)[0]
        found, piece = hashlib.sha256(), memoryview(bytearray(_PIECE))
        while left > 0:
            n = min(left, _PIECE)
            self.part.readblocks(0, piece[:n], at)
            found.update(piece[:n])
            at += n
            left -= n
        return found.digest() == self.head[_SUM_AT : _SUM_AT + 32]


def chosen(trials_max=TRIALS, but=None):
    """The slot to run, None where there is none: of those that may run the one of the highest order."""
    best = None
    for name in NAMES:
        if name != but:
            slot = Slot(name)
            if slot.state(trials_max) >= ON_TRIAL and (best is None or slot.order() > best.order()):
                best = slot
    return best


def start(counts):
    """Mount the slot to run and return its path; `counts`: this start counts where the slot is on trial.

    OSError where no slot can run.
    """
    while True:
        slot = chosen(TRIALS - 1 if counts else TRIALS) or _last_resort()
        if slot is None:
            raise OSError("no app in any slot")
        if not counts or slot.state(TRIALS - 1) != ON_TRIAL:
            break
        if slot.is_whole():
            slot.program(TRIAL + slot.trials())
            break
        slot.program(BAD)
    return _mounted(slot)


def _last_resort():
    """A slot that was given up, rather than nothing."""
    for name in NAMES:
        slot = Slot(name)
        if slot.state(TRIALS) != EMPTY:
            return slot
    return None


def _mounted(slot):
    import vfs

    from pack import Pack

    path = PATH + slot.name
    vfs.mount(Pack(slot.part), path)
    return path


def active():
    """Name of the slot that runs, None where the start found none."""
    first = sys.path[0]
    return first[1:] if first[:1] == PATH and first[1:] in NAMES else None


def on_trial():
    """Whether the app that runs is still to be confirmed."""
    name = active()
    return name is not None and Slot(name).mark(CONFIRMED) != SET


def confirm():
    """The app that runs is well: later starts take it without counting. A stall of the flash."""
    if on_trial():
        Slot(active()).program(CONFIRMED)


def give_up():
    """Never start the app that runs again; False, and nothing is changed, where there is no other one."""
    name = active()
    if name is None or chosen(TRIALS - 1, but=name) is None:
        return False
    Slot(name).program(BAD)
    return True
