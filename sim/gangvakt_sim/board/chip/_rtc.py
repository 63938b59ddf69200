"""machine.RTC: the clock and the memory that a deep sleep keeps."""

import time as _time

import micropython

import _arg
import _chip as _c
import _regs as R

_the = []


class RTC:
    """The real-time clock; one object."""

    @micropython.native
    def __new__(cls, *args, **kw):
        if args or kw:
            raise TypeError("function takes 0 positional arguments but %d were given" % (len(args) + len(kw)))
        if not _the:
            _the.append(object.__new__(cls))
        return _the[0]

    def __init__(self, *args, **kw):
        pass

    @micropython.native
    def _set(self, year, month, day, hour, minute, second, us):
        _c.set_clock(_time._mktime((year, month, day, hour, minute, second, 0, 0)), us)

    @micropython.native
    def datetime(self, *args):
        _arg.count(args, 0, 1)
        if args:
            year, month, day, _, hour, minute, second, us = _arg.sequence(args[0], 8)
            self._set(year, month, day, hour, minute, second, us)
            return None
        s, us = _c.clock()
        year, month, day, hour, minute, second, weekday, _ = _time._fields(s)
        return year, month, day, weekday, hour, minute, second, us

    @micropython.native
    def init(self, *args):
        _arg.count(args, 1, 1)
        year, month, day, hour, minute, second, us, _ = _arg.sequence(args[0], 8)
        self._set(year, month, day, hour, minute, second, us)

    @micropython.native
    def memory(self, *args):
        _arg.count(args, 0, 1)
        start = R.RTC_MEM_BYTE
        if not args:
            return bytes(_c.ram[start : start + _c.get(R.RTC_MEM_LEN)])
        data = _arg.buffer(args[0])
        data = data.encode() if isinstance(data, str) else data
        if len(data) > R.RTC_MEM_SIZE:
            raise ValueError("buffer too long")
        _c.ram[start : start + len(data)] = data
        _c.put(R.RTC_MEM_LEN, len(data))
