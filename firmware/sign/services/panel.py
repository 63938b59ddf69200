"""The status LED. What it says stands in `core.panel`."""

import time

from sign.compat import ticks_add, ticks_diff
from sign.core import panel as codes


class Panel:
    """`light` is what sets the LED; `pole` obeys the service button, None where there is none."""

    def __init__(self, status, light):
        self._status, self._light = status, light
        self.pole = None
        self.service = False  # whether the pole is in service mode
        self._shown = -1  # a code that takes its turn before what stands
        self._until_ms = 0

    def light(self, now_ms):
        """Let the LED say what it has to; call it often."""
        if self._shown >= 0 and ticks_diff(now_ms, self._until_ms) >= 0:
            self._shown = -1
        code = self._shown
        if code < 0:
            status = self._status
            code = codes.standing(status.is_online(), status.armed.faults.any, self.service)
        self._light(codes.level(code, now_ms))

    def show(self, code, ms):
        """Say `code` for so long, whatever stands."""
        self._shown, self._until_ms = code, ticks_add(time.ticks_ms(), ms)
