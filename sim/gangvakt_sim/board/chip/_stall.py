"""Stalls: time that the chip spends in C or with the flash switched off. Nothing runs but timers and pins."""

import gc

import micropython

import _regs as R
from _silicon import get, log, now, ram
from _wait import stand_still

real_collect = gc.collect
_mem_alloc = gc.mem_alloc


@micropython.viper
def stall_us(us: int):
    """Block the main program; no callback runs, timers and pins go on."""
    if us > 0:
        stand_still(us)


@micropython.viper
def listed_stall_us(us: int):
    """A stall of those that the design lists: the log says when it was."""
    if us > 0:
        log(R.LOG_STALL, int(now()), us, 0, 0, 0)
        stall_us(us)


def tls_stall():
    """The stall of a mutual-TLS handshake, if stalls are on."""
    if get(R.STALL_ON):
        listed_stall_us(get(R.STALL_TLS_US))


_noise = bytearray(4)


@micropython.viper
def between(low: int, high: int) -> int:
    """A number in [low, high]; repeatable from one start of the chip to the next."""
    n = ptr32(_noise)
    n[0] = n[0] * 69069 + 12345
    if high <= low:
        return low
    return low + ((n[0] >> 8) & 0x7FFFFF) % (high - low + 1)


@micropython.viper
def _gc_stall_us(live: int) -> int:
    p = ptr32(ram)
    if p[R.STALL_ON] == 0:
        return 0
    count = p[R.STALL_GC_POINTS]
    column = 1
    if p[R.CPU_HZ] < 240000000:
        column = 2
    at = 0
    cost = 0
    i = 0
    while i < count:
        b = R.STALL_GC + 3 * i
        if live <= p[b]:
            span = (p[b] - at) // 16
            if span < 1:
                span = 1
            return cost + (p[b + column] - cost) * ((live - at) // 16) // span
        at = p[b]
        cost = p[b + column]
        i += 1
    if at == 0:
        return 0
    return cost * (live // 256) // (at // 256)


@micropython.viper
def gc_collect():
    """gc.collect with the chip's duration."""
    p = ptr32(ram)
    begin = int(now())
    real_collect()
    took = (int(now()) - begin) & 0x3FFFFFFF
    live = int(_mem_alloc()) - p[R.SHIM_BYTES]
    us = int(_gc_stall_us(live))
    if us > 0:
        log(R.LOG_STALL, begin, us if us > took else took, 0, 0, 0)
        stall_us(us - took)
