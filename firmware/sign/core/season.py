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
        self._config = config
        self.update(self._temperature_c10, self._month)

    def update(self, temperature_c10, month):
        """Take the temperature (0.1 deg C) and the month (1..12), None for what is not known."""
        config = self._config
        self._temperature_c10, self._month = temperature_c10, month
        if config.winter != "auto":
            self.winter = config.winter == "on"
        elif temperature_c10 is not None:
            margin_c10 = _HYSTERESIS_C10 if self._cold else 0
            self._cold = self.winter = temperature_c10 < config.winter_below_c * 10 + margin_c10
        else:
            first, last = config.winter_first_month, config.winter_last_month
            turned = first > last  # over the turn of the year
            self.winter = month is None or (month >= first) + (month <= last) > 1 - turned
