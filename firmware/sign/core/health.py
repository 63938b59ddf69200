"""Which sensors can be believed: silence, garbage and a stuck PIR."""

from sign.compat import TICKS_MASK, const, ticks_add, ticks_diff
from sign.core import faults as codes

_WINDOW_MS = const(10_000)  # frames are weighed over so long
_GARBLED_MIN = const(20)  # broken frames in a window; noise alone gives fewer


class Health:
    """Judges the sensors once a tick; at most one fault changes a tick, so that none goes unreported."""

    def __init__(self, config, faults, now_ms):
        self._faults = faults
        self._frame_ms = self._pir_low_ms = self._window_ms = now_ms
        self._frames = self._bad_frames = 0
        self._garbled = False
        self.code = 0
        self.active = False
        self.configure(config)

    def configure(self, config):
        """Take the limits of a new configuration."""
        self._silent_ms = config.radar_silent_ms
        self._stuck_ms = config.pir_stuck_ms

    def saw_frame(self, now_ms):
        """A radar frame came in."""
        self._frame_ms = now_ms

    def tick(self, now_ms, radar, pir, stuck_on, up_s):
        """Weigh everything; True when fault `code` has just become `active` or not."""
        self._weigh_frames(now_ms, radar)
        if not pir:
            self._pir_low_ms = now_ms
        # What lasts is dated forward: ticks know no more than six days.
        silent = ticks_diff(now_ms, self._frame_ms) > self._silent_ms
        if silent:
            self._frame_ms = ticks_add(now_ms, -self._silent_ms - 1)
        pir_stuck = ticks_diff(now_ms, self._pir_low_ms) > self._stuck_ms
        if pir_stuck:
            self._pir_low_ms = ticks_add(now_ms, -self._stuck_ms - 1)
        if self._changed(codes.RADAR_SILENT, silent, up_s) or self._changed(codes.PIR_STUCK, pir_stuck, up_s):
            return True
        return self._changed(codes.RADAR_GARBLED, self._garbled, up_s) or self._changed(
            codes.STUCK_ON, stuck_on, up_s
        )

    def _weigh_frames(self, now_ms, radar):
        if ticks_diff(now_ms, self._window_ms) < _WINDOW_MS:
            return
        bad = (radar.bad_frames - self._bad_frames) & TICKS_MASK
        self._garbled = bad >= _GARBLED_MIN and bad > radar.frames - self._frames
        self._window_ms = now_ms
        self._frames, self._bad_frames = radar.frames, radar.bad_frames

    def _changed(self, code, stands, up_s):
        changed = self._faults.set(code, up_s) if stands else self._faults.clear(code)
        if changed:
            self.code, self.active = code, bool(stands)
        return changed
