"""Waiting in virtual time: the clock goes straight to whatever comes next, a timer, the world, or the end."""

import micropython

import _regs as R
from _clock import pass_us
from _due import tick_timer, until_timer
from _map import LIFE_FD, POKE_FD, exit_process, ram, read, write

main_fds = None
deliver = [None]  # calls what has fired; set by the ticker
_schedule = micropython.schedule
_byte = bytearray(1)


def pollfds(fd):
    """One descriptor, for poll()."""
    table = bytearray(8)
    table[0], table[1], table[4] = fd & 0xFF, fd >> 8, 1
    return table


@micropython.viper
def call_host(what: int):
    """Let the host look at the shared memory, and wait until it has."""
    p = ptr32(ram)
    p[R.V_CALL] = what
    write(LIFE_FD, _byte, 1)
    if int(read(POKE_FD, _byte, 1)) != 1:
        exit_process(1)  # whoever held this board is gone
    b = ptr8(_byte)
    if b[0]:
        exit_process(0)  # a reset
    p[R.V_WORLD] = 1
    p[R.V_ASKED] = (p[R.V_ASKED] + 1) & 0xFFFFFF


@micropython.viper
def _leap():
    """The world says that nothing happens for so long: what was due meanwhile is due once, at its end."""
    p = ptr32(ram)
    us = p[R.V_LEAP_US]
    p[R.V_LEAP_US] = 0
    pass_us(us)
    p[R.WDT_FED_US] = (p[R.WDT_FED_US] + us) & 0x3FFFFFFF
    b = R.TIMER
    while b < R.TIMER + R.TIMER_WORDS * R.TIMERS:
        if int(until_timer(b, p[R.V_S], p[R.V_US], 0)) < 0:
            p[b + R.T_NEXT_S] = p[R.V_S]
            p[b + R.T_NEXT_US] = p[R.V_US]
        b += R.TIMER_WORDS


@micropython.viper
def _go_on(us: int) -> int:
    """Let time pass up to the next thing that happens, at most `us`; how much of that is left."""
    p = ptr32(ram)
    s = p[R.V_S]
    now_us = p[R.V_US]
    step = us
    b = R.TIMER
    while b < R.TIMER + R.TIMER_WORDS * R.TIMERS:
        if p[b]:
            step = int(until_timer(b, s, now_us, step))
        b += R.TIMER_WORDS
    world = us + 1
    ds = p[R.V_NEXT_S] - s
    if ds < 1000:
        world = ds * 1000000 + p[R.V_NEXT_US] - now_us
        if world < step:
            step = world
    if step > 0:
        us -= step
        world -= step
        now_us += step
        while now_us >= 1000000:
            now_us -= 1000000
            p[R.V_S] = p[R.V_S] + 1
        p[R.V_US] = now_us
    if world <= 0:
        call_host(R.V_CALL_STEP)
        p[R.V_FIRED] = 16
        if p[R.V_LEAP_US]:
            us -= p[R.V_LEAP_US]
            _leap()
    b = R.TIMER
    bit = 1
    while bit < 16:
        if p[b]:
            while int(tick_timer(b, p[R.V_S], p[R.V_US])):
                p[R.V_FIRED] = p[R.V_FIRED] | bit
        b += R.TIMER_WORDS
        bit += bit
    return us


@micropython.viper
def wait(us: int, fds, count: int) -> int:
    """Wait for `us`, less when something fired, which is then queued."""
    p = ptr32(ram)
    if p[R.V_FIRED] == 0:
        _go_on(us)
    if p[R.V_FIRED]:
        deliver[0](None)
    return 0


@micropython.viper
def stand_still(us: int):
    """Let `us` pass; what fires waits."""
    p = ptr32(ram)
    while us > 0:
        us = int(_go_on(us))
    if p[R.V_FIRED]:  # noqa: SIM102 (no `and` in viper)
        if p[R.KICKED] == 0:
            p[R.KICKED] = 1
            _schedule(deliver[0], None)
