"""Does anybody mean to cross? The first, honest rule: geometry and speed of each track, nothing learned.

A track counts as *approach* when it closes on the kerb fast and straight enough, will meet it beside or
within the crossing, and is there within the lead time; as *at_kerb* when it stands in the waiting zone; as
*on_road* when it is on the roadway of the crossing. Walking along the kerb and walking away do not count. The
radar loses people who stand still, so a waiting person who vanished is remembered until somebody is seen
there again.
"""

from array import array

from sign.compat import const, ticks_diff
from sign.core.isqrt import isqrt
from sign.core.tracker import MAX_TRACKS

NONE = const(0)
APPROACH = const(1)
AT_KERB = const(2)
ON_ROAD = const(3)

# The kerb line is known to 0.3 m, the radar's aim to a degree or two: on the road is beyond that doubt.
_ROAD_DOUBT_MM = const(400)
# Standing a step onto the road is still waiting, not crossing.
_WAIT_BEYOND_MM = const(400)
_MIN_HITS = const(4)  # before that the velocity is a guess
_RANGE_MAX_MM = const(16_000)


class Intent:
    """Judges all tracks of a tracker; read `reason`, `t_kerb_ms`, `range_mm`, `track` after `evaluate`."""

    def __init__(self, config, geometry):
        self._config = config
        self._geometry = geometry
        self.reason = NONE
        self.t_kerb_ms = -1
        self.range_mm = 0
        self.track = 0
        zeros = [0] * MAX_TRACKS
        self._ident = array("h", zeros)
        self._frames = bytearray(MAX_TRACKS)
        self._standing = bytearray(MAX_TRACKS)
        self._standing_ms = array("i", zeros)
        self._waits = bytearray(MAX_TRACKS)
        self._remembered = False
        self._remembered_ms = 0
        self._s = self._q = self._vs = self._vq = 0

    def evaluate(self, tracker, now_ms):
        """Judge every confirmed track; the strongest reason wins, the nearest kerb among equals."""
        self.reason = NONE
        self.t_kerb_ms = -1
        for i in range(MAX_TRACKS):
            if self._ident[i] != tracker.ident[i] or not tracker.confirmed(i):
                self._forget(i, now_ms)
                self._ident[i] = tracker.ident[i]
            if tracker.confirmed(i):
                self._judge(tracker, i, now_ms)
        self._recall(now_ms)

    def busy(self):
        """Whether a waiting person is remembered (the view is not empty although nobody is tracked)."""
        return self._remembered

    def _judge(self, tracker, i, now_ms):
        x, y = tracker.x_mm(i, now_ms), tracker.y_mm(i, now_ms)
        self._place(tracker, i, x, y)
        on_road = self._is_on_road()
        t_kerb_ms = self._time_to_kerb()
        lasts = self._count(i, on_road or t_kerb_ms >= 0) >= self._config.confirm_frames
        known = tracker.hits(i) >= _MIN_HITS
        near = -self._config.wait_zone_mm <= self._s <= _WAIT_BEYOND_MM and self._within(self._q)
        if near and not known:
            # Somebody new, right where one was lost: it is the same person, seen again.
            self._remembered = False
        self._stand(i, now_ms, known and near)
        if on_road and lasts:
            self._offer(ON_ROAD, 0, tracker, i, x, y)
        elif self._waits[i]:
            self._offer(AT_KERB, 0, tracker, i, x, y)
        elif t_kerb_ms >= 0 and lasts and known:
            self._offer(APPROACH, t_kerb_ms, tracker, i, x, y)

    def _place(self, tracker, i, x, y):
        geometry = self._geometry
        vx, vy = tracker.vx_mm_s(i), tracker.vy_mm_s(i)
        self._s, self._q = geometry.s_mm(x, y), geometry.q_mm(x, y)
        self._vs, self._vq = geometry.s_speed(vx, vy), geometry.q_speed(vx, vy)
        if geometry.folded and self._s > 0:
            self._s, self._vs = -self._s, -self._vs

    def _within(self, q_mm):
        margin = self._config.side_margin_mm
        return -margin <= q_mm <= self._geometry.length_mm + margin

    def _is_on_road(self):
        return _ROAD_DOUBT_MM < self._s < self._config.crossing_width_mm and self._within(self._q)

    def _time_to_kerb(self):
        """ms until the kerb for somebody who means to cross it here, else -1."""
        config = self._config
        if self._vs < config.closing_min_mm_s or abs(self._vq) * 100 > self._vs * config.heading_max_pct:
            return -1
        if not -config.approach_depth_mm <= self._s <= _ROAD_DOUBT_MM:
            return -1
        t_ms = max(0, -self._s) * 1000 // self._vs
        if t_ms > config.lead_ms or not self._within(self._q + self._vq * t_ms // 1000):
            return -1
        return t_ms

    def _stand(self, i, now_ms, near):
        """Note how long track i has stood; `near` is whether it is in the waiting zone, its speed known."""
        config = self._config
        slow = max(abs(self._vs), abs(self._vq)) < config.wait_speed_mm_s
        if not (near and slow):
            self._standing[i] = self._waits[i] = 0
            return
        if not self._standing[i]:
            self._standing[i] = 1
            self._standing_ms[i] = now_ms
        self._waits[i] = ticks_diff(now_ms, self._standing_ms[i]) >= config.wait_ms

    def _count(self, i, crosses):
        """Frames for which track i has been crossing or about to; one lapse costs two."""
        frames = self._frames[i]
        self._frames[i] = min(250, frames + 1) if crosses else max(0, frames - 2)
        return self._frames[i]

    def _offer(self, reason, t_kerb_ms, tracker, i, x, y):
        if reason < self.reason or (reason == self.reason and t_kerb_ms >= self.t_kerb_ms):
            return
        self.reason = reason
        self.t_kerb_ms = t_kerb_ms
        self.track = tracker.ident[i]
        x, y = min(_RANGE_MAX_MM, abs(x)), min(_RANGE_MAX_MM, abs(y))
        self.range_mm = isqrt(x * x + y * y)

    def _forget(self, i, now_ms):
        """Clear slot i; if its person vanished while waiting, remember that somebody waits."""
        if self._waits[i]:
            self._remembered = True
            self._remembered_ms = now_ms
        self._frames[i] = self._standing[i] = self._waits[i] = 0

    def _recall(self, now_ms):
        if not self._remembered:
            return
        if ticks_diff(now_ms, self._remembered_ms) > self._config.wait_memory_ms:
            self._remembered = False
        elif self.reason < AT_KERB:
            self.reason = AT_KERB
            self.t_kerb_ms = 0
