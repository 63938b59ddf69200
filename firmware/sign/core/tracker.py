"""Radar targets to tracks: integers only, every array made once.

Positions and velocities live in the radar's plane in sixteenths (1/16 mm, 1/16 mm/s), one fixed-gain filter
per axis with gains that shrink as hits add up. Velocity comes from positions alone: the radar's reported
speed has no defined sign and knows only the radial part.
"""

from array import array

from sign.compat import const, ticks_diff
from sign.core.geometry import REACH_MM
from sign.proto.ld2450 import FIELDS_PER_TARGET, MAX_TARGETS

MAX_TRACKS = const(6)
LATENCY_MS = const(150)  # a frame shows the world of that long ago
COAST_MS = const(1_000)  # most bursts of lost frames are shorter

# Gains by number of hits: a Kalman filter for 200 mm of noise, from rest +-1 m/s, that expects 1.2 m/s2.
_ALPHA_256 = b"\xff\x8e\x7f\x7e\x7b\x75\x6f\x68\x62\x5d\x58\x55\x52\x50\x4f\x4e\x4d"
_BETA_1024 = b"\x00\x73\xa5\xa7\x92\x7a\x66\x58\x4d\x46\x40\x3c\x3a\x38\x37\x36\x36"
_LAST_GAIN = const(16)

_GATE_MM = const(900)  # three sigma across the beam at 5 m, and a step
_GATE_GROWTH_MM = const(100)  # per lost frame
_GATE_MAX_MM = const(1_600)
_BIRTH_HITS = const(2)  # within
_BIRTH_FRAMES = const(3)
_DT_MIN_MS = const(20)
_DT_MAX_MS = const(500)
_SPEED_MAX = const(96_000)  # 6 m/s: nobody on foot is faster
_NONE = const(255)

_FREE = const(0)
_TENTATIVE = const(1)
_CONFIRMED = const(2)


