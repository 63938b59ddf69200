"""machine of the stock image, put together from its rooms."""

from _signal import Signal  # noqa: F401

import micropython

import _arg
import _chip as _c
import _regs as R
from _adc import ADC, ADCBlock  # noqa: F401
from _analog import DAC, TouchPad  # noqa: F401
from _analog import absent_driver as _absent
from _bus import I2C, SPI, SoftI2C, SoftSPI  # noqa: F401
from _chk import no_name as __getattr__  # noqa: F401
from _pin import Pin  # noqa: F401
from _pwm import PWM  # noqa: F401
from _rtc import RTC  # noqa: F401
from _timer import Timer  # noqa: F401
from _uart import UART  # noqa: F401
from _wdt import WDT  # noqa: F401
from _wires import bitstream, dht_readinto  # noqa: F401

Counter = _absent("Counter")
Encoder = _absent("Encoder")
I2S = _absent("I2S")
SDCard = _absent("SDCard")

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5
SLEEP = 2
DEEPSLEEP = 4
PIN_WAKE = 2
EXT0_WAKE = 2
EXT1_WAKE = 3
TIMER_WAKE = 4
TOUCHPAD_WAKE = 5
ULP_WAKE = 6

_FREQUENCIES = (20000000, 40000000, 80000000, 160000000, 240000000)
_default_pulse_us = 1000000
_registers = {}
const = micropython.const


class _Memory:
    """mem8, mem16, mem32: registers are cells without a meaning."""

    def __init__(self, size):
        self._size = size

    def _check(self, address):
        address = _arg.integer(address)
        if address % self._size:
            raise ValueError("address %08x is not aligned to %d bytes" % (address, self._size))
        return address

    def __getitem__(self, address):
        return _registers.get(self._check(address), 0)

    def __setitem__(self, address, value):
        _registers[self._check(address)] = value & ((1 << 8 * self._size) - 1)


mem8 = _Memory(1)
mem16 = _Memory(2)
mem32 = _Memory(4)


@micropython.native
def freq(*args):
    if len(args) > 1:
        raise TypeError("function expected at most 1 arguments, got %d" % len(args))
    if not args:
        return _c.get(R.CPU_HZ)
    hz = _arg.integer(args[0])
    if hz not in _FREQUENCIES:
        raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz, 160MHz or 240MHz")
    _c.put(R.CPU_HZ, hz)


@micropython.viper
def unique_id():
    return _unique_id()


def _unique_id():
    return _c.get(R.MAC_HIGH).to_bytes(3, "big") + _c.get(R.MAC_LOW).to_bytes(3, "big")


@micropython.viper
def reset_cause() -> int:
    return int(_c.get(R.RESET_CAUSE))


@micropython.viper
def wake_reason() -> int:
    return int(_c.get(R.WAKE_REASON))


@micropython.viper
def reset():
    _c.leave(R.REQUEST_HARD)


@micropython.native
def soft_reset():
    raise SystemExit


@micropython.native
def deepsleep(ms=-1):
    _c.put(R.SLEEP_MS, _arg.integer(ms))
    _c.leave(R.REQUEST_DEEPSLEEP)


@micropython.native
def lightsleep(ms=-1):
    _c.put(R.WAKE_REASON, TIMER_WAKE)
    while ms < 0:
        _c.idle(_default_pulse_us)
    _c.stall_us(1000 * ms)


sleep = lightsleep


@micropython.viper
def idle():
    _c.idle(1000)


@micropython.viper
def disable_irq() -> int:
    state = int(_c.get(R.IRQ_OFF))
    _c.put(R.IRQ_OFF, 1)
    return state


@micropython.viper
def enable_irq(state: int):
    _c.put(R.IRQ_OFF, state)
    if state == 0:
        _c.poke()
        _c.kick(None)


@micropython.native
def time_pulse_us(pin, level, timeout=_default_pulse_us):
    start = _c.now()
    level = 1 if level else 0
    value = pin.value
    while value() != level:
        if (_c.now() - start) & 0x3FFFFFFF >= timeout:
            return -2
    start = _c.now()
    while value() == level:
        if (_c.now() - start) & 0x3FFFFFFF >= timeout:
            return -1
    return (_c.now() - start) & 0x3FFFFFFF


del micropython
