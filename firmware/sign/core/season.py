"""Is it winter on the road? By temperature where one is known, else by the calendar, else yes."""

from sign.compat import const

# So much warmer before winter ends: one warm hour does not clear the ice, nor may the mode swing.
_HYSTERESIS_C10 = const(20)


class Season:
    """`winter` says whether people need an earlier and longer warning. It is winter until shown otherwise."""

    def __init__(self, config):
        self._cold = True
        self._temperature_c10 = self._month = None
        self.configure(config)

    def configure(self, config):
        """Take the limits of a new configuration."""
        self._choice = config.winter
        self._below_c10 = config.winter_below_c * 10
        self._first, self._last = config.winter_first_month, config.winter_last_month
        self.update(self._temperature_c10, self._month)

    def update(self, temperature_c10, month):
        """Take the temperature (0.1 deg C) and the month (1..12), None for what is not known."""
        self._temperature_c10, self._month = temperature_c10, month
        if self._choice != "auto":
            self.winter = self._choice == "on"
        elif temperature_c10 is not None:
            self._cold = temperature_c10 < self._below_c10 + (_HYSTERESIS_C10 if self._cold else 0)
            self.winter = self._cold
        else:
            self.winter = month is None or self._is_winter_month(month)

    def _is_winter_month(self, month):
        if self._first <= self._last:
            return self._first <= month <= self._last
        return month >= self._first or month <= self._last
