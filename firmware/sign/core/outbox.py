"""Events waiting for the controller's acknowledgement: the newest in memory, older ones in flash."""

from sign.proto import record


class Outbox:
    """Holds the newest `capacity` records of boot number `boot`; the oldest goes first and is counted.

    `flash` is a Ring, once there is one: tasks `move` records there, from which on a reset cannot lose them.

    `add` may run in a soft callback between any two bytecodes of the others: it alone moves `_written`, they
    alone move `_gone`, both only ever grow, and what is held is always derived from the two.
    """

    def __init__(self, capacity, boot):
        self._ring = bytearray(capacity * record.SIZE)
        self._capacity = capacity
        self._boot = boot
        self._written = 0
        self._gone = 0
        self._overrun = 0
        self.flash = None
        self.next_seq = 1

    @property
    def waiting(self):
        """Records that only memory holds."""
        return self._written - self._oldest()

    @property
    def held(self):
        """Records that wait for their acknowledgement."""
        return self.waiting + (self.flash.head - self.flash.tail if self.flash else 0)

    @property
    def dropped(self):
        """Records that gave way unacknowledged: in memory since the start, in flash ever."""
        return self._overrun + (self.flash.dropped if self.flash else 0)

    def add(self, kind, uptime, code=0, a=0, b=0, c=0):
        """Append one event stamped with `uptime`; return its sequence number."""
        if self._written - self._gone >= self._capacity:
            self._overrun += 1
        seq = self.next_seq
        at = self._written % self._capacity * record.SIZE
        record.pack_into(self._ring, at, kind, self._boot, seq, uptime.s, uptime.ms, code, a, b, c)
        self.next_seq = seq + 1
        self._written += 1
        return seq

    def note(self, event):
        """`add` for a task: by micropython.schedule(outbox.note, (...)), so that it never meets the tick."""
        self.add(*event)

    def move(self):
        """Bring the oldest record of memory to flash. False when there is none, or no blank place for it."""
        first = self._oldest()
        if first == self._written or not self.flash or not self.flash.has_place():
            return False
        copy = self._copy(first)
        if copy and self.flash.append(copy):
            self._gone = max(self._gone, first + 1)
        return True

    def move_all(self):
        """Before a reset: whatever finds a place. It never fails."""
        try:
            while self.move():
                pass
        except OSError:
            pass  # a flash that does not answer

    def peek(self, n):
        """Up to `n` unpacked records of one boot, oldest first; they stay held."""
        if self.flash:
            records = self.flash.peek(n)
            if records:
                return records
        return self.look(0, n)

    def look(self, skip, n):
        """As `peek`, but only of memory, behind its `skip` oldest records."""
        first = self._oldest() + skip
        copies = [self._copy(i) for i in range(first, min(self._written, first + n))]
        return [record.unpack(copy) for copy in copies if copy]

    def ack(self, boot, seq):
        """Let go the oldest records, as far as they are of that boot and not behind `seq`."""
        if self.flash:
            self.flash.ack(boot, seq)
        if boot != self._boot or seq >= self.next_seq:
            return
        index = self._oldest()
        while index < self._written:
            copy = self._copy(index)
            if copy and record.unpack(copy)[2] > seq:
                break
            index += 1
        self._gone = max(self._gone, index)

    def _oldest(self):
        return max(self._gone, self._written - self._capacity)

    def _copy(self, index):
        """The record at an ever-growing index, None once a newer one took its place.

        The slice copies in one step: a callback runs before or after it, never within.
        """
        at = index % self._capacity * record.SIZE
        copy = self._ring[at : at + record.SIZE]
        return copy if index >= self._oldest() else None
