"""A first-order low-pass in integers for values that change slowly."""

from sign.compat import const, ticks_diff

_PARTS = const(64)  # a time constant is walked in so many steps
_FINE = const(16)  # fractions kept of a unit
_SAMPLES_MAX = const(4096)  # of values up to 60000: their sum stays a small int


class SlowFilter:
    """`value` follows what is added with a time constant; the first value is taken as it is.

    Values 0..60000. Samples between two steps count by their mean, so the rate of sampling does not matter.
    """

    def __init__(self, tau_ms):
        self.value = 0
        self.known = False
        self._step_ms = max(1, tau_ms // _PARTS)
        self._fine = self._sum = self._count = self._since_ms = 0

    def add(self, value, now_ms):
        """Take a sample; True when `value` was renewed."""
        if not self.known:
            self.known = True
            self._since_ms = now_ms
            return self._renew(value * _FINE)
        if self._count < _SAMPLES_MAX:
            self._sum += value
            self._count += 1
        steps = ticks_diff(now_ms, self._since_ms) // self._step_ms
        if steps <= 0:
            return False
        self._since_ms = now_ms
        mean = self._sum * _FINE // self._count if self._count < _SAMPLES_MAX // _FINE else self._coarse()
        self._sum = self._count = 0
        return self._renew(self._fine + (mean - self._fine) * min(steps, _PARTS) // _PARTS)

    def _coarse(self):
        return self._sum // self._count * _FINE

    def _renew(self, fine):
        self._fine = fine
        self.value = (fine + _FINE // 2) // _FINE
        return True
