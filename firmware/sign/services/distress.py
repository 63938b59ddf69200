"""The status LED while the app has failed and waits to start again: by a Timer, since nothing else runs."""

import time

from machine import Timer
from sign.compat import const
from sign.core import panel
from sign.hal import store
from sign.hal.pins import status_led

_TIMER = const(2)
_STEP_MS = const(100)


def show():
    """Flash until the reset. StoreError or KeyError where nobody knows the LED's pin."""
    light = status_led(store.board()["pins"])

    def on_timer(timer):
        light(panel.level(panel.SAFE, time.ticks_ms()))

    Timer(_TIMER).init(mode=Timer.PERIODIC, period=_STEP_MS, callback=on_timer)
