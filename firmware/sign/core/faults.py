"""Fault codes and the set of those that stand now."""

from array import array

from sign.compat import const

# Codes by name where somebody raises them; those of the sensors are private to `health_checks`, which alone
# raises them: a private constant costs the sign no memory.
CONFIG = const(0)
LAMPS = const(5)
OUTBOX_FULL = const(6)
IDENTITY = const(7)
CLOCK = const(8)
STORE = const(9)
TICK_LATE = const(10)
POLE_LOST = const(40)
COUNT = const(41)
# By code. One text: a tuple of as many names takes four times its memory.
_NAMES = (
    "config "  # a field or the whole configuration was refused; defaults stand in
    "radar_silent "  # no frame for too long
    "radar_garbled "  # mostly broken frames: wiring, baud rate or interference
    "pir_stuck_on "  # output high for many minutes in which the radar saw nobody
    "stuck_on "  # demand never ended: lamps went dark at the cap
    "lamps "  # the pattern could not be started
    "outbox_full "  # events were lost
    "identity "  # no usable identity: the sign works, but alone
    "clock "  # the clock is not set
    "store "  # the data partition cannot be used
    "tick_late "  # the detection tick misses its time
    "radar_stuck_on "  # somebody tracked all the time whom nobody else sees: a ghost, a parked thing
    "radar_stuck_off "  # never anybody, while the others see people
    "radar_flutter "  # tracks come and go all the time
    "radar_blocked "  # far fewer of those the PIR sees than usual: snow, a parked lorry
    "radar_moved "  # people walk where no pavement is: the radar was turned
    "pir_stuck_off "
    "pir_flutter "
    "button_stuck_on "
    "button_flutter "
    "second_silent "  # the radar at the second port
    "second_garbled "
    "second_stuck_on "
    "second_stuck_off "
    "second_flutter "
    "one_sensor "  # of several, only one can be believed
    "no_sensor "  # none can be believed: the lamps do what `fail_mode` says
    "supply_low "
    "supply_high "
    "supply_unread "  # its measurement is broken
    "light_stuck "  # the light sensor shows no day and night: full brightness
    "lamp_left_dead "  # draws too little current while it should shine
    "lamp_right_dead "
    "lamp_left_shorted "  # draws too much
    "lamp_right_shorted "
    "thermometer "  # does not answer: winter by the calendar
    "radar_setup "  # a radar did not take its settings
    "battery_saving "  # stages of a battery that runs down, one at a time
    "battery_low "
    "battery_last "  # dark lamps: what is left must keep the battery alive
    "pole_lost"  # another pole of the crossing is not heard any more
)


def names():
    """All names on the wire, by code."""
    return _NAMES.split()


def name(code):
    """The name of one fault on the wire; None for a code that has none."""
    return word(_NAMES, code)


def word(text, number):
    """The word of that number, None beyond the last. Splitting all of a text would take 2 KB for a moment."""
    at = 0
    for _ in range(number):
        at = text.find(" ", at) + 1
        if not at:
            return None
    end = text.find(" ", at)
    return text[at:] if end < 0 else text[at:end]


class Faults:
    """Active faults with the uptime second each began at."""

    def __init__(self):
        self._active = bytearray(COUNT)
        self._since_s = array("i", [0] * COUNT)
        self.any = False

    def set(self, code, up_s):
        """Raise a fault; True when it was not active before."""
        if self._active[code]:
            return False
        self._active[code] = 1
        self._since_s[code] = up_s
        self.any = True
        return True

    def clear(self, code):
        """Withdraw a fault; True when it was active."""
        if not self._active[code]:
            return False
        self._active[code] = 0
        self.any = sum(self._active) > 0
        return True

    def is_active(self, code):
        """Whether the fault stands."""
        return self._active[code] != 0

    def active(self):
        """[(name, uptime second it began)] of what stands now."""
        return [(name(i), self._since_s[i]) for i in range(COUNT) if self._active[i]]
