"""HLK-LD2451 reports: vehicles from 10 to 100 m away, within 20 degrees of the look direction.

`F4 F3 F2 F1 | length | count | alarm | count x (angle, distance m, direction, speed km/h, SNR) | F8 F7 F6
F5`, all u8, the angle 0x80 larger than it is. Without vehicles the length is 0, or nothing is sent at all:
silence of this radar is no fault. The maker contradicts himself on `direction`: it is given as sent, to be
learned from the range rate.
"""

from array import array

from sign.compat import const
from sign.proto.hlk_frame import PAYLOAD, HlkFrame
from sign.proto.ld2410 import FOOTER, HEADER

MAX_TARGETS = const(12)  # beyond what a module was ever seen to report
FIELDS_PER_TARGET = const(5)  # angle_deg, range_mm, direction, speed_mm_s, snr
_TARGETS = PAYLOAD + 2
_ANGLE_ZERO = const(0x80)
_MM_PER_M = const(1000)


class Ld2451(HlkFrame):
    """After `feed` returned with `ready` set, `targets` holds `count` targets as
    (angle_deg, range_mm, direction, speed_mm_s, snr), and `alarm` is the module's own.

    The angle is positive as the module sends it; which side that is depends on the mounting.
    """

    def __init__(self):
        super().__init__(HEADER, FOOTER, 2 + MAX_TARGETS * FIELDS_PER_TARGET)
        self.targets = array("i", [0] * (MAX_TARGETS * FIELDS_PER_TARGET))
        self.count = 0
        self.alarm = 0

    def _fits(self, length):
        if length < 2:
            return length == 0
        return length <= self._max_length and (length - 2) % FIELDS_PER_TARGET == 0

    def _decode(self, length):
        frame, targets = self.frame, self.targets
        count = (length - 2) // FIELDS_PER_TARGET if length else 0
        if length and frame[PAYLOAD] != count:
            return False
        for at in range(0, count * FIELDS_PER_TARGET, FIELDS_PER_TARGET):
            targets[at] = frame[_TARGETS + at] - _ANGLE_ZERO
            targets[at + 1] = frame[_TARGETS + at + 1] * _MM_PER_M
            targets[at + 2] = frame[_TARGETS + at + 2]
            targets[at + 3] = frame[_TARGETS + at + 3] * 2500 // 9  # km/h to mm/s
            targets[at + 4] = frame[_TARGETS + at + 4]
        self.count = count
        self.alarm = frame[PAYLOAD + 1] if length else 0
        return True
