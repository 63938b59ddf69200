"""The chip's clock: it starts in the year 2000, and certificates are checked against it."""

import time

from machine import RTC
from sign.compat import const

_EPOCH_2000_UTC_S = const(946_684_800)  # the chip counts from 2000, others from 1970
_MIN_UTC_S = const(1_767_225_600)  # 2026
# A sign that lay in store for longer is flashed anew; a time beyond is somebody's mistake.
_AHEAD_MAX_S = const(3 * 366 * 86_400)
_OFF_MAX_MS = const(200)
_HELD_AFTER_S = const(86_400)  # its crystal is off by 2 s a day at most

right = False  # whether somebody who knows has set it; a floor is only good for certificates
news = 0  # grows whenever it was set
is_sure = False  # whether the controller has said so, too
_set_s = 0  # when that was, by the clock itself
floor_s = _MIN_UTC_S  # it was later than that when the sign was built, and when its clock was saved


def raise_to(floor_utc_s):
    """Set the clock forward to `floor_utc_s` (Unix seconds) when it is behind; True when it was."""
    global floor_s
    floor_s = max(floor_s, floor_utc_s)
    if time.time() >= floor_utc_s - _EPOCH_2000_UTC_S:
        return False
    _set(floor_utc_s, 0)
    return True


def set_right(utc_s, ms=0):
    """Set the clock to what it really is, in Unix seconds from 2000 on."""
    global right, news, _set_s
    _set(utc_s, ms)
    news += 1
    right, _set_s = True, time.time()


def is_possible(ms):
    """Whether it can be so late: not before the sign was built, nor years after somebody last knew."""
    return 0 <= ms // 1000 - floor_s <= _AHEAD_MAX_S


def hear(ms, more_ms):
    """The controller says that it was `ms` (UTC, since 1970) `more_ms` ago. What cannot be is ignored."""
    global is_sure, _set_s
    if type(ms) is not int or not is_possible(ms):
        return
    ms += more_ms
    is_sure = True
    if not right or abs(ms - utc_ms()) > _OFF_MAX_MS:
        set_right(ms // 1000, ms % 1000)
    _set_s = time.time()


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
