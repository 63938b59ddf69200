"""What holding the service button means. Pure.

| button held for     | means, once it is let go          |
|---------------------|-----------------------------------|
| less than 3 s       | identify                          |
| 3 to 10 s           | self-test; the LED says TESTING   |
| 10 to 30 s          | service mode; the LED says SERVICE|
| longer              | nothing: it is stuck              |
"""

from sign.compat import const, ticks_diff

NOTHING = const(0)
SAYS_IDENTIFY = const(1)
SAYS_TEST = const(2)
SAYS_SERVICE = const(3)
_BOUNCE_MS = const(40)
_TEST_MS = const(3_000)
_SERVICE_MS = const(10_000)
_STUCK_MS = const(30_000)


class ServiceButton:
    """`wish` is what letting go now would mean."""

    def __init__(self):
        self.wish = NOTHING
        self._down = False
        self._since_ms = 0

    def update(self, down, now_ms):
        """Take its level; returns what is wanted, NOTHING mostly. Call it at least twice a press."""
        if down and not self._down:
            self._down, self._since_ms = True, now_ms
        elif down:
            self.wish = _meaning(ticks_diff(now_ms, self._since_ms))
        elif self._down:
            self._down = False
            wanted, self.wish = self.wish, NOTHING
            return wanted
        return NOTHING


def _meaning(held_ms):
    if held_ms < _BOUNCE_MS or held_ms >= _STUCK_MS:
        return NOTHING
    if held_ms < _TEST_MS:
        return SAYS_IDENTIFY
    return SAYS_TEST if held_ms < _SERVICE_MS else SAYS_SERVICE
