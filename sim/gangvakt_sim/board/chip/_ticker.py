"""Interrupts: the ticker, a second thread, looks at timers and at the host and kicks the main program.

It runs beside the main program without a lock, so it has buffers of its own and never allocates.
"""

import _thread
from _queue import real_schedule

import micropython

import _regs as R
from _air import is_due, listen, until_due
from _due import tick_timer, until_timer
from _interrupt import interrupt
from _map import LIFE_FD, POKE_FD
from _silicon import CLOCK_MONOTONIC, clock_gettime, exit_process, now, ppoll, ram, read, write
from _sources import (
    fired,  # noqa: F401
    forget_past,
    interrupts_taken,
    kick,
    pin_handlers,  # noqa: F401
    stalls_taken,
    taken,
    timer_handlers,  # noqa: F401
    uart_handlers,  # noqa: F401
)
from _wait import pollfds, wake_fd

_NOBODY_FD = 0xFFFFFFFF  # poll passes it over
_fds = pollfds(POKE_FD, LIFE_FD, _NOBODY_FD, _NOBODY_FD)
_ts = bytearray(8)
_now = bytearray(8)
_in = bytearray(8)
_ONE = bytearray(b"\x01\0\0\0\0\0\0\0")


@micropython.viper
def _new_events() -> int:
    """1 = the host has counted something up that the main program has not seen."""
    p = ptr32(ram)
    t = ptr32(taken)
    s = ptr32(stalls_taken)
    if p[R.STALL_REQUESTS] != s[0]:
        return 1
    i = 0
    while i < R.TIMERS:
        if p[R.TIMER + R.TIMER_WORDS * i + R.T_FIRED] != t[i]:
            return 1
        i += 1
    i = 0
    while i < R.PINS:
        if p[R.GPIO_FIRED + i] != t[R.TIMERS + i]:
            return 1
        i += 1
    i = 0
    while i < R.UARTS:
        if p[R.UART + R.UART_WORDS * i + R.U_IRQ_FIRED] != t[R.TIMERS + R.PINS + i]:
            return 1
        i += 1
    return 0


@micropython.viper
def _serve_interrupt():
    p = ptr32(ram)
    n = ptr32(interrupts_taken)
    if p[R.INT_REQUEST] != n[0]:
        n[0] = p[R.INT_REQUEST]
        interrupt()
        write(wake_fd, _ONE, 8)


@micropython.viper
def _ticker():
    p = ptr32(ram)
    clk = ptr32(_now)
    ts = ptr32(_ts)
    fds = ptr16(_fds)
    words = ptr32(_fds)
    base = R.TIMER
    while True:
        clock_gettime(CLOCK_MONOTONIC, _now)
        s = clk[0]
        us = clk[1] // 1000
        nearest = 1000000
        i = 0
        while i < R.TIMERS:
            b = base + R.TIMER_WORDS * i
            while int(tick_timer(b, s, us)):
                pass
            nearest = int(until_timer(b, s, us, nearest))
            i += 1
        _serve_interrupt()
        nearest = int(until_due(int(now()), nearest))
        if p[R.IRQ_OFF] == 0:  # noqa: SIM102
            if int(_new_events()) | int(is_due(int(now()))):
                if p[R.KICKED] == 0:
                    p[R.KICKED] = 1
                    real_schedule(kick, None)
                    write(wake_fd, _ONE, 8)
                elif nearest > 500:
                    nearest = 500  # the main program may just have missed it
        if nearest < 1:
            nearest = 1
        ts[0] = nearest // 1000000
        ts[1] = (nearest % 1000000) * 1000
        fds[3] = 0
        fds[7] = 0
        fds[11] = 0
        fds[15] = 0
        if int(ppoll(_fds, 4, _ts, None)) > 0:
            if fds[7]:
                exit_process(1)  # whoever held this board is gone
            read(POKE_FD, _in, 8)
            if fds[11]:
                listen(words[4])
            if fds[15]:
                listen(words[6])


@micropython.viper
def hear(first: int, second: int):
    """Let the ticker listen at these sockets, -1 = none."""
    words = ptr32(_fds)
    words[4] = first
    words[6] = second
    poke()


def poke():
    """Let the ticker look again: a timer was set."""
    write(POKE_FD, _ONE, 8)


def start_interrupts():
    """Start the ticker; once, before any user code."""
    forget_past()
    _thread.start_new_thread(_ticker, ())
