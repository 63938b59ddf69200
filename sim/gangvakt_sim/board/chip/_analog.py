"""machine.DAC and TouchPad, and the drivers of the image that the virtual board does not have (corpus:
bus_args).
"""

import micropython

from _bus import pin_number
from _chk import as_int

_DAC_PINS = (25, 26)
_TOUCH_PINS = (0, 2, 4, 12, 13, 14, 15, 27, 32, 33)
# An electrode that nobody touches counts to about this.
_UNTOUCHED = 900

_ABSENT = {
    "SDCard": ("deinit", "info", "ioctl", "readblocks", "writeblocks"),
    "Counter": ("deinit", "init", "value"),
    "Encoder": ("deinit", "init", "phases", "value"),
    "I2S": ("deinit", "init", "irq", "readinto", "shift", "write"),
}
_CONSTANTS = {
    "Counter": {"RISING": 1, "FALLING": 2, "UP": 1, "DOWN": -1},
    "I2S": {"RX": 0, "TX": 1, "STEREO": 0, "MONO": 1},
}


class DAC:
    """Digital-to-analogue converter on pin 25 or 26."""

    @micropython.native
    def __init__(self, pin):
        self._pin = pin_number(pin)
        if self._pin not in _DAC_PINS:
            raise ValueError("invalid Pin for DAC")

    @micropython.native
    def __repr__(self):
        return "DAC(Pin(%d))" % self._pin

    @micropython.native
    def write(self, value):
        """Set the output, 0..255."""
        if not 0 <= as_int(value) <= 255:
            raise ValueError("value out of range")


class TouchPad:
    """Capacitive sensor that nobody touches."""

    @micropython.native
    def __init__(self, pin):
        if pin_number(pin) not in _TOUCH_PINS:
            raise ValueError("invalid pin for touchpad")

    @micropython.native
    def config(self, value):
        """Set the threshold of wake-up."""
        as_int(value)

    @micropython.native
    def read(self):
        """Return the count of an untouched electrode."""
        return _UNTOUCHED


@micropython.native
def absent_driver(name):
    """Return a class with the names of the image's driver whose constructor fails: no such hardware here."""

    @micropython.native
    def refuse(*_args, **_given):
        raise OSError("machine.%s is not modelled by the virtual board" % name)

    body = dict(_CONSTANTS.get(name, {}))
    body.update({method: refuse for method in _ABSENT[name]})
    body["__init__"] = refuse
    return type(name, (), body)


def __getattr__(name):
    if name in _ABSENT:
        return absent_driver(name)
    raise AttributeError(name)
