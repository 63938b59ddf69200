"""The 100 Hz loop: sensors in, lamps and event records out. It allocates nothing and needs nobody else."""

import time

from machine import Timer
from sign.compat import COUNT_MASK, TICKS_MASK, const, micropython
from sign.core import events
from sign.core.detector import EV_FAULT, EV_OFF, EV_ON, EV_ORDER
from sign.core.faults import COUNT
from sign.core.notes import EXTENDED, FAULT, OFF, ON, ORDER, SEASON, TOLD

_TIMER = const(0)
_PERIOD_MS = const(10)
_LATE_MS = const(15)
# A gap this long was a stall (handshake, flash erase): the hold is lengthened by it.
_STALL_MS = const(100)
# In most ticks nothing can have changed. PIR and button are read in every fourth; without a frame or the
# button the detector is asked in every eighth.
_INPUTS_TURN = const(3)
_SLOW_TURN = const(7)

_WANTED_CLEAR = const(1)
_WANTED_SET = const(2)


class Detection:
    """Runs in a Timer's soft callback from `start` to `stop`.

    `ports` are one or two radar ports, in the detector's order. `watch`, if there is one, is asked in every
    tick: `watch.tick(now_ms, lit)`, after the lamps were set to `lit`. `tell()`, if there is one, is called
    when a warning has begun or ended: it must not wait nor allocate.

    Counters: `ticks` (wraps at COUNT_MASK, after 62 days), `late` (gaps over 15 ms), `worst_gap_ms`,
    `pir_edges`, `warnings`. An error ends the loop with dark lamps and is kept in `failure`: an exception of
    a callback is printed, and then lost.
    """

    def __init__(self, ports, inputs, detector, lamps, outbox, uptime, watch=None):
        # Bound methods, made once: looking one up in every tick costs more, one in a local is an allocation.
        self._read = ports[0].read
        self._buffer = ports[0].buffer
        self._read_second = ports[1].read if len(ports) > 1 else None
        self._second_buffer = ports[1].buffer if len(ports) > 1 else None
        self._pir_level = inputs.pir
        self._button_level = inputs.button
        self._detector = detector
        self._feed = detector.feed
        self._recorder = self._record_second = self._record_judged = None
        self._note = self._note_event = _unheard
        self._lamps = lamps
        self._outbox = outbox
        self._uptime = uptime
        self._watch = watch.tick if watch else None
        self.tell = None
        self._wanted = bytearray(COUNT)  # WANTED_* by fault code
        self._season = None
        self._asked = None  # the recorder that is to write down that the detector was, with so many bytes fed
        self._fed = self._fed_second = 0
        self._any_wanted = False
        self._lit = False
        self._pir = self._button = 0
        self._last_ms = 0
        self._timer = None
        self.ticks = 0
        self.late = 0
        self.worst_gap_ms = 0
        self.pir_edges = 0
        self.warnings = 0
        self.failure = None

    def record(self, recorder):
        """Tell a recorder whatever the detector is told from now on. Between two ticks."""
        self._record_second, self._record_judged = recorder.second, recorder.judged
        self._note, self._note_event = recorder.note, recorder.happened
        self._fed = self._fed_second = 0
        self._recorder = recorder

    def start(self):
        self._last_ms = time.ticks_ms()
        self._timer = Timer(_TIMER)
        self._timer.init(mode=Timer.PERIODIC, period=_PERIOD_MS, callback=self._on_timer)

    def stop(self):
        """No further tick, dark lamps."""
        if self._timer:
            self._timer.deinit()
        self._lamps.light(False)

    def want_fault(self, code, active):
        """Raise or clear a fault that a task has found. The tick does it: only it writes to the outbox."""
        self._wanted[code] = _WANTED_SET if active else _WANTED_CLEAR
        self._any_wanted = True

    def follow(self, left_ms):
        """Another pole of the crossing warns for so long, 0: no longer. The scheduler calls it, as it does
        the tick, so that neither comes between the other's steps."""
        if self.failure:
            return
        detector = self._detector
        detector.follow(time.ticks_ms(), left_ms)
        if detector.lamps != self._lit:
            self._lit = detector.lamps
            self._lamps.light(self._lit)

    def want_season(self, temperature_c10, month):
        """Tell the detector what a task has found; the tick does it."""
        self._season = (temperature_c10, month)
        self._any_wanted = True

    def _on_timer(self, timer):
        try:
            self._tick(time.ticks_ms())
        except BaseException as error:  # KeyboardInterrupt too: Ctrl-C may well fall into this callback
            self.failure = error
            self.stop()

    @micropython.native
    def _tick(self, now_ms):
        if self._asked:
            self._catch_up()
        gap_ms = (now_ms - self._last_ms) & TICKS_MASK
        self._last_ms = now_ms
        if gap_ms > _LATE_MS:
            self._be_late(gap_ms)
        fresh = self._read()
        if fresh:
            self._feed(self._buffer, fresh, now_ms)
            self._fed = fresh
        if self._read_second:
            count = self._read_second()
            if count:
                self._feed(self._second_buffer, count, now_ms, 1)
                self._fed_second = fresh = count
        ticks = self.ticks = (self.ticks + 1) & COUNT_MASK
        if (not ticks & _INPUTS_TURN and (self._look_around() or not ticks & _SLOW_TURN)) or fresh:
            self._judge(now_ms)
        if self._watch:
            self._watch(now_ms, self._lit)

    def _look_around(self):
        """Read the other inputs; true while the button wants something."""
        pir = self._pir_level()
        if pir != self._pir:
            self._pir = pir
            self.pir_edges += 1
        button = self._button = self._button_level()
        return button

    def _judge(self, now_ms):
        """Let the detector decide, show it, and then write down what happened."""
        detector = self._detector
        self._uptime.update(now_ms)
        happened = detector.tick(now_ms, self._pir, self._button, self._uptime.s)
        lit = detector.lamps
        if lit != self._lit:
            self._lit = lit
            self._lamps.light(lit)
        self._asked = self._recorder
        if happened:
            self._write_down()
            self._record(happened, now_ms)
        if self._any_wanted:
            self._write_down()
            self._take_wanted(now_ms)

    def _catch_up(self):
        """Record the last tick's asking: this one most often has no frame, and so more time."""
        due = self._write_down()
        if due:
            self._recorder.check(self._last_ms, due)

    def _write_down(self):
        """Record that the detector was asked, if that was not done; whether a checkpoint is due."""
        if not self._asked:
            return 0
        self._asked = None
        if self._fed_second:
            self._record_second(self._second_buffer, self._fed_second)
        due = self._record_judged(self._last_ms, self._pir, self._button, self._fed)
        self._fed = self._fed_second = 0
        return due

    def _be_late(self, gap_ms):
        self.late += 1
        if gap_ms > self.worst_gap_ms:
            self.worst_gap_ms = gap_ms
        if gap_ms >= _STALL_MS and self._detector.lit:
            self._detector.extend(gap_ms)
            self._note(EXTENDED, gap_ms)

    def _record(self, happened, now_ms):
        # Every `add` is called in full: a bound method kept in a local would be an allocation.
        detector = self._detector
        if self.tell:
            self.tell()
        if happened & EV_ON:
            self.warnings += 1
            self._note_on(detector, now_ms)
        if happened & EV_OFF:
            self._outbox.add(events.ACTIVATION_OFF, self._uptime, detector.off_cause, detector.on_ms)
            self._note(OFF, detector.off_cause, detector.on_ms)
        if happened & EV_FAULT:
            self._note(FAULT, detector.fault_code, detector.fault_active)
            self._note_fault(detector.fault_active, detector.fault_code, now_ms)
        if happened & EV_ORDER:
            self._note_order(detector)

    def _note_order(self, detector):
        order = detector.order
        self._note(ORDER, order.code, order.stands)
        if order.stands:
            self._outbox.add(events.ORDER_ON, self._uptime, order.code, order.lasts_ms)
        else:
            self._outbox.add(events.ORDER_OFF, self._uptime, order.code, order.lasted_ms)
            detector.order = None

    def _note_on(self, detector, now_ms):
        reason, t_kerb_ms = detector.reason, detector.t_kerb_ms
        range_mm, track = detector.range_mm, detector.track
        seq = self._outbox.add(events.ACTIVATION_ON, self._uptime, reason, t_kerb_ms, range_mm, track)
        self._note(ON, reason, t_kerb_ms, range_mm, track)
        self._note_event(ON, now_ms, seq)

    def _note_fault(self, active, code, now_ms):
        seq = self._outbox.add(events.FAULT_ON if active else events.FAULT_OFF, self._uptime, code)
        if active:
            self._note_event(FAULT, now_ms, seq)

    def _take_wanted(self, now_ms):
        self._any_wanted = False
        if self._season:
            self._take_season()
        faults = self._detector.faults
        for code in range(COUNT):
            wanted = self._wanted[code]
            self._wanted[code] = 0
            if wanted == _WANTED_SET and faults.set(code, self._uptime.s):
                self._note(TOLD, code, 1)
                self._note_fault(True, code, now_ms)
            elif wanted == _WANTED_CLEAR and faults.clear(code):
                self._note(TOLD, code, 0)
                self._note_fault(False, code, now_ms)

    def _take_season(self):
        detector, season = self._detector, self._season
        self._season = None
        detector.set_season(season[0], season[1])
        self._note(SEASON, detector.season.winter)


def _unheard(kind, a, b=0, c=0, d=0):
    """Where nobody records."""
