"""What a radar without angle tells: how far away the nearest person is, and whether the distance closes.

Presence far away says nothing, since most people pass by. Somebody who comes nearer, so fast that the pole is
reached within the lead time, approaches; somebody near the pole is at its kerb. Which way people face and
where they would cross such a radar cannot know.
"""

from sign.compat import TICKS_MASK, const

NONE = const(0)  # indices into events.REASONS
APPROACH = const(1)
AT_KERB = const(2)

COAST_MS = const(1_000)  # most gaps in what the radar sees are shorter
LATENCY_MS = const(150)
_DT_MIN_MS = const(20)
_DT_MAX_MS = const(500)
_LEAP_MM = const(1_200)  # beyond that it is somebody else, or an echo
# Growing-memory filter of distance and speed, fixed at ten frames: 0.2 m of noise give 0.1 m/s.
_MEMORY = const(10)
_MIN_HITS = const(5)  # before that the speed is a guess
_CAME_MM = const(500)  # so much nearer since the first sight: noise alone never comes that far
_NEAR_FRAMES = const(2)
_SPEED_MAX_MM_S = const(8_000)
_IDENT_MAX = const(32_767)


class RangeOnly:
    """After `frame` and `tick`: `present` (somebody seen), `reason`, `t_kerb_ms`, `range_mm`, `track`."""

    def __init__(self, config, now_ms):
        self.reason = self.range_mm = self.track = 0
        self.t_kerb_ms = -1
        self.present = False
        self._seen_ms = self._frame_ms = now_ms
        self._hits = self._near = 0
        self._r = self._v = self._first_mm = 0  # 1/16 mm, 1/16 mm/s
        self.configure(config, True)

    def configure(self, config, winter):
        """Take a new configuration, or the season."""
        self._near_mm = config.range_near_mm
        self._closing_mm_s = config.range_closing_mm_s
        self._lead_ms = max(config.lead_ms, config.winter_lead_ms) if winter else config.lead_ms

    def frame(self, radar, now_ms):
        """Take a report of the driver `C4001` or `Ld2410`; allocates nothing."""
        self.reason = NONE
        self.t_kerb_ms = -1
        self.present = radar.present
        range_mm = radar.nearest_mm
        if not (self.present and range_mm):  # some reports say that somebody is there, but not where
            self._near = 0
            self.tick(now_ms)
            return
        self.range_mm = range_mm
        self._follow(range_mm, now_ms)
        self._judge()

    def tick(self, now_ms):
        """Forget who has not been seen for too long."""
        if self._hits and (now_ms - self._seen_ms) & TICKS_MASK > COAST_MS:
            self._hits = self._near = self.reason = NONE
            self.present = False

    def keep(self, keeper):
        """Hand what is known to the keeper, see `recorder`."""
        self.reason = keeper.word(self.reason)
        self.range_mm = keeper.word(self.range_mm)
        self.track = keeper.word(self.track)
        self.t_kerb_ms = keeper.word(self.t_kerb_ms)
        self.present = keeper.word(self.present)
        self._seen_ms = keeper.moment(self._seen_ms)
        self._frame_ms = keeper.moment(self._frame_ms)
        self._hits = keeper.word(self._hits)
        self._near = keeper.word(self._near)
        self._r = keeper.word(self._r)
        self._v = keeper.word(self._v)
        self._first_mm = keeper.word(self._first_mm)

    def _follow(self, range_mm, now_ms):
        dt_ms = min(_DT_MAX_MS, max(_DT_MIN_MS, (now_ms - self._frame_ms) & TICKS_MASK))
        self._frame_ms = self._seen_ms = now_ms
        self._r += self._v * dt_ms // 1000
        away = (range_mm << 4) - self._r
        if not self._hits or abs(away) > _LEAP_MM << 4:
            self._begin(range_mm)
            return
        n = self._hits = min(_MEMORY, self._hits + 1)
        self._r += away * (4 * n - 2) // (n * n + n)
        change = away * 6 // (n * n + n) * 125 // dt_ms * 8
        limit = _SPEED_MAX_MM_S << 4
        self._v = max(-limit, min(limit, self._v + change))

    def _begin(self, range_mm):
        self._hits = 1
        self._near = self._v = 0
        self._r, self._first_mm = range_mm << 4, range_mm
        self.track = self.track % _IDENT_MAX + 1

    def _judge(self):
        range_mm, closing = self._r >> 4, -self._v >> 4
        range_mm -= closing * LATENCY_MS // 1000
        if range_mm <= self._near_mm and closing > -self._closing_mm_s:
            self._near = min(_NEAR_FRAMES, self._near + 1)
        else:
            self._near = 0
        if self._near >= _NEAR_FRAMES:
            self.reason = AT_KERB
            self.t_kerb_ms = 0
        elif self._comes(range_mm, closing):
            t_ms = max(0, range_mm - self._near_mm) * 1000 // closing
            if t_ms <= self._lead_ms:
                self.reason = APPROACH
                self.t_kerb_ms = t_ms

    def _comes(self, range_mm, closing):
        came = self._first_mm - range_mm >= _CAME_MM
        return self._hits >= _MIN_HITS and came and closing >= self._closing_mm_s
