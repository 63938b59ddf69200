"""Finds head and tail of a ring of records by a short read a sector and few more. Left after the start."""

import struct

from sign.compat import const
from sign.core.ring import Ring
from sign.proto.crc import crc16

# The layout that `ring` describes.
_SLOTS = const(126)
_UNIT = const(32)
_MARKS_AT = const(32)
_GIVEN_UP = const(16)  # behind the marks' begin, as the next ones
_GIVEN_UP_END = const(20)
_RECORDS_AT = const(64)
_NUMBERS = const(6)  # in a head
_CRC = const(14)
_COPY_AT = const(52)
_COPY_END = const(62)
_START = const(64)
# A hundred years of a busy crossing; what is beyond was never counted, and would not fit into the next head.
_NUMBER_MAX = const(0xFFFFFF)
_BLANK_NUMBERS = b"\xff" * 8
_BLANK_UNIT = b"\xff" * _UNIT


def mount(device, incarnation):
    """The Ring of what `device` holds of an incarnation (4 bytes); one of another is as good as blank."""
    ring = Ring(device, incarnation)
    found = _Sectors(device, incarnation)
    newest = found.newest()
    if newest is None:
        return ring
    ring.dropped = found.dropped(newest)
    if not found.written(newest):
        ring.is_roomy = True
        newest -= 1
    if newest < 0:
        return ring
    ring.head = newest * _SLOTS + found.written(newest)
    marks = found.unit(newest, _MARKS_AT)
    if not ring.is_roomy and marks[_GIVEN_UP:_GIVEN_UP_END] != b"\xff\xff\xff\xff":
        lost, check = struct.unpack_from("<HH", marks, _GIVEN_UP)
        ring.dropped += lost if lost ^ check == 0xFFFF else 0
        ring.is_given_up = True
    # Marks that came to harm may acknowledge what was never written.
    ring.tail = min(ring.head, found.tail(newest, ring.is_roomy or ring.is_given_up))
    return ring


class _Sectors:
    """What stands in the sectors; `_numbers` by place, None where no head of this incarnation is."""

    def __init__(self, device, incarnation):
        self._device = device
        self._count = device.ioctl(4, 0)
        self._mine = b"GO" + incarnation
        self._numbers = [self._number(place) for place in range(self._count)]

    def newest(self):
        """The highest number; None when there is none."""
        return max([number for number in self._numbers if number is not None], default=None)

    def unit(self, number, at):
        """32 bytes of a sector."""
        unit = bytearray(_UNIT)
        self._device.readblocks(number % self._count, unit, at)
        return unit

    def written(self, number):
        """How many records a sector holds, by halving: they are written from the first on."""
        low, high = 0, _SLOTS
        while low < high:
            middle = (low + high) // 2
            if self.unit(number, _RECORDS_AT + middle * _UNIT) == _BLANK_UNIT:
                high = middle
            else:
                low = middle + 1
        return low

    def tail(self, newest, is_next_gone):
        """From the newest sector down: before one that is acknowledged there is nothing that waits.

        One without a number that can be read lies between its neighbours, whose numbers say so.
        """
        last = max(0, newest - self._count + (2 if is_next_gone else 1))
        found = newest
        for number in range(newest, last - 1, -1):
            told = self._numbers[number % self._count]
            if told is None:
                continue
            if told != number:
                break
            found = number
            count = self._acknowledged(number)
            if count >= _SLOTS:
                return (number + 1) * _SLOTS
            if count:
                break
        return found * _SLOTS + self._acknowledged(found)

    def _acknowledged(self, number):
        count = 0
        for byte in self.unit(number, _MARKS_AT)[:_GIVEN_UP]:
            if byte:
                while not byte & 0x80:
                    byte = byte << 1
                    count += 1
                break
            count += 8
        return min(count, _SLOTS)

    def _number(self, place):
        """The number of the sector at that place by its head or the copy; None when neither is whole."""
        start = bytearray(_START)
        self._device.readblocks(place, start, 0)
        copy = self._mine + start[_COPY_AT:_COPY_END]
        is_mine = start[:_NUMBERS] == self._mine
        # Where the two agree they are right: the sum takes a while. Of a head that was torn both are blank.
        agree = start[_NUMBERS:_CRC] == copy[_NUMBERS:_CRC] != _BLANK_NUMBERS
        if not (is_mine and (agree or _is_whole(start))):
            if not _is_whole(copy):
                return None
            start = copy
        number = struct.unpack_from("<I", start, _NUMBERS)[0]
        return number if number <= _NUMBER_MAX and number % self._count == place else None

    def dropped(self, number):
        """Records that were dropped before that sector."""
        start = bytearray(_START)
        self._device.readblocks(number % self._count, start, 0)
        copy = self._mine + start[_COPY_AT:_COPY_END]
        return struct.unpack_from("<I", start if _is_whole(start) else copy, _NUMBERS + 4)[0]


def _is_whole(head):
    return crc16(head, 0, _CRC) == head[_CRC] | head[_CRC + 1] << 8
