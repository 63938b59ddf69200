"""Event records in flash: a ring of sectors that resets and power cuts leave readable.

Bits are only ever cleared, in 32 bytes of one sector at a time: a cut leaves what was before or after a step.

| bytes of a sector | | programmed |
|---|---|---|
| 0..15 | `GO`, incarnation, number of the sector, records dropped before it, crc | when it is begun |
| 32..47 | a bit a record, cleared from the first on | by each acknowledgement |
| 48..51 | how many records the next sector is giving up, and the complement | before the next one is erased |
| 52 | 0 | after that: the next one is blank |
| 64..4095 | 126 records | one at a time |

Sector number q lies at q modulo the number of sectors; the record at position p is in sector p // 126.
"""

import struct

from sign.compat import const
from sign.proto import record
from sign.proto.crc import crc16

_SLOTS = const(126)  # records of a sector
_MARKS_AT = const(32)
_GIVEN_UP_AT = const(48)
_BLANK_AT = const(52)
_RECORDS_AT = const(64)
_ERASE = const(6)  # of a block device's ioctl
# What is known of the sector after the newest one.
_HOLDS = const(0)  # it is the oldest one, and readable
_GIVEN_UP = const(1)  # its records count no more: it may be erased, or half of it is
_BLANK = const(2)


class Ring:
    """Positions only grow: `tail` is the oldest record that waits, `head` the place for the next one.

    `dropped`: records given up without an acknowledgement, ever; `damaged`: unreadable ones that were passed.
    Made by `ring_mount.mount` from what the flash holds. `device` has blocks of 4096 bytes.
    """

    def __init__(self, device, incarnation):
        self._device = device
        self._sectors = device.ioctl(4, 0)
        self._incarnation = incarnation
        self._buffer = bytearray(record.SIZE)
        self.tail = self.head = 0
        self.following = _HOLDS
        self.dropped = self.damaged = 0

    def has_room(self):
        """Whether `append` may be called: not when the next sector must be made blank first."""
        return self.head % _SLOTS or self.following == _BLANK

    def wants_room(self):
        """Whether `make_room` is due: best long before `append` needs it."""
        return self.following != _BLANK

    def append(self, data):
        """Write one record, given as bytes, by a short program or two. False when it reads back differently:
        its place is used up then."""
        if self.head % _SLOTS == 0:
            self._begin()
        at = _RECORDS_AT + self.head % _SLOTS * record.SIZE
        self._write(self.head // _SLOTS, at, data)
        self.head += 1
        self.read(self.head - 1)
        return self._buffer == data

    def make_room(self):
        """Make the sector after the newest one blank, the oldest records giving way: erases, a stall."""
        number = (self.head + _SLOTS - 1) // _SLOTS
        if self.following == _HOLDS:
            self._give_up(number)
        self._device.ioctl(_ERASE, number % self._sectors)
        if number:
            self._write(number - 1, _BLANK_AT, b"\x00")
        self.following = _BLANK

    def read(self, position):
        """The unpacked record there, None for one that is damaged."""
        at = _RECORDS_AT + position % _SLOTS * record.SIZE
        self._device.readblocks(position // _SLOTS % self._sectors, self._buffer, at)
        return record.unpack(self._buffer)

    def peek(self, n):
        """Up to `n` of the oldest records, all of one boot. Damaged ones before them are passed for good."""
        found = []
        at = self.tail
        while at < self.head and len(found) < n:
            kept = self.read(at)
            at += 1
            if kept is None:
                if not found:
                    self.tail = at
                    self.damaged += 1
            elif found and kept[1] != found[0][1]:
                break
            else:
                found.append(kept)
        return found

    def ack(self, boot, seq):
        """Let go the oldest records, as far as they are of that boot and not behind `seq`."""
        at = end = self.tail
        while at < self.head:
            kept = self.read(at)
            at += 1
            if kept:
                if kept[1] != boot or kept[2] > seq:
                    break
                end = at
            elif end == at - 1:
                self.damaged += 1
                end = at
        self._let_go(end)

    def _let_go(self, end):
        while self.tail < end:
            number = self.tail // _SLOTS
            self.tail = min(end, (number + 1) * _SLOTS)
            count = self.tail - number * _SLOTS
            self._write(number, _MARKS_AT, bytes(count >> 3) + bytes((0xFF >> (count & 7),)))

    def _give_up(self, number):
        """The oldest sector lies where sector `number` shall be."""
        oldest_kept = (number - self._sectors + 1) * _SLOTS
        lost = max(0, oldest_kept - self.tail)
        if number:
            self._write(number - 1, _GIVEN_UP_AT, struct.pack("<HH", lost, lost ^ 0xFFFF))
        self.tail += lost
        self.dropped += lost
        self.following = _GIVEN_UP

    def _begin(self):
        number = self.head // _SLOTS
        head = struct.pack("<2s4sII", b"GO", self._incarnation, number, self.dropped)
        self._write(number, 0, head + struct.pack("<H", crc16(head, 0, len(head))))
        self.following = _HOLDS

    def _write(self, number, at, data):
        self._device.writeblocks(number % self._sectors, data, at)
