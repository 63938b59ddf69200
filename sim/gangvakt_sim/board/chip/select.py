"""select of the stock image: a wait looks at its objects every 10 ms (the tick), earlier when woken."""

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

_TICK_US = 10_000
_boot_us = _c.get(R.BOOT_US)


@micropython.viper
def _to_tick() -> int:
    """us to the next tick; ticks are counted from power-on."""
    return 10000 - ((int(_c.now()) - int(_boot_us)) & 0x3FFFFFFF) % 10000


def _stream(obj):
    """The object that the interpreter can poll for `obj`."""
    return getattr(obj, "_pollable", obj)


class _poll:
    """What poll() gives."""

    def __init__(self):
        self._real = _us.poll()
        self._shown = {}

    def register(self, obj, events=POLLIN | POLLOUT):
        stream = _stream(obj)
        if stream is not obj:
            self._shown[id(stream)] = obj
        self._real.register(stream, events)

    def unregister(self, obj):
        self._real.unregister(_stream(obj))
        self._shown.pop(id(_stream(obj)), None)

    def modify(self, obj, events):
        self._real.modify(_stream(obj), events)

    @micropython.native
    def _is_ready(self):
        for _ in self._real.ipoll(0):
            return True
        return False

    @micropython.native
    def _wait(self, timeout):
        """Until something is ready or the time is up. As on the chip it allocates nothing: who idles waits
        here a hundred times a second, and garbage is what makes collections fall due."""
        start = _c.now_ms()
        while not self._is_ready():
            if timeout >= 0 and _ut.ticks_diff(_c.now_ms(), start) >= timeout:
                return
            _c.idle(_to_tick())

    @micropython.native
    def poll(self, timeout=-1, flags=0):
        self._wait(-1 if timeout is None else timeout)
        ready = self._real.poll(0)
        if ready and self._shown:
            ready = [(self._shown.get(id(item[0]), item[0]), item[1]) for item in ready]
        return ready

    @micropython.native
    def ipoll(self, timeout=-1, flags=0):
        self._wait(-1 if timeout is None else timeout)
        if self._shown and self._is_ready():
            return iter(self.poll(0))
        return self._real.ipoll(0)


@micropython.native
def poll():
    return _poll()


@micropython.native
def select(rlist, wlist, xlist, timeout=-1):
    poller = poll()
    wanted = {}
    for group, events in ((rlist, POLLIN), (wlist, POLLOUT), (xlist, POLLERR | POLLHUP)):
        for obj in group:
            wanted[id(obj)] = (obj, wanted.get(id(obj), (obj, 0))[1] | events)
    for obj, events in wanted.values():
        poller.register(obj, events)
    ready = poller.poll(-1 if timeout is None or timeout < 0 else int(timeout * 1000))
    return (
        [obj for obj, events in ready if events & POLLIN],
        [obj for obj, events in ready if events & POLLOUT],
        [obj for obj, events in ready if events & ~(POLLIN | POLLOUT)],
    )


del micropython
