import sys
import time

import micropython


class Pin:
    def __init__(self, number):
        self.number = number


class ADC:
    """Pins by number, each with a function of the time in us that tells its uV."""

    ATTN_11DB = 3
    volts = {}

    def __init__(self, pin, atten):
        self._volts = ADC.volts[pin.number]

    def read_uv(self):
        return self._volts()


class Machine:
    ADC = ADC
    Pin = Pin


class Chip:
    """The esp32 module of a first ESP32."""

    @staticmethod
    def raw_temperature():
        return 128


class OneWireError(Exception):
    pass


class OneWire:
    """A bus with a thermometer, or nobody."""

    SKIP_ROM = 0xCC
    scratchpad = b""

    def __init__(self, pin):
        self.sent = []

    def reset(self, required):
        if not OneWire.scratchpad:
            raise OneWireError

    def writebyte(self, value):
        self.sent.append(value)

    def readinto(self, buf):
        buf[:] = OneWire.scratchpad


class Bus:
    OneWire = OneWire
    OneWireError = OneWireError


sys.modules["machine"] = Machine
sys.modules["esp32"] = Chip
sys.modules["onewire"] = Bus

from sign.hal import analog, chip, temperature
from sign.proto.ds18b20 import UNKNOWN

WIRING = {"light": 36, "lamp_current": 39, "supply": 32, "supply_ratio_milli": 5545}


def carrier():
    """A shunt at 200 mV behind a 1 kHz carrier with 40 % duty."""
    return 200_000 if time.ticks_us() % 1000 < 400 else 0


def fitted():
    ADC.volts = {36: lambda: 1_234_567, 39: carrier, 32: lambda: 2_200_000}
    return analog.Analog(WIRING)


def test_voltages_are_told_in_millivolts_in_front_of_the_divider():
    board = fitted()
    assert board.light_mv() == 1234
    assert board.supply_mv() == 12_199


def undisturbed_mv(board):
    """A reading that nothing came between: the machine of the tests is busy."""
    for _ in range(50):
        mv = board.lamp_current_mv()
        if mv >= 0:
            return mv
    raise AssertionError("every reading was disturbed")


def test_the_lamp_current_is_a_mean_over_the_carrier_at_any_phase():
    board = fitted()
    for phase_us in range(0, 1000, 130):
        time.sleep_us(phase_us)
        assert 40 <= undisturbed_mv(board) <= 120


def test_readings_run_with_the_heap_locked():
    board = fitted()
    micropython.heap_lock()
    try:
        for _ in range(5):
            board.light_mv()
            board.supply_mv()
            board.lamp_current_mv()
    finally:
        micropython.heap_unlock()


def test_what_is_not_fitted_reads_minus_one():
    board = analog.Analog({})
    assert (board.light_mv(), board.supply_mv(), board.lamp_current_mv()) == (-1, -1, -1)


def test_a_current_that_was_read_with_a_tick_between_is_none():
    board = fitted()
    ADC.volts[39] = lambda: time.sleep_us(200) or 100_000
    board = analog.Analog(WIRING)
    assert board.lamp_current_mv() == -1


def test_a_thermometer_is_asked_twice():
    OneWire.scratchpad = b"\x91\x01\x4b\x46\x7f\xff\x0c\x10\x70"
    thermometer = temperature.Thermometer(4)
    assert thermometer.begin()
    assert thermometer.read_cdeg() == 2506
    assert thermometer._bus.sent == [0xCC, 0x44, 0xCC, 0xBE]


def test_a_missing_or_garbled_thermometer_is_unknown():
    for scratchpad in (b"", b"\xff" * 9):
        OneWire.scratchpad = scratchpad
        thermometer = temperature.Thermometer(4)
        assert thermometer.begin() == bool(scratchpad)
        assert thermometer.read_cdeg() == UNKNOWN


def test_the_chip_s_temperature_is_told_where_there_is_one():
    assert chip.temperature_c() == 53
    Chip.mcu_temperature = lambda: 41
    assert chip.temperature_c() == 41
    del Chip.mcu_temperature
    del Chip.raw_temperature
    assert chip.temperature_c() is None
