"""Interrupts in virtual time: whoever waits lets the clock go on, and queues here what has fired."""

import micropython

import _regs as R
from _silicon import get, put
from _sources import fired, forget_past, kick, pin_handlers, timer_handlers, uart_handlers  # noqa: F401
from _wait import deliver


@micropython.native
def _deliver(_):
    put(R.KICKED, 0)
    if get(R.IRQ_OFF):
        return
    bits = get(R.V_FIRED)
    put(R.V_FIRED, 0)
    if get(R.V_WORLD):
        put(R.V_WORLD, 0)
        kick(None)
        return
    i = 0
    while bits:
        if bits & 1 and i < R.TIMERS:
            timer_handlers[i]._fire(fired(R.TIMER + R.TIMER_WORDS * i + R.T_FIRED, i))
        bits >>= 1
        i += 1


def poke():
    """Nobody waits elsewhere."""


def hear(first, second):
    """The air is empty in virtual time: no frame ever comes from these sockets."""


def start_interrupts():
    """Once, before any user code."""
    forget_past()
    deliver[0] = _deliver
