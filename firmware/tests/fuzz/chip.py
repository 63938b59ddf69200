"""Stand-ins for what only the chip has, and a clock that stands still until it is moved. Import it first."""

import gc
import sys
import time as real


class Time:
    """Takes the place of the module `time` in the rooms that ask for it."""

    now_ms = 1_000

    @staticmethod
    def ticks_ms():
        return Time.now_ms

    @staticmethod
    def ticks_us():
        return Time.now_ms * 1000 & 0x3FFFFFFF

    @staticmethod
    def time():
        return Time.now_ms // 1000

    @staticmethod
    def time_ns():
        return Time.now_ms * 1_000_000

    @staticmethod
    def gmtime(s=None):
        return real.gmtime((Time.time() if s is None else s) + 946_684_800)[:8]


class RTC:
    """The clock must be told what it can show: years of two digits and a little more."""

    held = b""

    def datetime(self, fields):
        assert 2000 <= fields[0] <= 2135, fields

    def memory(self, data=None):
        if data is None:
            return RTC.held
        RTC.held = bytes(data)
        return None


class Machine:
    RTC = RTC
    Timer = Pin = UART = None
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
    cause = 2
    resets = 0

    @staticmethod
    def reset_cause():
        return Machine.cause

    @staticmethod
    def reset():
        Machine.resets += 1

    @staticmethod
    def unique_id():
        return b"\x30\xae\xa4\x12\x00\x01"


class Collector:
    """In the place of `gc`: sweeping after each room that is loaded takes long on CPython."""

    @staticmethod
    def collect():
        pass

    @staticmethod
    def mem_free():
        return 50_000

    @staticmethod
    def mem_alloc():
        return 110_000


class Nothing:
    pass


class Esp32:
    NVS = Partition = Nothing


class MicroPython:
    """What CPython lacks of the module `micropython`."""

    @staticmethod
    def const(value):
        return value

    @staticmethod
    def native(function):
        return function

    viper = native

    @staticmethod
    def schedule(function, value):
        function(value)


sys.modules["machine"] = Machine
sys.modules["esp32"] = Esp32
if sys.implementation.name != "micropython":
    sys.modules.setdefault("micropython", MicroPython)
    sys.modules.setdefault("vfs", Nothing)

from sign import loading
from sign.hal import clock

clock.time = Time
IS_CHIP = sys.implementation.name == "micropython"
if not IS_CHIP:
    loading.gc = Collector
    sys.print_exception = lambda error, out: out.write('Traceback\n  File "app.py", in run\n%r\n' % error)
collect = gc.collect