class Tracker:
    """Up to six tracks; `ident[i]` names track i from birth to death, 1..32767."""

    def __init__(self, now_ms=0):
        zeros = [0] * MAX_TRACKS
        self._x, self._y = array("i", zeros), array("i", zeros)
        self._vx, self._vy = array("i", zeros), array("i", zeros)
        self._seen_ms = array("i", zeros)
        self._state = bytearray(MAX_TRACKS)
        self._hits = bytearray(MAX_TRACKS)
        self._misses = bytearray(MAX_TRACKS)
        self.ident = array("h", zeros)
        self._last_ident = 0
        self._frame_ms = now_ms
        self._owner = bytearray(MAX_TARGETS)  # track that took target i, _NONE while free
        self._taken = bytearray(MAX_TRACKS)
        self._before = array("i", [0] * (2 * MAX_TARGETS))
        self._before_count = 0
        self.ghosts = 0

    def update(self, targets, count, now_ms):
        """Take one frame's targets (x, y, speed, resolution each) as received at `now_ms`."""
        dt_ms = max(_DT_MIN_MS, min(_DT_MAX_MS, ticks_diff(now_ms, self._frame_ms)))
        self._frame_ms = now_ms
        self._predict(dt_ms)
        self._sort_out(targets, count)
        while self._associate(targets, count, now_ms, dt_ms):
            pass
        self._miss(now_ms)
        for i in range(count):
            if self._owner[i] == _NONE:
                self._start(targets[i * FIELDS_PER_TARGET], targets[i * FIELDS_PER_TARGET + 1], now_ms)
        self._remember(targets, count)

    def expire(self, now_ms):
        """Let go tracks that no frame has confirmed for too long (the radar may have fallen silent)."""
        for i in range(MAX_TRACKS):
            if self._state[i] != _FREE and ticks_diff(now_ms, self._seen_ms[i]) > COAST_MS:
                self._state[i] = _FREE

    def confirmed(self, i):
        """Whether track i is a person rather than a first guess."""
        return self._state[i] == _CONFIRMED

    def any(self):
        """Whether anything at all is being followed."""
        return any(self._state)

    def hits(self, i):
        """Frames that have confirmed track i, up to 255."""
        return self._hits[i]

    def x_mm(self, i, now_ms):
        """Where track i is at `now_ms`, the radar's latency made good."""
        return self._ahead(self._x[i], self._vx[i], now_ms)

    def y_mm(self, i, now_ms):
        """Like `x_mm`, along the look direction."""
        return self._ahead(self._y[i], self._vy[i], now_ms)

    def vx_mm_s(self, i):
        """Speed of track i to the radar's right."""
        return self._vx[i] >> 4

    def vy_mm_s(self, i):
        """Speed of track i away from the radar."""
        return self._vy[i] >> 4

    def _ahead(self, place, speed, now_ms):
        ahead_ms = min(_DT_MAX_MS, max(0, ticks_diff(now_ms, self._frame_ms))) + LATENCY_MS
        return (place + speed * ahead_ms // 1000) >> 4

    def _predict(self, dt_ms):
        for i in range(MAX_TRACKS):
            if self._state[i] != _FREE:
                self._x[i] += self._vx[i] * dt_ms // 1000
                self._y[i] += self._vy[i] * dt_ms // 1000

    def _sort_out(self, targets, count):
        """Mark targets that count; stale slots repeat their coordinates to the bit."""
        for i in range(MAX_TRACKS):
            self._taken[i] = 0
        for i in range(count):
            x, y = targets[i * FIELDS_PER_TARGET], targets[i * FIELDS_PER_TARGET + 1]
            stale = self._is_stale(x, y)
            self.ghosts = (self.ghosts + stale) & 0xFFFFFF
            reached = -REACH_MM <= x <= REACH_MM and -REACH_MM <= y <= REACH_MM
            self._owner[i] = _NONE if reached and not stale else MAX_TRACKS

    def _is_stale(self, x, y):
        for k in range(0, 2 * self._before_count, 2):
            if self._before[k] == x and self._before[k + 1] == y:
                return True
        return False

    def _remember(self, targets, count):
        for i in range(count):
            self._before[2 * i] = targets[i * FIELDS_PER_TARGET]
            self._before[2 * i + 1] = targets[i * FIELDS_PER_TARGET + 1]
        self._before_count = count

    def _associate(self, targets, count, now_ms, dt_ms):
        """Join the nearest pair of free target and track within its gate; False when there is none left."""
        best = -1
        best_track = best_target = 0
        for k in range(count):
            if self._owner[k] != _NONE:
                continue
            x, y = targets[k * FIELDS_PER_TARGET], targets[k * FIELDS_PER_TARGET + 1]
            for i in range(MAX_TRACKS):
                if self._state[i] == _FREE or self._taken[i]:
                    continue
                away = self._gated(i, x, y)
                if away >= 0 and (best < 0 or away < best):
                    best, best_track, best_target = away, i, k
        if best < 0:
            return False
        self._owner[best_target] = best_track
        at = best_target * FIELDS_PER_TARGET
        self._correct(best_track, targets[at], targets[at + 1], dt_ms)
        self._hit(best_track, now_ms)
        return True

    def _gated(self, i, x_mm, y_mm):
        """Squared distance in mm2 to track i's prediction, -1 outside its gate."""
        gate = min(_GATE_MAX_MM, _GATE_MM + _GATE_GROWTH_MM * self._misses[i])
        dx = x_mm - (self._x[i] >> 4)
        dy = y_mm - (self._y[i] >> 4)
        if not (-gate <= dx <= gate and -gate <= dy <= gate):
            return -1
        away = dx * dx + dy * dy
        return away if away <= gate * gate else -1

    def _correct(self, i, x_mm, y_mm, dt_ms):
        gain = min(_LAST_GAIN, self._hits[i])
        alpha, beta = _ALPHA_256[gain], _BETA_1024[gain]
        rx = (x_mm << 4) - self._x[i]
        ry = (y_mm << 4) - self._y[i]
        self._x[i] += alpha * rx >> 8
        self._y[i] += alpha * ry >> 8
        # r / dt is 1/16 mm per ms; the factors are ordered so that every product stays a small int.
        self._vx[i] = _bounded(self._vx[i] + (beta * rx >> 5) * 125 // (dt_ms << 2))
        self._vy[i] = _bounded(self._vy[i] + (beta * ry >> 5) * 125 // (dt_ms << 2))

    def _hit(self, i, now_ms):
        self._taken[i] = 1
        self._misses[i] = 0
        self._seen_ms[i] = now_ms
        if self._hits[i] < 255:
            self._hits[i] += 1
        if self._state[i] == _TENTATIVE and self._hits[i] >= _BIRTH_HITS:
            self._state[i] = _CONFIRMED

    def _miss(self, now_ms):
        for i in range(MAX_TRACKS):
            if self._state[i] == _FREE or self._taken[i]:
                continue
            self._misses[i] = min(255, self._misses[i] + 1)
            if self._state[i] == _TENTATIVE and self._hits[i] + self._misses[i] >= _BIRTH_FRAMES:
                self._state[i] = _FREE
        self.expire(now_ms)

    def _start(self, x_mm, y_mm, now_ms):
        for i in range(MAX_TRACKS):
            if self._state[i] == _FREE:
                self._x[i], self._y[i] = x_mm << 4, y_mm << 4
                self._vx[i] = self._vy[i] = 0
                self._state[i], self._hits[i], self._misses[i] = _TENTATIVE, 1, 0
                self._seen_ms[i] = now_ms
                self._last_ident = self._last_ident % 32767 + 1
                self.ident[i] = self._last_ident
                return


def _bounded(speed):
    return max(-_SPEED_MAX, min(_SPEED_MAX, speed))
