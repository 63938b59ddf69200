"""Which sensors can be believed, found by holding them against each other and against how it used to be.

No sensor says of itself that snow covers it or that somebody bent its pole. But the PIR sees who the radar
should have seen, and people walk where the pavement is. Each finding has a name, patience in both directions,
and a fallback, so that a sign that has lost one sense goes on with the others.
"""

from sign.compat import const, ticks_add, ticks_diff
from sign.core.health_levels import LevelHealth
from sign.core.verdict import Share, Verdict

# What may be found, by code.
NAMES = (
    "radar_stuck_on",  # somebody tracked all the time whom nobody else sees: a ghost, a parked thing
    "radar_stuck_off",  # never anybody, while the others see people
    "radar_flutter",  # tracks come and go all the time
    "radar_blocked",  # far fewer of those the PIR sees than usual: snow, a parked lorry
    "radar_moved",  # people walk where no pavement is: the radar was turned
    "pir_stuck_on",
    "pir_stuck_off",
    "pir_flutter",
    "button_stuck_on",
    "button_flutter",
    "second_stuck_on",  # the second radar, of presence
    "second_stuck_off",
    "second_flutter",
    "second_silent",
    "second_garbled",
)

WINDOW_MS = const(60_000)
_GARBLED_MIN = const(20)  # broken frames in a window; noise alone gives fewer
_COUNTER_MASK = const(0x1FFFFFFF)

# The PIR's pulse begins up to so long before or after the radar's first target of the same person.
_MEET_MS = const(3_000)
_PULSES = const(16)  # of the PIR, to judge the radar by
_SEEN_USUAL_PCT = const(50)  # before anything was learned; a PIR sees beside the radar's fan, too
_BLOCKED_PART = const(3)  # less than a third of what is usual
_PLACES = const(256)  # of moving people, to judge the radar's direction by
_PAVED_USUAL_PCT = const(60)
_MOVED_PART = const(2)  # less than half
_SET_AFTER = const(2)
_CLEAR_AFTER = const(1)


