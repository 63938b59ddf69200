"""Whether the lamps draw what they should: seen in activations, after a day without one in a short self-test.

It measures from a task: one reading waits for a period of the DIM carrier (1 ms), which the tick has no time
for. A reading that a tick interrupts does not count.
"""

import asyncio
import time

from sign.compat import const, ticks_diff
from sign.core.lamp_current import BOTH, DARK, LEFT, RIGHT, LampCurrent
from sign.core.slots import UNSURE, Slots
from sign.services import log

# Places in faults.names().
_LAMP_LEFT_DEAD = const(31)
_LAMP_RIGHT_DEAD = const(32)
_LAMP_LEFT_SHORTED = const(33)
_LAMP_RIGHT_SHORTED = const(34)
_LIT_MS = const(20)
_DARK_MS = const(250)
_TEST_MARGIN_MS = const(100)


class LampWatch:
    """`daylight()` tells whether a self-test would startle nobody. `proved`: current was as it should be when
    it was judged last; more cannot be said of a lamp. `self_tests` counts.
    """

    def __init__(self, armed, analog, pattern, daylight):
        self._armed = armed
        self._lamps = armed.lamps
        self._read_mv = analog.lamp_current_mv
        self._daylight = daylight
        self._current = LampCurrent(armed.config, armed.uptime.s)
        self._pattern = pattern
        self._follow()
        self._test_ms = sum(step[0] for step in pattern.steps) // 1000 + _TEST_MARGIN_MS
        self.self_tests = 0

    @property
    def proved(self):
        return self._current.proved

    async def run(self):
        """Watch for ever; `alive()`, which must have been set, is called several times a second."""
        was_lit = False
        while True:
            self.alive()
            lit = self._shines()
            if not lit and was_lit:
                self.judge()
            elif not lit and self._test_due():
                await self.self_test()
            self.sample()
            was_lit = lit
            await asyncio.sleep_ms(_LIT_MS if lit else _DARK_MS)

    def sample(self):
        """Take one reading, if the pattern stands still while it lasts."""
        shone = self._shines()
        slot = self._slot(shone)
        mv = self._read_mv()
        if mv < 0 or self._shines() != shone or self._slot(shone) != slot:
            return
        if slot != UNSURE:
            self._current.sample(slot, mv, self._lamps.dim_pct)

    def judge(self):
        """An activation or self-test is over: faults come and go by what was seen."""
        self._current.end(self._armed.uptime.s)
        for lamp, dead, shorted in (
            (LEFT, _LAMP_LEFT_DEAD, _LAMP_LEFT_SHORTED),
            (RIGHT, _LAMP_RIGHT_DEAD, _LAMP_RIGHT_SHORTED),
        ):
            self._armed.settle_fault(dead, self._current.dead & lamp)
            self._armed.settle_fault(shorted, self._current.shorted & lamp)

    async def self_test(self):
        """Let the pattern shine for one pass: no activation, and none is recorded."""
        self.self_tests += 1
        begun_ms = time.ticks_ms()
        self._lamps.test(True)
        try:
            while ticks_diff(time.ticks_ms(), begun_ms) < self._test_ms:
                await asyncio.sleep_ms(_LIT_MS)
                self.sample()
        finally:
            self._lamps.test(False)
        self.judge()
        log.say("self-test of the lamps: current %s" % ("proved" if self.proved else "not proved"))

    def _slot(self, shone):
        if not shone:
            return DARK
        if self._lamps.steady:
            return BOTH
        if self._lamps.started_ms != self._started_ms:
            self._follow()
        return self._slots.at(time.ticks_ms())

    def _follow(self):
        """The pattern has been started, perhaps anew after steady light."""
        self._started_ms = self._lamps.started_ms
        self._slots = Slots(self._pattern, self._started_ms)

    def _shines(self):
        return self._lamps.lit or self._lamps.testing

    def _test_due(self):
        armed = self._armed
        if armed.config.mode != "active" or not armed.detector.quiet:
            return False
        return self._current.self_test_due(armed.uptime.s, self._daylight())
