"""`walk true`, `walk false`: what the sign sees and decides, five times a second, while somebody walks.

Asked again within `LASTS_MS` it goes on; else it ends, so that a laptop that was pulled off costs nothing.
"""

import time
from array import array

from sign.compat import const, ticks_diff
from sign.core import events
from sign.core.tracker import MAX_TRACKS
from sign.proto.service import ServiceError

LASTS_MS = 30_000
_EVERY_MS = const(200)
_FIELDS = const(3)  # of a target: x, y, speed


def walk(status, obj):
    """Begin or end; then each step is told under the verb `walk`."""
    if type(obj) is not bool:
        raise ServiceError("walk", obj, "true, false")
    if status.looking:
        status.looking.stop()
    answer = {"walk": obj, "every_ms": _EVERY_MS, "lasts_ms": LASTS_MS}
    return (answer, Walk(status)) if obj else (answer, None)


class Walk:
    """Tells what there is to see, until it is `over`."""

    every_ms = _EVERY_MS

    def __init__(self, status):
        self.over = False
        self._status, self._armed = status, status.armed
        status.looking = self
        self._began_ms = time.ticks_ms()
        self._seen = array("i", [0] * 11)
        self._reasons = events.REASONS.split()

    def step(self, now_ms):
        """What is to be told now; None once it was stopped."""
        if self.over:
            return None
        self.over = ticks_diff(now_ms, self._began_ms) >= LASTS_MS
        armed = self._armed
        detector, detection = armed.detector, armed.detection
        view = detector.view
        told = {
            "ms": now_ms,
            "targets": [_targets(radar) for radar in detector.radars],
            "tracks": self._tracks(view.tracker),
            "reason": self._reasons[view.reason],
            "t_kerb_ms": view.t_kerb_ms if view.t_kerb_ms >= 0 else None,
            "warns": detector.lit,
            "lamps": armed.lamps.lit,
            "pir": armed.inputs.pir(),
            "late": detection.late,
            "worst_gap_ms": detection.worst_gap_ms,
        }
        if self.over:
            told["over"] = True
        return told

    def stop(self):
        """Tell nothing more."""
        self.over = True
        if self._status.looking is self:
            self._status.looking = None

    def _tracks(self, tracker):
        """[ident, s, q, vs, vq] of each: mm and mm/s in the plane of the kerb."""
        found, seen = [], self._seen
        for i in range(MAX_TRACKS):
            ident = tracker.idents[i]
            if ident:
                tracker.look_into(seen, i, time.ticks_ms())
                found.append([ident, seen[0], seen[1], seen[2], seen[3]])
        return found


def _targets(radar):
    """[x, y, speed] of each in mm and mm/s, or [distance] of a radar that knows no more."""
    if hasattr(radar, "nearest_mm"):
        return [[radar.nearest_mm]] if radar.present else []
    width = len(radar.targets) // 3 if radar.count else 0
    return [list(radar.targets[at : at + _FIELDS]) for at in range(0, radar.count * width, width or 1)]
