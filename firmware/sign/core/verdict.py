"""A judgement with patience: bad for a while before it is a fault, good for a while before it is none."""

from sign.compat import const

_UP_PART = const(4)  # of the way up at a time
_DOWN_AFTER = const(8)  # times lower than usual for one per cent down


class Verdict:
    """`stands` after `set_after` bad windows in a row, and goes after `clear_after` good ones in a row."""

    def __init__(self, set_after, clear_after):
        self.stands = False
        self.set_after = set_after
        self._clear_after = clear_after
        self._run = 0

    def weigh(self, bad):
        """Take the judgement of one window."""
        if bad == self.stands:
            self._run = 0
            return
        self._run += 1
        if self._run >= (self.set_after if bad else self._clear_after):
            self.stands = bad
            self._run = 0


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
