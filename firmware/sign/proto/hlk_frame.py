"""The frame that Hi-Link's radars share: header (4) | length u16 little-endian | payload | footer (4).

Reports of LD2410 and LD2451 and the answers to commands of all of them differ in the marks only; none has a
checksum.
"""

from sign.compat import const

# Line noise alone would drive a counter beyond small ints within a day: they wrap, and so early that the sum
# to be masked is a small int as well.
COUNTER_MASK = const(0x1FFFFFFF)
PAYLOAD = const(6)  # where the payload begins in `frame`
_MARK_LEN = const(4)
_AROUND = const(10)  # header, length and footer


class HlkFrame:
    """Finds frames by header, a fitting length and footer together, and resynchronises inside false ones.

    While `ready`, the payload is `frame[PAYLOAD : PAYLOAD + length]`. Counters: `frames`, `skipped_bytes`
    (outside frames) and `bad_frames` (header, but no fitting length, footer or payload). A protocol derives
    from it and says what fits in `_fits` and `_decode`.
    """

    def __init__(self, header, footer, max_length):
        self.frame = bytearray(_AROUND + max_length)
        self.length = 0
        self.ready = False
        self.frames = 0
        self.skipped_bytes = 0
        self.bad_frames = 0
        self._header = header
        self._footer = footer
        self._max_length = max_length
        self._held = 0
        self._need = _MARK_LEN  # so many bytes held, and there is something to judge
        self._taken = 0  # size of the frame that was handed out last

    def feed(self, buf, start, end):
        """Read `buf[start:end]` up to the end of one frame at most; return where to go on.

        A false frame may have held several real ones: go on, at `end` too, until `ready` is False.
        """
        self.ready = False
        if self._taken:
            self._drop_taken()
        while True:
            if self._held >= self._need and self._judge():
                return start
            if start >= end:
                return start
            start = self._hold(buf, start, end)

    def keep(self, keeper):
        """Hand what later frames depend on to the keeper, see `core.recorder`."""
        self.frames = keeper.word(self.frames)
        self.bad_frames = keeper.word(self.bad_frames)
        self._held = keeper.word(self._held)
        self._need = keeper.word(self._need)
        self._taken = keeper.word(self._taken)
        keeper.bytes(self.frame, self._held)

    def _fits(self, length):
        """Whether a frame can have a payload of that length."""
        return length <= self._max_length

    def _decode(self, length):
        """Take the payload of that length; False when it is none of ours."""
        return True

    def _hold(self, buf, start, end):
        """Take bytes until there is something to judge, skipping what cannot begin a frame."""
        frame, held = self.frame, self._held
        if not held:
            first, begun = self._header[0], start
            while start < end and buf[start] != first:
                start += 1
            self.skipped_bytes = (self.skipped_bytes + start - begun) & COUNTER_MASK
        end = min(end, start + self._need - held)
        while start < end:
            frame[held] = buf[start]
            held += 1
            start += 1
        self._held = held
        return start

    def _judge(self):
        """Whether a whole frame is held; else `_need` says when to judge again."""
        while True:
            self._need = self._wanted()
            if self._need > self._held:
                return False
            if self._need and self._has_footer() and self._decode(self._need - _AROUND):
                self._hand_out()
                return True
            if self._held >= PAYLOAD:
                self.bad_frames = (self.bad_frames + 1) & COUNTER_MASK
            self._resync()

    def _wanted(self):
        """Bytes wanted for the next decision, the whole frame in the end; 0 when this begins none."""
        held = self._held
        if not self._matches(self._header, 0, held if held < _MARK_LEN else _MARK_LEN):
            return 0
        if held < PAYLOAD:
            return PAYLOAD if held >= _MARK_LEN else _MARK_LEN
        length = self.frame[4] | self.frame[5] << 8
        return _AROUND + length if self._fits(length) else 0

    def _has_footer(self):
        return self._matches(self._footer, self._need - _MARK_LEN, _MARK_LEN)

    def _matches(self, mark, at, count):
        frame = self.frame
        for i in range(count):
            if frame[at + i] != mark[i]:
                return False
        return True

    def _hand_out(self):
        self.length = self._need - _AROUND
        self._taken = self._need
        self.frames = (self.frames + 1) & COUNTER_MASK
        self.ready = True

    def _drop_taken(self):
        self._shift(self._taken)
        self._taken = 0
        self._need = _MARK_LEN

    def _resync(self):
        """Keep the longest tail of the held bytes that may begin a frame."""
        held = self._held
        skip = 1
        while skip < held:
            tail = held - skip
            if self._matches(self._header, skip, tail if tail < _MARK_LEN else _MARK_LEN):
                break
            skip += 1
        self.skipped_bytes = (self.skipped_bytes + skip) & COUNTER_MASK
        self._shift(skip)

    def _shift(self, count):
        frame = self.frame
        self._held -= count
        for i in range(self._held):
            frame[i] = frame[count + i]
