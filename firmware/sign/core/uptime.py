"""Time since boot from wrapping ticks, in two small ints that last for decades."""

from sign.compat import ticks_diff


class Uptime:
    """Seconds `s` and the milliseconds `ms` (0..999) beyond them; update it at least every 6 days."""

    def __init__(self, now_ms, s=0, ms=0):
        self.s = s
        self.ms = ms
        self._last_ms = now_ms

    def update(self, now_ms):
        """Advance to the ticks `now_ms`; ticks that went backwards (a late caller) change nothing."""
        passed_ms = ticks_diff(now_ms, self._last_ms)
        if passed_ms <= 0:
            return
        self._last_ms = now_ms
        passed_ms += self.ms
        self.s += passed_ms // 1000
        self.ms = passed_ms % 1000

    def total_ms(self):
        """Milliseconds since boot; beyond 12 days the int is a big one, so never in the tick."""
        return self.s * 1000 + self.ms
