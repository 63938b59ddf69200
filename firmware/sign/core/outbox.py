"""Events waiting for the controller's acknowledgement: a bounded ring of 32-byte records."""

from sign.proto import record


class Outbox:
    """Holds the newest `capacity` records of boot number `boot`; the oldest goes first and is counted.

    `add` may run in a soft callback between any two bytecodes of `peek` and `ack`: it alone moves `_written`,
    they alone move `_acked`, both only ever grow, and what is held is always derived from the two.
    """

    def __init__(self, capacity, boot):
        self._ring = bytearray(capacity * record.SIZE)
        self._capacity = capacity
        self._boot = boot
        self._written = 0
        self._acked = 0
        self.next_seq = 1
        self.dropped = 0

    @property
    def held(self):
        """Records that wait for their acknowledgement."""
        return self._written - self._oldest()

    def add(self, kind, uptime, code=0, a=0, b=0, c=0):
        """Append one event stamped with `uptime`; return its sequence number."""
        if self._written - self._acked >= self._capacity:
            self.dropped += 1
        seq = self.next_seq
        at = self._written % self._capacity * record.SIZE
        record.pack_into(self._ring, at, kind, self._boot, seq, uptime.s, uptime.ms, code, a, b, c)
        self.next_seq = seq + 1
        self._written += 1
        return seq

    def peek(self, n):
        """Up to `n` unpacked records, oldest first; they stay held."""
        first = self._oldest()
        records = [self._read(i) for i in range(first, min(self._written, first + n))]
        return [r for r in records if r]

    def ack(self, boot, seq):
        """Let go all records up to and including (boot, seq), if that was ever sent; return how many."""
        if (boot, seq) >= (self._boot, self.next_seq):
            return 0
        first = index = self._oldest()
        while index < self._written:
            held = self._read(index)
            if held and (held[1], held[2]) > (boot, seq):
                break
            index += 1
        self._acked = max(self._acked, index)
        return index - first

    def _oldest(self):
        return max(self._acked, self._written - self._capacity)

    def _read(self, index):
        """The record at an ever-growing index, None once a newer one took its place.

        The slice copies in one step: a callback runs before or after it, never within.
        """
        at = index % self._capacity * record.SIZE
        copy = self._ring[at : at + record.SIZE]
        return record.unpack(copy) if index >= self._oldest() else None
