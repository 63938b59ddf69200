"""Radar targets to tracks: integers only, every array made once.

Positions and velocities live in the radar's plane in sixteenths (1/16 mm, 1/16 mm/s). A radar measures well
along its beam and badly across it, so each correction is split in two: gains along the beam shrink with the
number of hits, gains across it with distance, too (`sim/learning/gains.py` computes the tables). The speed a
radar reports is believed as far as the positions bear it out: see `Doppler`.
"""

from array import array

from sign.compat import const, ticks_diff
from sign.core.doppler import Doppler
from sign.core.geometry import REACH_MM
from sign.proto.ld2450 import FIELDS_PER_TARGET, MAX_TARGETS

MAX_TRACKS = const(6)
LATENCY_MS = const(150)  # a frame shows the world of that long ago
COAST_MS = const(1_000)  # most bursts of lost frames are shorter

# Made by `python -m learning.gains`: by number of hits, 1.. ; across: rows for ranges of 1.5 m each; along:
# without and with a reported speed.
_ACROSS_ALPHA_256 = (
    b"\xff\xa1\xa0\x9a\x8e\x81\x75\x6c\x64\x5f\x5a\x57\x55\x54\x53\x53"
    b"\xff\x8a\x76\x76\x75\x70\x6a\x63\x5d\x57\x52\x4d\x4a\x47\x44\x42"
    b"\xff\x85\x67\x60\x60\x60\x5e\x5a\x56\x51\x4d\x49\x46\x42\x40\x3d"
    b"\xff\x83\x60\x55\x53\x53\x52\x51\x4f\x4c\x49\x46\x42\x40\x3d\x3b"
)
_ACROSS_BETA_64 = (
    b"\x00\xa6\xbb\x97\x73\x59\x47\x3b\x33\x2e\x2b\x29\x28\x28\x28\x28"
    b"\x00\x33\x53\x5a\x53\x46\x3b\x31\x2a\x24\x20\x1d\x1a\x19\x17\x16"
    b"\x00\x18\x2b\x36\x39\x36\x30\x2a\x25\x20\x1c\x19\x17\x15\x13\x12"
    b"\x00\x0e\x1a\x23\x27\x28\x27\x24\x20\x1d\x1a\x17\x15\x13\x11\x10"
)
_ALONG_ALPHA_256 = (
    b"\xff\xa5\xa5\x9d\x8f\x82\x76\x6d\x65\x60\x5c\x59\x57\x56\x56\x55"
    b"\xff\x81\x58\x44\x39\x32\x2d\x2a\x28\x26\x25\x24\x24\x23\x23\x23"
)
_ALONG_BETA_64 = (
    b"\x00\xbc\xc9\x9d\x75\x5a\x48\x3d\x35\x31\x2e\x2c\x2b\x2b\x2b\x2b"
    b"\x00\x07\x08\x09\x0a\x0a\x0b\x0b\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c"
)
_ALONG_DELTA_256 = b"\xfa\x92\x7b\x74\x72\x71\x70\x70\x70\x70\x70\x70\x70\x70\x70\x70"
_GAINS = const(16)
_NEAR = const(2_250 << 4)  # between the first two rows, in 1/16 mm
_ROW = const(1_500 << 4)

_GATE_MM = const(900)  # three sigma across the beam at 5 m, and a step
_GATE_GROWTH_MM = const(100)  # per lost frame
_GATE_MAX_MM = const(1_600)
_FAR = const(0x3FFFFFFF)
_BIRTH_HITS = const(2)  # within
_BIRTH_FRAMES = const(3)
_SOME_HITS = const(4)
_SLOW_MM_S = const(400)
_DT_MIN_MS = const(20)
_DT_MAX_MS = const(500)
_SPEED_MAX = const(16 * 16_000)  # 16 m/s
_NONE = const(255)

_FREE = const(0)
_TENTATIVE = const(1)
_CONFIRMED = const(2)


