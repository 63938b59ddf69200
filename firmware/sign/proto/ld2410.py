"""HLK-LD2410/B/C reports: somebody moves, somebody stays, and how far away; no direction.

`F4 F3 F2 F1 | length | type | AA | body | 55 00 | F8 F7 F6 F5`. Type 2 (basic) has 13 bytes: status (bit 0
moves, bit 1 stays), moving distance u16 (cm) and energy, static distance and energy, detection distance. Type
1 (engineering) has 35: after those the last gate of both kinds, nine energies of each kind, light, OUT pin.
"""

from sign.compat import const
from sign.proto.hlk_frame import PAYLOAD, HlkFrame

GATES = const(9)
HEADER = b"\xf4\xf3\xf2\xf1"
FOOTER = b"\xf8\xf7\xf6\xf5"
_BASIC = const(2)
_BASIC_LEN = const(0x0D)
_ENGINEERING = const(1)
_ENGINEERING_LEN = const(0x23)
_MM_PER_CM = const(10)
_MOVES = const(1)
_STAYS = const(2)
_LAST_GATES = PAYLOAD + 11
_ENERGIES = PAYLOAD + 13


class Ld2410(HlkFrame):
    """After `feed` returned with `ready` set: `moves`, `stays`, the distances `moving_mm`, `static_mm`,
    `range_mm` as sent, `present` (either of both) and the smallest distance `nearest_mm` (0 unknown: modules
    leave some at 0), the energies (0..100) `moving_energy`, `static_energy`; and, while `engineering`, the
    energies of each gate, `light` (0..255) and `out` (the level of the OUT pin).
    """

    def __init__(self):
        super().__init__(HEADER, FOOTER, _ENGINEERING_LEN)
        self.moves = self.stays = self.present = self.engineering = False
        self.moving_mm = self.static_mm = self.range_mm = self.nearest_mm = 0
        self.moving_energy = self.static_energy = 0
        self.last_moving_gate = self.last_static_gate = 0
        self.moving_energies = bytearray(GATES)
        self.static_energies = bytearray(GATES)
        self.light = self.out = 0

    def _fits(self, length):
        return length == _BASIC_LEN or length == _ENGINEERING_LEN

    def _decode(self, length):
        frame = self.frame
        kind = _BASIC if length == _BASIC_LEN else _ENGINEERING
        tail = PAYLOAD + length - 2
        if frame[PAYLOAD] != kind or frame[PAYLOAD + 1] != 0xAA or frame[tail] != 0x55 or frame[tail + 1]:
            return False
        self.moves = bool(frame[PAYLOAD + 2] & _MOVES)
        self.stays = bool(frame[PAYLOAD + 2] & _STAYS)
        self.moving_mm = self._mm(PAYLOAD + 3)
        self.moving_energy = frame[PAYLOAD + 5]
        self.static_mm = self._mm(PAYLOAD + 6)
        self.static_energy = frame[PAYLOAD + 8]
        self.range_mm = self._mm(PAYLOAD + 9)
        self.present = self.moves or self.stays
        self.nearest_mm = self._nearest() if self.present else 0
        self.engineering = kind == _ENGINEERING
        if self.engineering:
            self._decode_gates()
        return True

    def _nearest(self):
        moving_mm = self.moving_mm if self.moves else 0
        static_mm = self.static_mm if self.stays else 0
        if moving_mm and static_mm:
            return min(moving_mm, static_mm)
        return moving_mm or static_mm or self.range_mm

    def _decode_gates(self):
        frame = self.frame
        self.last_moving_gate, self.last_static_gate = frame[_LAST_GATES], frame[_LAST_GATES + 1]
        for gate in range(GATES):
            self.moving_energies[gate] = frame[_ENERGIES + gate]
            self.static_energies[gate] = frame[_ENERGIES + GATES + gate]
        self.light = frame[_ENERGIES + 2 * GATES]
        self.out = frame[_ENERGIES + 2 * GATES + 1]

    def _mm(self, at):
        return (self.frame[at] | self.frame[at + 1] << 8) * _MM_PER_CM
