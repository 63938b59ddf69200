"""DFRobot C4001 reports: lines of text that begin with `$` and end with `*`.

`$DFHPD,<0|1>, , , *` in presence mode; `$DFDMD,<targets>,<number>,<range m>,<speed m/s>,<energy>, , *` in
speed mode, with blanks instead of numbers where there is no target. No checksum: what is not plausible is
refused. The sign of the speed is given as sent.
"""

from sign.compat import const

# Counters wrap before the sum to be masked is no small int any more.
_COUNTER_MASK = const(0x1FFFFFFF)
PRESENCE = const(1)
SPEED = const(2)
_START = const(0x24)  # $
_END = const(0x2A)  # *
_COMMA = const(0x2C)
_MINUS = const(0x2D)
_POINT = const(0x2E)
_SPACE = const(0x20)
_ZERO = const(0x30)
_LINE_MAX = const(64)
_PRESENCE_NAME = b"$DFHPD"
_SPEED_NAME = b"$DFDMD"
_RANGE_MAX_MM = const(30_000)  # the module reaches 25 m
_SPEED_MAX_MM_S = const(20_000)  # ... and 10 m/s
# Twice what is seen of a person at 1 m; corrupted lines were seen with a hundred million.
_ENERGY_MAX = const(1_000_000)
_DECIMALS = const(3)
_NUMBER_MAX = const(50_000_000)  # ten times that and a digit is still a small int
NONE = const(-0x20000000)  # a blank field
_BAD = const(-0x20000001)


class C4001:
    """After `feed` returned with `ready` set: `mode` (PRESENCE or SPEED), `present`; in speed mode with
    somebody present `range_mm`, `speed_mm_s`, `energy`, else they are 0.

    Counters: `frames`, `skipped_bytes` (outside lines) and `bad_frames` (begun, but not ended or not
    plausible).
    """

    def __init__(self):
        self.mode = 0
        self.present = self.ready = False
        self.range_mm = self.speed_mm_s = self.energy = 0
        self.frames = 0
        self.skipped_bytes = 0
        self.bad_frames = 0
        self._line = bytearray(_LINE_MAX)
        self._held = 0

    @property
    def nearest_mm(self):
        """As with the LD2410: how far away the nearest is, 0 unknown."""
        return self.range_mm

    def feed(self, buf, start, end):
        """Read `buf[start:end]` up to the end of one line at most; return where to go on."""
        self.ready = False
        while start < end:
            byte = buf[start]
            start += 1
            if byte == _START and self._held:
                self._give_up()
            if byte != _START and not self._held:
                self._skip(1)
                continue
            self._line[self._held] = byte
            self._held += 1
            if byte == _END and self._decode():
                self._held = 0
                self.frames = (self.frames + 1) & _COUNTER_MASK
                self.ready = True
                return start
            if byte == _END or self._held == _LINE_MAX:
                self._give_up()
        return start

    def keep(self, keeper):
        """Hand what later lines depend on to the keeper, see `core.recorder`."""
        self.frames = keeper.word(self.frames)
        self.bad_frames = keeper.word(self.bad_frames)
        self._held = keeper.word(self._held)
        keeper.bytes(self._line, self._held)

    def _give_up(self):
        """Nothing before the next `$` can be a line."""
        self.bad_frames = (self.bad_frames + 1) & _COUNTER_MASK
        self._skip(self._held)
        self._held = 0

    def _skip(self, count):
        self.skipped_bytes = (self.skipped_bytes + count) & _COUNTER_MASK

    def _decode(self):
        if self._is_named(_PRESENCE_NAME):
            return self._decode_presence()
        return self._is_named(_SPEED_NAME) and self._decode_speed()

    def _is_named(self, name):
        for i in range(len(name)):
            if self._line[i] != name[i]:
                return False
        return self._held > len(name) and self._line[len(name)] == _COMMA

    def _decode_presence(self):
        present = self._number(1, 0)
        if present != 0 and present != 1:
            return False
        self._set(PRESENCE, present == 1, 0, 0, 0)
        return True

    def _decode_speed(self):
        count = self._number(1, 0)
        if count == 0:
            self._set(SPEED, False, 0, 0, 0)
            return True
        range_mm, speed_mm_s = self._number(3, _DECIMALS), self._number(4, _DECIMALS)
        energy = self._number(5, 0)
        plausible = 0 <= range_mm <= _RANGE_MAX_MM and -_SPEED_MAX_MM_S <= speed_mm_s <= _SPEED_MAX_MM_S
        if count < 0 or not plausible or not 0 <= energy <= _ENERGY_MAX:
            return False
        self._set(SPEED, True, range_mm, speed_mm_s, energy)
        return True

    def _set(self, mode, present, range_mm, speed_mm_s, energy):
        self.mode, self.present = mode, present
        self.range_mm, self.speed_mm_s, self.energy = range_mm, speed_mm_s, energy

    def _number(self, field, decimals):
        """The field's decimal number times 10**decimals, rounded towards 0; NONE when blank or not there."""
        line = self._line
        at = self._field(field)
        value = digits = 0
        sign, places = 1, -1  # places behind the point, -1 ahead of it
        while at < self._held and line[at] != _COMMA and line[at] != _END:
            byte = line[at]
            at += 1
            if byte == _MINUS and sign > 0 and not digits and places < 0:
                sign = -1
            elif byte == _POINT and places < 0:
                places = 0
            elif _ZERO <= byte <= _ZERO + 9 and value <= _NUMBER_MAX:
                digits += 1
                if places < decimals:
                    value = value * 10 + byte - _ZERO
                    places += 1 if places >= 0 else 0
            elif byte != _SPACE:
                return _BAD
        if not digits:
            return NONE if places < 0 and sign > 0 else _BAD
        return self._scaled(sign * value, decimals - (places if places > 0 else 0))

    def _scaled(self, value, places):
        for _ in range(places):
            if not -_NUMBER_MAX <= value <= _NUMBER_MAX:
                return _BAD
            value *= 10
        return value

    def _field(self, field):
        """Where a field begins; the line's end when it has fewer."""
        at = 0
        while field and at < self._held:
            if self._line[at] == _COMMA:
                field -= 1
            at += 1
        return at