class Tracker:
    """Up to six tracks; `ident[i]` names track i from birth to death, 1..32767.

    After `look(i, now_ms)`: `x`, `y` (mm) and `vx`, `vy` (mm/s) of track i, the radar's latency made good;
    `seen_x`, `seen_y` is where the radar last put it.
    """

    def __init__(self, now_ms=0):
        zeros = [0] * MAX_TRACKS
        self._x, self._y = array("i", zeros), array("i", zeros)
        self._vx, self._vy = array("i", zeros), array("i", zeros)
        self._seen_ms = array("i", zeros)
        self._born_ms = array("i", zeros)
        self._speed = array("i", zeros)  # as the radar said last
        self._state = bytearray(MAX_TRACKS)
        self._hits = bytearray(MAX_TRACKS)
        self._misses = bytearray(MAX_TRACKS)
        self.ident = array("h", zeros)
        self._last_ident = 0
        self._frame_ms = now_ms
        self._holder = bytearray(MAX_TRACKS)  # target that track i has taken, _NONE while free
        self._price = array("i", zeros)  # squared distance to it
        self._before = array("i", [0] * (2 * MAX_TARGETS))
        self._before_count = 0
        self._targets = None
        self._orphans = 0
        self.doppler = Doppler(MAX_TRACKS)
        self.ghosts = 0
        self._away = self._range = self._ux = self._uy = 0
        self.x = self.y = self.vx = self.vy = self.seen_x = self.seen_y = 0

    def update(self, targets, count, now_ms):
        """Take one frame's targets (x, y, speed, resolution each) as received at `now_ms`."""
        self.begin(targets, count, now_ms)
        for i in range(MAX_TRACKS):
            self.follow(i)
        self.finish()

    def begin(self, targets, count, now_ms):
        """Like `update`, but in pieces to keep ticks short: this, then `follow` each track, `finish`."""
        dt_ms = ticks_diff(now_ms, self._frame_ms)
        dt_ms = _DT_MIN_MS if dt_ms < _DT_MIN_MS else _DT_MAX_MS if dt_ms > _DT_MAX_MS else dt_ms
        self._frame_ms = now_ms
        self._targets = targets
        self._predict(dt_ms)
        self._orphans = self._claim_all(targets, count)
        self._remember(targets, count)

    def finish(self):
        """End an update: old tracks go, targets without a track begin new ones."""
        targets, now_ms, orphans = self._targets, self._frame_ms, self._orphans
        self.expire(now_ms)
        k = 0
        while orphans:
            if orphans & 1:
                at = k * FIELDS_PER_TARGET
                self._start(targets[at], targets[at + 1], targets[at + 2], now_ms)
            orphans >>= 1
            k += 1

    def expire(self, now_ms):
        """Let go tracks that no frame has confirmed for too long (the radar may have fallen silent)."""
        state = self._state
        for i in range(MAX_TRACKS):
            if state[i] and ticks_diff(now_ms, self._seen_ms[i]) > COAST_MS:
                state[i] = _FREE

    def alive(self, i):
        """Whether there is a track i at all."""
        return self._state[i] != _FREE

    def confirmed(self, i):
        """Whether track i is a person rather than a first guess."""
        return self._state[i] == _CONFIRMED

    def any(self):
        """Whether anything at all is being followed."""
        return any(self._state)

    def hits(self, i):
        """Frames that have confirmed track i, up to 255."""
        return self._hits[i]

    def doubtful(self, i):
        """Whether the velocity rests on few hits and on a reported speed whose sign is not proven yet."""
        few = self._hits[i] < _SOME_HITS and not self.doppler.proven()
        return few and not -_SLOW_MM_S < self._speed[i] < _SLOW_MM_S

    def age_ms(self, i):
        """How long track i has been known: from its first to its last hit."""
        return ticks_diff(self._seen_ms[i], self._born_ms[i])

    def look(self, i, now_ms):
        """Fill `x`, `y`, `vx`, `vy`, `seen_x`, `seen_y` for track i at `now_ms`."""
        ahead_ms = ticks_diff(now_ms, self._frame_ms)
        ahead_ms = LATENCY_MS + (0 if ahead_ms < 0 else _DT_MAX_MS if ahead_ms > _DT_MAX_MS else ahead_ms)
        x, y = self._x[i], self._y[i]
        vx, vy = self._vx[i], self._vy[i]
        self.seen_x, self.seen_y = x >> 4, y >> 4
        self.vx, self.vy = vx >> 4, vy >> 4
        self.x = (x + vx * ahead_ms // 1000) >> 4
        self.y = (y + vy * ahead_ms // 1000) >> 4

    def _predict(self, dt_ms):
        state = self._state
        x, y = self._x, self._y
        vx, vy = self._vx, self._vy
        for i in range(MAX_TRACKS):
            if state[i]:
                x[i] += vx[i] * dt_ms // 1000
                y[i] += vy[i] * dt_ms // 1000
                self._holder[i] = _NONE
                self._price[i] = _FAR

    def _claim_all(self, targets, count):
        """Join targets and tracks, nearest pairs first; returns a bit for each target that found none."""
        orphans = 0
        for k in range(count):
            at = k * FIELDS_PER_TARGET
            x, y = targets[at], targets[at + 1]
            if not (-REACH_MM <= x <= REACH_MM and -REACH_MM <= y <= REACH_MM):
                continue
            if self._is_stale(x, y):
                self.ghosts = (self.ghosts + 1) & 0xFFFFFF
                continue
            loser = self._claim(targets, k)
            if loser != _NONE:
                orphans |= 1 << loser
        return orphans

    def _claim(self, targets, k):
        """Give target k the nearest track that nobody nearer has; who had it looks on. The last loser."""
        while True:
            at = k * FIELDS_PER_TARGET
            i = self._nearest(targets[at], targets[at + 1])
            if i < 0:
                return k
            loser = self._holder[i]
            self._holder[i] = k
            self._price[i] = self._away
            if loser == _NONE:
                return _NONE
            k = loser

    def _nearest(self, x_mm, y_mm):
        """The track nearest to a place whose gate holds it and which it would win, -1 for none."""
        state, misses, price = self._state, self._misses, self._price
        x, y = self._x, self._y
        best, best_away = -1, _FAR
        for i in range(MAX_TRACKS):
            if not state[i]:
                continue
            gate = _GATE_MM + _GATE_GROWTH_MM * misses[i]
            if gate > _GATE_MAX_MM:
                gate = _GATE_MAX_MM
            dx = x_mm - (x[i] >> 4)
            dy = y_mm - (y[i] >> 4)
            if -gate <= dx <= gate and -gate <= dy <= gate:
                away = dx * dx + dy * dy
                if away < best_away and away < price[i] and away <= gate * gate:
                    best, best_away = i, away
        self._away = best_away
        return best

    def follow(self, i):
        """Correct track i by its target; count a miss where there is none."""
        state, misses = self._state, self._misses
        if not state[i]:
            return
        target = self._holder[i]
        if target != _NONE:
            targets, at = self._targets, target * FIELDS_PER_TARGET
            self._correct(i, targets[at], targets[at + 1], targets[at + 2], self._frame_ms)
            self._hit(i, self._frame_ms)
            return
        if misses[i] < 255:
            misses[i] += 1
        if state[i] == _TENTATIVE and self._hits[i] + misses[i] >= _BIRTH_FRAMES:
            state[i] = _FREE

    def _correct(self, i, x_mm, y_mm, speed_mm_s, now_ms):
        x, y = self._x[i], self._y[i]
        vx, vy = self._vx[i], self._vy[i]
        hits = self._hits[i]
        hits = hits if hits < _GAINS else _GAINS - 1
        self._aim(x, y)
        rng, ux, uy = self._range, self._ux, self._uy
        row = 0 if rng < _NEAR else (rng - _NEAR) // _ROW + 1
        cell = (row if row < 3 else 3) * _GAINS + hits
        alpha, beta = _ACROSS_ALPHA_256[cell], _ACROSS_BETA_64[cell]
        rx, ry = (x_mm << 4) - x, (y_mm << 4) - y
        along = (rx * ux + ry * uy) >> 8
        self._speed[i] = speed_mm_s
        doppler = self.doppler
        before = doppler.polarity()
        doppler.compare(i, (rng >> 4) + (along >> 4), speed_mm_s, ticks_diff(now_ms, self._seen_ms[i]))
        told = doppler.polarity() if speed_mm_s else 0
        cell = hits + _GAINS if told else hits
        place = (_ALONG_ALPHA_256[cell] - alpha) * along >> 8
        gained = _ALONG_BETA_64[cell] * along >> 6
        speed = gained - (beta * along >> 6)
        if told:
            missing = (told * speed_mm_s << 4) - ((vx * ux + vy * uy) >> 8) - gained
            # What was taken the wrong way round so far is put right at once.
            speed += _ALONG_DELTA_256[hits if told == before else 0] * missing >> 8
        self._x[i] = x + (alpha * rx >> 8) + (place * ux >> 8)
        self._y[i] = y + (alpha * ry >> 8) + (place * uy >> 8)
        self._vx[i] = _bounded(vx + (beta * rx >> 6) + (speed * ux >> 8))
        self._vy[i] = _bounded(vy + (beta * ry >> 6) + (speed * uy >> 8))

    def _aim(self, x, y):
        """Range of a place (to 3 %, no root needed) and the beam's direction there, in 1/256."""
        across, ahead = abs(x), abs(y)
        if across > ahead:
            across, ahead = ahead, across
        ahead += 16
        rng = ahead - (ahead >> 3) + (across >> 1)
        if rng < ahead:
            rng = ahead
        self._range = rng
        self._ux, self._uy = (x << 8) // rng, (y << 8) // rng

    def _hit(self, i, now_ms):
        self._misses[i] = 0
        self._seen_ms[i] = now_ms
        if self._hits[i] < 255:
            self._hits[i] += 1
        if self._state[i] == _TENTATIVE and self._hits[i] >= _BIRTH_HITS:
            self._state[i] = _CONFIRMED

    def _start(self, x_mm, y_mm, speed_mm_s, now_ms):
        state = self._state
        for i in range(MAX_TRACKS):
            if not state[i]:
                self._place(i, x_mm << 4, y_mm << 4, speed_mm_s)
                state[i], self._hits[i], self._misses[i] = _TENTATIVE, 1, 0
                self._seen_ms[i] = self._born_ms[i] = now_ms
                self._last_ident = self._last_ident % 32767 + 1
                self.ident[i] = self._last_ident
                return

    def _place(self, i, x, y, speed_mm_s):
        self._x[i], self._y[i], self._speed[i] = x, y, speed_mm_s
        self._aim(x, y)
        rng, ux, uy = self._range, self._ux, self._uy
        self.doppler.begin(i, rng >> 4)
        speed = self.doppler.polarity() * (_ALONG_DELTA_256[0] * speed_mm_s >> 4)
        self._vx[i], self._vy[i] = _bounded(speed * ux >> 8), _bounded(speed * uy >> 8)

    def _is_stale(self, x, y):
        """A slot that was freed may repeat its coordinates to the bit."""
        before = self._before
        for k in range(0, 2 * self._before_count, 2):
            if before[k] == x and before[k + 1] == y:
                return True
        return False

    def _remember(self, targets, count):
        before = self._before
        for k in range(count):
            before[2 * k] = targets[k * FIELDS_PER_TARGET]
            before[2 * k + 1] = targets[k * FIELDS_PER_TARGET + 1]
        self._before_count = count


def _bounded(speed):
    return -_SPEED_MAX if speed < -_SPEED_MAX else _SPEED_MAX if speed > _SPEED_MAX else speed
