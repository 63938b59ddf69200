"""How the main program waits: in C, until the ticker wakes it; and how it stands still."""

import micropython

from _clock import CLOCK_MONOTONIC, clock_gettime
from _map import libc, ppoll, read

EFD_NONBLOCK = 0o4000
POLLIN = 1
TIMER_ABSTIME = 1
_nanosleep = libc.func("i", "clock_nanosleep", "iipp")
wake_fd = libc.func("i", "eventfd", "Ii")(0, EFD_NONBLOCK)


def pollfds(*fds):
    table = bytearray(8 * len(fds))
    for i, fd in enumerate(fds):
        for k in range(4):
            table[8 * i + k] = fd >> 8 * k & 0xFF
        table[8 * i + 4] = POLLIN
    return table


main_fds = pollfds(wake_fd, 0)
_main_ts = bytearray(8)
_main_in = bytearray(8)
_stall_now = bytearray(8)
_stall_ts = bytearray(8)


@micropython.viper
def wait(us: int, fds, count: int) -> int:
    ts = ptr32(_main_ts)
    ts[0] = us // 1000000
    ts[1] = (us % 1000000) * 1000
    ready = int(ppoll(fds, count, _main_ts, None))
    read(wake_fd, _main_in, 8)
    return ready


@micropython.viper
def stand_still(us: int):
    """Block for `us`; timers and pins go on."""
    clock_gettime(CLOCK_MONOTONIC, _stall_now)
    clk = ptr32(_stall_now)
    ts = ptr32(_stall_ts)
    nsec = clk[1] + (us % 1000000) * 1000
    s = clk[0] + us // 1000000
    if nsec >= 1000000000:
        nsec -= 1000000000
        s += 1
    ts[0] = s
    ts[1] = nsec
    while int(_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, _stall_ts, None)):
        pass
