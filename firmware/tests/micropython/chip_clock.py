"""A chip's clock for tests: `machine.RTC`, and `time` as it counts on the chip, from the year 2000."""

import time

import fakes

EPOCH_2000_S = 946_684_800


class Time:
    """Stands in for the module `time` of hal.clock; `now_ms` counts from 2000."""

    now_ms = 5_000

    @staticmethod
    def time():
        return Time.now_ms // 1000

    @staticmethod
    def time_ns():
        return Time.now_ms * 1_000_000

    @staticmethod
    def gmtime(s=None):
        return time.gmtime((Time.time() if s is None else s) + EPOCH_2000_S)[:8]


class RTC:
    def datetime(self, fields):
        year, month, day, _, hour, minute, second, us = fields
        unix_s = time.mktime((year, month, day, hour, minute, second, 0, 0))
        Time.now_ms = (unix_s - EPOCH_2000_S) * 1000 + us // 1000


fakes.Machine.RTC = RTC

from sign.hal import clock

clock.time = Time
ORIGIN = {name: getattr(clock, name) for name in ("right", "is_sure", "news", "floor_s", "_set_s")}


def power_up():
    """The clock as it is after power came."""
    Time.now_ms = 5_000
    for name in ORIGIN:
        setattr(clock, name, ORIGIN[name])
    return clock
