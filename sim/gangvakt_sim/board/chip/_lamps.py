"""Current of the lamps as their shunt shows it: pattern times DIM carrier times what each lamp draws."""

import micropython

import _chip as _c
import _regs as R
from _pwm import state_of


@micropython.viper
def _rmt_level(pin: int, now: int) -> int:
    """Level that RMT puts on a pin, 0 when it does not."""
    p = ptr32(_c.ram)
    for channel in range(R.RMTS):
        w = R.RMT + R.RMT_WORDS * channel
        if p[w + R.R_INSTALLED] and p[w + R.R_PIN] == pin and p[w + R.R_COUNT]:
            return int(_level_in_pass(w, now))
    return 0


@micropython.viper
def _level_in_pass(w: int, now: int) -> int:
    p = ptr32(_c.ram)
    first = p[w + R.R_FIRST]
    count = p[w + R.R_COUNT]
    div = p[w + R.R_DIV]
    total = 0
    for i in range(count):
        total += p[R.PULSE + ((first + i) & (R.PULSES - 1))] >> 1
    if total == 0:
        return p[w + R.R_IDLE]
    elapsed = (now - p[w + R.R_START_US]) & 0x3FFFFFFF
    if p[w + R.R_LOOPING]:
        # 80 passes are a whole number of us: moving the start on by them keeps it near in 30 bits.
        span = total * div
        while elapsed >= span:
            elapsed -= span
            p[w + R.R_START_US] = (p[w + R.R_START_US] + span) & 0x3FFFFFFF
    elif elapsed >= p[w + R.R_PASS_US]:
        return p[w + R.R_IDLE]
    ticks = elapsed // div * 80 + elapsed % div * 80 // div
    ticks = ticks % total
    for i in range(count):
        word = p[R.PULSE + ((first + i) & (R.PULSES - 1))]
        ticks -= word >> 1
        if ticks < 0:
            return word & 1
    return p[w + R.R_IDLE]


@micropython.viper
def _pwm_level(state, now: int) -> int:
    s = ptr32(state)
    duty = 65536 - s[1] if s[2] else s[1]
    if duty >= 65535:
        return 1
    period = 1000000 // s[0]
    return 1 if (((now - s[3]) & 0x3FFFFFFF) % period) * 4096 < (duty >> 4) * period else 0


@micropython.native
def shunt_mv(adc_pin):
    """What the lamps add at a converter's pin now."""
    total = 0
    for lamp in range(R.LAMPS):
        at = R.LAMP + R.LAMP_WORDS * lamp
        if _c.get(at + R.L_ADC) == adc_pin + 1:
            now = _c.now()
            dim = state_of(_c.get(at + R.L_DIM))
            # The level is asked for in the dark too: it keeps the start of the loop within reach.
            level = _rmt_level(_c.get(at + R.L_PIN), now)
            if dim is not None and level and _pwm_level(dim, now):
                total += _c.get(at + R.L_MV)
    return total
