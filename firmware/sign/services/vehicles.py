"""Writes down once an hour how fast vehicles came; loaded only where a radar sees them."""

import micropython

from sign.compat import const
from sign.core.events import VEHICLES
from sign.core.vehicle_count import RECORDS
from sign.hal import clock

_HOUR_S = const(3_600)


class VehicleLog:
    """`armed` is the running sign, `counts` the gate's VehicleCount."""

    def __init__(self, armed, counts):
        self._outbox, self._uptime = armed.outbox, armed.uptime
        self._counts = counts
        self._hour = None
        self._since_s = armed.uptime.s
        self._period_s = 0
        self._next = RECORDS  # what of a period that is over is to be written

    def step(self):
        """The housekeeper calls it twice a second: at the end of an hour, by the clock where it is right, one
        record a call, so that none holds up the tick. It never fails."""
        if self._next < RECORDS:
            self._schedule(self._next)
        elif self._is_over():
            self._close()

    def put_away(self):
        """Before a reset, without a further tick: what was counted until now."""
        self._write_rest()
        self._close()
        self._write_rest()

    def _write_rest(self):
        while self._next < RECORDS:
            self._write(self._next)

    def _is_over(self):
        before, self._hour = self._hour, clock.month_and_hour()[1]
        turned = before is not None and self._hour is not None and self._hour != before
        return turned or self._counts.is_full or self._uptime.s - self._since_s >= _HOUR_S

    def _close(self):
        up_s = self._uptime.s
        self._period_s, self._since_s = up_s - self._since_s, up_s
        self._next = 0

    def _schedule(self, number):
        """In the tick's turn, so that neither comes between the other's steps."""
        try:
            micropython.schedule(self._write, number)
        except RuntimeError:
            pass  # too much waits there: at the next call

    def _write(self, number):
        if number != self._next:
            return
        self._next = number + 1
        while self._next < RECORDS and self._counts.is_empty(self._next):
            self._next += 1
        code, a, b, c = self._counts.pack(number, self._period_s)
        self._outbox.add(VEHICLES, self._uptime, code, a, b, c)
