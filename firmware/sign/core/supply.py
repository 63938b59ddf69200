"""The supply voltage: too low, too high, or its measurement broken."""

from sign.compat import const
from sign.core.slow_filter import SlowFilter

# The lamps' pulses and a start of the radio are over before it follows.
_TAU_MS = const(2_000)
# The sign runs, so it has a supply: less than this is a broken wire of the measurement.
_SENSE_MIN_MV = const(1_000)


class Supply:
    """`low`, `high` and `unread`, each with hysteresis, of the filtered voltage `mv`.

    Limits of 0 are not watched.
    """

    def __init__(self, config):
        self._filter = SlowFilter(_TAU_MS)
        self.low = self.high = self.unread = False
        self.configure(config)

    @property
    def mv(self):
        """The filtered voltage."""
        return self._filter.value

    def configure(self, config):
        """Take the limits of a new configuration."""
        self._low_mv, self._high_mv = config.supply_low_mv, config.supply_high_mv
        self._gap_mv = config.supply_hysteresis_mv

    def sample(self, mv, now_ms):
        """Take a voltage in front of the divider, 0..60000 mV; True when one of the three has changed."""
        if not self._filter.add(mv, now_ms):
            return False
        low, high, unread = self._below(), self._above(), self._lost()
        changed = low != self.low or high != self.high or unread != self.unread
        self.low, self.high, self.unread = low, high, unread
        return changed

    def _lost(self):
        watched = self._low_mv or self._high_mv
        return bool(watched) and self.mv < _SENSE_MIN_MV

    def _below(self):
        if not self._low_mv or self._lost():
            return False
        return self.mv < self._low_mv + (self._gap_mv if self.low else 0)

    def _above(self):
        return bool(self._high_mv) and self.mv > self._high_mv - (self._gap_mv if self.high else 0)
