"""Which sensors can be believed, found by holding them against each other and against how it used to be.

No sensor says of itself that snow covers it or that somebody bent its pole. But the PIR sees who the radar
should have seen, and people walk where the pavement is. Each finding has a name, patience in both directions,
and a fallback, so that a sign that has lost one sense goes on with the others.
"""

from sign.compat import TICKS_MASK, const, ticks_add
from sign.core.health_levels import Level, Line
from sign.core.verdict import Share, Verdicts

# Codes of what is found here: places in faults.names().
_RADAR_SILENT = const(1)
_RADAR_GARBLED = const(2)
_PIR_STUCK_ON = const(3)
_STUCK_ON = const(4)
_RADAR_STUCK_ON = const(11)
_RADAR_STUCK_OFF = const(12)
_RADAR_FLUTTER = const(13)
_RADAR_BLOCKED = const(14)
_RADAR_MOVED = const(15)
_PIR_STUCK_OFF = const(16)
_PIR_FLUTTER = const(17)
_BUTTON_STUCK_ON = const(18)
_BUTTON_FLUTTER = const(19)
_SECOND_SILENT = const(20)
_SECOND_GARBLED = const(21)
_SECOND_STUCK_ON = const(22)
_SECOND_STUCK_OFF = const(23)
_SECOND_FLUTTER = const(24)
_ONE_SENSOR = const(25)
_NO_SENSOR = const(26)

# How many of the sensors that see people can be believed; the button sees nobody by itself.
FULL = const(0)  # all
REDUCED = const(1)  # at least two of more
SINGLE = const(2)  # one of several
BLIND = const(3)  # none: the lamps do what `fail_mode` says

WINDOW_MS = const(60_000)
# The PIR's pulse begins up to so long before or after the radar's first target of the same person.
_MEET_MS = const(3_000)
_PULSES = const(16)  # of the PIR, to judge the radar by
_SEEN_USUAL_PCT = const(50)  # before anything was learned; a PIR sees beside the radar's fan, too
# Sun and wind trigger a PIR, too. It bears witness against the radar once most of whom it saw were people:
# they met in the radar.
_WITNESS_PCT = const(60)
_BLOCKED_PART = const(3)  # less than a third of what is usual
_PLACES = const(256)  # of moving people, to judge the radar's direction by
_PAVED_USUAL_PCT = const(60)
_MOVED_PART = const(2)  # less than half
_SET_AFTER = const(2)


