"""Virtual time: two words in the shared memory, which pass only while everything waits.

A program that asks for the time sees it pass, so that one that waits without sleeping comes to its end.
"""

import micropython
import utime

import _regs as R
from _map import ram

CLOCK_MONOTONIC = 1
ASKING_US = 2  # about what the chip takes for it


@micropython.viper
def pass_us(us: int):
    """Let `us` pass, at most 2^30."""
    p = ptr32(ram)
    us += p[R.V_US]
    p[R.V_S] = p[R.V_S] + us // 1000000
    p[R.V_US] = us % 1000000


@micropython.viper
def now() -> int:
    p = ptr32(ram)
    pass_us(ASKING_US)
    return (p[R.V_S] * 1000000 + p[R.V_US]) & 0x3FFFFFFF


@micropython.viper
def now_ms() -> int:
    p = ptr32(ram)
    pass_us(ASKING_US)
    return (p[R.V_S] * 1000 + p[R.V_US] // 1000) & 0x3FFFFFFF


@micropython.viper
def clock_gettime(which: int, into):
    p = ptr32(ram)
    ts = ptr32(into)
    ts[0] = p[R.V_S]
    ts[1] = p[R.V_US] * 1000


class _Time:
    """What asyncio takes from the module time."""

    ticks_ms = staticmethod(now_ms)
    ticks_diff = staticmethod(utime.ticks_diff)
    ticks_add = staticmethod(utime.ticks_add)


def join_asyncio():
    """Import asyncio and let it count by this clock: its queue, which is C, is always told the time."""
    import usys

    usys.modules["time"] = _Time
    import asyncio

    del usys.modules["time"]
    made_in_c = asyncio.core.TaskQueue

    class TaskQueue:
        def __init__(self):
            self._queue = queue = made_in_c()
            self.peek, self.pop, self.remove = queue.peek, queue.pop, queue.remove

        def push(self, task, due=None):
            self._queue.push(task, now_ms() if due is None else due)

    asyncio.core.TaskQueue = TaskQueue
    asyncio.new_event_loop()
