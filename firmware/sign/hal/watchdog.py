"""The chip's watchdog. Once started it cannot be stopped, and it survives a soft reset."""

from machine import WDT, Timer
from sign.compat import const

_TIMEOUT_MS = const(8000)  # a TLS handshake (0.9 s) and a slow flash erase fit several times
_TIMER = const(1)  # that of `last.keep_fed`


def start():
    """Start it and return its `feed`; ends a `last.keep_fed` of before."""
    Timer(_TIMER).deinit()
    return WDT(timeout=_TIMEOUT_MS).feed
