"""The vehicle gate: people are warned for only while a vehicle comes, as a LD2451 sees it.

A vehicle counts for `vehicle_hold_ms` after it was last seen: the radar sees none nearer than 10 m, none that
stands, and loses one now and then. When in doubt the gate is open, since a warning too many costs less than
one too few: before the radar's first word, while its line is garbled, and after `vehicle_trust_min` without
a word, for silence is no fault of this radar and cannot be told from a torn cable.
"""

from sign.compat import TICKS_MASK, const
from sign.core.polarity import UNKNOWN, Polarity
from sign.core.vehicle_count import VehicleCount

_MS_PER_MIN = const(60_000)
_FIELDS = const(5)  # of a target, as FIELDS_PER_TARGET; a range of another's constant would be an allocation
_DIRECTION = const(2)


class VehicleGate:
    """Ask `is_open` whenever somebody needs a warning. `counts` are the vehicles that came, a VehicleCount:
    from when the direction byte's meaning is known."""

    def __init__(self, config, now_ms):
        self._spoke = self._seen = False
        self._spoke_ms = self._seen_ms = now_ms
        self._polarity = Polarity()
        self.counts = VehicleCount()
        self.configure(config)

    def configure(self, config):
        """Take the times of a new configuration."""
        self._hold_ms = config.vehicle_hold_ms
        self._trust_ms = config.vehicle_trust_min * _MS_PER_MIN

    def frame(self, radar, now_ms):
        """Take a report of the driver `Ld2451`."""
        self._spoke = True
        self._spoke_ms = now_ms
        polarity, targets, count = self._polarity, radar.targets, radar.count
        polarity.update(targets, count, now_ms)
        for at in range(_DIRECTION, count * _FIELDS, _FIELDS):
            if polarity.approaches(targets[at]):
                self._seen = True
                self._seen_ms = now_ms
                break
        if polarity.approaching != UNKNOWN:
            self.counts.frame(targets, count, polarity.approaching, now_ms)

    def tick(self, now_ms):
        """Forget what is too old; at least every six days."""
        if self._seen and (now_ms - self._seen_ms) & TICKS_MASK > self._hold_ms:
            self._seen = False
        if self._spoke and (now_ms - self._spoke_ms) & TICKS_MASK > self._trust_ms:
            self._spoke = False

    def keep(self, keeper):
        """Hand what is known to the keeper, see `recorder`."""
        self._spoke = keeper.word(self._spoke)
        self._seen = keeper.word(self._seen)
        self._spoke_ms = keeper.moment(self._spoke_ms)
        self._seen_ms = keeper.moment(self._seen_ms)
        self._polarity.keep(keeper)

    def is_open(self, garbled):
        """Whether a warning may be given now; `garbled` is the verdict over the radar's line."""
        return self._seen or not self._spoke or garbled
