"""Does anybody mean to cross? Judged for each track from place and movement before the kerb.

*on_road*: the radar has put somebody on the roadway of the crossing. *at_kerb*: somebody stands in the
waiting zone; the radar loses people who stand still, so a waiting person who vanished is remembered.
*approach*: the learned score of how people move before they cross (`intent_features`, `intent_score`) says
so, or a cyclist heads over the crossing. Vehicles are never a reason. Where no kerb line is known, a plain
rule of heading and time to the radar's axis stands in for the score.
"""

from array import array

from sign.compat import const, ticks_diff
from sign.core.intent_features import FAR_AWAY, Features
from sign.core.intent_score import score
from sign.core.isqrt import isqrt
from sign.core.tracker import MAX_TRACKS

NONE = const(0)
APPROACH = const(1)
AT_KERB = const(2)
ON_ROAD = const(3)

# Standing a step onto the road is still waiting, not crossing.
_WAIT_BEYOND_MM = const(400)
_KNOWN_HITS = const(4)  # before that the velocity across the beam is a guess
_RANGE_MAX_MM = const(16_000)
_T_KERB_MAX_MS = const(30_000)

_CYCLIST_MM_S = const(2_500)  # nobody on foot keeps that up
_VEHICLE_MM_S = const(5_000)  # along the road
_RUSH_MM_S = const(7_000)  # whatever the direction
_BESIDE_MM = const(1_000)  # from the crossing's end
_INSIDE_MM = const(-200)
_SLOWEST_MM_S = const(250)
_LEAVING_MM_S = const(-300)
_LEAVING_EARLY_MM_S = const(-100)  # while the speed is still taken for too small
# A track that was judged to mean it, and then not for a while, must be clearer about it the second time.
_LAPSED_FRAMES = const(10)
_FLUTTER_SCORE = const(40)
_WINTER_SCORE = const(-20)  # on slippery roads a warning too many is the lesser evil


