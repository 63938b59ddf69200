from sign.compat import TICKS_MASK, ticks_add
from sign.core.uptime import Uptime


def test_it_counts_seconds_and_the_rest():
    uptime = Uptime(100)
    uptime.update(2850)
    assert (uptime.s, uptime.ms, uptime.total_ms()) == (2, 750, 2750)


def test_it_goes_on_across_many_wraps():
    now = TICKS_MASK - 10
    uptime = Uptime(now)
    step_ms = 300_000_000
    for _ in range(40):
        now = ticks_add(now, step_ms)
        uptime.update(now)
    assert uptime.total_ms() == 40 * step_ms
    assert (uptime.s, uptime.ms) == (12_000_000, 0)


def test_ticks_that_went_backwards_change_nothing():
    uptime = Uptime(5000)
    uptime.update(6000)
    uptime.update(5990)
    uptime.update(6010)
    assert uptime.total_ms() == 1010
