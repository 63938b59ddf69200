"""select in virtual time: what is waited for can only have changed when the world was asked or a tick has passed
in which the program wrote; so objects are looked at then, on the 10 ms grid of the chip.
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
    """What poll() gives."""

    def __init__(self):
        self._real = _us.poll()
        self._shown = {}

    def register(self, obj, events=POLLIN | POLLOUT):
        stream = getattr(obj, "_pollable", obj)
        if stream is not obj:
            self._shown[id(stream)] = obj
        self._real.register(stream, events)

    def unregister(self, obj):
        stream = getattr(obj, "_pollable", obj)
        self._real.unregister(stream)
        self._shown.pop(id(stream), None)

    def modify(self, obj, events):
        self._real.modify(getattr(obj, "_pollable", obj), events)

    @micropython.native
    def _wait(self, timeout):
        ready = self._real.poll(0)
        if ready or timeout == 0:
            return ready
        start = _c.now_ms()
        seen = _c.get(R.V_ASKED)
        while True:
            left = timeout - _diff(_c.now_ms(), start) if timeout >= 0 else 1000
            if left <= 0:
                return self._real.poll(0)
            _c.idle(left * 1000)
            if _c.get(R.V_ASKED) != seen:
                seen = _c.get(R.V_ASKED)
                ready = self._real.poll(0)
                if ready:
                    _c.idle(_to_tick())
                    return ready

    @micropython.native
    def poll(self, timeout=-1, flags=0):
        ready = self._wait(-1 if timeout is None else timeout)
        if self._shown:
            ready = [(self._shown.get(id(item[0]), item[0]), item[1]) for item in ready]
        return ready

    @micropython.native
    def ipoll(self, timeout=-1, flags=0):
        return iter(self.poll(timeout, flags))


@micropython.native
def poll():
    return _poll()


del micropython
