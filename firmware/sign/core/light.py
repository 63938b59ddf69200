"""Brightness of the lamps by the light around: full by day, capped at night so that nobody is dazzled."""

from sign.compat import const, ticks_diff
from sign.core.slow_filter import SlowFilter

# Headlights, a cloud and the sign's own flashes are over before it follows.
_TAU_MS = const(60_000)
_STEP_PCT = const(5)  # smaller changes are not worth a flicker
_DAY_MS = const(86_400_000)
_STUCK_MV = const(20)  # a sensor that sees day and night moves by more
_STUCK_DAYS = const(2)


class AmbientLight:
    """`dim_pct` for the lamps; `daylight` with hysteresis; `stuck` for a sensor that shows no day and night.

    The sensor's voltage rises with the light. Without one (`light_enabled` off), with a stuck one and before
    the first sample it is full brightness: a warning that dazzles is better than one that nobody sees.
    """

    def __init__(self, config, now_ms=0):
        self._filter = SlowFilter(_TAU_MS)
        self.daylight = self.stuck = False
        self._day_ms = now_ms
        self._low_mv = self._high_mv = -1
        self._flat_days = 0
        self.configure(config)

    @property
    def mv(self):
        """The filtered voltage of the sensor."""
        return self._filter.value

    def configure(self, config):
        """Take a new configuration; what was seen of the light goes on."""
        self._enabled = config.light_enabled
        self._dark_mv, self._day_mv = config.light_dark_mv, config.light_day_mv
        self._full_pct = config.dim_pct
        self._night_pct = min(config.night_dim_pct, config.dim_pct)
        self.dim_pct = self._wanted()

    def sample(self, mv, now_ms):
        """Take a voltage, about once a second; True when `dim_pct` has changed."""
        if not self._filter.add(mv, now_ms):
            return False
        self._watch(now_ms)
        self._judge_daylight()
        wanted = self._wanted()
        if wanted == self.dim_pct or not self._worth(wanted):
            return False
        self.dim_pct = wanted
        return True

    def _worth(self, wanted):
        at_an_end = wanted == self._full_pct or wanted == self._night_pct
        return at_an_end or abs(wanted - self.dim_pct) >= _STEP_PCT

    def _wanted(self):
        span_mv = self._day_mv - self._dark_mv
        if not self._enabled or self.stuck or not self._filter.known or span_mv <= 0:
            return self._full_pct
        above_mv = max(0, min(span_mv, self.mv - self._dark_mv))
        return self._night_pct + (self._full_pct - self._night_pct) * above_mv // span_mv

    def _judge_daylight(self):
        """Between two thirds and one third of the way it stays what it was."""
        if not self._enabled or self.stuck:
            self.daylight = False
            return
        third_mv = (self._day_mv - self._dark_mv) // 3
        if self.mv >= self._day_mv - third_mv:
            self.daylight = True
        elif self.mv <= self._dark_mv + third_mv:
            self.daylight = False

    def _watch(self, now_ms):
        """Find a sensor that does not follow the light, day by day."""
        if self._low_mv < 0:
            self._low_mv = self._high_mv = self.mv
        self._low_mv, self._high_mv = min(self._low_mv, self.mv), max(self._high_mv, self.mv)
        if self._high_mv - self._low_mv >= _STUCK_MV:
            self._flat_days, self.stuck = 0, False
        if ticks_diff(now_ms, self._day_ms) < _DAY_MS:
            return
        if self._high_mv - self._low_mv < _STUCK_MV:
            self._flat_days = min(self._flat_days + 1, _STUCK_DAYS)
            self.stuck = self._flat_days >= _STUCK_DAYS
        self._day_ms = now_ms
        self._low_mv = -1
