"""Plain pins: PIR and button as inputs, the status LED as output."""

from machine import Pin, Signal


class Inputs:
    """The two second opinions beside the radar: `pir()` is 1 while it sees movement, `button()` while it is
    held down. Both are the pins themselves, which tell their level when called: no Python lies between.
    """

    def __init__(self, pins):
        # Pins 34..39 have no pull resistors: the PIR module drives its line both ways.
        self.pir = Pin(pins["pir"], Pin.IN)
        self.button = Signal(Pin(pins["button"], Pin.IN, Pin.PULL_UP), invert=True)  # it closes to ground


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