class HealthChecks:
    """Cross-checks of radar, PIR, button and, where there is one, the driver `second` of a presence radar.

    Feed it ten times a second; nothing allocates. After `tick` returned True: `code` (an index into NAMES)
    has become `active` or not; at most one a tick, so that none goes unreported. The fallbacks are
    `radar_believed`, `pir_believed`, `button_believed`, `second_believed` (has it a say?), `others_decide`
    (do PIR and second radar decide beside the radar?) and `place_believed` (are the radar's places held
    against the kerb, or does any approach count?).
    """

    def __init__(self, config, now_ms, second=None):
        self.code = 0
        self.active = False
        self._second_driver = second
        self._frames = self._bad_frames = 0
        self._window_ms = now_ms
        self._pulse_ms = self._target_ms = ticks_add(now_ms, -2 * _MEET_MS)
        self._pulse_open = False
        self._pir = 0
        self._seen = Share(_PULSES, _SEEN_USUAL_PCT)
        self._paved = Share(_PLACES, _PAVED_USUAL_PCT)
        self._make_verdicts()
        self.configure(config)

    def _make_verdicts(self):
        self.radar, self.pir, self.second = LevelHealth(), LevelHealth(), LevelHealth()
        self.button = LevelHealth(compared=False)
        self._blocked = Verdict(_SET_AFTER, _CLEAR_AFTER)
        self._moved = Verdict(_SET_AFTER, _CLEAR_AFTER)
        self._silent, self._garbled = Verdict(1, 1), Verdict(1, 1)
        self._verdicts = _of(self.radar) + (self._blocked, self._moved) + _of(self.pir)
        self._verdicts += (self.button.stuck_on, self.button.flutter)
        self._verdicts += _of(self.second) + (self._silent, self._garbled)
        self._known = bytearray(len(NAMES))
        self._pending = False

    def configure(self, config):
        """Take the limits of a new configuration; what was found and learned stays."""
        on, off, edges = config.stuck_on_min, config.stuck_off_min, config.flutter_per_min
        for sensor in (self.radar, self.pir, self.second):
            sensor.configure(on, off, edges)
        self.button.configure(config.button_stuck_min, off, edges)

    @property
    def learned(self):
        """(per cent of the PIR's pulses that the radar sees too, per cent of places on the pavement)."""
        return self._seen.learned_pct, self._paved.learned_pct

    def restore(self, seen_pct, paved_pct):
        """Go on with what was learned before a restart."""
        self._seen.learned_pct, self._paved.learned_pct = seen_pct, paved_pct

    @property
    def radar_believed(self):
        """Not while it is stuck on; one that flutters or was turned still sees people."""
        return not self.radar.stuck_on.stands

    @property
    def place_believed(self):
        """Whether places are held against the kerb line."""
        return not self._moved.stands

    @property
    def others_decide(self):
        """Whether PIR and second radar ask for a warning by themselves."""
        stuck = self.radar.stuck_on.stands or self.radar.stuck_off.stands
        return stuck or self._blocked.stands or self.radar.flutter.stands

    @property
    def pir_believed(self):
        """Neither stuck nor fluttering."""
        return self.pir.believed

    @property
    def button_believed(self):
        """Neither stuck nor fluttering."""
        return self.button.believed

    @property
    def second_believed(self):
        """There is one, it reports, and it is neither stuck nor fluttering."""
        reports = self._second_driver is not None and not (self._silent.stands or self._garbled.stands)
        return reports and self.second.believed

    def saw_place(self, on_pavement):
        """A moving track of a radar frame is on pavement or crossing, or it is elsewhere."""
        if self._paved.add(on_pavement):
            self._judge(self._paved, self._moved, _MOVED_PART)

    def tick(self, now_ms, tracked, pir, button, present=False):
        """Weigh the sensors: whether the radar tracks anybody (raw targets flutter by nature), the levels of
        PIR and button, and whether the second radar sees anybody.
        """
        self.radar.tick(tracked)
        self.pir.tick(pir)
        self.button.tick(button)
        if self._second_driver is not None:
            self.second.tick(present)
        self._meet(now_ms, tracked, pir)
        if ticks_diff(now_ms, self._window_ms) >= WINDOW_MS:
            self._window_ms = now_ms
            self._close()
        return self._pending and self._report()

    def _meet(self, now_ms, tracked, pir):
        """Did the radar see whom the PIR saw? Judged once the time for it is over."""
        if tracked:
            self._target_ms = now_ms
        elif ticks_diff(now_ms, self._target_ms) > WINDOW_MS:
            self._target_ms = ticks_add(now_ms, -WINDOW_MS)  # ticks know no more than six days
        if pir and not self._pir and not self._pulse_open:
            self._pulse_open = True
            self._pulse_ms = now_ms
        self._pir = pir
        if self._pulse_open and ticks_diff(now_ms, self._pulse_ms) >= _MEET_MS:
            self._pulse_open = False
            if self._seen.add(ticks_diff(now_ms, self._target_ms) <= 2 * _MEET_MS):
                self._judge(self._seen, self._blocked, _BLOCKED_PART)

    def _judge(self, share, verdict, part):
        bad = share.pct * part < share.learned_pct
        verdict.weigh(bad)
        self._pending = True
        if not (bad or verdict.stands or self.radar.stuck_on.stands):
            share.learn()

    def _close(self):
        radar, pir, second = self.radar.was_on, self.pir.was_on, self.second.was_on
        self.radar.close(pir or second)
        self.pir.close(radar or second)
        self.button.close(radar or pir or second)
        if self._second_driver is not None:
            self.second.close(radar or pir)
            self._weigh_frames(self._second_driver)
        self._pending = True

    def _weigh_frames(self, driver):
        frames = (driver.frames - self._frames) & _COUNTER_MASK
        bad = (driver.bad_frames - self._bad_frames) & _COUNTER_MASK
        self._frames, self._bad_frames = driver.frames, driver.bad_frames
        self._garbled.weigh(bad >= _GARBLED_MIN and bad > frames)
        self._silent.weigh(frames == 0 and not self._garbled.stands)

    def _report(self):
        """Find one change that was not reported yet."""
        for code in range(len(self._verdicts)):
            stands = self._verdicts[code].stands
            if stands != self._known[code]:
                self._known[code] = stands
                self.code, self.active = code, stands
                return True
        self._pending = False
        return False


def _of(sensor):
    return (sensor.stuck_on, sensor.stuck_off, sensor.flutter)
