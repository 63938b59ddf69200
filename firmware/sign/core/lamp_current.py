"""Do the lamps really shine? Judged by the current in the on-slots of real activations.

The DIM carrier chops the current, and a 100 Hz tick meets a 1 kHz carrier always in the same phase: single
readings would show all of it or nothing. So a sample is the mean over one carrier period, and what is judged
is the mean of all samples of a lamp's on-slots against what those slots should have drawn.
"""

from array import array

from sign.compat import const

DARK = const(0)
LEFT = const(1)
RIGHT = const(2)
BOTH = const(3)  # in a slot with both lamps lit one reading cannot tell them apart

FAULT_AFTER = const(3)  # activations in a row, bad or good, until a verdict changes
_SAMPLES_MIN = const(8)  # of a kind of slot
_SAMPLES_MAX = const(20_000)
_EXPECTED_MIN_MV = const(20)  # dimmed further down, the converter's own error would be judged
_DAY_S = const(86_400)
_PERCENT = const(100)


class LampCurrent:
    """`dead` and `shorted` are masks of LEFT and RIGHT. `proved`: the last activation that could be judged
    drew what it should. Without `lamp_current_mv` (what one lamp at full brightness gives) nothing is judged.
    """

    def __init__(self, config, up_s=0):
        self.dead = self.shorted = 0
        self.proved = False
        self._judged_s = up_s
        self._bad = array("i", [0] * 4)  # runs of bad activations, by 2 * lamp + (0 dead, 1 shorted)
        self._good = array("i", [0] * 4)
        self._seen_mv = array("i", [0] * 4)  # sums by kind of slot
        self._expected_mv = array("i", [0] * 4)
        self._count = array("i", [0] * 4)
        self._offset_mv = 0
        self.configure(config)

    def configure(self, config):
        """Take a new configuration."""
        self._lamp_mv = config.lamp_current_mv
        self._low_pct, self._high_pct = config.lamp_low_pct, config.lamp_high_pct

    def sample(self, slot, mv, dim_pct):
        """Take a mean over one carrier period, all within one `slot`; DARK ones, also between activations,
        give the offset of the measurement.
        """
        if slot == DARK:
            self._offset_mv += (mv - self._offset_mv + 4) // 8
        elif self._count[slot] < _SAMPLES_MAX:
            lamps = 2 if slot == BOTH else 1
            self._count[slot] += 1
            self._seen_mv[slot] += max(0, mv - self._offset_mv)
            self._expected_mv[slot] += lamps * self._lamp_mv * dim_pct // _PERCENT

    def end(self, up_s):
        """The activation or self-test is over: judge it. True when `dead` or `shorted` has changed."""
        before = self.dead << 2 | self.shorted
        judged = fine = True
        for lamp in (LEFT, RIGHT):
            pct = self._share_pct(lamp)
            judged = judged and pct >= 0
            if pct >= 0:
                fine = self._note(lamp, pct) and fine
        if judged:
            self.proved = fine
            self._judged_s = up_s
        for slot in range(4):
            self._seen_mv[slot] = self._expected_mv[slot] = self._count[slot] = 0
        return before != self.dead << 2 | self.shorted

    def self_test_due(self, up_s, daylight):
        """Whether a short flash should replace the activation that a whole day did not bring; by day, when it
        startles nobody.
        """
        return bool(self._lamp_mv) and daylight and up_s - self._judged_s >= _DAY_S

    def _share_pct(self, lamp):
        """Current of the lamp's slots in per cent of what it should be; -1 when that cannot be told."""
        slot = lamp if self._count[lamp] >= _SAMPLES_MIN else BOTH
        count, expected_mv = self._count[slot], self._expected_mv[slot]
        if count < _SAMPLES_MIN or expected_mv < _EXPECTED_MIN_MV * count:
            return -1
        return self._seen_mv[slot] // count * _PERCENT // (expected_mv // count)

    def _note(self, lamp, pct):
        dead, shorted = pct < self._low_pct, pct > self._high_pct
        self.dead = self._settled(2 * (lamp - 1), dead, self.dead, lamp)
        self.shorted = self._settled(2 * (lamp - 1) + 1, shorted, self.shorted, lamp)
        return not dead and not shorted

    def _settled(self, run, bad, mask, lamp):
        self._bad[run] = min(self._bad[run] + 1, FAULT_AFTER) if bad else 0
        self._good[run] = 0 if bad else min(self._good[run] + 1, FAULT_AFTER)
        if self._bad[run] >= FAULT_AFTER:
            return mask | lamp
        return mask & ~lamp if self._good[run] >= FAULT_AFTER else mask
