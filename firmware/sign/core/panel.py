"""What a technician at the pole reads off the status LED. Pure.

| LED, over two seconds         | code          | means                                                      |
|-------------------------------|---------------|------------------------------------------------------------|
| dark                          |               | not armed yet, or no power                                 |
| lit                           | ONLINE        | armed, the controller is reached, no fault                 |
| one second lit, one dark      | OFFLINE       | armed and warning, but without the controller              |
| two short flashes             | FAULT         | armed, and a fault stands: ask for `status`                |
| lit, with a short gap a second| SERVICE       | service mode                                               |
| five flashes a second         | IDENTIFY      | somebody asked which sign this is                          |
| three short flashes           | TESTING       | the lamps are tested, one after the other                  |
| five short flashes, long dark |               | the minimal sign, see `last`                               |
"""

from sign.compat import const

ONLINE = const(0)
OFFLINE = const(1)
FAULT = const(2)
SERVICE = const(3)
IDENTIFY = const(4)
TESTING = const(5)
# By code, twenty steps of 100 ms, the first in the lowest bit.
_MASKS = (0xFFFFF, 0x003FF, 0x00005, 0x7FDFF, 0x55555, 0x00015)
_STEP_MS = const(100)
_STEPS = const(20)


def level(code, now_ms):
    """Whether the LED is lit at `now_ms` while it shows `code`."""
    return _MASKS[code] >> now_ms // _STEP_MS % _STEPS & 1


def standing(online, fault, service):
    """The code of what goes on without anybody at the pole."""
    if service:
        return SERVICE
    if fault:
        return FAULT
    return ONLINE if online else OFFLINE
