"""When the warning starts, how long it holds, and when it must give up.

| state | demand                                     | without demand         | meanwhile            |
|-------|--------------------------------------------|------------------------|----------------------|
| OFF   | ON; a track that flutters must last first  |                        |                      |
| ON    | the hold starts again                      | OFF when the hold ends | STUCK at the cap     |
| STUCK | stays dark, the pause starts again         | OFF after the pause    |                      |
"""

from sign.compat import TICKS_MASK, const

OFF = const(0)
ON = const(1)
STUCK = const(2)  # demand lasted to the cap: dark until it pauses

HOLD = const(0)
STUCK_CAP = const(1)
# Demand that paused for so long has really ended: a new one may warn again.
_STUCK_PAUSE_MS = const(2_000)
# A stall of up to about a second must end before the hold does.
STALL_MARGIN_MS = const(2_000)
# A track that was warned for so long ago does not flutter, it has decided anew.
_FLUTTER_MEMORY_MS = const(10_000)
_GAP_MS = const(300)  # demand that paused for longer begins anew


class Activation:
    """The warning's state machine. `tick` returns the change: 0 none, 1 went on, -1 went off."""

    def __init__(self, hold_ms, stuck_cap_ms, flutter_ms=0):
        self.state = OFF
        self.off_cause = HOLD
        self.on_ms = 0
        self._since_ms = self._seen_ms = self._hold_now_ms = 0
        self._track = self._off_ms = 0  # whose hold ended last, and when
        self._tried_ms = self._tries_ms = 0  # the last and the first demand of a track that flutters
        self._trying = False
        self.configure(hold_ms, stuck_cap_ms, flutter_ms)

    def configure(self, hold_ms, stuck_cap_ms, flutter_ms=0):
        """New times, used from the next detection on."""
        self._hold_ms = hold_ms
        self._stuck_cap_ms = stuck_cap_ms
        self._flutter_ms = flutter_ms

    @property
    def lit(self):
        """Whether the warning stands."""
        return self.state == ON

    def tick(self, now_ms, demand, track=0, may=True):
        """Advance to `now_ms`; `demand` is any true value while somebody needs the warning.

        `track` names who needs it (0: lights at once, whoever it is). Without `may`, demand neither lights
        nor holds, but a track that flutters has lasted meanwhile.
        """
        state = self.state
        if demand:
            if state == OFF:
                if not (self._lasts(now_ms, track) and may):
                    return 0
                self.state = ON
                self._since_ms = now_ms
                self._trying = False
            if may:
                self._seen_ms = now_ms
                self._hold_now_ms = self._hold_ms
                self._track = track
        if self.state == ON:
            return self._limit(now_ms, state == OFF)
        if state == STUCK and (now_ms - self._seen_ms) & TICKS_MASK >= _STUCK_PAUSE_MS:
            self.state = OFF
        return 0

    def extend(self, ms):
        """Make up for a stall of `ms`, during which nobody could have been seen."""
        self._hold_now_ms += ms

    def left_ms(self, now_ms):
        """Hold that is left, 0 when dark."""
        if self.state != ON:
            return 0
        return max(0, self._hold_now_ms - ((now_ms - self._seen_ms) & TICKS_MASK))

    def _limit(self, now_ms, begun):
        on_ms = self.on_ms = (now_ms - self._since_ms) & TICKS_MASK
        if on_ms >= self._stuck_cap_ms:
            self.state = STUCK
            self.off_cause = STUCK_CAP
            self._seen_ms = now_ms
            return -1
        if (now_ms - self._seen_ms) & TICKS_MASK < self._hold_now_ms:
            return 1 if begun else 0
        self.state = OFF
        self.off_cause = HOLD
        self._off_ms = now_ms
        return -1

    def _lasts(self, now_ms, track):
        """Whether it may light: a track whose hold has just ended must ask for a while, any other at once."""
        if not track or track != self._track:
            return True
        if (now_ms - self._off_ms) & TICKS_MASK > _FLUTTER_MEMORY_MS:
            self._track = 0  # ... and for good, whatever the ticks do in six days
            return True
        if not self._trying or (now_ms - self._tried_ms) & TICKS_MASK > _GAP_MS:
            self._trying = True
            self._tries_ms = now_ms
        self._tried_ms = now_ms
        return (now_ms - self._tries_ms) & TICKS_MASK >= self._flutter_ms
