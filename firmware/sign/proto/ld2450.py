"""HLK-LD2450 target frames: 30 bytes, 10 a second, no checksum.

`AA FF 03 00 | 3 x (x, y, speed, resolution: u16 little-endian) | 55 CC`. x, y (mm) and speed (cm/s) are
sign-magnitude with bit 15 set for positive; eight zero bytes are an empty slot.
"""

from array import array

from sign.compat import const

MAX_TARGETS = const(3)
FIELDS_PER_TARGET = const(4)  # x_mm, y_mm, speed_mm_s, resolution_mm
# Line noise alone would drive a counter beyond small ints within a day: they wrap.
COUNTER_MASK = const(0x3FFFFFFF)
_FRAME = const(30)
_HEADER = b"\xaa\xff\x03\x00"
_HEADER_LEN = const(4)
_TARGET_LEN = const(8)


class Ld2450:
    """Finds frames by header, length and footer together, and resynchronises inside what looked like one.

    After `feed` returned with `ready` set, `targets` holds `count` targets packed to the front as
    (x_mm, y_mm, speed_mm_s, resolution_mm). Counters: `frames`, `skipped_bytes` (outside frames) and
    `bad_frames` (header without its footer).
    """

    def __init__(self):
        self.targets = array("i", [0] * (MAX_TARGETS * FIELDS_PER_TARGET))
        self.count = 0
        self.ready = False
        self.frames = 0
        self.skipped_bytes = 0
        self.bad_frames = 0
        self._frame = bytearray(_FRAME)
        self._held = 0

    def feed(self, buf, start, end):
        """Read `buf[start:end]` up to the end of one frame at most; return where to go on."""
        self.ready = False
        frame = self._frame
        held = self._held
        while start < end:
            byte = buf[start]
            start += 1
            frame[held] = byte
            held += 1
            if held <= _HEADER_LEN:
                if byte != _HEADER[held - 1]:
                    held = self._resync(held)
            elif held == _FRAME:
                if frame[_FRAME - 2] == 0x55 and byte == 0xCC:
                    self._held = 0
                    self._decode()
                    return start
                self.bad_frames = (self.bad_frames + 1) & COUNTER_MASK
                held = self._resync(held)
        self._held = held
        return start

    def _resync(self, held):
        """Keep the longest tail of the held bytes that may begin a frame; return its length."""
        frame = self._frame
        for skip in range(1, held):
            tail = held - skip
            match = tail if tail < _HEADER_LEN else _HEADER_LEN
            i = 0
            while i < match and frame[skip + i] == _HEADER[i]:
                i += 1
            if i == match:
                for k in range(tail):
                    frame[k] = frame[skip + k]
                return self._skip(skip, tail)
        return self._skip(held, 0)

    def _skip(self, skipped, kept):
        self.skipped_bytes = (self.skipped_bytes + skipped) & COUNTER_MASK
        return kept

    def _decode(self):
        frame = self._frame
        targets = self.targets
        out = 0
        for at in range(_HEADER_LEN, _HEADER_LEN + MAX_TARGETS * _TARGET_LEN, _TARGET_LEN):
            if self._is_empty(at):
                continue
            targets[out] = _signed(frame[at] | frame[at + 1] << 8)
            targets[out + 1] = _signed(frame[at + 2] | frame[at + 3] << 8)
            targets[out + 2] = _signed(frame[at + 4] | frame[at + 5] << 8) * 10
            targets[out + 3] = frame[at + 6] | frame[at + 7] << 8
            out += FIELDS_PER_TARGET
        self.count = out // FIELDS_PER_TARGET
        self.frames += 1
        self.ready = True

    def _is_empty(self, at):
        frame = self._frame
        for i in range(at, at + _TARGET_LEN):
            if frame[i]:
                return False
        return True


def _signed(raw):
    return raw & 0x7FFF if raw & 0x8000 else -raw
