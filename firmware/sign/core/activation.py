"""When the warning starts, how long it holds, and when it must give up."""

from sign.compat import const, ticks_add, ticks_diff

OFF = const(0)
ON = const(1)
STUCK = const(2)  # demand lasted to the cap: dark until it pauses

# (state, demand) -> state; time moves the rest: ON ends in OFF when the hold runs out, in STUCK at the cap.
_ON_DEMAND = (ON, ON, STUCK)

HOLD = const(0)
STUCK_CAP = const(1)
# Demand that paused for so long has really ended: a new one may warn again.
_STUCK_PAUSE_MS = const(2_000)
# A stall of up to about a second must end before the hold does.
STALL_MARGIN_MS = const(2_000)


class Activation:
    """The warning's state machine. `tick` returns the change: 0 none, 1 went on, -1 went off."""

    def __init__(self, hold_ms, stuck_cap_ms):
        self.state = OFF
        self.off_cause = HOLD
        self.on_ms = 0
        self._since_ms = 0
        self._until_ms = 0
        self.configure(hold_ms, stuck_cap_ms)

    def configure(self, hold_ms, stuck_cap_ms):
        """New times, used from the next detection on."""
        self._hold_ms = hold_ms
        self._stuck_cap_ms = stuck_cap_ms

    @property
    def lit(self):
        """Whether the warning stands."""
        return self.state == ON

    def tick(self, now_ms, demand):
        """Advance to `now_ms`; `demand` is any true value while somebody needs the warning."""
        before = self.state
        if demand:
            self._demanded(now_ms)
        if self.state == ON:
            self._limit(now_ms)
        elif self.state == STUCK and ticks_diff(now_ms, self._until_ms) >= 0:
            self.state = OFF
        return (self.state == ON) - (before == ON)

    def extend(self, ms):
        """Make up for a stall of `ms`, during which nobody could have been seen."""
        if self.state == ON:
            self._until_ms = ticks_add(self._until_ms, ms)

    def left_ms(self, now_ms):
        """Hold that is left, 0 when dark."""
        return max(0, ticks_diff(self._until_ms, now_ms)) if self.state == ON else 0

    def _demanded(self, now_ms):
        if self.state == OFF:
            self._since_ms = now_ms
        self.state = _ON_DEMAND[self.state]
        pause_ms = self._hold_ms if self.state == ON else _STUCK_PAUSE_MS
        self._until_ms = ticks_add(now_ms, pause_ms)

    def _limit(self, now_ms):
        self.on_ms = ticks_diff(now_ms, self._since_ms)
        if self.on_ms >= self._stuck_cap_ms:
            self.state = STUCK
            self.off_cause = STUCK_CAP
            self._until_ms = ticks_add(now_ms, _STUCK_PAUSE_MS)
        elif ticks_diff(now_ms, self._until_ms) >= 0:
            self.state = OFF
            self.off_cause = HOLD
