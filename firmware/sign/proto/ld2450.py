"""HLK-LD2450 target frames: 30 bytes, 10 a second, no checksum.

`AA FF 03 00 | 3 x (x, y, speed, resolution: u16 little-endian) | 55 CC`. x, y (mm) and speed (cm/s) are
sign-magnitude with bit 15 set for positive; eight zero bytes are an empty slot.
"""

from array import array

from sign.compat import const, micropython, ptr8, ptr32

MAX_TARGETS = const(3)
FIELDS_PER_TARGET = const(4)  # x_mm, y_mm, speed_mm_s, resolution_mm
# Line noise alone would drive a counter beyond small ints within a day: they wrap.
COUNTER_MASK = const(0x3FFFFFFF)
_FRAME = const(30)
_HEADER = b"\xaa\xff\x03\x00"
_HEADER_LEN = const(4)
_TARGET_LEN = const(8)

# Cells between two calls, and what the last one found.
HELD = const(0)  # bytes of a frame that has begun
_WHOLE = const(1)
_SKIPPED = const(2)
_BAD = const(3)


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
        self._cells = array("i", [0] * 4)

    def feed(self, buf, start, end):
        """Read `buf[start:end]` up to the end of one frame at most; return where to go on."""
        cells = self._cells
        start = _read(buf, start, end, self._frame, cells)
        self.ready = cells[_WHOLE] != 0
        if cells[_SKIPPED]:
            self.skipped_bytes = (self.skipped_bytes + cells[_SKIPPED]) & COUNTER_MASK
        if cells[_BAD]:
            self.bad_frames = (self.bad_frames + cells[_BAD]) & COUNTER_MASK
        if self.ready:
            self.frames = (self.frames + 1) & COUNTER_MASK
            self.count = _decode(self._frame, self.targets)
        return start


# Inner functions are handed the buffers themselves: a call makes an object of a pointer, which allocates.


@micropython.viper
def _read(data: ptr8, start: int, end: int, frame, cells) -> int:
    """Collect bytes into `frame`; stop behind a whole one, and say so in the cells."""
    header = ptr8(_HEADER)
    found = ptr8(frame)
    told = ptr32(cells)
    held = told[HELD]
    told[_WHOLE] = told[_SKIPPED] = told[_BAD] = 0
    while start < end:
        byte = data[start]
        start += 1
        found[held] = byte
        held += 1
        if held <= _HEADER_LEN:
            if byte != header[held - 1]:
                held = int(_resync(frame, held, cells))
        elif held == _FRAME:
            if found[_FRAME - 2] == 0x55 and byte == 0xCC:
                told[_WHOLE] = 1
                held = 0
                break
            told[_BAD] += 1
            held = int(_resync(frame, held, cells))
    told[HELD] = held
    return start


@micropython.viper
def _resync(frame: ptr8, held: int, cells: ptr32) -> int:
    """Keep the longest tail of the held bytes that may begin a frame; return its length."""
    header = ptr8(_HEADER)
    for skip in range(1, held):
        tail = held - skip
        match = tail if tail < _HEADER_LEN else _HEADER_LEN
        i = 0
        while i < match and frame[skip + i] == header[i]:
            i += 1
        if i == match:
            for k in range(tail):
                frame[k] = frame[skip + k]
            cells[_SKIPPED] += skip
            return tail
    cells[_SKIPPED] += held
    return 0


@micropython.viper
def _decode(frame: ptr8, targets: ptr32) -> int:
    """Pack the occupied slots to the front of `targets`; how many there are."""
    count = 0
    for slot in range(MAX_TARGETS):
        at = _HEADER_LEN + slot * _TARGET_LEN
        occupied = 0
        for i in range(at, at + _TARGET_LEN):
            occupied |= frame[i]
        if occupied:
            out = count * FIELDS_PER_TARGET
            for k in range(3):
                raw = frame[at + 2 * k] | frame[at + 2 * k + 1] << 8
                targets[out + k] = raw & 0x7FFF if raw & 0x8000 else 0 - raw
            targets[out + 2] *= 10
            targets[out + 3] = frame[at + 6] | frame[at + 7] << 8
            count += 1
    return count
