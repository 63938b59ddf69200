import asyncio
import sys
import time

import fakes


class Pin:
    def __init__(self, number, mode=None):
        self.number = number


class ADC:
    """mV by pin."""

    ATTN_11DB = 3
    mv = {}

    def __init__(self, pin, atten):
        self.number = pin.number

    def read_uv(self):
        return ADC.mv[self.number] * 1000


class RTC:
    pass


class Chip:
    pass


class OneWireError(Exception):
    pass


class OneWire:
    SKIP_ROM = 0xCC
    scratchpad = b""

    def __init__(self, pin):
        pass

    def reset(self, required):
        if not OneWire.scratchpad:
            raise OneWireError

    def writebyte(self, value):
        pass

    def readinto(self, buf):
        buf[:] = OneWire.scratchpad


class Bus:
    OneWire = OneWire
    OneWireError = OneWireError


fakes.Machine.Pin, fakes.Machine.ADC, fakes.Machine.RTC = Pin, ADC, RTC
sys.modules["esp32"] = Chip
sys.modules["onewire"] = Bus

from sign.core import faults
from sign.core.config import load
from sign.hal import clock
from sign.services import measuring as room

room._CONVERSION_MS = 1
WIRING = {"pins": {"thermometer": 4}, "analog": {"light": 36, "supply": 35}}


class Lamps:
    def __init__(self):
        self.dim_pct = 100

    def dim(self, pct):
        self.dim_pct = pct


class Armed:
    def __init__(self, **config):
        self.config, errors = load(config)
        assert not errors, errors
        self.wiring = WIRING
        self.lamps = Lamps()
        self.standing = set()

    def settle_fault(self, code, stands):
        name = faults.names()[code]
        if stands:
            self.standing.add(name)
        else:
            self.standing.discard(name)


def measured(seconds=1, **config):
    """The sign after so many seconds of measuring."""
    armed = Armed(**config)
    made = room.Measuring(armed)
    for second in range(seconds):
        made._sample(1000 * second)
    return armed


def at_hour(hour):
    clock.right = hour is not None
    clock.time = FakeTime
    FakeTime.hour = hour


class FakeTime:
    hour = None
    time = time.time

    @staticmethod
    def gmtime(*_):
        return (2026, 7, 1, FakeTime.hour, 0, 0, 0, 0)


def test_without_a_light_sensor_and_a_clock_it_is_full_brightness():
    ADC.mv = {36: 0, 35: 0}
    at_hour(None)
    assert measured(night_from_h=20, night_to_h=6).lamps.dim_pct == 100


def test_the_schedule_caps_the_brightness_once_the_clock_is_right():
    ADC.mv = {36: 2000, 35: 0}
    for hour, pct in ((19, 100), (20, 30), (23, 30), (0, 30), (5, 30), (6, 100), (12, 100)):
        at_hour(hour)
        armed = measured(night_from_h=20, night_to_h=6, night_dim_pct=30, light_enabled=True)
        assert armed.lamps.dim_pct == pct, hour
    assert room.in_night(3, 1, 5)
    assert not room.in_night(5, 1, 5)
    assert not room.in_night(7, 7, 7)


def test_the_light_decides_where_there_is_a_sensor():
    at_hour(None)
    for mv, pct in ((0, 40), (2000, 100), (675, 70)):
        ADC.mv = {36: mv, 35: 0}
        assert measured(light_enabled=True).lamps.dim_pct == pct, mv


def test_supply_faults_come_and_go():
    armed = Armed(supply_low_mv=10_000, supply_high_mv=15_000)
    made = room.Measuring(armed)
    for second, (mv, standing) in enumerate(
        (
            (12_000, set()),
            (5_000, {"supply_low"}),
            (12_000, set()),
            (16_000, {"supply_high"}),
            (0, {"supply_unread"}),
        )
    ):
        ADC.mv = {36: 0, 35: mv}
        for k in range(30):
            made._sample(1000 * (30 * second + k))
        assert armed.standing == standing, mv


def test_a_thermometer_that_does_not_answer_three_times_is_a_fault():
    ADC.mv = {36: 0, 35: 0}
    armed = Armed(thermometer_enabled=True)
    made = room.Measuring(armed)
    OneWire.scratchpad = b""

    def ask():
        asyncio.new_event_loop()
        asyncio.run(made._measure_air())

    for _ in range(2):
        ask()
        assert not armed.standing
    ask()
    assert armed.standing == {"thermometer"}
    assert made.air_cdeg is None
    OneWire.scratchpad = b"\x91\x01\x4b\x46\x7f\xff\x0c\x10\x70"
    ask()
    assert (armed.standing, made.air_cdeg) == (set(), 2506)


def test_surely_day_is_what_the_sensor_says_else_noon_by_a_right_clock():
    ADC.mv = {36: 2000, 35: 0}
    at_hour(None)
    made = room.Measuring(Armed(light_enabled=True))
    assert not made.daylight()
    made._sample(0)
    assert made.daylight()
    for hour, day in ((None, False), (11, True), (13, False), (2, False)):
        at_hour(hour)
        assert room.Measuring(Armed(supply_low_mv=1)).daylight() == day, hour
