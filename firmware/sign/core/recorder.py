"""The last minute of all that the detector was told and of what it decided, to be replayed bit for bit.

A ring of bytes holds entries; each time that the detector is asked is one of them:

| first byte | then                          | what happened                                                |
|------------|-------------------------------|--------------------------------------------------------------|
| 0..83      |                               | the detector was asked, so many ms after the time before     |
| 84..167    |                               | the same, fed with a LD2450's frame without targets          |
| 168..251   | forms, targets                | the same, with targets                                       |
| 252        | u32                           | so many ms more passed                                       |
| 253        | p + n >> 8, n & 255, n bytes  | a read of a port gave these bytes; p is 128 times the port   |
| 253        | p + 0x40, mask, changed bytes | ... as many as before; those of the mask's bits have changed |
| 253        | p + 0x60                      | ... the same as before                                       |
| 253        | p, 0, forms, targets          | ... a frame of a LD2450                                      |
| 254        | PIR + 2 * button              | these changed, from the next asking on                       |
| 255        | kind, numbers                 | what else happened, see `notes`                              |
| 255        | CHECKPOINT, u16 n, n bytes    | time, inputs and all that the detector knows                 |

`forms` has two bits for each of the three slots, the first in the lowest: empty; 3 bytes, the change of x, y
and speed since that slot was seen last; 4 bytes, the same in 11, 11 and 10 bits; 8 bytes as sent. Numbers of
notes and checkpoints are zigzag varints; in arrays a 0 is followed by how many there are of them in a row.

A checkpoint is written about every quarter of the ring, with nobody in view if that can be had: a replay
begins at one, and each later one proves that the replay knows the same.
"""

from array import array

from sign.compat import const, micropython, ptr8, ptr32
from sign.core.keep_state import keep
from sign.core.notes import CHECKPOINT, ORDER

RING_BYTES = const(5_120)
_MASK = const(0x3FFFFFFF)  # of ticks, and of positions

# By kind of note, how many numbers it has.
NOTES = b"\x00\x00\x01\x01\x04\x02\x02\x02\x02"

DT_MAX_MS = const(83)
PASSED = const(252)
READ = const(253)
INPUTS = const(254)
NOTE = const(255)
_BAND = const(84)
_FRAME = const(30)
_HEADER = b"\xaa\xff\x03\x00"
_AHEAD = const(12)  # bytes of an entry beside those of a frame, at most
_FRAME_MAX = const(40)
_READ_MAX = const(64)  # longer reads are several frames in one, after a stall
_READ_CELLS = const(65)  # by port: length and bytes of the read before
_SCRATCH = const(76)
_CHECKPOINT_MAX = const(1_200)
_NOTE_MAX = const(24)
_POINTS = const(8)
_ROOM_PART = const(8)  # of the ring that a copy should have for itself while the recording goes on

# Cells.
_AT = const(0)  # where in the ring the next byte goes
_SIZE = const(1)
_POS = const(2)  # bytes written so far, wrapping as ticks do
_STATE = const(3)
_LAST_MS = const(4)
_LEVELS = const(5)
_GUARDED = const(6)  # nothing from _GUARD on may be overwritten
_GUARD = const(7)
_POINT = const(8)  # the last checkpoint
_SOFT = const(9)  # after so many bytes one is due with nobody in view
_HARD = const(10)  # ... in any case
_PREVIOUS = const(11)  # x, y, speed, resolution by port and slot
_SLOTS = const(12)
_CELLS = const(11 + 2 * 12)

_RECORDS = const(0)
_BEGINS = const(1)  # with a checkpoint, as soon as there is one
_CUT = const(2)  # the ring was full of what is guarded


