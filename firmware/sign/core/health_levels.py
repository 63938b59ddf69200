"""The health of a sensor with one output: stuck on, stuck off, or fluttering."""

from sign.compat import const
from sign.core.verdict import Verdict

# Counted in windows of the caller's choice, a minute each in the sign.
_STUCK_CLEAR = const(1)  # one change of the level disproves it
_FLUTTER_SET = const(3)
_FLUTTER_CLEAR = const(10)


class LevelHealth:
    """One output beside others that see the same street.

    stuck on: active through `on_windows` windows in which the others saw nobody (not `compared`: whatever
    they saw). stuck off: never active in `off_windows` windows in which the others did see somebody (not
    `compared`: never judged, a button may well go unused). fluttering: more than `edges_max` changes a
    window.
    """

    def __init__(self, compared=True):
        self.stuck_on = Verdict(1, _STUCK_CLEAR)
        self.stuck_off = Verdict(1, _STUCK_CLEAR)
        self.flutter = Verdict(_FLUTTER_SET, _FLUTTER_CLEAR)
        self._compared = compared
        self._edges_max = 0
        self._level = False
        self._was_on = self._was_off = False
        self._edges = 0

    def configure(self, on_windows, off_windows, edges_max):
        """Take the limits; without them nothing can be judged."""
        self.stuck_on.set_after, self.stuck_off.set_after = on_windows, off_windows
        self._edges_max = edges_max

    @property
    def believed(self):
        """Whether it may have a say."""
        return not (self.stuck_on.stands or self.stuck_off.stands or self.flutter.stands)

    @property
    def was_on(self):
        """Whether it was active in this window."""
        return self._was_on

    def tick(self, level):
        """Take the output as it is now."""
        level = bool(level)
        if level != self._level:
            self._level = level
            if self._edges <= self._edges_max:
                self._edges += 1
        if level:
            self._was_on = True
        else:
            self._was_off = True

    def close(self, others_saw):
        """The window is over, and the others saw somebody in it or not."""
        if self._was_off:
            self.stuck_on.weigh(False)
        elif not (others_saw and self._compared):
            self.stuck_on.weigh(True)
        if self._was_on:
            self.stuck_off.weigh(False)
        elif others_saw and self._compared:
            self.stuck_off.weigh(True)
        self.flutter.weigh(self._edges > self._edges_max)
        self._was_on = self._was_off = False
        self._edges = 0
