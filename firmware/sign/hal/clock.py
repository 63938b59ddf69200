"""The chip's clock: it starts in the year 2000, and certificates are checked against it."""

import time

from machine import RTC
from sign.compat import const

_EPOCH_2000_UTC_S = const(946_684_800)  # the chip counts from 2000, others from 1970

right = False  # whether somebody who knows has set it; a floor is only good for certificates


def raise_to(floor_utc_s):
    """Set the clock forward to `floor_utc_s` (Unix seconds) when it is behind; True when it was."""
    if time.time() >= floor_utc_s - _EPOCH_2000_UTC_S:
        return False
    _set(floor_utc_s)
    return True


def set_right(utc_s):
    """Set the clock to what it really is, in Unix seconds from 2000 on."""
    global right
    _set(utc_s)
    right = True


def utc_ms():
    """UTC in ms since 1970, None until the clock is right. It allocates: never in the tick."""
    return time.time_ns() // 1_000_000 + _EPOCH_2000_UTC_S * 1000 if right else None


def month_and_hour():
    """(month 1..12, hour 0..23) in UTC; (None, None) until the clock is right."""
    if not right:
        return None, None
    now = time.gmtime()
    return now[1], now[3]


def _set(utc_s):
    year, month, day, hour, minute, second, weekday, _ = time.gmtime(utc_s - _EPOCH_2000_UTC_S)
    RTC().datetime((year, month, day, weekday, hour, minute, second, 0))
