"""Reports of the radars, and a thermometer's: lines with noise on them, read a hundred times a second."""

import binascii
from array import array

from fuzz import chip
from fuzz.parser import Parser
from sign.proto import c4001, ds18b20, hlk_frame, ld2410, ld2450, ld2451

if chip.IS_CHIP:
    from micropython import heap_lock, heap_unlock
else:

    def heap_lock():
        """CPython has no heap to lock."""

    heap_unlock = heap_lock
LONGEST = 2_200
HLK_AROUND = 10


class Radar(Parser):
    """Every byte ends in a report, among those skipped, or is held; nothing is allocated meanwhile."""

    good = b""
    hold_max = 0  # bytes that wait for the rest of a report

    def __init__(self):
        super().__init__()
        self.radar = self.fresh()
        self.buffer = bytearray(LONGEST)
        self.states = array(
            "i", [0] * 3
        )  # reports, and what they took; an array, since nothing may be allocated

    def fresh(self):
        raise NotImplementedError

    def size(self):
        """Bytes of the report that was just found."""
        raise NotImplementedError

    def check(self):
        """Assert the bounds of what the report says."""
        raise NotImplementedError

    def take(self, data):
        radar = self.radar = self.fresh()
        self.buffer[: len(data)] = data
        found = self._feed(len(data), 1 + len(data) % 40)
        held = len(data) - self.states[1] - radar.skipped_bytes
        assert 0 <= held <= self.hold_max, (held, radar.skipped_bytes, self.states[1])
        assert radar.frames == found
        return None if found else "bad frame" if radar.bad_frames else "skipped"

    def _feed(self, n, step):
        """Read the buffer's first bytes, so many at a time; how many reports there were."""
        radar, states = self.radar, self.states
        states[0] = states[1] = 0
        heap_lock()
        try:
            at = 0
            while at < n:
                end = at + step if at + step < n else n
                while True:
                    at = radar.feed(self.buffer, at, end)
                    if not radar.ready:
                        break
                    states[0] += 1
                    states[1] += self.size()
        finally:
            heap_unlock()
        if states[0]:
            self.check()
        return states[0]

    def goes_on(self):
        """Noise may swallow what lies within the length of one report, never more."""
        before = self.radar.frames
        for _ in range(2 + LONGEST // 8 // len(self.good) if self.hold_max > 200 else 4):
            self.buffer[: len(self.good)] = self.good
            self._feed(len(self.good), len(self.good))
        assert self.radar.frames > before, "deaf"


class OfLd2450(Radar):
    good = b"\xaa\xff\x03\x00\x0e\x03\xb1\x86\x10\x00\x40\x01" + bytes(16) + b"\x55\xcc"
    hold_max = 29

    def fresh(self):
        return ld2450.Ld2450()

    def seeds(self):
        two = self.good[:12] + self.good[4:12] + bytes(8) + b"\x55\xcc"
        return [self.good, self.good * 3, two, self.good[:13] + self.good, b"\xaa\xaa\xff" + self.good]

    def size(self):
        return 30

    def check(self):
        radar = self.radar
        assert 0 <= radar.count <= ld2450.MAX_TARGETS
        for i in range(radar.count):
            x, y, speed, resolution = radar.targets[4 * i : 4 * i + 4]
            assert (
                abs(x) <= 0x7FFF and abs(y) <= 0x7FFF and abs(speed) <= 327_670 and 0 <= resolution <= 0xFFFF
            )


class OfHlk(Radar):
    def size(self):
        return HLK_AROUND + self.radar.length


class OfLd2451(OfHlk):
    good = binascii.unhexlify(b"f4f3f2f1110003018a28003c158a1e013c0f765f003c0ff8f7f6f5")
    hold_max = HLK_AROUND + 62

    def fresh(self):
        return ld2451.Ld2451()

    def seeds(self):
        nobody = binascii.unhexlify(b"f4f3f2f10000f8f7f6f5")
        full = b"\xf4\xf3\xf2\xf1\x3e\x00\x0c\x01" + b"\x8a\x28\x00\x3c\x15" * 12 + b"\xf8\xf7\xf6\xf5"
        return [
            self.good,
            nobody,
            full,
            self.good + nobody * 4,
            self.good[:10] + nobody * 4,
            nobody + self.good,
        ]

    def check(self):
        radar = self.radar
        assert 0 <= radar.count <= ld2451.MAX_TARGETS and 0 <= radar.alarm <= 255
        for i in range(radar.count):
            angle, range_mm, direction, speed, snr = radar.targets[5 * i : 5 * i + 5]
            assert -128 <= angle <= 127 and 0 <= range_mm <= 255_000 and 0 <= direction <= 255
            assert 0 <= speed <= 70_834 and 0 <= snr <= 255


class OfLd2410(OfHlk):
    good = binascii.unhexlify(b"f4f3f2f10d0002aa0251000000003b00005500f8f7f6f5")
    hold_max = HLK_AROUND + 35

    def fresh(self):
        return ld2410.Ld2410()

    def seeds(self):
        engineering = binascii.unhexlify(
            b"f4f3f2f1230001aa031e003c000039000008083c220503030403060500003910130606080460015500f8f7f6f5"
        )
        return [self.good, engineering, self.good * 3, engineering + self.good, engineering[:20] + self.good]

    def check(self):
        radar = self.radar
        for mm in (radar.moving_mm, radar.static_mm, radar.range_mm, radar.nearest_mm):
            assert 0 <= mm <= 655_350
        assert 0 <= radar.moving_energy <= 255 and 0 <= radar.static_energy <= 255
        assert radar.present == (radar.moves or radar.stays)


class OfC4001(Radar):
    good = b"$DFDMD,1,1,1.817,0.129,15304, , *"
    hold_max = 63

    def fresh(self):
        return c4001.C4001()

    def seeds(self):
        return [
            self.good,
            b"$DFDMD,0, , , , , , *",
            b"$DFHPD,1, , , *\r\n$DFHPD,0, , , *\r\n",
            b"$DFDMD,1,1,4.885,-0.464,346, , *",
            b"DFRobot:/>\r\n" + self.good + b"\r\n" + self.good,
            b"$DFDMD,1,1,99999999999,0.129,15304, , *",
            b"$DFDMD,1,1,0.0000000000001,50000000.5,7*",
            b"$DFDMD,1,1,1.8,--1,1.2.3, , *",
        ]

    def _feed(self, n, step):
        """As it is asked on the sign: until the piece is read."""
        radar, states = self.radar, self.states
        states[0] = states[1] = 0
        at = 0
        while at < n:
            end = at + step if at + step < n else n
            while at < end:
                before = at
                skipped, held = radar.skipped_bytes, radar._held
                heap_lock()
                try:
                    at = radar.feed(self.buffer, at, end)
                finally:
                    heap_unlock()
                if radar.ready:
                    states[0] += 1
                    states[1] += at - before - (radar.skipped_bytes - skipped) + held
                    self.check()
        return states[0]

    def check(self):
        radar = self.radar
        assert radar.mode in (c4001.PRESENCE, c4001.SPEED)
        assert 0 <= radar.range_mm <= 30_000 and abs(radar.speed_mm_s) <= 20_000
        assert 0 <= radar.energy <= 1_000_000
        assert radar.present or not (radar.range_mm or radar.speed_mm_s or radar.energy)


class Thermometer(Parser):
    """Nine bytes are a temperature that the sensor can have, or unknown."""

    good = bytes((0x91, 0x01, 0x4B, 0x46, 0x7F, 0xFF, 0x0C, 0x10))

    def seeds(self):
        found = [
            self.good,
            b"\x50\x05" + self.good[2:],
            b"\xff\xff" + self.good[2:],
            b"\x00\x80" + self.good[2:],
        ]
        return [each + bytes((ds18b20.crc8(each, 0, 8),)) for each in found] + [bytes(9), b"\xff" * 9]

    def make(self, dice):
        """As often as not with the right sum: else nothing comes so far as to be judged."""
        data = super().make(dice)[:9]
        data += bytes(9 - len(data))
        return data[:8] + bytes((ds18b20.crc8(data, 0, 8),)) if dice.below(2) else data

    def take(self, data):
        cdeg = ds18b20.temperature_cdeg(data + bytes(9 - len(data)))
        assert cdeg == ds18b20.UNKNOWN or -5_500 <= cdeg <= 12_500, cdeg
        return "unknown" if cdeg == ds18b20.UNKNOWN else None

    def goes_on(self):
        assert ds18b20.temperature_cdeg(self.corpus[0]) == 2_506


assert hlk_frame.PAYLOAD == 6
