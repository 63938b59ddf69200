"""machine.WDT: the host watches it; it cannot be stopped."""

import micropython

import _arg
import _chip as _c
import _regs as R

_the = []


@micropython.viper
def _feed():
    p = ptr32(_c.ram)
    p[R.WDT_FED_US] = int(_c.now())


class WDT:
    """The task watchdog."""

    @micropython.native
    def __new__(cls, *args, **kw):
        n, timeout = _arg.parse(args, kw, (("id", 0), ("timeout", 5000)))
        if _arg.integer(n) != 0:
            raise ValueError
        timeout = _arg.integer(timeout)
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        if not _the:
            _the.append(object.__new__(cls))
        _feed()
        _c.put(R.WDT_MS, timeout)
        return _the[0]

    def __init__(self, *args, **kw):
        pass

    def __repr__(self):
        return "<WDT>"

    @micropython.viper
    def feed(self):
        _feed()
