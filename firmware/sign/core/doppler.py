"""Can the speed that a radar reports be believed, and which sign means "away"?

No maker says, and drivers disagree. So the reported speed of each track is added up and compared with the way
its positions have gone: what fits speaks for one polarity or the other, what fits neither speaks against
using it at all.
"""

from array import array

from sign.compat import const

_WAY_MM = const(250)  # enough to tell the polarities apart above the noise of the range
# Most modules report speeds away from them as positive: presumed until one walk speaks against it.
_PRESUMED = const(1)
_SURE = const(8)
_SPEED_MAX = const(20_000)
_GAP_MAX_MS = const(1_000)


class Doppler:
    """One radar's polarity, and for each track the two ways that are compared."""

    def __init__(self, tracks):
        self._range_mm = array("i", [0] * tracks)
        self._gone_mm = array("i", [0] * tracks)
        self._score = _PRESUMED

    def polarity(self):
        """1 when a positive speed is away from the radar, -1 when towards it, 0 when nobody knows."""
        return (self._score > 0) - (self._score < 0)

    def proven(self):
        """Whether walks have spoken for the polarity, not only custom."""
        return not -_PRESUMED <= self._score <= _PRESUMED

    def begin(self, i, range_mm):
        """Track i is at `range_mm`; compare from here on."""
        self._range_mm[i] = range_mm
        self._gone_mm[i] = 0

    def compare(self, i, range_mm, speed_mm_s, gap_ms):
        """Track i is at `range_mm` now, reported with `speed_mm_s`, `gap_ms` after it was last seen."""
        if speed_mm_s > _SPEED_MAX or speed_mm_s < -_SPEED_MAX:
            return
        gone = self._gone_mm[i] + speed_mm_s * (gap_ms if gap_ms < _GAP_MAX_MS else _GAP_MAX_MS) // 1000
        self._gone_mm[i] = gone
        way = range_mm - self._range_mm[i]
        if not (-_WAY_MM < gone < _WAY_MM and -_WAY_MM < way < _WAY_MM):
            self._vote(abs(way - gone), abs(way + gone))
            self.begin(i, range_mm)

    def _vote(self, off, off_reversed):
        score = self._score
        if 2 * off < off_reversed:
            score += 1 if score != -1 else 2
        elif 2 * off_reversed < off:
            score -= 1 if score != 1 else 2
        else:
            score -= (score > 0) - (score < 0)
        if -_SURE <= score <= _SURE:
            self._score = score
