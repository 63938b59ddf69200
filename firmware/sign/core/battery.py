"""How far a battery is down, by its voltage: a stage at a time, with patience and hysteresis. Pure.

| stage  | what the sign saves                                                          |
|--------|------------------------------------------------------------------------------|
| FULL   | nothing                                                                      |
| SAVING | brightness, and telemetry comes seldom                                       |
| LOW    | the radio as well, but for some minutes of each hour                         |
| LAST   | a last message, then the radio for good, and the lamps: the battery must live |
"""

from sign.compat import const
from sign.core.slow_filter import SlowFilter

FULL = const(0)
SAVING = const(1)
LOW = const(2)
LAST = const(3)
# Of voltages, once a second: a warning's load and a passing cloud are over before it counts.
PATIENCE = const(60)
_TAU_MS = const(5_000)
# Less is a broken wire of the measurement, and no reason to go dark.
_SENSE_MIN_MV = const(1_000)
_HOUR_S = const(3_600)
_MESSAGE_S = const(120)  # to join the network and say the last word


class Battery:
    """`stage`, and `mv`, the filtered voltage."""

    def __init__(self, config):
        # Below the level of a stage the next one is reached.
        self._levels = (config.battery_saving_mv, config.battery_low_mv, config.battery_last_mv)
        self._gap_mv = config.supply_hysteresis_mv
        self._online_s = config.low_online_min * 60
        self._filter = SlowFilter(_TAU_MS)
        self.stage = FULL
        self._turns = 0  # in a row that ask for another stage
        self._since_s = 0

    @property
    def mv(self):
        return self._filter.value

    def sample(self, mv, now_ms, up_s):
        """Take a voltage, once a second; True when the stage has changed."""
        self._filter.add(mv, now_ms)
        way = self._way()
        self._turns = self._turns + 1 if way else 0
        if self._turns < PATIENCE:
            return False
        self.stage += way
        self._turns, self._since_s = 0, up_s
        return True

    def is_silent(self, up_s):
        """Whether the radio is to rest. On LOW it begins with the minutes in which it may speak."""
        passed_s = up_s - self._since_s
        if self.stage == LOW:
            return passed_s % _HOUR_S >= self._online_s
        return self.stage == LAST and passed_s >= _MESSAGE_S

    def _way(self):
        """1 down, -1 up, 0 stay."""
        mv, stage = self.mv, self.stage
        if mv < _SENSE_MIN_MV:
            return -1 if stage else 0
        if stage < LAST and mv < self._levels[stage]:
            return 1
        return -1 if stage and mv > self._levels[stage - 1] + self._gap_mv else 0
