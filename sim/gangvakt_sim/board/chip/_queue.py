"""The scheduler's queue, as deep as the chip's, drained through one entry of the interpreter's own; waits."""

import micropython

from _silicon import _word, now
from _wait import main_fds, wait

DEPTH = 8  # MICROPY_SCHEDULER_DEPTH of the chip; the interpreter here has 4

real_schedule = micropython.schedule
_callbacks = [None] * DEPTH
_arguments = [None] * DEPTH
_queue = bytearray(8)  # words: first, length


@micropython.native
def _drain(_):
    first = _word(_queue, 0)
    callback = _callbacks[first]
    argument = _arguments[first]
    _callbacks[first] = None
    _arguments[first] = None
    if _pop():
        real_schedule(_drain, None)
    callback(argument)


@micropython.viper
def _pop() -> int:
    q = ptr32(_queue)
    q[0] = (q[0] + 1) & 7
    q[1] = q[1] - 1
    return q[1]


@micropython.viper
def enqueue(callback, argument) -> int:
    """Queue a call; 0 when the queue is full (the chip's interrupts drop it silently)."""
    q = ptr32(_queue)
    n = q[1]
    if n == 8:
        return 0
    i = (q[0] + n) & 7
    _callbacks[i] = callback
    _arguments[i] = argument
    q[1] = n + 1
    if n == 0:
        real_schedule(_drain, None)
    return 1


@micropython.viper
def schedule(callback, argument):
    """micropython.schedule with the chip's depth."""
    if int(enqueue(callback, argument)) == 0:
        raise RuntimeError("schedule queue full")


_JUMPS = (0,) * (DEPTH + 2)


def run_pending():
    try:
        for _ in _JUMPS:
            pass
    except KeyboardInterrupt:
        return True
    return False


@micropython.native
def pending():
    """Run the callbacks that wait, as the chip's C code does inside a sleep."""
    if run_pending():
        raise KeyboardInterrupt


@micropython.native
def idle(us):
    """Wait for `us`, less if something was scheduled; then run it."""
    wait(us, main_fds, 1)
    if run_pending():
        raise KeyboardInterrupt


@micropython.viper
def sleep_until(end: int) -> int:
    """Wait for `end` (30 bits of us), at most 2^29 us ahead; 1 = woken early."""
    left = end - int(now())
    left = ((left + 0x20000000) & 0x3FFFFFFF) - 0x20000000
    if left <= 0:
        return 0
    wait(left, main_fds, 1)
    return 1


@micropython.viper
def until(end: int) -> int:
    """us from now to `end`; negative when it is over."""
    return ((end - int(now()) + 0x20000000) & 0x3FFFFFFF) - 0x20000000
