"""Can the speed that a radar reports be believed, and which sign means "away"?

No maker says, and drivers disagree. So the reported speed of each track is added up and compared with the way
its positions have gone: what fits speaks for one polarity or the other, what fits neither speaks against
using it at all.
"""

from array import array

from sign.compat import const

_WAY_MM = const(400)  # enough to tell the polarities apart above the noise of the range
_OFF_MM = const(300)  # neither polarity is right when both are off by more
# Most modules report speeds away from them as positive: taken for granted until two walks contradict.
_AT_START = const(2)
_BELIEVED = const(2)
_SURE = const(8)
_SPEED_MAX = const(20_000)
_GAP_MAX_MS = const(1_000)


class Doppler:
    """One radar's polarity, and for each track the two ways that are compared."""

    def __init__(self, tracks):
        self._range_mm = array("i", [0] * tracks)
        self._gone_mm = array("i", [0] * tracks)
        self._score = _AT_START

    def polarity(self):
        """1 when a positive speed is away from the radar, -1 when towards it, 0 when nobody knows."""
        return 1 if self._score >= _BELIEVED else -1 if self._score <= -_BELIEVED else 0

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
        if -_WAY_MM < gone < _WAY_MM and -_WAY_MM < way < _WAY_MM:
            return
        self._vote(abs(way - gone), abs(way + gone))
        self.begin(i, range_mm)

    def _vote(self, off, off_reversed):
        score = self._score
        if off > _OFF_MM and off_reversed > _OFF_MM:
            score -= (score > 0) - (score < 0)
        elif 2 * off < off_reversed:
            score += 1
        elif 2 * off_reversed < off:
            score -= 1
        if -_SURE <= score <= _SURE:
            self._score = score
