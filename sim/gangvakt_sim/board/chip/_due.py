"""When hardware timers are due."""

import micropython

import _regs as R
from _map import ram


@micropython.viper
def tick_timer(b: int, s: int, us: int) -> int:
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
def until_timer(b: int, s: int, us: int, nearest: int) -> int:
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
