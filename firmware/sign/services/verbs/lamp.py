"""`lamp {"lamp": "left", "s": 3}`: one lamp in its own slots of the pattern, for the technician's eyes.

The pattern runs on untouched, so a warning that comes meanwhile shines in full from its first tick on. A lamp
that the pattern never lights alone is shown together with the other.
"""

import time

from sign.compat import const, ticks_diff
from sign.core.slots import Slots
from sign.proto.service import ServiceError

LAMPS = {"left": 1, "right": 2, "both": 3}
LONGEST_S = 10
_READINGS_MAX = const(1_000)


def lamp(status, obj):
    """Begin; what came of it is told under the verb `lamp` at the end."""
    wanted = obj if isinstance(obj, dict) else {}
    name, seconds = wanted.get("lamp"), wanted.get("s", 3)
    if not isinstance(name, str) or name not in LAMPS:
        raise ServiceError("lamp", name, "left, right, both")
    if type(seconds) is not int or not 1 <= seconds <= LONGEST_S:
        raise ServiceError("s", seconds, "1..%d" % LONGEST_S)
    if not status.armed.detector.quiet:
        raise ServiceError("lamp", "somebody in view", "nobody in view")
    return {"lamp": name, "s": seconds}, LampTest(status, name, seconds * 1000)


class LampTest:
    """Lights one lamp; `step` is called some twenty times a second until it is `over`."""

    every_ms = 10

    def __init__(self, status, name, lasts_ms):
        armed = status.armed
        self.over = False
        self._name, self._mask, self._lasts_ms = name, LAMPS[name], lasts_ms
        self._lamps, self._detector = armed.lamps, armed.detector
        self._read_mv = status.measuring.lamp_current_mv if status.measuring else None
        self._slots = Slots(armed.pattern, armed.lamps.started_ms)
        self._began_ms = time.ticks_ms()
        masks = [step[1] | step[2] << 1 for step in armed.pattern.steps]
        self._alone = self._mask in masks
        self._lit_mv = self._dark_mv = self._lit = self._dark = 0

    def step(self, now_ms):
        """None while it goes on, then what came of it."""
        if self._detector.lit or self._lamps.lit or self._lamps.steady:
            return self._end("a warning")
        if ticks_diff(now_ms, self._began_ms) >= self._lasts_ms:
            return self._end(None)
        slot = self._slots.at(now_ms)
        shines = slot == self._mask if self._alone else slot > 0 and slot & self._mask > 0
        if shines != self._lamps.testing:
            self._lamps.test(shines)
        elif self._read_mv:
            self._measure(shines)
        return None

    def stop(self):
        """Dark again, unless a warning stands."""
        self.over = True
        self._lamps.test(False)

    def _measure(self, shines):
        """Only what no tick came between counts, and only while the lamps stayed as they were."""
        mv = self._read_mv()
        if mv < 0 or self._lamps.lit or self._lit + self._dark >= _READINGS_MAX:
            return
        if shines:
            self._lit_mv += mv
            self._lit += 1
        else:
            self._dark_mv += mv
            self._dark += 1

    def _end(self, cut_by):
        self.stop()
        mv = None
        if self._lit and not cut_by:
            mv = self._lit_mv // self._lit - (self._dark_mv // self._dark if self._dark else 0)
        told = {"lamp": self._name, "alone": self._alone, "mv": mv, "dim_pct": self._lamps.dim_pct}
        told["cut_by"] = cut_by
        return told
