"""machine.ADC and ADCBlock: the host sets millivolts at a pin, to which the lamps' shunt adds."""

import micropython

import _arg
import _chip as _c
import _regs as R
from _lamps import shunt_mv
from _pin import Pin

_ADC1 = (36, 37, 38, 39, 32, 33, 34, 35)
_ADC2 = (4, 0, 2, 15, 13, 12, 14, 27, 25, 26)
_FULL_SCALE_MV = (950, 1250, 1750, 2450)
_adcs = {}
_bits = {1: 12, 2: 12}


def _block_of(pin):
    return 1 if pin in _ADC1 else 2


class ADC:
    """A pin's voltage; one object for each pin."""

    ATTN_0DB = 0
    ATTN_2_5DB = 1
    ATTN_6DB = 2
    ATTN_11DB = 3
    WIDTH_9BIT = 9
    WIDTH_10BIT = 10
    WIDTH_11BIT = 11
    WIDTH_12BIT = 12

    @micropython.native
    def __new__(cls, *args, **kw):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        pin = Pin(args[0])._n
        if pin not in _ADC1 and pin not in _ADC2:
            raise ValueError("invalid pin")
        adc = _adcs.get(pin)
        fresh = adc is None
        if fresh:
            adc = _adcs[pin] = object.__new__(cls)
            adc._pin = pin
            adc._atten = cls.ATTN_11DB
        if len(args) > 1 or kw or fresh:
            adc._init(args[1:], kw)
        return adc

    def __init__(self, *args, **kw):
        pass

    @micropython.native
    def _init(self, args, kw):
        (atten,) = _arg.parse(args, kw, (), (("atten", -1),))
        atten = _arg.integer(atten)
        if atten > self.ATTN_11DB:
            raise ValueError("invalid attenuation")
        if atten >= 0:
            self._atten = atten

    @micropython.native
    def init(self, *args, **kw):
        self._init(args, kw)

    @micropython.native
    def __repr__(self):
        return "ADC(Pin(%d), atten=%d)" % (self._pin, self._atten)

    @micropython.viper
    def deinit(self):
        pass

    @micropython.viper
    def atten(self, value):
        self._set_atten(value)

    @micropython.native
    def _set_atten(self, value):
        value = _arg.integer(value)
        if not 0 <= value <= self.ATTN_11DB:
            raise ValueError("invalid attenuation")
        self._atten = value

    @micropython.viper
    def width(self, value):
        self._set_width(value)

    @micropython.native
    def _set_width(self, value):
        value = _arg.integer(value)
        if not 9 <= value <= 12:
            raise ValueError("invalid bit-width")
        _bits[_block_of(self._pin)] = value

    @micropython.native
    def _read(self, bits):
        if _block_of(self._pin) == 2 and _c.get(R.WIFI_ON):
            raise _c.esp_error(-263, "ESP_ERR_TIMEOUT")
        top = (1 << bits) - 1
        return min(self._mv() * top // _FULL_SCALE_MV[self._atten], top)

    @micropython.native
    def read(self):
        return self._read(_bits[_block_of(self._pin)])

    @micropython.native
    def read_u16(self):
        bits = _bits[_block_of(self._pin)]
        raw = self._read(bits)
        return (raw << (16 - bits)) | (raw >> (2 * bits - 16))

    @micropython.native
    def read_uv(self):
        return min(self._mv(), _FULL_SCALE_MV[self._atten]) * 1000

    @micropython.native
    def _mv(self):
        return _c.get(R.ADC_MV + self._pin) + shunt_mv(self._pin)

    @micropython.native
    def block(self):
        block = _block_of(self._pin)
        return ADCBlock(block - 1, bits=_bits[block])


class ADCBlock:
    """One of the two converters: 0 (with the pins from 32 on) or 1."""

    @micropython.native
    def __init__(self, *args, **kw):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        self._n = _arg.integer(args[0])
        if self._n not in (0, 1):
            raise ValueError("invalid block id")
        (bits,) = _arg.parse(args[1:], kw, (), (("bits", -1),))
        self._set_bits(bits)

    @micropython.native
    def _set_bits(self, bits):
        if not 9 <= _arg.integer(bits) <= 12:
            raise ValueError("invalid bit-width")
        _bits[self._n + 1] = bits

    @micropython.native
    def __repr__(self):
        return "ADCBlock(%d, bits=%d)" % (self._n, _bits[self._n + 1])

    @micropython.native
    def init(self, *args, **kw):
        (bits,) = _arg.parse(args, kw, (), (("bits", -1),))
        self._set_bits(bits)

    @micropython.native
    def connect(self, *args, **kw):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        pins = (_ADC1, _ADC2)[self._n]
        channel = args[0] if type(args[0]) is int else -1
        pin = Pin(args[-1])._n if len(args) > 1 or channel < 0 else -1
        if channel >= 0 and pin < 0 and channel < len(pins):
            pin = pins[channel]
        if pin not in pins or (channel >= 0 and pins.index(pin) != channel):
            raise ValueError("no matching ADC")
        return ADC(pin, **kw)
