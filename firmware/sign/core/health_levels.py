"""The health of a sensor's output (stuck, fluttering) and of a radar's line (silent, garbled)."""

from sign.compat import TICKS_MASK, const, ticks_add

# In windows of the caller's choice, a minute each in the sign.
_FLUTTER_SET = const(3)
_FLUTTER_CLEAR = const(10)

_GARBLED_WINDOW_MS = const(10_000)  # frames are weighed over so long
_GARBLED_MIN = const(20)  # broken frames in a window; noise alone gives fewer


class Level:
    """One output beside others that see the same street; judged under its three numbers in `verdicts`.

    stuck on: active through `on_windows` windows in which the others saw nobody (not `compared`: whatever
    they saw). stuck off: never active in `off_windows` windows in which the others did see somebody (not
    `compared`: never judged, a button may well go unused). fluttering: more than `edges_max` changes a
    window.
    """

    def __init__(self, verdicts, stuck_on, stuck_off, flutter):
        self._verdicts = verdicts
        self.stuck_on, self.stuck_off, self.flutter = stuck_on, stuck_off, flutter
        self._compared = stuck_off is not None
        self._edges_max = self._edges = 0
        self._level = self.was_on = self._was_off = False

    def configure(self, on_windows, off_windows, edges_max):
        """Take the limits; without them nothing can be judged."""
        verdicts = self._verdicts
        verdicts.be_patient(self.stuck_on, on_windows)
        if self._compared:
            verdicts.be_patient(self.stuck_off, off_windows)
        verdicts.be_patient(self.flutter, _FLUTTER_SET, _FLUTTER_CLEAR)
        self._edges_max = edges_max

    @property
    def believed(self):
        """Whether it may have a say: neither stuck nor fluttering."""
        stands = self._verdicts.stands
        dead = self._compared and stands[self.stuck_off]
        return not (stands[self.stuck_on] or dead or stands[self.flutter])

    def tick(self, level):
        """Take the output as it is now; `was_on` tells whether it was active in this window."""
        level = bool(level)
        if level != self._level:
            self._level = level
            if self._edges <= self._edges_max:
                self._edges += 1
        if level:
            self.was_on = True
        else:
            self._was_off = True

    def close(self, others_saw, judged=True):
        """The window is over, and the others saw somebody in it or not; not `judged`, it does not count."""
        if judged:
            self._judge(others_saw)
        self.was_on = self._was_off = False
        self._edges = 0

    def _judge(self, others_saw):
        verdicts = self._verdicts
        if self._was_off:
            verdicts.weigh(self.stuck_on, False)
        elif self.was_on and not (others_saw and self._compared):
            verdicts.weigh(self.stuck_on, True)
        if self._compared and self.was_on:
            verdicts.weigh(self.stuck_off, False)
        elif self._compared and others_saw:
            verdicts.weigh(self.stuck_off, True)
        verdicts.weigh(self.flutter, self._edges > self._edges_max)


class Line:
    """A radar's serial line; judged under two numbers in `verdicts`. `driver` counts the frames.

    silent: no frame for `silent_ms` (0: silence is no fault of this radar). garbled: mostly broken frames
    in 10 s.
    """

    def __init__(self, verdicts, driver, silent, garbled, now_ms):
        self.frame_ms = now_ms  # when the last frame came; the reader of the line sets it
        self._verdicts, self._driver = verdicts, driver
        self._silent, self._garbled = silent, garbled
        self._window = now_ms // _GARBLED_WINDOW_MS
        self._frames = self._bad_frames = 0

    @property
    def garbled(self):
        """Whether it sends mostly broken frames."""
        return self._verdicts.stands[self._garbled]

    @property
    def sound(self):
        """Neither silent nor garbled."""
        return not (self.garbled or self._verdicts.stands[self._silent])

    def tick(self, now_ms, silent_ms):
        """Weigh silence, and at a window's end the frames."""
        silent = silent_ms and (now_ms - self.frame_ms) & TICKS_MASK > silent_ms
        if silent:
            self.frame_ms = ticks_add(now_ms, -silent_ms - 1)  # ticks know no more than some days
        if silent or self._verdicts.stands[self._silent]:
            self._verdicts.weigh(self._silent, bool(silent))
        window = now_ms // _GARBLED_WINDOW_MS
        if window != self._window:
            self._window = window
            self._weigh_frames()

    def _weigh_frames(self):
        driver = self._driver
        bad = (driver.bad_frames - self._bad_frames) & TICKS_MASK
        frames = driver.frames - self._frames  # negative once in years, when the counter wraps
        self._frames, self._bad_frames = driver.frames, driver.bad_frames
        self._verdicts.weigh(self._garbled, bad >= _GARBLED_MIN and bad > frames)
