"""Interrupts: the ticker, a second thread, looks at timers and at the host and kicks the main program.

It runs beside the main program without a lock, so it has buffers of its own and never allocates.
"""

import _thread
from _queue import pollfds, real_schedule, wake_fd

import micropython

import _regs as R
from _air import is_due, listen, until_due
from _interrupt import interrupt
from _silicon import (  # noqa: F401
    LIFE_FD,
    POKE_FD,
    clock_gettime,
    exit_process,
    get,
    libc,
    now,
    ppoll,
    put,
    ram,
    read,
    write,
)
from _stall import stall_us

CLOCK_MONOTONIC = 1
_NOBODY_FD = 0xFFFFFFFF  # poll passes it over
_fds = pollfds(POKE_FD, LIFE_FD, _NOBODY_FD, _NOBODY_FD)
_ts = bytearray(8)
_now = bytearray(8)
_in = bytearray(8)
_ONE = bytearray(b"\x01\0\0\0\0\0\0\0")

# What the interrupts call; a slot for each source. Set by _timer, _pin and _uart.
timer_handlers = [None] * R.TIMERS
pin_handlers = [None] * R.PINS
uart_handlers = [None] * R.UARTS
radio_handler = [None]  # what takes the frames that have come

_taken = bytearray(4 * (R.TIMERS + R.PINS + R.UARTS))
_stalls_taken = bytearray(4)


@micropython.viper
def fired(word: int, slot: int) -> int:
    """How often a source fired since last asked, at most one more than the queue holds."""
    p = ptr32(ram)
    t = ptr32(_taken)
    n = p[word] - t[slot]
    t[slot] = p[word]
    if n > 9:
        return 9
    return n


@micropython.native
def kick(_):
    put(R.KICKED, 0)
    _serve_stall()
    if radio_handler[0] is not None:
        radio_handler[0]()
    i = 0
    while i < R.TIMERS:
        n = fired(R.TIMER + R.TIMER_WORDS * i + R.T_FIRED, i)
        if n:
            timer_handlers[i]._fire(n)
        i += 1
    i = 0
    while i < R.PINS:
        n = fired(R.GPIO_FIRED + i, R.TIMERS + i)
        if n:
            pin_handlers[i]._fire(n)
        i += 1
    i = 0
    while i < R.UARTS:
        n = fired(R.UART + R.UART_WORDS * i + R.U_IRQ_FIRED, R.TIMERS + R.PINS + i)
        if n:
            uart_handlers[i]._fire(n)
        i += 1


@micropython.viper
def _serve_stall():
    p = ptr32(ram)
    t = ptr32(_stalls_taken)
    if p[R.STALL_REQUESTS] != t[0]:
        t[0] = p[R.STALL_REQUESTS]
        stall_us(p[R.STALL_REQUEST_US])


_interrupts_taken = bytearray(4)


@micropython.viper
def _forget_past():
    """Edges and stalls from before this start concern nobody."""
    p = ptr32(ram)
    t = ptr32(_taken)
    i = 0
    while i < R.TIMERS:
        p[R.TIMER + R.TIMER_WORDS * i + R.T_ACTIVE] = 0
        t[i] = p[R.TIMER + R.TIMER_WORDS * i + R.T_FIRED]
        i += 1
    i = 0
    while i < R.PINS:
        p[R.GPIO_TRIGGER + i] = 0
        t[R.TIMERS + i] = p[R.GPIO_FIRED + i]
        i += 1
    i = 0
    while i < R.UARTS:
        p[R.UART + R.UART_WORDS * i + R.U_OPEN] = 0
        p[R.UART + R.UART_WORDS * i + R.U_IRQ] = 0
        t[R.TIMERS + R.PINS + i] = p[R.UART + R.UART_WORDS * i + R.U_IRQ_FIRED]
        i += 1
    s = ptr32(_stalls_taken)
    s[0] = p[R.STALL_REQUESTS]
    n = ptr32(_interrupts_taken)
    n[0] = p[R.INT_REQUEST]
    p[R.KICKED] = 0
    p[R.IRQ_OFF] = 0


@micropython.viper
def _tick_timer(b: int, s: int, us: int) -> int:
    """Fire timer at word `b` if it is due; 1 = it fired."""
    p = ptr32(ram)
    if p[b] == 0:
        return 0
    ds = s - p[b + R.T_NEXT_S]
    if ds < 0:
        return 0
    if ds == 0:  # noqa: SIM102 (no `and` in viper)
        if us < p[b + R.T_NEXT_US]:
            return 0
    p[b + R.T_FIRED] = p[b + R.T_FIRED] + 1
    if p[b + R.T_REPEAT] == 0:
        p[b] = 0
        return 1
    nu = p[b + R.T_NEXT_US] + p[b + R.T_PERIOD_US]
    ns = p[b + R.T_NEXT_S] + p[b + R.T_PERIOD_S]
    if nu >= 1000000:
        nu -= 1000000
        ns += 1
    p[b + R.T_NEXT_US] = nu
    p[b + R.T_NEXT_S] = ns
    return 1


@micropython.viper
def _until_timer(b: int, s: int, us: int, nearest: int) -> int:
    """The lesser of `nearest` and the us until the timer at word `b` is due."""
    p = ptr32(ram)
    if p[b] == 0:
        return nearest
    ds = p[b + R.T_NEXT_S] - s
    if ds > 1:
        return nearest
    left = ds * 1000000 + p[b + R.T_NEXT_US] - us
    if left < nearest:
        return left
    return nearest


@micropython.viper
def _new_events() -> int:
    """1 = the host has counted something up that the main program has not seen."""
    p = ptr32(ram)
    t = ptr32(_taken)
    s = ptr32(_stalls_taken)
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
    n = ptr32(_interrupts_taken)
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
            while int(_tick_timer(b, s, us)):
                pass
            nearest = int(_until_timer(b, s, us, nearest))
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
    _forget_past()
    _thread.start_new_thread(_ticker, ())
