"""The chip's clock: it starts in the year 2000, and certificates are checked against it."""

import time

from machine import RTC
from sign.compat import const

_EPOCH_2000_UTC_S = const(946_684_800)  # the chip counts from 2000, others from 1970


def raise_to(floor_utc_s):
    """Set the clock forward to `floor_utc_s` (Unix seconds) when it is behind; True when it was."""
    floor_s = floor_utc_s - _EPOCH_2000_UTC_S
    if time.time() >= floor_s:
        return False
    year, month, day, hour, minute, second, weekday, _ = time.gmtime(floor_s)
    RTC().datetime((year, month, day, weekday, hour, minute, second, 0))
    return True
