"""time of the stock image: epoch 2000, callbacks run in sleeps, ticks that start with the power."""

import micropython
import utime as _ut

import _arg
import _chip as _c
import _regs as R
from _chk import no_name as __getattr__  # noqa: F401

ticks_add = _ut.ticks_add
ticks_diff = _ut.ticks_diff
_us = _c.now
_ms = _c.now_ms
_boot_us = _c.get(R.BOOT_US)
_boot_ms = _c.get(R.BOOT_MS)

_DAYS_TO_2000 = 730425  # from 1 March of the year 0


@micropython.viper
def ticks_us() -> int:
    return (int(_us()) - int(_boot_us)) & 0x3FFFFFFF


@micropython.viper
def ticks_ms() -> int:
    return (int(_ms()) - int(_boot_ms)) & 0x3FFFFFFF


@micropython.viper
def ticks_cpu() -> int:
    # cycles; the multiplication wraps as the chip's counter does
    mhz = int(_c.get(R.CPU_HZ)) // 1000000
    return (int(_us()) * mhz) & 0x3FFFFFFF


@micropython.native
def _checked(n):
    """`n` as C takes it; larger than a word is an OverflowError."""
    n = _arg.integer(n)
    if not -0x80000000 < n <= 0x7FFFFFFF:
        raise OverflowError("overflow converting long int to machine word")
    return n


@micropython.viper
def sleep_ms(ms):
    _sleep_ms(_checked(ms))


@micropython.native
def _sleep_ms(ms):
    while ms > R.SLEEP_PIECE_MS:
        _sleep(R.SLEEP_PIECE_MS * 1000)
        ms -= R.SLEEP_PIECE_MS
    _c.pending()
    if ms > 0:
        _sleep(ms * 1000)


@micropython.viper
def _sleep(us: int):
    end = (int(_us()) + us) & 0x3FFFFFFF
    while int(_c.sleep_until(end)):
        _c.pending()
    _c.pending()


@micropython.viper
def sleep_us(us):
    _sleep_us(_checked(us))


@micropython.native
def _sleep_us(us):
    while us > R.SLEEP_PIECE_MS * 1000:
        _sleep(R.SLEEP_PIECE_MS * 1000)
        us -= R.SLEEP_PIECE_MS * 1000
    if us > R.SLEEP_CALLBACK_US:
        _sleep(us)
    else:
        _c.stall_us(us)


@micropython.native
def sleep(s):
    if not isinstance(s, (int, float)):
        raise TypeError("can't convert %s to float" % type(s).__name__)
    _sleep_ms(int(1000 * s))


@micropython.viper
def time():
    return _c.clock()[0]


@micropython.viper
def time_ns():
    return _ns()


def _ns():
    s, us = _c.clock()
    return (s * 1_000_000 + us) * 1000


def _days(year, month, day):
    """Days from 1 March of the year 0 (the proleptic calendar)."""
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    if month < 3:
        year -= 1
        month += 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 1


def _date(days):
    """(year, month, day) of a day counted as in _days."""
    era = days // 146097
    of_era = days % 146097
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (1 if month < 3 else 0), month, day


def _fields(s):
    days = s // 86400
    rest = s % 86400
    year, month, day = _date(days + _DAYS_TO_2000)
    yearday = days + _DAYS_TO_2000 - _days(year, 1, 1) + 1
    return year, month, day, rest // 3600, rest // 60 % 60, rest % 60, (days + 5) % 7, yearday


def _seconds(arg):
    if type(arg) is not int and type(arg) is not bool:
        raise TypeError("can't convert %s to int" % type(arg).__name__)
    low = arg & 0xFFFFFFFF
    # The chip counts seconds from 2000 as 32 bits without sign, and takes what small integers can be below 0.
    return low if arg >= 0 else arg


@micropython.native
def gmtime(s=None):
    return _fields(time() if s is None else _seconds(s))


localtime = gmtime


@micropython.native
def _mktime(t):
    if not isinstance(t, (tuple, list)):
        raise TypeError("object '%s' isn't a tuple or list" % type(t).__name__)
    if not 8 <= len(t) <= 9:
        raise TypeError("mktime needs a tuple of length 8 or 9")
    days = _days(t[0], t[1], t[2]) - _DAYS_TO_2000
    return ((days * 24 + t[3]) * 60 + t[4]) * 60 + t[5]


@micropython.viper
def mktime(t):
    return _mktime(t)


del micropython