class HealthChecks:
    """Cross-checks of radars, PIR and button. Feed it about ten times a second; nothing allocates.

    `radars` are the drivers by port, of the kinds in the configuration. After `tick` returned True: fault
    `code` has become `active` or not; at most one a tick, so that none goes unreported. What follows from
    the findings, for the decision:
    `heard` (by port: has that radar a say?), `pir_heard`, `button_heard`, `others_decide` (do PIR and a
    second opinion decide beside the first radar?), and `mode` (FULL .. BLIND). `concluded` is set
    whenever these may have changed, for the reader to clear; `pending`: more faults may wait to be told.
    """

    def __init__(self, config, faults, radars, now_ms):
        self.code = 0
        self.active = False
        self._faults = faults
        self.verdicts = verdicts = Verdicts(_NO_SENSOR + 1)
        self._window = now_ms // WINDOW_MS  # by the clock, so that no delay adds up
        self._pulse_ms = self._target_ms = ticks_add(now_ms, -2 * _MEET_MS)
        self._pulse_open = self.pending = False
        self._pir_was = 0
        self._walked = False  # somebody surely did in this window
        self._seen = Share(_PULSES, _SEEN_USUAL_PCT)
        self._paved = Share(_PLACES, _PAVED_USUAL_PCT)
        verdicts.be_patient(_RADAR_BLOCKED, _SET_AFTER)
        verdicts.be_patient(_RADAR_MOVED, _SET_AFTER)
        self._make_sensors(config, radars, now_ms)
        self.configure(config)

    def _make_sensors(self, config, radars, now_ms):
        verdicts = self.verdicts
        self.lines = [Line(verdicts, radars[0], _RADAR_SILENT, _RADAR_GARBLED, now_ms)]
        if len(radars) > 1:
            self.lines.append(Line(verdicts, radars[1], _SECOND_SILENT, _SECOND_GARBLED, now_ms))
        self._second_sees = config.second_kind not in ("none", "ld2451")
        # Two LD2450 give one picture: it is judged as one sensor, their lines are two.
        self._fused = config.radar_kind == config.second_kind == "ld2450"
        self.heard = bytearray(b"\x01\x01")
        self._radar = Level(verdicts, _RADAR_STUCK_ON, _RADAR_STUCK_OFF, _RADAR_FLUTTER)
        self._pir = Level(verdicts, _PIR_STUCK_ON, _PIR_STUCK_OFF, _PIR_FLUTTER)
        self._button = Level(verdicts, _BUTTON_STUCK_ON, None, _BUTTON_FLUTTER)
        self._second = None
        if self._second_sees and not self._fused:
            self._second = Level(verdicts, _SECOND_STUCK_ON, _SECOND_STUCK_OFF, _SECOND_FLUTTER)

    def configure(self, config):
        """Take the limits of a new configuration; what was found and learned stays."""
        on, off, edges = config.stuck_on_min, config.stuck_off_min, config.flutter_per_min
        for sensor in (self._radar, self._pir, self._second):
            if sensor:
                sensor.configure(on, off, edges)
        self._button.configure(config.button_stuck_min, off, edges)
        self._silent_ms = config.radar_silent_ms
        self._pir_enabled, self._button_enabled = config.pir_enabled, config.button_enabled
        self._conclude()

    @property
    def learned(self):
        """(per cent of the PIR's pulses that the radar sees too, per cent of places on the pavement)."""
        return self._seen.learned_pct, self._paved.learned_pct

    def restore(self, seen_pct, paved_pct):
        """Go on with what was learned before a restart."""
        self._seen.learned_pct, self._paved.learned_pct = seen_pct, paved_pct

    def saw_place(self, on_pavement):
        """A walker of a radar frame is on pavement or crossing, or is elsewhere."""
        if self._paved.add(on_pavement):
            self._judge(self._paved, _RADAR_MOVED, _MOVED_PART)

    def tick(self, now_ms, tracked, pir, button, present, stuck_on, up_s):
        """Weigh the sensors: whether the first radar tracks anything (1; raw targets flutter by nature) or
        surely a person (2), the levels of PIR and button, whether the second radar sees anybody, and whether
        the warning is stuck.
        """
        verdicts = self.verdicts
        self.lines[0].tick(now_ms, self._silent_ms)
        if len(self.lines) > 1:
            self.lines[1].tick(now_ms, self._silent_ms if self._second_sees else 0)
        self._radar.tick(tracked)
        if tracked > 1:
            self._walked = True
        if self._pir_enabled:
            self._pir.tick(pir)
            self._meet(now_ms, tracked, pir)
        if self._button_enabled:
            self._button.tick(button)
        if self._second:
            self._second.tick(present)
        verdicts.weigh(_STUCK_ON, stuck_on)
        window = now_ms // WINDOW_MS
        if window != self._window:
            self._window = window
            self._close()
        if verdicts.changed:
            verdicts.changed = False
            self._conclude()
        return self.pending and self._report(up_s)

    def _meet(self, now_ms, tracked, pir):
        """Did the radar see whom the PIR saw? Judged once the time for it is over."""
        if tracked:
            self._target_ms = now_ms
        elif (now_ms - self._target_ms) & TICKS_MASK > WINDOW_MS:
            self._target_ms = ticks_add(now_ms, -WINDOW_MS)  # ticks know no more than some days
        if pir and not self._pir_was and not self._pulse_open:
            self._pulse_open = True
            self._pulse_ms = now_ms
        self._pir_was = pir
        if self._pulse_open and (now_ms - self._pulse_ms) & TICKS_MASK >= _MEET_MS:
            self._pulse_open = False
            met = (now_ms - self._target_ms) & TICKS_MASK <= 2 * _MEET_MS
            if self.lines[0].sound and self._seen.add(met):
                self._judge(self._seen, _RADAR_BLOCKED, _BLOCKED_PART)

    def _judge(self, share, code, part):
        verdicts = self.verdicts
        bad = share.pct * part < share.learned_pct
        if code == _RADAR_MOVED or self._pir_is_witness():
            verdicts.weigh(code, bad)
        if not (bad or verdicts.stands[code] or verdicts.stands[_RADAR_STUCK_ON]):
            share.learn()

    def _pir_is_witness(self):
        return self._seen.learned_pct >= _WITNESS_PCT

    def _close(self):
        radar, pir = self._radar.was_on, self._pir.was_on
        second = self._second.was_on if self._second else False
        self._radar.close(pir or second, self.lines[0].sound)
        # Branches and ghosts are no people whom a PIR should have seen.
        self._pir.close(self._walked or second, self._pir_enabled)
        self._walked = False
        self._button.close(False, self._button_enabled)
        if self._second:
            self._second.close(radar or pir, self.lines[1].sound)

    def _conclude(self):
        """From the findings to what the decision does without."""
        self.pending = self.concluded = True
        stands = self.verdicts.stands
        self.pir_heard = self._pir_enabled and self._pir.believed
        self.button_heard = self._button_enabled and self._button.believed
        # One that flutters or was turned still sees people; a ghost speaks against any warning.
        self.heard[0] = not stands[_RADAR_STUCK_ON]
        first = self.heard[0] and self.lines[0].sound
        second = self._conclude_second() if self._second_sees else False
        doubtful = stands[_RADAR_FLUTTER] or stands[_RADAR_MOVED] or (self._fused and not second)
        blind = stands[_RADAR_STUCK_OFF] or stands[_RADAR_BLOCKED]
        proven = self._second is not None or self._pir_is_witness()
        self.others_decide = doubtful or not first or (blind and proven)
        first = first and not blind
        there = 1 + self._second_sees + self._pir_enabled
        good = bool(first) + bool(second) + bool(self.pir_heard)
        self.mode = FULL if good == there else BLIND - min(good, 2)
        stands[_ONE_SENSOR] = self.mode == SINGLE
        stands[_NO_SENSOR] = self.mode == BLIND

    def _conclude_second(self):
        """Whether the second radar counts as a sensor."""
        if self._fused:
            self.heard[1] = self.heard[0]
            seeing = not self.verdicts.stands[_RADAR_STUCK_OFF]
            return self.heard[0] and seeing and self.lines[1].sound
        self.heard[1] = self._second.believed
        return self.heard[1] and self.lines[1].sound

    def _report(self, up_s):
        """Bring one fault that changed up to date with its verdict."""
        faults, stands = self._faults, self.verdicts.stands
        for code in range(_RADAR_SILENT, _NO_SENSOR + 1):
            if _STUCK_ON < code < _RADAR_STUCK_ON:
                continue  # another's
            if faults.set(code, up_s) if stands[code] else faults.clear(code):
                self.code, self.active = code, stands[code] != 0
                return True
        self.pending = False
        return False
