"""Plain pins: PIR and button as inputs, the status LED as output."""

from machine import Pin


class Inputs:
    """The two second opinions beside the radar. Both readings are allocation-free."""

    def __init__(self, pins):
        # Pins 34..39 have no pull resistors: the PIR module drives its line both ways.
        self._pir = Pin(pins["pir"], Pin.IN)
        self._button = Pin(pins["button"], Pin.IN, Pin.PULL_UP)

    def pir(self):
        """1 while the PIR sees movement."""
        return self._pir.value()

    def button(self):
        """True while the push button (to ground) is held down."""
        return self._button.value() == 0


class StatusLed:
    """Dark before arming, lit while armed, blinking while the network is missing."""

    def __init__(self, pins):
        self._pin = Pin(pins["status_led"], Pin.OUT, value=0)

    def show(self, armed, online):
        """Call it at a steady pace: without the network each call toggles the LED."""
        if not armed:
            self._pin.value(0)
        elif online:
            self._pin.value(1)
        else:
            self._pin.value(not self._pin.value())
