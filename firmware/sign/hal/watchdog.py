"""The chip's watchdog. Once started it cannot be stopped, and it survives a soft reset."""

import time

from machine import WDT, Timer
from sign.compat import const

_TIMEOUT_MS = const(8000)  # a TLS handshake (0.9 s) and a slow flash erase fit several times
_FEED_MS = const(1000)
# How long a person at the REPL keeps the sign from its work at most; each soft reset starts it anew.
_REPL_MS = const(600_000)
_TIMER = const(1)


def start():
    """Start it and return its `feed`; ends a `keep_fed` of before."""
    Timer(_TIMER).deinit()
    return WDT(timeout=_TIMEOUT_MS).feed


def keep_fed():
    """Feed it by a Timer for `_REPL_MS` after a person stopped the app, so that mpremote and the REPL work.

    After that the chip resets by itself: a forgotten laptop costs ten minutes of a dark sign, not a night.
    """
    feed = WDT(timeout=_TIMEOUT_MS).feed
    since_ms = time.ticks_ms()

    def on_timer(timer):
        if time.ticks_diff(time.ticks_ms(), since_ms) < _REPL_MS:
            feed()
        else:
            timer.deinit()

    Timer(_TIMER).init(mode=Timer.PERIODIC, period=_FEED_MS, callback=on_timer)
