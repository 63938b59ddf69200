"""The 100 Hz loop: sensors in, lamps and event records out. It allocates nothing and needs nobody else."""

import time

from machine import Timer
from sign.compat import const, ticks_diff
from sign.core import events
from sign.core.detector import EV_FAULT, EV_OFF, EV_ON
from sign.core.faults import NAMES

_TIMER = const(0)
_PERIOD_MS = const(10)
_LATE_MS = const(15)
# A gap this long was a stall (handshake, flash erase): the hold is lengthened by it.
_STALL_MS = const(100)

_WANTED_CLEAR = const(1)
_WANTED_SET = const(2)


class Detection:
    """Runs in a Timer's soft callback from `start` to `stop`.

    Counters: `ticks`, `late` (gaps over 15 ms), `worst_gap_ms`, `pir_edges`, `warnings`. An error ends the
    loop with dark lamps and is kept in `failure`: an exception of a callback is printed, and then lost.
    """

    def __init__(self, ports, inputs, detector, lamps, outbox, uptime, watch=None):
        self._ports = ports
        self._inputs = inputs
        self._detector = detector
        self._lamps = lamps
        self._outbox = outbox
        self._uptime = uptime
        self._wanted = bytearray(len(NAMES))  # WANTED_* by fault code
        self._any_wanted = False
        self._pir = 0
        self._last_ms = 0
        self._timer = None
        self.ticks = 0
        self.late = 0
        self.worst_gap_ms = 0
        self.pir_edges = 0
        self.warnings = 0
        self.failure = None

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

    def _on_timer(self, timer):
        try:
            self._tick(time.ticks_ms())
        except BaseException as error:  # KeyboardInterrupt too: Ctrl-C may well fall into this callback
            self.failure = error
            self.stop()

    def _tick(self, now_ms):
        detector = self._detector
        self._measure_gap(now_ms)
        self._uptime.update(now_ms)
        for number in range(len(self._ports)):
            port = self._ports[number]
            count = port.read()
            if count:
                detector.feed(port.buffer, count, now_ms, number)
        happened = detector.tick(now_ms, self._read_pir(), self._inputs.button(), self._uptime.s)
        self._lamps.light(detector.lamps)
        if happened:
            self._record(happened)
        if self._any_wanted:
            self._change_faults()
        self.ticks += 1

    def _measure_gap(self, now_ms):
        gap_ms = ticks_diff(now_ms, self._last_ms)
        self._last_ms = now_ms
        if gap_ms <= _LATE_MS:
            return
        self.late += 1
        if gap_ms > self.worst_gap_ms:
            self.worst_gap_ms = gap_ms
        if gap_ms >= _STALL_MS and self._detector.lit:
            self._detector.extend(gap_ms)

    def _read_pir(self):
        level = self._inputs.pir()
        if level != self._pir:
            self._pir = level
            self.pir_edges += 1
        return level

    def _record(self, happened):
        # Every `add` is called in full: a bound method kept in a local would be an allocation.
        detector = self._detector
        if happened & EV_ON:
            self.warnings += 1
            self._note_on(detector)
        if happened & EV_OFF:
            self._outbox.add(events.ACTIVATION_OFF, self._uptime, detector.off_cause, detector.on_ms)
        if happened & EV_FAULT:
            kind = events.FAULT_ON if detector.fault_active else events.FAULT_OFF
            self._outbox.add(kind, self._uptime, detector.fault_code)

    def _note_on(self, detector):
        reason, t_kerb_ms = detector.reason, detector.t_kerb_ms
        range_mm, track = detector.range_mm, detector.track
        self._outbox.add(events.ACTIVATION_ON, self._uptime, reason, t_kerb_ms, range_mm, track)

    def _change_faults(self):
        self._any_wanted = False
        faults = self._detector.faults
        for code in range(len(NAMES)):
            wanted = self._wanted[code]
            self._wanted[code] = 0
            if wanted == _WANTED_SET and faults.set(code, self._uptime.s):
                self._outbox.add(events.FAULT_ON, self._uptime, code)
            elif wanted == _WANTED_CLEAR and faults.clear(code):
                self._outbox.add(events.FAULT_OFF, self._uptime, code)
