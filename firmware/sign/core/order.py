"""An order to the lamps for a while: dark or lit whatever the sensors say. It always ends by itself.

```mermaid
stateDiagram-v2
    [*] --> given: by a task
    given --> stands: the tick
    stands --> over: its time is up, or it was ended
    over --> [*]: the tick has told of it
```
"""

from sign.compat import const, ticks_diff

FLASH = const(1)  # a test
FORCE = const(2)
MUTE = const(3)  # places in events.ORDERS


class Order:
    """Made by a task; from then on the tick's, which calls `turn` and shows `lamps` while it `stands`."""

    def __init__(self, code, lasts_ms):
        self.code = code
        self.lamps = code != MUTE
        self.lasts_ms = lasts_ms
        self.lasted_ms = 0
        self.stands = self.over = False
        self._began_ms = 0

    def turn(self, now_ms):
        """True when it has just begun, or just ended. Allocates nothing."""
        if self.over:
            return False
        if not self.stands:
            self._began_ms = now_ms
            self.stands = True
            return True
        self.lasted_ms = ticks_diff(now_ms, self._began_ms)
        if self.lasted_ms < self.lasts_ms:
            return False
        self.stands = False
        self.over = True
        return True

    def end(self):
        """Let the next turn end it."""
        self.lasts_ms = 0

    def left_s(self):
        """Seconds that it still stands, as of its last turn."""
        return max(0, self.lasts_ms - self.lasted_ms + 999) // 1000
