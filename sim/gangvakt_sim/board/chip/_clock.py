"""The one clock that everything on the chip counts by: CLOCK_MONOTONIC of this machine."""

import utime

from _map import libc

CLOCK_MONOTONIC = 1
clock_gettime = libc.func("i", "clock_gettime", "ip")
now = utime.ticks_us  # low 30 bits, in us
now_ms = utime.ticks_ms


def join_asyncio():
    """Import asyncio, which counts by the interpreter's own ticks: the same clock."""
    import usys

    usys.modules["time"] = utime
    import asyncio  # noqa: F401

    del usys.modules["time"]
