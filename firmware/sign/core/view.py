"""What the radars that give places see: tracks, and whether any of them means to cross.

A radar invents targets that last up to ten frames. So a track that is younger than that is believed at once
only on a second opinion: that the PIR has seen something warm, since about when the track was born. The PIR's
word counts while it has lately been right (somebody was surely there in its pulses), and not where a vehicle
may have warmed it. On a sign without a usable PIR every track is believed.
"""

from array import array

from sign.compat import const, ticks_add, ticks_diff
from sign.core.geometry import Geometry
from sign.core.intent import EVERYBODY, Intent
from sign.core.tracker import POLARITY, PRESUMED, RADAR_CELLS, Tracker

NOWHERE = const(0)
ON_PAVEMENT = const(1)  # or on the crossing: where people are expected
ELSEWHERE = const(2)

_JUDGE_MS = const(200)  # without a frame for so long, tracks and remembered people may end
# A PIR of the HC-SR501 class is blind for 2.5-3 s after its pulse.
_BLIND_MS = const(3_200)
_QUEUE_MS = const(10_000)  # the next car is as warm, and may creep as slowly as people walk
_NEW_PULSE_MS = const(500)
_CREDIT = const(3)  # pulses in a row with nobody there until its word counts no more


class View:
    """Tracks and intent of one crossing; nothing allocates but `configure`.

    After `frame` or `tick`: `reason`, `t_kerb_ms` (-1 unknown), `range_mm`, `track` and `place` as of
    `Intent`; `tracked`: how many are followed; `walked`: one of them surely is a person; `quiet`: nothing is
    followed, not even as a first guess, and nobody remembered. Set `pir_usable` to whether the PIR can be
    believed.
    """

    def __init__(self, config, now_ms=0):
        self.tracker = Tracker(now_ms)
        self.radars = (array("i", [0] * RADAR_CELLS), array("i", [0] * RADAR_CELLS))
        for radar in self.radars:
            radar[POLARITY] = PRESUMED
        self._judged_ms = self._warm_ms = self._pulse_ms = now_ms
        self._pulse = self._proved = self._by_car = False
        self._credit = _CREDIT
        self._car_ms = ticks_add(now_ms, -_QUEUE_MS)
        self._winter = False
        self.reason = self.range_mm = self.track = self.place = self.tracked = 0
        self.t_kerb_ms = -1
        self.quiet = True
        self.walked = False
        self.configure(config)

    def configure(self, config):
        """Take a new configuration; tracks go on."""
        geometry = Geometry(config)
        for port in range(len(self.radars)):
            for k in range(len(geometry.places[port])):
                self.radars[port][k] = geometry.places[port][k]
        self.intent = Intent(config, geometry)
        self.pir_usable = config.pir_enabled
        self.set_winter(self._winter)

    def set_winter(self, winter):
        """Whether roads may be slippery."""
        self._winter = winter
        self.intent.set_winter(winter)

    def frame(self, port, targets, count, now_ms):
        """Take one frame's targets (x, y, speed, resolution each) of the radar at `port`. One that is dated
        before what was judged last (the other radar's, after a stall) counts as of then.
        """
        if ticks_diff(now_ms, self._judged_ms) < 0:
            now_ms = self._judged_ms
        self.tracker.update(self.radars[port], targets, count, now_ms)
        self._judge(now_ms)

    def tick(self, now_ms):
        """Without frames nothing else would end a track or a remembered person."""
        if ticks_diff(now_ms, self._judged_ms) > _JUDGE_MS:
            self.tracker.expire(now_ms)
            self._judge(now_ms)

    def refresh(self, now_ms):
        """The PIR sees something warm that moves; call it in each tick of its pulse."""
        if not self._pulse or ticks_diff(now_ms, self._warm_ms) > _NEW_PULSE_MS:
            self._end_pulse()
            self._pulse = True
            self._pulse_ms = now_ms
            self._proved = False
            self._by_car = 0 <= ticks_diff(now_ms, self._car_ms) < _QUEUE_MS
        self._warm_ms = now_ms
        self.intent.refresh(now_ms)

    def _judge(self, now_ms):
        self._judged_ms = now_ms
        if self._pulse and ticks_diff(now_ms, self._warm_ms) > _BLIND_MS:
            self._end_pulse()
        proven_ms = 0
        if not self.pir_usable:
            proven_ms = EVERYBODY
        elif self._pulse and self._credit and not self._by_car:
            proven_ms = ticks_diff(now_ms, self._pulse_ms) + _BLIND_MS
        intent = self.intent
        intent.evaluate(self.tracker, now_ms, proven_ms)
        if intent.settled:
            self._proved = True
        if intent.vehicle:
            self._by_car = True
            self._car_ms = now_ms
        self._tell(intent)

    def _tell(self, intent):
        tracker = self.tracker
        self.reason, self.t_kerb_ms = intent.reason, intent.t_kerb_ms
        self.range_mm, self.track, self.place = intent.range_mm, intent.track, intent.place
        self.walked = intent.settled
        self.tracked = tracker.confirmed
        self.quiet = not (tracker.followed or intent.remembers)

    def _end_pulse(self):
        """A pulse is over, with the time in which the PIR is blind: was it right?"""
        if self._pulse and not self._by_car:
            self._credit = _CREDIT if self._proved else max(0, self._credit - 1)
        self._pulse = False
