"""A judgement with patience: bad for a while before it is a fault, good for a while before it is none."""

from sign.compat import const

PATIENCE_MAX = const(250)  # windows
_UP_PART = const(4)  # of the way up at a time
_DOWN_AFTER = const(8)  # times lower than usual for one per cent down


class Verdicts:
    """Judgements by number: `stands[i]` after enough bad windows in a row, gone after enough good ones.

    `changed` is set whenever one came or went, for the reader to clear.
    """

    def __init__(self, count):
        self.stands = bytearray(count)
        self.changed = False
        self._set_after = bytearray(b"\x01" * count)
        self._clear_after = bytearray(b"\x01" * count)
        self._run = bytearray(count)

    def be_patient(self, i, set_after, clear_after=1):
        """Windows in a row (1..PATIENCE_MAX) that judgement `i` wants, for bad and for good."""
        self._set_after[i], self._clear_after[i] = set_after, clear_after

    def weigh(self, i, bad):
        """Take the judgement of one window."""
        if bad == self.stands[i]:
            self._run[i] = 0
            return
        run = self._run[i] + 1
        if run >= (self._set_after[i] if bad else self._clear_after[i]):
            self.stands[i] = 1 if bad else 0
            self.changed = True
            run = 0
        self._run[i] = run


class Share:
    """How often something is true, now against what was learned while all was well; in per cent.

    Learns upwards faster than downwards: a slow decline, such as snow that builds up, must not become the
    rule.
    """

    def __init__(self, size, learned_pct):
        self.learned_pct = learned_pct
        self.pct = -1
        self._size = size
        self._count = self._hits = self._lower = 0

    def add(self, hit):
        """Take one case; True when `size` of them are complete and `pct` is new."""
        self._count += 1
        self._hits += 1 if hit else 0
        if self._count < self._size:
            return False
        self.pct = self._hits * 100 // self._size
        self._count = self._hits = 0
        return True

    def learn(self):
        """Let the last `pct` count for what is usual."""
        if self.pct > self.learned_pct:
            self.learned_pct += (self.pct - self.learned_pct + _UP_PART - 1) // _UP_PART
            self._lower = 0
        elif self.pct < self.learned_pct:
            self._lower += 1
        if self._lower >= _DOWN_AFTER:
            self._lower = 0
            self.learned_pct -= 1
