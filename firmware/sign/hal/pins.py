"""Plain pins: PIR and buttons as inputs, the status LED as output."""

from machine import Pin, Signal


class Inputs:
    """The two second opinions beside the radar: `pir()` is 1 while it sees movement, `button()` while it is
    held down. Both are the pins themselves, which tell their level when called: no Python lies between.
    """

    def __init__(self, pins):
        # Pins 34..39 have no pull resistors: the PIR module drives its line both ways.
        self.pir = Pin(pins["pir"], Pin.IN)
        self.button = _button(pins["button"])


def status_led(pins):
    """Function that lights the status LED or not; dark until then."""
    return Pin(pins["status_led"], Pin.OUT, value=0).value


def service_button(pins, asked_by_people):
    """Function that is 1 while the service button is held; None where there is none.

    It is a button of its own, or the board's button where that is not there for people who want to cross.
    """
    if "service_button" in pins:
        return _button(pins["service_button"])
    return None if asked_by_people else _button(pins["button"])


def _button(pin):
    return Signal(Pin(pin, Pin.IN, Pin.PULL_UP), invert=True)  # it closes to ground