class Intent:
    """Judges all tracks of a tracker; read `reason`, `t_kerb_ms`, `range_mm`, `track` after `evaluate`."""

    def __init__(self, config, geometry):
        self._config = config
        self._geometry = geometry
        self.features = Features(geometry)
        self.reason = NONE
        self.t_kerb_ms = -1
        self.range_mm = 0
        self.track = 0
        self._best = self._best_track = self._best_range_mm = 0
        self._best_t_kerb_ms = -1
        zeros = [0] * MAX_TRACKS
        self._ident = array("h", zeros)
        self._frames = bytearray(MAX_TRACKS)
        self._standing = bytearray(MAX_TRACKS)
        self._standing_ms = array("i", zeros)
        self._waits = bytearray(MAX_TRACKS)
        self._vehicle = bytearray(MAX_TRACKS)
        self._lapse = bytearray(MAX_TRACKS)  # 0 never meant it; 1.. frames since it last did
        self._remembered = False
        self._remembered_ms = self._vanished_ms = 0
        self.set_winter(False)

    def set_winter(self, winter):
        """Be earlier in winter."""
        config = self._config
        self._lead_ms = max(config.lead_ms, config.winter_lead_ms) if winter else config.lead_ms
        self._score_min = config.approach_score + (_WINTER_SCORE if winter else 0)

    def evaluate(self, tracker, now_ms):
        """Judge every confirmed track; the strongest reason wins, the nearest kerb among equals."""
        self.begin()
        for i in range(MAX_TRACKS):
            self.judge(tracker, i, now_ms)
        self.finish(now_ms)

    def begin(self):
        """Like `evaluate`, but in pieces to keep ticks short: this, `judge` for each track, `finish`."""
        self._best = NONE
        self._best_t_kerb_ms = -1

    def judge(self, tracker, i, now_ms):
        """Judge track i, if it is a person by now."""
        ident = tracker.ident[i] if tracker.confirmed(i) else 0
        if self._ident[i] != ident:
            if self._ident[i]:
                self._forget(i, now_ms)
            self._ident[i] = ident
        if ident:
            self._judge(tracker, i, now_ms)

    def finish(self, now_ms):
        """Make what was found since `begin` known."""
        if self._remembered:
            self._recall(now_ms)
        self.reason = self._best
        self.t_kerb_ms = self._best_t_kerb_ms
        if self._best_track:
            self.track, self.range_mm = self._best_track, self._best_range_mm

    def knows(self, i):
        """Whether somebody was judged as track i: to be forgotten when the track is gone."""
        return self._ident[i] != 0

    def busy(self):
        """Whether a waiting person is remembered (the view is not empty although nobody is tracked)."""
        return self._remembered

    def refresh(self, now_ms):
        """Something warm moves: whoever waited and was lost is still there, within the cap."""
        if self._remembered and ticks_diff(now_ms, self._vanished_ms) < self._config.wait_cap_ms:
            self._remembered_ms = now_ms

    def _judge(self, tracker, i, now_ms):
        features = self.features
        tracker.look(i, now_ms)
        features.place(tracker)
        if self._is_vehicle(i):
            return
        hits = tracker.hits(i)
        features.follow(i, hits, tracker.age_ms(i))
        if self._is_on_road(i):
            self._offer(ON_ROAD, 0, tracker, i)
        elif self._stands(i, now_ms, hits):
            self._offer(AT_KERB, 0, tracker, i)
        elif not tracker.doubtful(i) and self._approaches(i, hits):
            self._offer(APPROACH, min(features.t_kerb_ms, _T_KERB_MAX_MS), tracker, i)

    def _is_vehicle(self, i):
        """Faster than people on the road or than anybody: for good, a car that brakes stays a car."""
        features = self.features
        vs, vq = features.vs, abs(features.vq)
        speed = (abs(vs) if abs(vs) > vq else vq) + (vq if abs(vs) > vq else abs(vs)) // 3
        if speed > _RUSH_MM_S or (speed > _VEHICLE_MM_S and vq > vs):
            self._vehicle[i] = 1
        return self._vehicle[i] or (speed > _CYCLIST_MM_S and vq > abs(vs) + (abs(vs) >> 1))

    def _within(self, q_mm):
        margin = self._config.side_margin_mm
        return -margin <= q_mm <= self._geometry.length_mm + margin

    def _is_on_road(self, i):
        config, features = self._config, self.features
        if self._geometry.folded:
            return False
        on = config.road_margin_mm < features.seen_s < config.crossing_width_mm
        return self._count(i, on and self._within(features.seen_q)) >= config.confirm_frames

    def _count(self, i, holds):
        """Frames for which it has held for track i; one lapse costs two."""
        frames = self._frames[i] + (1 if holds else -2)
        self._frames[i] = 0 if frames < 0 else 250 if frames > 250 else frames
        return self._frames[i] if holds else 0

    def _stands(self, i, now_ms, hits):
        """Whether track i has stood in the waiting zone for long enough."""
        config, features = self._config, self.features
        near = -config.wait_zone_mm <= features.s <= _WAIT_BEYOND_MM and self._within(features.q)
        if near and hits < _KNOWN_HITS:
            # Somebody new, right where one was lost: it is the same person, seen again.
            self._remembered = False
        slow = config.wait_speed_mm_s
        if not (near and hits >= _KNOWN_HITS and -slow < features.vs < slow and -slow < features.vq < slow):
            self._standing[i] = self._waits[i] = 0
            return False
        if not self._standing[i]:
            self._standing[i] = 1
            self._standing_ms[i] = now_ms
        self._waits[i] = ticks_diff(now_ms, self._standing_ms[i]) >= config.wait_ms
        return self._waits[i]

    def _approaches(self, i, hits):
        config, features = self._config, self.features
        if features.vs > _CYCLIST_MM_S:
            sure = hits >= _KNOWN_HITS and features.hit_mm <= 0
            return sure and features.t_kerb_ms <= config.cyclist_lead_ms
        if features.s < -config.approach_depth_mm:
            return False
        if self._geometry.folded:
            return self._plainly_approaches(i, hits)
        if features.t_kerb_ms != FAR_AWAY and features.t_kerb_ms > self._lead_ms:
            return False
        if self._cannot(hits):
            return False
        lapse = self._lapse[i]
        need = self._score_min + (_FLUTTER_SCORE if lapse > _LAPSED_FRAMES else 0)
        if self._is_plain(hits) or score(features.bins) >= need:
            self._lapse[i] = 1
            return True
        if 0 < lapse < 255:
            self._lapse[i] = lapse + 1
        return False

    def _cannot(self, hits):
        """What no score may overrule: leaving the kerb, or heading for it far beside the crossing."""
        features = self.features
        if features.vs < (_LEAVING_EARLY_MM_S if hits < _KNOWN_HITS else _LEAVING_MM_S):
            return True
        return (features.off_mm if features.t_kerb_ms == FAR_AWAY else features.hit_mm) > _BESIDE_MM

    def _is_plain(self, hits):
        """What no score may miss, however slow: near the kerb, straight towards it, within the crossing."""
        features = self.features
        straight = features.vs > _SLOWEST_MM_S and -features.vs < 2 * features.vq < features.vs
        near = features.s >= -self._config.wait_zone_mm
        return straight and near and hits >= _KNOWN_HITS and features.hit_mm <= _INSIDE_MM

    def _plainly_approaches(self, i, hits):
        """Without a kerb line: straight and fast enough towards the radar's axis."""
        config, features = self._config, self.features
        holds = (
            features.vs >= config.closing_min_mm_s
            and abs(features.vq) * 100 <= features.vs * config.heading_max_pct
            and features.t_kerb_ms <= self._lead_ms
            and self._within(features.q + features.vq * features.t_kerb_ms // 1000)
        )
        return self._count(i, holds) >= config.confirm_frames and hits >= _KNOWN_HITS

    def _offer(self, reason, t_kerb_ms, tracker, i):
        if reason < self._best or (reason == self._best and t_kerb_ms >= self._best_t_kerb_ms):
            return
        self._best, self._best_t_kerb_ms, self._best_track = reason, t_kerb_ms, tracker.ident[i]
        x, y = abs(tracker.x), abs(tracker.y)
        x, y = x if x < _RANGE_MAX_MM else _RANGE_MAX_MM, y if y < _RANGE_MAX_MM else _RANGE_MAX_MM
        self._best_range_mm = isqrt(x * x + y * y)

    def _forget(self, i, now_ms):
        """Clear slot i; if its person vanished while waiting, remember that somebody waits."""
        if self._waits[i]:
            self._remembered = True
            self._remembered_ms = self._vanished_ms = now_ms
        self._frames[i] = self._standing[i] = self._waits[i] = self._vehicle[i] = self._lapse[i] = 0
        self.features.forget(i)

    def _recall(self, now_ms):
        config = self._config
        if (
            ticks_diff(now_ms, self._remembered_ms) > config.wait_memory_ms
            or ticks_diff(now_ms, self._vanished_ms) > config.wait_cap_ms
        ):
            self._remembered = False
        elif self._best < AT_KERB:
            self._best = AT_KERB
            self._best_t_kerb_ms = 0
