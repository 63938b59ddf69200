"""The chip's clock: it starts in the year 2000, and certificates are checked against it."""

import time

from machine import RTC
from sign.compat import const

_EPOCH_2000_UTC_S = const(946_684_800)  # the chip counts from 2000, others from 1970
_HELD_AFTER_S = const(86_400)  # its crystal is off by 2 s a day at most

right = False  # whether somebody who knows has set it; a floor is only good for certificates
_set_s = 0  # when that was, by the clock itself


def raise_to(floor_utc_s):
    """Set the clock forward to `floor_utc_s` (Unix seconds) when it is behind; True when it was."""
    if time.time() >= floor_utc_s - _EPOCH_2000_UTC_S:
        return False
    _set(floor_utc_s, 0)
    return True


def set_right(utc_s, ms=0):
    """Set the clock to what it really is, in Unix seconds from 2000 on."""
    global right, _set_s
    _set(utc_s, ms)
    right, _set_s = True, time.time()


def utc_ms():
    """UTC in ms since 1970, None until the clock is right. It allocates: never in the tick."""
    return time.time_ns() // 1_000_000 + _EPOCH_2000_UTC_S * 1000 if right else None


def quality():
    """`utc`; `held` when nobody has told the time for a day; `uptime` until somebody does."""
    if not right:
        return "uptime"
    return "utc" if time.time() - _set_s < _HELD_AFTER_S else "held"


def month_and_hour():
    """(month 1..12, hour 0..23) in UTC; (None, None) until the clock is right."""
    if not right:
        return None, None
    now = time.gmtime()
    return now[1], now[3]


def _set(utc_s, ms):
    year, month, day, hour, minute, second, weekday, _ = time.gmtime(utc_s - _EPOCH_2000_UTC_S)
    RTC().datetime((year, month, day, weekday, hour, minute, second, ms * 1000))
