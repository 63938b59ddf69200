"""select in virtual time: objects are looked at when the world was asked, for only then can they change, and
on the 10 ms grid of the chip.
"""

import micropython
import uselect as _us
import utime as _ut

import _chip as _c
import _regs as R
from _chk import no_name as __getattr__  # noqa: F401

POLLERR = _us.POLLERR
POLLHUP = _us.POLLHUP
POLLIN = _us.POLLIN
POLLOUT = _us.POLLOUT

_boot_us = _c.get(R.BOOT_US)
_diff = _ut.ticks_diff


@micropython.viper
def _to_tick() -> int:
    """us to the next tick; ticks are counted from power-on."""
    p = ptr32(_c.ram)
    now = (p[R.V_S] * 1000000 + p[R.V_US]) & 0x3FFFFFFF
    return 10000 - ((now - int(_boot_us)) & 0x3FFFFFFF) % 10000


class _poll:
    """What poll() gives. The interpreter's own would sleep a real millisecond for what is no descriptor."""

    def __init__(self):
        self._real = _us.poll()
        self._reals = 0
        self._asked = {}  # id -> [object, its ioctl, events]

    def register(self, obj, events=POLLIN | POLLOUT):
        ask = getattr(obj, "ioctl", None)
        if ask:
            self._asked[id(obj)] = [obj, ask, events]
        else:
            self._real.register(getattr(obj, "_pollable", obj), events)
            self._reals += 1
            self._shown = obj

    def unregister(self, obj):
        if self._asked.pop(id(obj), None) is None:
            self._real.unregister(getattr(obj, "_pollable", obj))
            self._reals -= 1

    def modify(self, obj, events):
        if id(obj) in self._asked:
            self._asked[id(obj)][2] = events
        else:
            self._real.modify(getattr(obj, "_pollable", obj), events)

    @micropython.native
    def _once(self):
        found = ()
        for obj, ask, events in self._asked.values():
            happened = ask(3, events)
            if happened:
                found += ((obj, happened),)
        if self._reals:
            for item in self._real.poll(0):
                found += ((self._shown, item[1]),)
        return found

    @micropython.native
    def _wait(self, timeout):
        ready = self._once()
        if ready or timeout == 0:
            return ready
        start = _c.now_ms()
        seen = _c.get(R.V_ASKED)
        while True:
            left = timeout - _diff(_c.now_ms(), start) if timeout >= 0 else 1000
            if left <= 0:
                return self._once()
            _c.idle(left * 1000)
            if _c.get(R.V_ASKED) != seen:
                seen = _c.get(R.V_ASKED)
                ready = self._once()
                if ready:
                    _c.idle(_to_tick())
                    return ready

    @micropython.native
    def poll(self, timeout=-1, flags=0):
        return list(self._wait(-1 if timeout is None else timeout))

    @micropython.native
    def ipoll(self, timeout=-1, flags=0):
        return iter(self._wait(-1 if timeout is None else timeout))


@micropython.native
def poll():
    return _poll()


del micropython
