"""Fault codes and the set of those that stand now."""

from array import array

from sign.compat import const

CONFIG = const(0)  # a field or the whole configuration was refused; defaults stand in
RADAR_SILENT = const(1)  # no frame for too long
RADAR_GARBLED = const(2)  # mostly broken frames: wiring, baud rate or interference
PIR_STUCK_ON = const(3)  # output high for many minutes in which the radar saw nobody
STUCK_ON = const(4)  # demand never ended: lamps went dark at the cap
LAMPS = const(5)  # the pattern could not be started
OUTBOX_FULL = const(6)  # events were lost
IDENTITY = const(7)  # no usable identity: the sign works, but alone
CLOCK = const(8)  # the clock is not set
STORE = const(9)  # the data partition cannot be used
TICK_LATE = const(10)  # the detection tick misses its time
RADAR_STUCK_ON = const(11)  # somebody tracked all the time whom nobody else sees: a ghost, a parked thing
RADAR_STUCK_OFF = const(12)  # never anybody, while the others see people
RADAR_FLUTTER = const(13)  # tracks come and go all the time
RADAR_BLOCKED = const(14)  # far fewer of those the PIR sees than usual: snow, a parked lorry
RADAR_MOVED = const(15)  # people walk where no pavement is: the radar was turned
PIR_STUCK_OFF = const(16)
PIR_FLUTTER = const(17)
BUTTON_STUCK_ON = const(18)
BUTTON_FLUTTER = const(19)
SECOND_SILENT = const(20)  # the radar at the second port
SECOND_GARBLED = const(21)
SECOND_STUCK_ON = const(22)
SECOND_STUCK_OFF = const(23)
SECOND_FLUTTER = const(24)
ONE_SENSOR = const(25)  # of several, only one can be believed
NO_SENSOR = const(26)  # none can be believed: the lamps do what `fail_mode` says
NAMES = (
    "config",
    "radar_silent",
    "radar_garbled",
    "pir_stuck_on",
    "stuck_on",
    "lamps",
    "outbox_full",
    "identity",
    "clock",
    "store",
    "tick_late",
    "radar_stuck_on",
    "radar_stuck_off",
    "radar_flutter",
    "radar_blocked",
    "radar_moved",
    "pir_stuck_off",
    "pir_flutter",
    "button_stuck_on",
    "button_flutter",
    "second_silent",
    "second_garbled",
    "second_stuck_on",
    "second_stuck_off",
    "second_flutter",
    "one_sensor",
    "no_sensor",
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
