"""What the LD2450 radars see, as one picture: who is tracked, and whether anybody means to cross."""

from sign.compat import const, ticks_diff
from sign.core.geometry import Geometry
from sign.core.intent import Intent
from sign.core.tracker import MAX_TRACKS, Tracker

NOWHERE = const(0)
ON_PAVEMENT = const(1)  # or on the crossing: where people are expected
ELSEWHERE = const(2)

_JUDGE_MS = const(200)  # without a frame for so long, tracks and remembered people may end
_MOVES_MM_S = const(400)


class View:
    """After `frame` and `tick`: `reason` (an index into REASONS, up to ON_ROAD), `t_kerb_ms`, `range_mm` and
    `track` of whoever gives it, `tracked` (how many are confirmed), `quiet` (nobody seen or remembered) and
    `place` of the last frame's walker.
    """

    def __init__(self, config, now_ms):
        self._tracker = Tracker(now_ms)
        self._judged_ms = now_ms
        self.winter = True
        self.reason = self.range_mm = self.track = self.tracked = 0
        self.t_kerb_ms = -1
        self.quiet = True
        self.place = NOWHERE
        self.configure(config)

    def configure(self, config):
        """Take a new configuration; tracks go on."""
        self._config = config
        self._geometry = Geometry(config)
        self._intent = Intent(config, self._geometry)

    def set_winter(self, flag):
        """Whether approaches count as early as winter wants."""
        self.winter = flag

    def frame(self, port, targets, count, now_ms):
        """Take a decoded frame of the radar at `port`, as received at `now_ms`."""
        if port:
            return
        self._tracker.update(targets, count, now_ms)
        self._judge(now_ms)
        self._find_place(now_ms)

    def tick(self, now_ms):
        """Without frames nothing else would end a track or a remembered person."""
        if ticks_diff(now_ms, self._judged_ms) > _JUDGE_MS:
            self._tracker.expire(now_ms)
            self._judge(now_ms)

    def refresh(self, now_ms):
        """The PIR sees somebody: whoever is remembered goes on being remembered."""

    def _judge(self, now_ms):
        tracker, intent = self._tracker, self._intent
        intent.evaluate(tracker, now_ms)
        self._judged_ms = now_ms
        self.reason, self.t_kerb_ms = intent.reason, intent.t_kerb_ms
        self.range_mm, self.track = intent.range_mm, intent.track
        self.tracked = 0
        for i in range(MAX_TRACKS):
            self.tracked += tracker.confirmed(i)
        self.quiet = not (tracker.any() or intent.busy())

    def _find_place(self, now_ms):
        self.place = NOWHERE
        tracker, config = self._tracker, self._config
        for i in range(MAX_TRACKS):
            if not tracker.confirmed(i) or abs(tracker.vx_mm_s(i)) + abs(tracker.vy_mm_s(i)) < _MOVES_MM_S:
                continue
            x, y = tracker.x_mm(i, now_ms), tracker.y_mm(i, now_ms)
            s = self._geometry.s_mm(x, y)
            paved = -config.approach_depth_mm <= s <= config.crossing_width_mm
            self.place = ON_PAVEMENT if paved or self._geometry.folded else ELSEWHERE
            return
