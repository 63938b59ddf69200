"""Which value of the LD2451's direction byte means that a vehicle comes nearer: its maker says both."""

from sign.compat import const, ticks_diff

UNKNOWN = const(-1)
_ENOUGH = const(5)  # vehicles more for one meaning than for the other
_VOTES_MAX = const(20)  # so that a replaced module is relearned within an hour of traffic
_TRAVEL_MM = const(5_000)  # the distance comes in whole metres, with noise
_GAP_MS = const(500)  # after such a pause it is another vehicle
_LEAP_MM = const(4_000)  # no vehicle travels so far from one report to the next


class Polarity:
    """Learns from vehicles that are alone in view; `approaching` is 0 or 1, UNKNOWN before there is proof.

    While it is unknown every vehicle is to be taken as approaching.
    """

    def __init__(self):
        self.approaching = UNKNOWN
        self._votes = 0  # above 0: 1 means nearer
        self._start_mm = self._last_mm = self._last_ms = 0
        self._direction = UNKNOWN

    def update(self, targets, count, now_ms):
        """Take a report of the driver `Ld2451`; allocates nothing."""
        if count != 1:
            self._direction = UNKNOWN
            return
        range_mm, direction = targets[1], targets[2]
        if not self._same(range_mm, direction, now_ms):
            self._start_mm, self._direction = range_mm, direction
        self._last_mm, self._last_ms = range_mm, now_ms
        nearer_mm = self._start_mm - range_mm
        if direction <= 1 and abs(nearer_mm) >= _TRAVEL_MM:
            self._vote(direction if nearer_mm > 0 else 1 - direction)
            self._start_mm = range_mm

    def approaches(self, direction):
        """Whether a vehicle with that direction byte comes nearer, as far as is known."""
        return self.approaching == UNKNOWN or direction == self.approaching

    def keep(self, keeper):
        """Hand what is known to the keeper, see `recorder`."""
        self.approaching = keeper.word(self.approaching)
        self._votes = keeper.word(self._votes)
        self._start_mm = keeper.word(self._start_mm)
        self._last_mm = keeper.word(self._last_mm)
        self._last_ms = keeper.moment(self._last_ms)
        self._direction = keeper.word(self._direction)

    def _same(self, range_mm, direction, now_ms):
        soon = ticks_diff(now_ms, self._last_ms) <= _GAP_MS
        return soon and direction == self._direction and abs(range_mm - self._last_mm) < _LEAP_MM

    def _vote(self, nearer_value):
        votes = self._votes + (1 if nearer_value else -1)
        self._votes = max(-_VOTES_MAX, min(_VOTES_MAX, votes))
        if self._votes >= _ENOUGH:
            self.approaching = 1
        elif self._votes <= -_ENOUGH:
            self.approaching = 0
