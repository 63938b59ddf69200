"""The whole pure tick: radar bytes, PIR and button in; warning, events and faults out.

Second opinions: the button always asks for a warning. The PIR sees warmth but no direction, so beside a
working radar it decides nothing; when the radar is silent it decides alone (degraded, with the fault
standing), unless its own output is stuck.
"""

from sign.compat import TICKS_MASK, const, ticks_add, ticks_diff
from sign.core import faults as codes
from sign.core.activation import STALL_MARGIN_MS, STUCK, Activation
from sign.core.events import REASONS
from sign.core.faults import Faults
from sign.core.geometry import Geometry
from sign.core.health import Health
from sign.core.intent import Intent
from sign.core.tracker import Tracker
from sign.proto.ld2450 import Ld2450

EV_ON = const(1)
EV_OFF = const(2)
EV_FAULT = const(4)

PIR = REASONS.index("pir")
BUTTON = REASONS.index("button")

FRAME_BYTES = const(30)
_FRAME_MS = const(100)
_BACKLOG_MAX_MS = const(1_000)


def _second(kind):
    if kind == "ld2450":
        return Ld2450()
    if kind == "ld2451":
        from sign.proto.ld2451 import Ld2451

        return Ld2451()
    if kind == "ld2410":
        from sign.proto.ld2410 import Ld2410

        return Ld2410()
    from sign.proto.c4001 import C4001

    return C4001()


class Detector:
    """One sign's detection. `feed` and `tick` allocate nothing; the rest is for between ticks.

    After a tick that returned EV_ON: `reason`, `t_kerb_ms` (-1 unknown), `range_mm`, `track`. After EV_OFF:
    `on_ms`, `off_cause`. After EV_FAULT: `fault_code`, `fault_active`.
    """

    def __init__(self, config, now_ms=0, faults=None):
        self.radar = Ld2450()
        self.radars = (
            (self.radar, _second(config.second_kind)) if config.second_kind != "none" else (self.radar,)
        )
        self.faults = faults or Faults()
        self.tracker = Tracker(now_ms)
        self.activation = Activation(config.hold_ms(), config.stuck_cap_ms)
        self.health = Health(config, self.faults, now_ms)
        self.ticks = 0
        self.reason = self.range_mm = self.track = 0
        self.t_kerb_ms = -1
        self._judged_ms = now_ms
        self.configure(config)

    def configure(self, config):
        """Take a new configuration; tracks and a standing warning go on."""
        self._active = config.mode == "active"
        self._pir_enabled = config.pir_enabled
        self._button_enabled = config.button_enabled
        self.intent = Intent(config, Geometry(config))
        self.activation.configure(config.hold_ms(), config.stuck_cap_ms)
        self.health.configure(config)

    @property
    def lit(self):
        """The decision: a warning stands."""
        return self.activation.lit

    @property
    def lamps(self):
        """What the lamps shall do: in shadow mode they stay dark."""
        return self._active and self.activation.lit

    @property
    def on_ms(self):
        """How long the warning has stood or last stood."""
        return self.activation.on_ms

    @property
    def off_cause(self):
        """Why the last warning ended: an index into OFF_CAUSES."""
        return self.activation.off_cause

    @property
    def fault_code(self):
        """The fault that changed last."""
        return self.health.code

    @property
    def fault_active(self):
        """Whether it came (True) or went."""
        return self.health.active

    @property
    def quiet(self):
        """Nobody in view and dark."""
        return not (self.activation.lit or self.tracker.any() or self.intent.busy())

    def stall_allowed(self, now_ms):
        """Whether a stall of up to two seconds costs no warning; after one in the light call `extend`."""
        return self.quiet or self.activation.left_ms(now_ms) >= STALL_MARGIN_MS

    def extend(self, ms):
        """Make up for a stall."""
        self.activation.extend(ms)

    def set_season(self, temperature_c10, month):
        """Take temperature and month, None for what is not known."""

    def feed(self, buf, n, now_ms, port=0):
        """Take `n` bytes from the radar; frames that piled up are dated back, 100 ms each."""
        at = 0
        if port:
            radar = self.radars[port]
            while at < n or radar.ready:
                at = radar.feed(buf, at, n)
            return
        while at < n:
            at = self.radar.feed(buf, at, n)
            if self.radar.ready:
                age_ms = min(_BACKLOG_MAX_MS, (n - at) // FRAME_BYTES * _FRAME_MS)
                frame_ms = ticks_add(now_ms, -age_ms)
                self.tracker.update(self.radar.targets, self.radar.count, frame_ms)
                self.intent.evaluate(self.tracker, frame_ms)
                self.health.saw_frame(now_ms)
                self._judged_ms = now_ms

    def tick(self, now_ms, pir=0, button=0, up_s=0):
        """Decide once; returns a mask of EV_*, 0 mostly. `pir` and `button` are 1 while active."""
        self.ticks = (self.ticks + 1) & TICKS_MASK
        if ticks_diff(now_ms, self._judged_ms) > 2 * _FRAME_MS:
            self._judge_without_frame(now_ms)
        reason = self._demand(pir, button)
        change = self.activation.tick(now_ms, reason)
        events = 0
        if change > 0:
            self._note(reason)
            events = EV_ON
        elif change < 0:
            events = EV_OFF
        if self.health.tick(now_ms, self.radar, pir, self.activation.state == STUCK, up_s):
            events |= EV_FAULT
        return events

    def _judge_without_frame(self, now_ms):
        """Without frames nothing else would end a track or a remembered person."""
        self.tracker.expire(now_ms)
        self.intent.evaluate(self.tracker, now_ms)
        self._judged_ms = now_ms

    def _demand(self, pir, button):
        if self.intent.reason:
            return self.intent.reason
        if button and self._button_enabled:
            return BUTTON
        alone = self.faults.is_active(codes.RADAR_SILENT) and not self.faults.is_active(codes.PIR_STUCK)
        return PIR if pir and alone and self._pir_enabled else 0

    def _note(self, reason):
        """Keep what the event needs, as it was when the warning began."""
        seen = reason < PIR
        self.reason = reason
        self.t_kerb_ms = self.intent.t_kerb_ms if seen else -1
        self.range_mm = self.intent.range_mm if seen else 0
        self.track = self.intent.track if seen else 0
