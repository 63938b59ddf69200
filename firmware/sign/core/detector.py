"""The whole pure tick: radar bytes, PIR and button in; warning, events and faults out.

Who may ask for a warning, the first that does:

| sensor                                      | asks                                             |
|---------------------------------------------|--------------------------------------------------|
| LD2450, one or two in one picture           | unless it is stuck on                            |
| C4001 or LD2410 at the first port           | unless it is stuck on                            |
| button                                      | unless it is stuck or flutters                   |
| C4001 or LD2410 at the second port          | while the first radar cannot be believed         |
| PIR (it sees warmth, but no direction)      | while the first radar cannot be believed         |
| none can be believed                        | the lamps do what `fail_mode` says, with a fault |

A LD2451 at the second port may gate all of them but the button, whose wish would be over before a car comes.
"""

from sign.compat import const, micropython, ticks_add, ticks_diff
from sign.core.activation import STALL_MARGIN_MS, STUCK, Activation
from sign.core.events import REASON_BUTTON, REASON_PIR
from sign.core.faults import Faults
from sign.core.health_checks import BLIND, HealthChecks
from sign.core.season import Season
from sign.core.view import NOWHERE, ON_PAVEMENT, View

EV_ON = const(1)
EV_OFF = const(2)
EV_FAULT = const(4)
EV_ORDER = const(8)

ON_ROAD = const(3)  # a place in events.REASONS
PIR = REASON_PIR
BUTTON = REASON_BUTTON

_FRAME_MS = const(100)  # every radar reports ten times a second
_BACKLOG_MAX_MS = const(1_000)
# What needs no haste is done once in 64 ms of the clock, sensors are judged every other time.
_SLOW_BITS = const(6)


