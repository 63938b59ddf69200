"""Fault codes and the set of those that stand now."""

from array import array

from sign.compat import const

CONFIG = const(0)  # a field or the whole configuration was refused; defaults stand in
RADAR_SILENT = const(1)  # no frame for too long: PIR and button decide alone
RADAR_GARBLED = const(2)  # mostly broken frames: wiring, baud rate or interference
PIR_STUCK = const(3)  # output high for minutes
STUCK_ON = const(4)  # demand never ended: lamps went dark at the cap
LAMPS = const(5)  # the pattern could not be started
OUTBOX_FULL = const(6)  # events were lost
IDENTITY = const(7)  # no usable identity: the sign works, but alone
CLOCK = const(8)  # the clock is not set
STORE = const(9)  # the data partition cannot be used
TICK_LATE = const(10)  # the detection tick misses its time
SUPPLY_LOW = const(11)  # below its limit
SUPPLY_HIGH = const(12)  # above its limit
SUPPLY_UNREAD = const(13)  # its measurement is broken
LIGHT_STUCK = const(14)  # the light sensor shows no day and night: full brightness
LAMP_LEFT_DEAD = const(15)  # draws too little current while it should shine
LAMP_RIGHT_DEAD = const(16)
LAMP_LEFT_SHORTED = const(17)  # draws too much
LAMP_RIGHT_SHORTED = const(18)
THERMOMETER = const(19)  # does not answer: winter by the calendar
RADAR_SETUP = const(20)  # a radar did not take its settings
NAMES = (
    "config",
    "radar_silent",
    "radar_garbled",
    "pir_stuck",
    "stuck_on",
    "lamps",
    "outbox_full",
    "identity",
    "clock",
    "store",
    "tick_late",
    "supply_low",
    "supply_high",
    "supply_unread",
    "light_stuck",
    "lamp_left_dead",
    "lamp_right_dead",
    "lamp_left_shorted",
    "lamp_right_shorted",
    "thermometer",
    "radar_setup",
)


class Faults:
    """Active faults with the uptime second each began at."""

    def __init__(self):
        self._active = bytearray(len(NAMES))
        self._since_s = array("i", [0] * len(NAMES))
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
        return [(NAMES[i], self._since_s[i]) for i in range(len(NAMES)) if self._active[i]]
