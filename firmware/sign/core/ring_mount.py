"""Finds head and tail of a ring of records by a short read a sector and few more. Left after the start."""

import struct

from sign.compat import const
from sign.core.ring import Ring
from sign.proto import record
from sign.proto.crc import crc16

# The layout that `ring` describes; as private constants its names take no memory there.
_SLOTS = const(126)
_MARKS_AT = const(32)
_GIVEN_UP = const(16)  # behind the marks' begin
_BLANK = const(20)
_HEAD = "<2s4sII"
_IS_GIVEN_UP = const(1)
_IS_BLANK = const(2)
_CRC_AT = const(14)
_UNIT = const(32)
_BLANK_UNIT = b"\xff" * _UNIT
_RECORDS_AT = const(64)


def mount(device, incarnation):
    """The Ring of what `device` holds of an incarnation (4 bytes); one of another is as good as blank."""
    ring = Ring(device, incarnation)
    found = _Sectors(device, incarnation)
    newest = found.newest()
    if newest is None:
        return ring
    marks = found.unit(newest, _MARKS_AT)
    ring.dropped = found.dropped(newest)
    if _is_blank_next(marks) and found.holds_record(newest + 1):  # begun, and its head is damaged
        ring.dropped += _given_up(marks)
        newest += 1
        marks = found.unit(newest, _MARKS_AT)
    ring.head = newest * _SLOTS + found.written(newest)
    if marks[_GIVEN_UP:_BLANK] != b"\xff\xff\xff\xff":
        ring.dropped += _given_up(marks)
        is_blank = _is_blank_next(marks) and found.is_blank(newest + 1)
        ring.following = _IS_BLANK if is_blank else _IS_GIVEN_UP
    ring.tail = found.tail(newest, ring.following != 0)
    return ring


class _Sectors:
    """What stands in the sectors; `_numbers` by place, None where no head of this incarnation is."""

    def __init__(self, device, incarnation):
        self._device = device
        self._count = device.ioctl(4, 0)
        self._numbers = [self._number(place, b"GO" + incarnation) for place in range(self._count)]

    def newest(self):
        """The highest number whose head is whole; None when there is none."""
        while True:
            numbers = [number for number in self._numbers if number is not None]
            if not numbers:
                return None
            number = max(numbers)
            if self._is_whole(number):
                return number
            self._numbers[number % self._count] = None

    def dropped(self, number):
        return struct.unpack_from(_HEAD, self.unit(number, 0))[3]

    def unit(self, number, at):
        """32 bytes of a sector."""
        unit = bytearray(_UNIT)
        self._device.readblocks(number % self._count, unit, at)
        return unit

    def holds_record(self, number):
        return record.unpack(self.unit(number, _RECORDS_AT)) is not None

    def is_blank(self, number):
        """Records are written from the first on, so that a sector without that one has none."""
        return all(self.unit(number, at) == _BLANK_UNIT for at in (0, _MARKS_AT, _RECORDS_AT))

    def written(self, number):
        """How many records a sector holds, by halving."""
        low, high = 0, _SLOTS
        while low < high:
            middle = (low + high) // 2
            if self.unit(number, _RECORDS_AT + middle * _UNIT) == _BLANK_UNIT:
                high = middle
            else:
                low = middle + 1
        return low

    def tail(self, newest, is_next_given_up):
        """From the newest sector down: before one that is acknowledged there is nothing that waits.

        One whose head is damaged lies between its neighbours, whose heads say so.
        """
        last = max(0, newest - self._count + (2 if is_next_given_up else 1))
        found = newest
        for number in range(newest, last - 1, -1):
            if number != newest and not self._is_whole(number):
                if self._numbers[number % self._count] not in (None, number):
                    break
                continue
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

    def _number(self, place, mine):
        head = self.unit(place, 0)
        number = struct.unpack_from(_HEAD, head)[2]
        return number if head[: len(mine)] == mine and number % self._count == place else None

    def _is_whole(self, number):
        if self._numbers[number % self._count] != number:
            return False
        head = self.unit(number, 0)
        return crc16(head, 0, _CRC_AT) == head[_CRC_AT] | head[_CRC_AT + 1] << 8


def _is_blank_next(marks):
    return marks[_BLANK] == 0


def _given_up(marks):
    lost, check = struct.unpack_from("<HH", marks, _GIVEN_UP)
    return lost if lost ^ check == 0xFFFF else 0