class Detector:
    """One sign's detection. `feed` and `tick` allocate nothing; the rest is for between ticks.

    `lit`: the decision, a warning stands. `followed`: another pole of the crossing warns. `lamps`: what the
    lamps shall do; in shadow mode they stay dark.
    `steady`: they shall not flash but shine. `mode`: how many sensors can be believed (FULL .. BLIND of
    `health_checks`). After a tick that returned EV_ON: `reason`, `t_kerb_ms` (-1 unknown), `range_mm`,
    `track`. After EV_OFF: `on_ms`, `off_cause`. After EV_FAULT: `fault_code`, `fault_active`. After EV_ORDER
    the `order` to the lamps (`core.order`, None mostly) has begun, or is over and is to be taken away.
    `radars` are the drivers by port, for their counters; another kind of radar in the configuration counts
    from the next start on.
    """

    def __init__(self, config, now_ms=0, faults=None):
        from sign.core.radars import make_radars

        self.faults = faults or Faults()
        self.view = View(config, now_ms)
        self.season = Season(config)
        self.radars, self._sinks, self._frame_bytes = make_radars(config, now_ms)
        # What is known of radars without angle, and of vehicles.
        self._first, self._second = self._sinks[0], self._sinks[-1] if len(self._sinks) > 1 else None
        self.gate = None
        if config.second_kind == "ld2451":
            self.gate, self._second = self._second, None
        self.activation = Activation(config.hold_ms(True), config.stuck_cap_ms)
        self.health = HealthChecks(config, self.faults, self.radars, now_ms)
        self.lit = self.followed = self.lamps = self.steady = False
        self._followed_ms = 0
        self.reason = self.range_mm = self.track = self.on_ms = self.off_cause = self.fault_code = 0
        self.fault_active = False
        self.order = None
        self.t_kerb_ms = -1
        self._asker = 0
        self._turn = now_ms >> _SLOW_BITS
        self._fresh = False  # a frame came that was not decided upon
        self._ranged = self.view  # which radar without angle asked last
        self.configure(config)

    def configure(self, config):
        """Take a new configuration; tracks and a standing warning go on."""
        self._config = config
        self.view.configure(config)
        self.season.configure(config)
        self.health.configure(config)
        if self.gate:
            self.gate.configure(config)
        self._gated = config.vehicle_gate and self.gate is not None
        self._take_season()
        self._conclude()

    def set_season(self, temperature_c10, month):
        """Take the temperature (0.1 deg C) and the month, None for what is not known."""
        self.season.update(temperature_c10, month)
        self._take_season()

    def _take_season(self):
        config, winter = self._config, self.season.winter
        self.view.set_winter(winter)
        if self._first:
            self._first.configure(config, winter)
        if self._second:
            self._second.configure(config, winter)
        self.activation.configure(config.hold_ms(winter), config.stuck_cap_ms, config.flutter_ms)

    @property
    def quiet(self):
        """Nobody in view and dark."""
        if self.lit or self.followed or not self.view.quiet:
            return False
        return not ((self._first and self._first.present) or (self._second and self._second.present))

    def stall_allowed(self, now_ms):
        """Whether a stall of up to two seconds costs no warning; after one in the light call `extend`."""
        return self.quiet or self.activation.left_ms(now_ms) >= STALL_MARGIN_MS

    def extend(self, ms):
        """Make up for a stall."""
        self.activation.extend(ms)

    def follow(self, now_ms, left_ms):
        """Shine with another pole for so long, unless more is said; 0 ends it. Allocation-free."""
        self.followed = left_ms > 0
        self._followed_ms = ticks_add(now_ms, left_ms)
        self._show()

    @micropython.native
    def feed(self, buf, n, now_ms, port=0):
        """Take `n` bytes from the radar at `port`; frames that piled up are dated back, 100 ms each."""
        radar, sink = self.radars[port], self._sinks[port]
        at = 0
        while at < n:
            at = radar.feed(buf, at, n)
            if not radar.ready:
                return
            self._fresh = True
            self.health.lines[port].frame_ms = now_ms
            age_ms = min(_BACKLOG_MAX_MS, (n - at) // self._frame_bytes[port] * _FRAME_MS)
            frame_ms = ticks_add(now_ms, -age_ms)
            if sink:
                sink.frame(radar, frame_ms)
            else:
                self._look(port, radar, frame_ms)

    def _look(self, port, radar, frame_ms):
        view = self.view
        view.frame(port, radar.targets, radar.count, frame_ms)
        if view.place != NOWHERE:
            self.health.saw_place(view.place == ON_PAVEMENT)

    def tick(self, now_ms, pir=0, button=0, up_s=0):
        """Decide once; returns a mask of EV_*, 0 mostly. `pir` and `button` are 1 while active.

        What a frame or the button asks is decided at once, and so is the end of a warning; all else, which
        nothing but the time changes, some fifteen times a second, and never in the tick of a frame.
        """
        turn = now_ms >> _SLOW_BITS
        if self._fresh or turn == self._turn:
            return self._decide(now_ms, pir, button) if self._fresh or button or self.lit else 0
        self._turn = turn
        self._age(now_ms, pir)
        events = self._decide(now_ms, pir, button)
        if turn & 1 and self._weigh(now_ms, pir, button, up_s):
            events |= EV_FAULT
        if self.order and self.order.turn(now_ms):
            events |= EV_ORDER
        self._show()
        return events

    def _decide(self, now_ms, pir, button):
        self._fresh = False
        view = self.view
        reason = view.reason
        if reason and self._view_heard:
            # Nobody on the road waits until it is clear that a track does not flutter.
            track = 0 if reason == ON_ROAD else view.track
        elif self._others_ask or button:
            reason = self._ask_others(pir, button)
            track = self._asker
        else:
            reason = track = 0
        may = not self._gated or reason == BUTTON or self.gate.is_open(self.health.lines[1].garbled)
        change = self.activation.tick(now_ms, reason, track, may)
        return self._change(change, reason) if change else 0

    def _age(self, now_ms, pir):
        """Let go whom no frame has shown for too long, and a pole that has said no more."""
        if self.followed and ticks_diff(now_ms, self._followed_ms) >= 0:
            self.follow(now_ms, 0)
        self.view.tick(now_ms)
        if pir and self.health.pir_heard:
            self.view.refresh(now_ms)
        for sink in self._sinks:
            if sink:
                sink.tick(now_ms)

    def _ask_others(self, pir, button):
        """The reason of whoever else asks, 0 for none. `_asker` names the track, below 0: they are others
        than the view's."""
        health = self.health
        self._asker = 0
        if self._first and health.heard[0] and self._first.reason:
            return self._take(self._first)
        if button and health.button_heard:
            return BUTTON
        if not health.others_decide:
            return 0
        if self._second and health.heard[1] and self._second.reason:
            return self._take(self._second)
        return PIR if pir and health.pir_heard else 0

    def _take(self, ranged):
        self._ranged = ranged
        self._asker = -ranged.track
        return ranged.reason

    def _change(self, change, reason):
        """The warning began or ended: keep what the event needs, as it is now."""
        self.lit = change > 0
        self._show()
        if not self.lit:
            self.on_ms, self.off_cause = self.activation.on_ms, self.activation.off_cause
            return EV_OFF
        seen = self.view if reason == self.view.reason and self._view_heard else self._ranged
        self.reason = reason
        self.t_kerb_ms = seen.t_kerb_ms if reason < PIR else -1
        self.range_mm = seen.range_mm if reason < PIR else 0
        self.track = seen.track if reason < PIR else 0
        return EV_ON

    def _weigh(self, now_ms, pir, button, up_s):
        """Judge the sensors; True when a fault has changed."""
        health, first, second = self.health, self._first, self._second
        tracked = 2 * first.present if first else self.view.tracked and 1 + self.view.walked
        present = second.present if second else self.view.tracked
        stuck = self.activation.state == STUCK
        changed = health.tick(now_ms, tracked, pir, button, present, stuck, up_s)
        if health.concluded:
            self._conclude()
        self.fault_code, self.fault_active = health.code, health.active
        return changed

    def _conclude(self):
        """What follows from the health of the sensors and the configuration."""
        health, config = self.health, self._config
        health.concluded = False
        self.mode = health.mode
        self.view.pir_usable = health.pir_heard
        self._view_heard = False
        for port in range(len(self._sinks)):
            if self._sinks[port] is None and health.heard[port]:
                self._view_heard = True
        self._others_ask = self._first is not None or health.others_decide
        self._fails = health.mode == BLIND and config.fail_mode != "dark"
        self.steady = self._fails and config.fail_mode == "steady"
        self._show()

    def _show(self):
        order = self.order
        if order and order.stands:
            self.lamps = order.lamps
        else:
            self.lamps = self._config.mode == "active" and (self.lit or self.followed or self._fails)
