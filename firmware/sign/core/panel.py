"""What a technician at the pole reads off the status LED, and what the service button means. Pure.

| LED, over two seconds         | code          | means                                                      |
|-------------------------------|---------------|------------------------------------------------------------|
| dark                          |               | not armed yet, or no power                                 |
| lit                           | ONLINE        | armed, the controller is reached, no fault                 |
| one second lit, one dark      | OFFLINE       | armed and warning, but without the controller              |
| two short flashes             | FAULT         | armed, and a fault stands: ask for `status`                |
| lit, with a short gap a second| SERVICE       | service mode                                               |
| five flashes a second         | IDENTIFY      | somebody asked which sign this is                          |
| three short flashes           | TESTING       | the lamps are tested, one after the other                  |
| five short flashes, long dark | SAFE          | the app has failed; the lamps are dark and it starts again |

| button held for     | means, once it is let go          |
|---------------------|-----------------------------------|
| less than 3 s       | identify                          |
| 3 to 10 s           | self-test; the LED says TESTING   |
| 10 to 30 s          | service mode; the LED says SERVICE|
| longer              | nothing: it is stuck              |
"""

from sign.compat import const, ticks_diff

ONLINE = const(0)
OFFLINE = const(1)
FAULT = const(2)
SERVICE = const(3)
IDENTIFY = const(4)
TESTING = const(5)
SAFE = const(6)
# By code, twenty steps of 100 ms, the first in the lowest bit.
_MASKS = (0xFFFFF, 0x003FF, 0x00005, 0x7FDFF, 0x55555, 0x00015, 0x00155)
_STEP_MS = const(100)
_STEPS = const(20)

NOTHING = const(0)
SAYS_IDENTIFY = const(1)
SAYS_TEST = const(2)
SAYS_SERVICE = const(3)
_BOUNCE_MS = const(40)
_TEST_MS = const(3_000)
_SERVICE_MS = const(10_000)
_STUCK_MS = const(30_000)


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


class ServiceButton:
    """`wish` is what letting go now would mean."""

    def __init__(self):
        self.wish = NOTHING
        self._down = False
        self._since_ms = 0

    def update(self, down, now_ms):
        """Take its level; returns what is wanted, NOTHING mostly. Call it at least twice a press."""
        if down and not self._down:
            self._down, self._since_ms = True, now_ms
        elif down:
            self.wish = _meaning(ticks_diff(now_ms, self._since_ms))
        elif self._down:
            self._down = False
            wanted, self.wish = self.wish, NOTHING
            return wanted
        return NOTHING


def _meaning(held_ms):
    if held_ms < _BOUNCE_MS or held_ms >= _STUCK_MS:
        return NOTHING
    if held_ms < _TEST_MS:
        return SAYS_IDENTIFY
    return SAYS_TEST if held_ms < _SERVICE_MS else SAYS_SERVICE
