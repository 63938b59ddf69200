import asyncio
import time

import fakes  # the chip's modules, before those that import them

from sign.core import faults
from sign.core.patterns import get
from sign.core.slots import Slots
from sign.services import log
from sign.services.lamp_watch import LampWatch

log.enable(False)
LAMP_MV = 600
DAY_S = 86_400
PATTERN = get("alternating")


class Config:
    mode = "active"
    lamp_current_mv = LAMP_MV
    lamp_low_pct = 70
    lamp_high_pct = 140


class Lamps:
    """Lamps behind a shunt: `health` is what each gives."""

    def __init__(self):
        self.lit = self.testing = self.steady = False
        self.dim_pct = 100
        self.started_ms = time.ticks_ms()
        self.slots = Slots(PATTERN, self.started_ms)
        self.health = {1: LAMP_MV, 2: LAMP_MV}
        self.tests = 0

    def test(self, on):
        self.testing = on
        self.tests += on

    def lamp_current_mv(self):
        if not (self.lit or self.testing):
            return 0
        slot = self.slots.at(time.ticks_ms())
        return self.health.get(slot, LAMP_MV)


class Uptime:
    s = 0


class Detector:
    quiet = True


class Armed:
    def __init__(self):
        self.config, self.uptime, self.detector = Config(), Uptime(), Detector()
        self.lamps = Lamps()
        self.standing = set()

    def settle_fault(self, code, stands):
        name = faults.names()[code]
        if stands:
            self.standing.add(name)
        else:
            self.standing.discard(name)


def watching():
    armed = Armed()
    return armed, LampWatch(armed, armed.lamps, PATTERN, lambda: True)


def run(coroutine):
    asyncio.new_event_loop()
    asyncio.run(coroutine)


async def activate(armed, watch):
    """One pass of the pattern, a sample each 20 ms."""
    armed.lamps.lit = True
    begun_ms = time.ticks_ms()
    while time.ticks_diff(time.ticks_ms(), begun_ms) < 1000:
        watch.sample()
        await asyncio.sleep_ms(20)
    armed.lamps.lit = False
    watch.judge()


def test_a_dead_lamp_is_a_fault_after_three_activations():
    armed, watch = watching()
    armed.lamps.health[2] = 0

    async def three():
        for _ in range(3):
            assert not armed.standing
            await activate(armed, watch)

    run(three())
    assert armed.standing == {"lamp_right_dead"}
    assert not watch.proved


def test_after_a_day_without_activation_a_self_test_proves_the_current():
    armed, watch = watching()
    armed.uptime.s = DAY_S
    alive = []

    async def idle():
        watch.alive = lambda: alive.append(1)
        task = asyncio.create_task(watch.run())
        while not watch.self_tests or armed.lamps.testing:
            await asyncio.sleep_ms(10)
        await asyncio.sleep_ms(100)
        task.cancel()

    run(idle())
    assert (watch.proved, watch.self_tests, armed.lamps.tests) == (True, 1, 1)
    assert not armed.lamps.lit
    assert alive


def test_no_self_test_with_people_near_in_the_dark_in_shadow_mode_or_too_soon():
    armed, watch = watching()
    armed.uptime.s = DAY_S
    assert watch._test_due()
    armed.detector.quiet = False
    assert not watch._test_due()
    armed.detector.quiet = True
    watch._daylight = lambda: False
    assert not watch._test_due()
    watch._daylight = lambda: True
    armed.config.mode = "shadow"
    assert not watch._test_due()
    armed.config.mode = "active"
    armed.uptime.s = DAY_S - 1
    assert not watch._test_due()
