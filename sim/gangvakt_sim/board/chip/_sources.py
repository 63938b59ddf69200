"""Sources of interrupts: timers, pins, UARTs. What of them has fired is counted in the shared memory."""

import micropython

import _regs as R
from _silicon import get, put, ram
from _stall import listed_stall_us

# What the interrupts call; a slot for each source. Set by _timer, _pin and _uart.
timer_handlers = [None] * R.TIMERS
pin_handlers = [None] * R.PINS
uart_handlers = [None] * R.UARTS
radio_handler = [None]  # what takes the frames that have come

taken = bytearray(4 * (R.TIMERS + R.PINS + R.UARTS))
stalls_taken = bytearray(4)


@micropython.viper
def fired(word: int, slot: int) -> int:
    """How often a source fired since last asked, at most one more than the queue holds."""
    p = ptr32(ram)
    t = ptr32(taken)
    n = p[word] - t[slot]
    t[slot] = p[word]
    if n > 9:
        return 9
    return n


@micropython.native
def kick(_):
    put(R.KICKED, 0)
    _serve_stall()
    if get(R.FRAGMENT_BYTES) != _fragments[0]:
        _break_up(get(R.FRAGMENT_BYTES))
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


_FRAGMENT_BYTES = 32
_fragments = [0, None]


@micropython.native
def _break_up(size):
    """Fill the program's heap with small blocks and let go of every second one, until `size` is held."""
    _fragments[0] = size
    _fragments[1] = kept = None
    try:
        while size > 0:
            kept = (kept, bytearray(_FRAGMENT_BYTES))  # in this order, as in _start
            bytearray(_FRAGMENT_BYTES)
            size -= _FRAGMENT_BYTES
    except MemoryError:
        pass
    _fragments[1] = kept


@micropython.viper
def _serve_stall():
    p = ptr32(ram)
    t = ptr32(stalls_taken)
    if p[R.STALL_REQUESTS] != t[0]:
        t[0] = p[R.STALL_REQUESTS]
        listed_stall_us(p[R.STALL_REQUEST_US])


interrupts_taken = bytearray(4)


@micropython.viper
def forget_past():
    """Edges and stalls from before this start concern nobody."""
    p = ptr32(ram)
    t = ptr32(taken)
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
    s = ptr32(stalls_taken)
    s[0] = p[R.STALL_REQUESTS]
    n = ptr32(interrupts_taken)
    n[0] = p[R.INT_REQUEST]
    p[R.KICKED] = 0
    p[R.IRQ_OFF] = 0
