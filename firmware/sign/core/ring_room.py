"""Makes the next sector of a ring of records ready. Loaded for that moment: it comes once in 126 records."""

import struct

from sign.compat import const
from sign.proto.crc import crc16

# The layout that `ring` describes.
_SLOTS = const(126)
_GIVEN_UP_AT = const(48)
_COPY_AT = const(52)
_DROPPED_MAX = 0xFFFFFFFF  # that a head can tell
_ERASE = const(6)  # of a block device's ioctl


def make_room(ring):
    """Make the sector after the newest one blank and number it, the oldest records giving way. It erases, a
    stall, and a cut in it is made good by the next call."""
    number = (ring.head + _SLOTS - 1) // _SLOTS
    if not ring.is_given_up:
        _give_up(ring, number)
    ring.device.ioctl(_ERASE, number % ring.sectors)
    numbers = struct.pack("<II", number, min(ring.dropped, _DROPPED_MAX))
    head = b"GO" + ring.incarnation + numbers
    crc = struct.pack("<H", crc16(head, 0, len(head)))
    ring.write(number, 0, head + crc)
    ring.write(number, _COPY_AT, numbers + crc)
    ring.is_given_up, ring.is_roomy = False, True


def _give_up(ring, number):
    """The oldest sector lies where sector `number` shall be; the newest one says that it counts no more."""
    lost = max(0, (number - ring.sectors + 1) * _SLOTS - ring.tail)
    if number:
        ring.write(number - 1, _GIVEN_UP_AT, struct.pack("<HH", lost, lost ^ 0xFFFF))
    ring.tail += lost
    ring.dropped += lost
    ring.is_given_up = True
