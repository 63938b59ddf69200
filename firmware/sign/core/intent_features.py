"""What the learned score looks at: a track's place and movement in terms of its crossing.

Nothing here knows a site's coordinates: distances are to the kerb line and to the nearer end of the crossing,
so that left and right are the same, and so are sites.
"""

from array import array

from sign.compat import const
from sign.core.tracker import MAX_TRACKS

FAR_AWAY = const(30_000)  # time to the kerb of somebody who does not near it
_CLOSING_MM_S = const(100)  # slower is not nearing
_STILL_MM_S = const(400)
_HIT_AHEAD_MS = const(4_000)  # where the kerb would be met is not asked further ahead
_NOWHERE_MM = const(10_000)

# Each feature falls into one of 64 bins: value - low, shifted right.
NAMES = ("s", "out", "vs", "vout", "t_kerb", "hit", "age", "still", "nearest", "speed")
_LOW = array("h", (-6144, -2048, -1024, -2048, 0, -2048, 0, 0, -6144, 0))
_SHIFT = b"\x07\x06\x06\x06\x06\x06\x05\x05\x07\x05"
COUNT = const(10)
_TOP = const(63)


class Features:
    """Fills `bins` for one track after the other.

    `place` gives s, q (mm), vs, vq (mm/s) with the radar's latency made good, `seen_s`, `seen_q` without it,
    how far beside the crossing it is (`off_mm`, negative before it), `t_kerb_ms` (FAR_AWAY when not nearing)
    and how far beside the crossing it will meet the kerb (`hit_mm`). `follow` gives the rest.
    """

    def __init__(self, geometry):
        self._geometry = geometry
        self._half_mm = geometry.length_mm // 2
        self.bins = bytearray(COUNT)
        self._values = array("i", [0] * COUNT)
        self._still = bytearray(MAX_TRACKS)
        self._nearest = array("i", [0] * MAX_TRACKS)
        self.s = self.q = self.vs = self.vq = self.seen_s = self.seen_q = 0
        self.t_kerb_ms = FAR_AWAY
        self.hit_mm = _NOWHERE_MM
        self.off_mm = 0

    def forget(self, i):
        """Track i is somebody else from now on."""
        self._still[i] = 0

    def place(self, tracker):
        """Take the track that `tracker` has looked at."""
        geometry = self._geometry
        s, q = geometry.s_mm(tracker.x, tracker.y), geometry.q_mm(tracker.x, tracker.y)
        vs, vq = geometry.s_speed(tracker.vx, tracker.vy), geometry.q_speed(tracker.vx, tracker.vy)
        self.seen_s = geometry.s_mm(tracker.seen_x, tracker.seen_y)
        self.seen_q = geometry.q_mm(tracker.seen_x, tracker.seen_y)
        if geometry.folded and s > 0:
            s, vs = -s, -vs
        self.s, self.q = s, q
        self.vs, self.vq = vs, vq
        self.off_mm = abs(q - self._half_mm) - self._half_mm
        self._meet_kerb()

    def _meet_kerb(self):
        s, vs = self.s, self.vs
        if vs <= _CLOSING_MM_S:
            self.t_kerb_ms, self.hit_mm = FAR_AWAY, _NOWHERE_MM
            return
        t_ms = -s * 1000 // vs if s < 0 else 0
        self.t_kerb_ms = t_ms if t_ms < FAR_AWAY else FAR_AWAY
        ahead_ms = t_ms if t_ms < _HIT_AHEAD_MS else _HIT_AHEAD_MS
        half = self._half_mm
        self.hit_mm = abs(self.q + self.vq * ahead_ms // 1000 - half) - half

    def follow(self, i, hits, age_ms):
        """Add what only time shows, and fill `bins`."""
        s, half = self.s, self._half_mm
        vs, vq = self.vs, self.vq
        nearest, still = self._nearest, self._still
        if hits <= 2 or s > nearest[i]:
            nearest[i] = s
        across, along = abs(vs), abs(vq)
        speed = across + along * 3 // 8 if across > along else along + across * 3 // 8
        if speed < _STILL_MM_S:
            still[i] += still[i] < 250
        elif still[i]:
            still[i] = still[i] - 2 if still[i] > 2 else 0
        off = self.q - half
        values = self._values
        values[0] = s
        values[1] = self.off_mm
        values[2] = vs
        values[3] = vq if off > 0 else -vq
        values[4] = self.t_kerb_ms
        values[5] = self.hit_mm
        values[6] = age_ms
        values[7] = still[i] * 100
        values[8] = nearest[i]
        values[9] = speed
        self._fill()

    def _fill(self):
        bins, values = self.bins, self._values
        for k in range(COUNT):
            value = (values[k] - _LOW[k]) >> _SHIFT[k]
            bins[k] = 0 if value < 0 else _TOP if value > _TOP else value