class Recorder:
    """Told by the tick, and copied by a task. Nothing allocates but `window`.

    `event`: what happened first since `taken` was called, a kind of entry, 0 nothing; `event_ms` when, and
    `event_seq` its record's number. It is a keeper, see `keep_state`, that writes down what it is handed.
    """

    def __init__(self, detector, buffer, size=RING_BYTES):
        self._detector = detector
        self._buffer = buffer
        self._ring = bytearray(size)
        self._scratch = bytearray(_SCRATCH)
        self._reads = bytearray(2 * _READ_CELLS)
        self._cells = array("i", [0] * _CELLS)
        self._cells[_SIZE] = size
        self._cells[_SOFT], self._cells[_HARD] = size // 4, size * 3 // 8
        self._points = array("i", [0] * _POINTS)
        self._now_ms = 0
        self.event = self.event_ms = self.event_seq = 0
        self.restart()

    def restart(self):
        """What was recorded cannot be continued: the detector was configured anew, or entries are missing."""
        self._cells[_STATE] = _BEGINS
        self._known = 0  # checkpoints in a row without a gap

    @micropython.viper
    def second(self, buffer, n: int):
        """The second port's read has given `n` bytes, which the detector is fed before it is asked."""
        cells = ptr32(self._cells)
        scratch = ptr8(self._scratch)
        if cells[_STATE] or not int(_has_room(self._cells, n + _AHEAD + _FRAME_MAX)):
            return
        if n == _FRAME and int(_is_frame(buffer)):
            scratch[0] = READ
            scratch[1] = 0x80
            scratch[2] = 0
            end = int(_pack(buffer, self._scratch, 3, self._cells, _PREVIOUS + _SLOTS))
            _append(self._ring, self._cells, self._scratch, end)
        else:
            _write_read(self._ring, self._cells, self._scratch, buffer, n, 1, self._reads)

    @micropython.viper
    def judged(self, now_ms: int, pir: int, button: int, n: int) -> int:
        """The detector was fed `n` bytes of the first port and asked. A checkpoint is due: 1 with nobody in
        view, 2 in any case; call `check` then, when all that follows from the asking is noted.
        """
        cells = ptr32(self._cells)
        scratch = ptr8(self._scratch)
        levels = pir | button << 1
        passed_ms = (now_ms - cells[_LAST_MS]) & _MASK
        cells[_LAST_MS] = now_ms
        if cells[_STATE] or not int(_has_room(self._cells, n + _AHEAD + _FRAME_MAX)):
            cells[_LEVELS] = levels
            return 2 if cells[_STATE] == _BEGINS and n == 0 else 0
        end = 0
        if levels != cells[_LEVELS]:
            cells[_LEVELS] = levels
            scratch[0] = INPUTS
            scratch[1] = levels
            end = 2
        if passed_ms > DT_MAX_MS:
            scratch[end] = PASSED
            for k in range(4):
                scratch[end + 1 + k] = passed_ms >> 8 * k & 0xFF
            end += 5
            passed_ms = 0
        if n == _FRAME and int(_is_frame(self._buffer)):
            last = int(_pack(self._buffer, self._scratch, end + 1, self._cells, _PREVIOUS))
            if scratch[end + 1] == 0:
                last = end + 1
                scratch[end] = passed_ms + _BAND
            else:
                scratch[end] = passed_ms + 2 * _BAND
            end = last
        else:
            if n:
                _append(self._ring, self._cells, self._scratch, end)
                _write_read(self._ring, self._cells, self._scratch, self._buffer, n, 0, self._reads)
                end = 0
            scratch[end] = passed_ms
            end += 1
        _append(self._ring, self._cells, self._scratch, end)
        since = (cells[_POS] - cells[_POINT]) & _MASK
        if n or since < cells[_SOFT]:
            return 0
        return 2 if since >= cells[_HARD] else 1

    def check(self, now_ms, due):
        """Write the checkpoint that `judged` has said is due, if this is the moment."""
        if (due > 1 or self._detector.quiet) and _has_room(self._cells, _CHECKPOINT_MAX):
            self._write_checkpoint(now_ms)
            order = self._detector.order
            if order and order.stands:
                self.note(ORDER, order.code, True)

    def note(self, kind, a, b=0, c=0, d=0):
        """Write an entry of one of the kinds beside CHECKPOINT."""
        ring, cells = self._ring, self._cells
        if cells[_STATE] or not _has_room(cells, _NOTE_MAX):
            return
        _begin_note(ring, cells, kind)
        numbers = NOTES[kind]
        _put(ring, cells, a)
        if numbers > 1:
            _put(ring, cells, b)
        if numbers > 2:
            _put(ring, cells, c)
            _put(ring, cells, d)

    def happened(self, kind, now_ms, seq):
        """Something that the window around it is kept for."""
        if not self.event:
            self.event, self.event_ms, self.event_seq = kind, now_ms, seq

    def _write_checkpoint(self, now_ms):
        ring, cells, points = self._ring, self._cells, self._points
        cells[_POINT] = cells[_POS]
        _begin_note(ring, cells, CHECKPOINT)
        at = cells[_AT]
        _skip(cells, 2)
        begun = cells[_POS]
        self._now_ms = cells[_LAST_MS] = now_ms
        _put(ring, cells, now_ms)
        _put(ring, cells, cells[_LEVELS])
        keep(self._detector, self)
        length = (cells[_POS] - begun) & _MASK
        ring[at] = length & 0xFF
        ring[at + 1 if at + 1 < len(ring) else 0] = length >> 8
        for cell in range(_PREVIOUS, _CELLS):
            cells[cell] = 0
        self._reads[0] = self._reads[_READ_CELLS] = 0
        cells[_STATE] = _RECORDS
        for i in range(_POINTS - 1):
            points[i] = points[i + 1]
        points[_POINTS - 1] = cells[_POINT]
        self._known = min(_POINTS, self._known + 1)

    # -- what the detector hands its numbers to

    def word(self, value):
        """A number within 30 bits and its sign, or a truth."""
        _put(self._ring, self._cells, value)
        return value

    def moment(self, ms):
        """A time in ticks."""
        _put(self._ring, self._cells, (self._now_ms - ms) & _MASK)
        return ms

    def cells(self, numbers, start, count):
        """Part of an array of numbers."""
        _put_cells(self._ring, self._cells, numbers, start, count)

    def bytes(self, buffer, count):
        """The beginning of a buffer."""
        _put_bytes(self._ring, self._cells, buffer, count)

    # -- for the task that copies

    def window(self):
        """(position, length) of what can be replayed from a checkpoint on to now; (0, 0) when there is none.

        The oldest that leaves the copy some time, else the oldest.
        """
        size, pos = len(self._ring), self._cells[_POS]
        found = 0, 0
        for point in range(_POINTS - 1, _POINTS - 1 - self._known, -1):
            length = (pos - self._points[point]) & _MASK
            if length > size - (size // _ROOM_PART if found[1] else 0):
                break
            found = self._points[point], length
        return found

    def guard(self, position):
        """Let nothing from there on be overwritten: when the ring is full, the recording is cut instead."""
        self._cells[_GUARD], self._cells[_GUARDED] = position, 1

    def copy(self, position, into):
        """Fill `into` with what was written from `position` on."""
        size = len(self._ring)
        at = (self._cells[_AT] - ((self._cells[_POS] - position) & _MASK)) % size
        _copy(self._ring, self._cells, at, into)

    @property
    def last_ms(self):
        """When the detector was asked last."""
        return self._cells[_LAST_MS]

    def taken(self):
        """The copy is complete or was given up: go on, with a checkpoint if the recording was cut."""
        self._cells[_GUARDED] = self.event = 0
        if self._cells[_STATE] == _CUT:
            self.restart()


# Inner functions are handed the buffers themselves: a call makes an object of a pointer, which allocates.


@micropython.viper
def _has_room(cells: ptr32, n: int) -> int:
    """Whether `n` bytes fit before what is guarded; if not, the recording is cut."""
    if cells[_GUARDED] and ((cells[_POS] - cells[_GUARD]) & _MASK) + n > cells[_SIZE]:
        if cells[_STATE] == _RECORDS:
            cells[_STATE] = _CUT
        return 0
    return 1


@micropython.viper
def _is_frame(data: ptr8) -> int:
    header = ptr8(_HEADER)
    for i in range(4):
        if data[i] != header[i]:
            return 0
    return 1 if data[_FRAME - 2] == 0x55 and data[_FRAME - 1] == 0xCC else 0


@micropython.viper
def _pack(data: ptr8, out: ptr8, at: int, cells: ptr32, before: int) -> int:
    """Write forms and targets of a LD2450's frame to `out`; where they end."""
    forms = 0
    end = at + 1
    for slot in range(3):
        k = 4 + 8 * slot
        x = data[k] | data[k + 1] << 8
        y = data[k + 2] | data[k + 3] << 8
        v = data[k + 4] | data[k + 5] << 8
        resolution = data[k + 6] | data[k + 7] << 8
        if x | y | v | resolution == 0:
            continue
        # In the order of their values: the sign lies in bit 15, set for positive.
        x = x if x & 0x8000 else 0x7FFF - x
        y = y if y & 0x8000 else 0x7FFF - y
        v = v if v & 0x8000 else 0x7FFF - v
        cell = before + 4 * slot
        dx = x - cells[cell]
        dy = y - cells[cell + 1]
        dv = v - cells[cell + 2]
        same = resolution == cells[cell + 3]
        cells[cell] = x
        cells[cell + 1] = y
        cells[cell + 2] = v
        cells[cell + 3] = resolution
        if same and dx >= -128 and dx < 128 and dy >= -128 and dy < 128 and dv >= -128 and dv < 128:
            forms |= 1 << 2 * slot
            out[end] = dx & 0xFF
            out[end + 1] = dy & 0xFF
            out[end + 2] = dv & 0xFF
            end += 3
        elif same and dx >= -1024 and dx < 1024 and dy >= -1024 and dy < 1024 and dv >= -512 and dv < 512:
            forms |= 2 << 2 * slot
            dx &= 0x7FF
            dy &= 0x7FF
            dv &= 0x3FF
            out[end] = dx & 0xFF
            out[end + 1] = dx >> 8 | (dy & 0x1F) << 3
            out[end + 2] = dy >> 5 | (dv & 3) << 6
            out[end + 3] = dv >> 2
            end += 4
        else:
            forms |= 3 << 2 * slot
            for i in range(8):
                out[end + i] = data[k + i]
            end += 8
    out[at] = forms
    return end


@micropython.viper
def _write_read(ring, cells, scratch, data, n: int, port: int, reads):
    """What a read gave, by what has changed since the one before if that was as long."""
    out = ptr8(scratch)
    now = ptr8(data)
    was = ptr8(reads)
    at = port * _READ_CELLS
    out[0] = READ
    if n > _READ_MAX or n != was[at]:
        out[1] = port << 7 | n >> 8
        out[2] = n & 0xFF
        _append(ring, cells, scratch, 3)
        _append(ring, cells, data, n)
        was[at] = n if n <= _READ_MAX else 0
        for k in range(n if n <= _READ_MAX else 0):
            was[at + 1 + k] = now[k]
        return
    end = 2 + (n + 7 >> 3)
    for k in range(2, end):
        out[k] = 0
    begun = end
    for k in range(n):
        if now[k] != was[at + 1 + k]:
            was[at + 1 + k] = now[k]
            out[2 + (k >> 3)] |= 1 << (k & 7)
            out[end] = now[k]
            end += 1
    out[1] = port << 7 | (0x60 if end == begun else 0x40)
    _append(ring, cells, scratch, 2 if end == begun else end)


@micropython.viper
def _append(ring: ptr8, cells: ptr32, source: ptr8, n: int):
    at = cells[_AT]
    size = cells[_SIZE]
    for k in range(n):
        ring[at] = source[k]
        at += 1
        if at == size:
            at = 0
    cells[_AT] = at
    cells[_POS] = (cells[_POS] + n) & _MASK


@micropython.viper
def _skip(cells: ptr32, n: int):
    at = cells[_AT] + n
    cells[_AT] = at if at < cells[_SIZE] else at - cells[_SIZE]
    cells[_POS] = (cells[_POS] + n) & _MASK


@micropython.viper
def _put_byte(ring: ptr8, cells: ptr32, byte: int):
    at = cells[_AT]
    ring[at] = byte & 0xFF
    at += 1
    cells[_AT] = at if at < cells[_SIZE] else 0
    cells[_POS] = (cells[_POS] + 1) & _MASK


@micropython.viper
def _begin_note(ring, cells, kind: int):
    _put_byte(ring, cells, NOTE)
    _put_byte(ring, cells, kind)


@micropython.viper
def _put(ring, cells, value: int):
    """A number as a zigzag varint of up to five bytes."""
    value = value << 1 ^ value >> 31
    while value & ~0x7F:
        _put_byte(ring, cells, value & 0x7F | 0x80)
        value = value >> 7 & 0x1FFFFFF
    _put_byte(ring, cells, value)


# The next two differ in what their pointer points to, which a viper function must know when it is compiled.


@micropython.viper
def _put_cells(ring, cells, source: ptr32, start: int, count: int):
    end = start + count
    while start < end:
        value = source[start]
        _put(ring, cells, value)
        start += 1
        if value == 0:
            first = start
            while start < end and source[start] == 0:
                start += 1
            _put_byte(ring, cells, start - first + 1)


@micropython.viper
def _put_bytes(ring, cells, source: ptr8, count: int):
    start = 0
    while start < count:
        value = source[start]
        _put(ring, cells, value)
        start += 1
        if value == 0:
            first = start
            while start < count and source[start] == 0:
                start += 1
            _put_byte(ring, cells, start - first + 1)


@micropython.viper
def _copy(ring: ptr8, cells: ptr32, at: int, into):
    to = ptr8(into)
    size = cells[_SIZE]
    n = int(len(into))  # noqa: RUF046 - an object until then, to the viper
    for k in range(n):
        to[k] = ring[at]
        at += 1
        if at == size:
            at = 0
