"""machine.PWM (LEDC): changes are logged with their time; setting a duty takes no heap."""

import micropython

import _arg
import _chip as _c
import _regs as R
from _pin import Pin, _attach

_FULL = 65536
_DEFAULT_HZ = 5000
_SOURCE_HZ = 80_000_000
_MAX_HZ = 40_000_000
_DUTIES = ("duty", "duty_u16", "duty_ns")
# The last one to be set up on a pin owns it.
_owners = {}


@micropython.native
def state_of(pin):
    """The words of the PWM on a pin, None when there is none."""
    owner = _owners.get(pin)
    return owner._state if owner is not None else None


@micropython.native
def _bits(hz):
    """Resolution of the duty at a frequency."""
    bits = 16
    while bits > 1 and (hz << bits) > _SOURCE_HZ:
        bits -= 1
    return bits


class PWM:
    """A channel on a pin."""

    @micropython.native
    def __init__(self, *args, **kw):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        pin = Pin(args[0])
        freq, duty, u16, ns, invert = self._parse(args[1:], kw)
        if pin._n >= 34:
            raise _c.esp_error(*_c.INVALID_ARG)
        self._pin = pin._n
        self._state = bytearray(16)  # words: Hz, duty in 1/65536, inverted, us of the last change
        old = _owners.get(self._pin)
        if old is not None and old._state:
            self._state[:] = old._state
        else:
            self._put(_DEFAULT_HZ, _FULL // 2, 0)
        _owners[self._pin] = self
        _attach(self._pin, R.FUNC_PWM)
        self._apply(freq, duty, u16, ns, invert)

    @micropython.native
    def _parse(self, args, kw):
        freq, duty, u16, ns, invert, _ = _arg.parse(
            args,
            kw,
            (
                ("freq", None),
                ("duty", None),
                ("duty_u16", None),
                ("duty_ns", None),
                ("invert", None),
                ("lightsleep", None),
            ),
        )
        return freq, duty, u16, ns, invert

    @micropython.native
    def _apply(self, freq, duty, u16, ns, invert):
        if invert is not None:
            self._put(_c._word(self._state, 0), _c._word(self._state, 1), 1 if invert else 0)
        if freq is not None:
            self._set_freq(freq)
        if ns is not None:
            self._set_ns(ns)
        elif u16 is not None:
            self._set_u16(u16)
        elif duty is not None:
            self._set_duty(duty)
        else:
            self._show()

    @micropython.native
    def __repr__(self):
        if not self._state:
            return "PWM(Pin(%d))" % self._pin
        return "PWM(Pin(%d), freq=%d, duty_u16=%d)" % (self._pin, self._get(0), self._shown_u16())

    @micropython.viper
    def _put(self, hz: int, duty: int, inverted: int):
        s = ptr32(self._state)
        s[0] = hz
        s[1] = duty
        s[2] = inverted

    @micropython.viper
    def _show(self):
        s = ptr32(self._state)
        duty = s[1]
        if s[2]:
            duty = 65536 - duty
        if duty > 65535:
            duty = 65535
        s[3] = int(_c.now())
        _c.log(R.LOG_PWM, s[3], int(self._pin), s[0], duty, 0)

    @micropython.native
    def _get(self, i):
        if not self._state:
            raise RuntimeError("PWM is inactive")
        return _c._word(self._state, i)

    @micropython.native
    def _shown_u16(self):
        return min(self._get(1), _FULL - 1)

    @micropython.native
    def _set_freq(self, hz):
        hz = _arg.integer(hz)
        if not 0 < hz <= _MAX_HZ:
            raise ValueError("frequency must be from 1Hz to 40MHz")
        self._put(hz, self._get(1), self._get(2))

    @micropython.native
    def _set_u16(self, value):
        if type(value) is not int:
            value = _arg.integer(value)
        if value < 0 or value > _FULL - 1:
            raise ValueError("duty_u16 must be from 0 to 65536")
        lost = (1 << (16 - _bits(self._get(0)))) - 1
        self._put(self._get(0), _FULL if value == _FULL - 1 else value & ~lost, self._get(2))
        self._show()

    @micropython.native
    def _set_duty(self, value):
        value = _arg.integer(value)
        if not 0 <= value <= 1023:
            raise ValueError("duty must be from 0 to 1023")
        self._put(self._get(0), _FULL if value == 1023 else value << 6, self._get(2))
        self._show()

    @micropython.native
    def _set_ns(self, value):
        value = _arg.integer(value)
        period = 1000000000 // self._get(0)
        if not 0 <= value <= period:
            raise ValueError("duty_ns must be from 0 to %d ns" % period)
        self._put(self._get(0), value * _FULL // period, self._get(2))
        self._show()

    @micropython.native
    def init(self, *args, **kw):
        freq, duty, u16, ns, invert = self._parse(args, kw)
        if not self._state:
            self._state = bytearray(16)
            self._put(_DEFAULT_HZ, _FULL // 2, 0)
            _owners[self._pin] = self
            _attach(self._pin, R.FUNC_PWM)
        self._apply(freq, duty, u16, ns, invert)

    @micropython.native
    def deinit(self):
        if self._state:
            self._state = None
            _owners.pop(self._pin, None)
            _c.log(R.LOG_PWM_OFF, _c.now(), self._pin, 0, 0, 0)

    @micropython.native
    def freq(self, value=None, *more):
        if more:
            raise TypeError("function expected at most 2 arguments, got %d" % (len(more) + 2))
        if value is None:
            return self._get(0)
        self._get(0)
        self._set_freq(value)
        self._show()

    @micropython.native
    def duty(self, value=None, *more):
        if more:
            raise TypeError("function expected at most 2 arguments, got %d" % (len(more) + 2))
        if value is None:
            return min(self._get(1) >> 6, 1023)
        self._get(1)
        self._set_duty(value)

    @micropython.native
    def duty_u16(self, value=None, *more):
        if more:
            raise TypeError("function expected at most 2 arguments, got %d" % (len(more) + 2))
        if value is None:
            return self._shown_u16()
        self._get(1)
        self._set_u16(value)

    @micropython.native
    def duty_ns(self, value=None, *more):
        if more:
            raise TypeError("function expected at most 2 arguments, got %d" % (len(more) + 2))
        if value is None:
            return self._get(1) * (1000000000 // self._get(0)) // _FULL
        self._get(1)
        self._set_ns(value)
