"""machine.Signal."""

import micropython

import _arg
from _pin import Pin


class Signal:
    """A pin whose level may stand for its opposite."""

    @micropython.native
    def __init__(self, *args, **kw):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        invert = kw.pop("invert", False) if kw else False
        pin = args[0]
        if isinstance(pin, (Pin, Signal)) and (len(args) > 1 or kw):
            raise TypeError
        if not isinstance(pin, (Pin, Signal)):
            pin = Pin(*args, **kw)
        self._pin = pin
        self._invert = 1 if invert else 0

    @micropython.native
    def value(self, *args):
        _arg.count(args, 0, 1)
        if args:
            self._pin.value((1 if args[0] else 0) ^ self._invert)
            return None
        return self._pin.value() ^ self._invert

    __call__ = value

    @micropython.viper
    def on(self):
        self._pin.value(1 ^ int(self._invert))

    @micropython.viper
    def off(self):
        self._pin.value(0 ^ int(self._invert))
