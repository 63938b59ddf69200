"""Event records in flash: a ring of sectors that resets and power cuts leave readable.

Bits are only ever cleared, in 32 bytes of one sector at a time: a cut leaves what was before or after a step.

| bytes of a sector | | programmed |
|---|---|---|
| 0..15 | `GO`, incarnation, number of the sector, records dropped before it, crc | once it is blank |
| 32..47 | a bit a record, cleared from the first on | by each acknowledgement |
| 48..51 | how many records the next sector gives up, and the complement | before that one is erased |
| 52..61 | number, records dropped, crc once more | with the first |
| 64..4095 | 126 records | one at a time |

Sector number q lies at q modulo the number of sectors; the record at position p is in sector p // 126. What
makes a sector blank is in `ring_room`, what finds head and tail after a reset in `ring_mount`.
"""

from sign.compat import const
from sign.proto import record

_SLOTS = const(126)  # records of a sector
_MARKS_AT = const(32)
_RECORDS_AT = const(64)


class Ring:
    """Positions only grow: `tail` is the oldest record that waits, `head` the place for the next one.

    `is_roomy`: the sector after the newest one is blank and has its number; `is_given_up`: what that one held
    counts no more, but it is not blank yet. `dropped`: records given up without an acknowledgement, ever;
    `damaged`: unreadable ones that were passed. `device` has blocks of 4096 bytes.
    """

    def __init__(self, device, incarnation):
        self.device = device
        self.sectors = device.ioctl(4, 0)
        self.incarnation = incarnation
        self._buffer = bytearray(record.SIZE)
        self.tail = self.head = 0
        self.is_roomy = self.is_given_up = False
        self.dropped = self.damaged = 0

    def has_place(self):
        """Whether `append` may be called."""
        return self.is_roomy or self.head % _SLOTS

    def append(self, data):
        """Write one record, given as bytes. False when it reads back differently: its place is used up."""
        if self.head % _SLOTS == 0:
            self.is_roomy = False
        self.write(self.head // _SLOTS, _RECORDS_AT + self.head % _SLOTS * record.SIZE, data)
        self.head += 1
        self.read(self.head - 1)
        return self._buffer == data

    def read(self, position):
        """The unpacked record there, None for one that is damaged."""
        at = _RECORDS_AT + position % _SLOTS * record.SIZE
        self.device.readblocks(position // _SLOTS % self.sectors, self._buffer, at)
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
                self.damaged += at - 1 - end
                end = at
        while self.tail < end:
            number = self.tail // _SLOTS
            self.tail = min(end, (number + 1) * _SLOTS)
            count = self.tail - number * _SLOTS
            self.write(number, _MARKS_AT, bytes(count >> 3) + bytes((0xFF >> (count & 7),)))

    def write(self, number, at, data):
        """Program bytes of a sector; bits can only be cleared."""
        self.device.writeblocks(number % self.sectors, data, at)
