"""The two lamps: RMT loops the pattern on their pins, PWM on the drivers' DIM input lets it shine."""

import gc
import time

from esp32 import RMT
from machine import PWM, Pin
from sign.compat import const
from sign.core.patterns import CLOCK_DIV

_LEFT_CHANNEL = const(0)
_RIGHT_CHANNEL = const(1)
_DIM_HZ = const(1000)
_DUTY_FULL = const(65535)
_PERCENT = const(100)
_SKEW_MAX_US = const(1000)
_STARTS_MAX = const(5)
ESP_ERR_INVALID_STATE = -259


class LampsInUse(Exception):
    """RMT still runs from before a soft reset, which does not free it; only machine.reset() does."""


class Lamps:
    """Dark until `light(True)`. The loops start here and are never rewritten while they run: a rewrite would
    block for up to a whole pass, and the two lamps would drift apart. In the dark they may be let run out
    (`loosen`) and begun anew (`fasten`), which neither blocks nor costs a warning: that begins them at once.

    `pins` is the board file's table, `pattern` the name of what is shown, `segments` are those of
    patterns.rmt_segments; `skew_us` tells how far apart the two loops were started, `started_ms` and
    `started_us` when;
    `pass_ticks` is the length of a pass.
    """

    def __init__(self, pins, pattern, segments, dim_pct):
        dim = Pin(pins["dim"], Pin.OUT, value=0)
        self._pwm = PWM(dim, freq=_DIM_HZ, duty_u16=0)
        self._set_duty = self._pwm.duty_u16
        self._lit_duty = dim_pct * _DUTY_FULL // _PERCENT
        self.dim_pct = dim_pct
        self.lit = self.testing = self.steady = self.loose = False
        self.pass_ticks = sum(segments[0])
        self.pattern = self._flashing = pattern
        self._pins, self._segments = pins, segments
        self._start_together()

    def dim(self, pct):
        """Set the brightness, from a task."""
        if pct != self.dim_pct:
            self.dim_pct = pct
            self._lit_duty = pct * _DUTY_FULL // _PERCENT
            self._show()

    def test(self, on):
        """Begin or end a self-test, in which the pattern shines without a warning (`lit` stays False)."""
        self.testing = on
        self._show()

    def shine_steadily(self, on):
        """Shine without flashing, or flash again, from a task.

        That may stand still for a pass, so it is only for a sign none of whose sensors can be believed.
        """
        if on == self.steady:
            return
        self.steady = on
        self.loose = False
        self._left.deinit()
        self._right.deinit()
        if on:
            Pin(self._pins["lamp_left"], Pin.OUT, value=1)
            Pin(self._pins["lamp_right"], Pin.OUT, value=1)
            self.pattern = "steady"
        else:
            self._start_together()
            self.pattern = self._flashing

    def light(self, on):
        """Let the pattern shine or not; the tick's own. Allocation-free."""
        self.lit = on
        self._set_duty(self._lit_duty if on or self.testing else 0)
        if on and self.loose and self.is_idle():
            self.fasten()

    def loosen(self):
        """Let both loops end with their pass; False where there is light."""
        if self.lit or self.testing or self.steady:
            return False
        self._left.loop(False)
        self._right.loop(False)
        self.loose = True
        return True

    def is_idle(self):
        """Whether both have ended."""
        return self._left.wait_done() and self._right.wait_done()

    def fasten(self):
        """Begin both anew, if they have been let go; they must be idle. Allocation-free."""
        if self.loose:
            self.loose = False
            self.skew_us = self._start(self._segments[0], self._segments[1], self._segments[2])

    def _show(self):
        """Bring the light up to date, from a task: again, if the tick has changed it in between."""
        while True:
            lit, shines = self.lit, self.lit or self.testing
            self._set_duty(self._lit_duty if shines else 0)
            if lit == self.lit:
                return

    def _start_together(self):
        """Start both loops, again if something came between them; nobody sees it behind the dark DIM.

        The last try stands as it is: lamps some milliseconds apart warn better than dark ones.
        """
        durations, left, right = self._segments
        gc.collect()  # so that no collection falls between the two starts
        for tries_left in range(_STARTS_MAX - 1, -1, -1):
            self._left = _channel(_LEFT_CHANNEL, self._pins["lamp_left"])
            self._right = _channel(_RIGHT_CHANNEL, self._pins["lamp_right"])
            self.skew_us = self._start(durations, left, right)
            if self.skew_us <= _SKEW_MAX_US or not tries_left:
                return
            self._left.deinit()
            self._right.deinit()

    def _start(self, durations, left, right):
        self._left.loop(True)
        self._right.loop(True)
        self.started_ms = time.ticks_ms()
        started_us = self.started_us = time.ticks_us()
        self._left.write_pulses(durations, left)
        self._right.write_pulses(durations, right)
        return time.ticks_diff(time.ticks_us(), started_us)


def _channel(number, pin):
    try:
        return RMT(number, pin=Pin(pin, Pin.OUT, value=0), clock_div=CLOCK_DIV)
    except OSError as error:
        if error.errno == ESP_ERR_INVALID_STATE:
            raise LampsInUse("RMT channel %d" % number)
        raise
