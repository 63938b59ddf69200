"""The sign's analogue inputs and thermometers on the virtual board."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from gangvakt.provision.board import load_board
from gangvakt.provision.image import littlefs_image, merge_flash
from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.board.board import LAMP_MV
from gangvakt_sim.errors import BoardRefusal
from gangvakt_sim.interpreter import REPOSITORY

PATIENCE_S = 15
FIRMWARE = REPOSITORY / "firmware"
MODULES = (
    "sign/__init__.py",
    "sign/version.py",
    "sign/compat.py",
    "sign/hal/analog.py",
    "sign/hal/chip.py",
    "sign/hal/temperature.py",
    "sign/proto/__init__.py",
    "sign/proto/ds18b20.py",
)
MAIN = """
    import micropython
    import time
    from sign.hal.analog import Analog
    from sign.hal.chip import temperature_c
    from sign.hal.temperature import Thermometer
    analog = Analog({"light": 36, "lamp_current": 39, "supply": 32, "supply_ratio_milli": 5545})
    thermometer = Thermometer(4)
    print("warmth", thermometer.begin(), thermometer.read_cdeg(), temperature_c())
    def read():
        micropython.heap_lock()
        try:
            light = analog.light_mv()
            supply = analog.supply_mv()
            lamps = analog.lamp_current_mv()
        finally:
            micropython.heap_unlock()
        return light, supply, lamps
    print("ready")
    while analog.light_mv() <= 0:
        time.sleep_ms(10)
    found = read()
    while found[2] < 0:  # on a busy computer a reading of the lamps' current may be interrupted
        found = read()
    print("read", *found)
"""


LAMPS = """
    from time import sleep_ms, sleep_us, ticks_diff, ticks_us
    from esp32 import RMT
    from machine import ADC, PWM, Pin
    dim = PWM(Pin(27, Pin.OUT), freq=1000, duty_u16=0)
    left, right = RMT(0, pin=Pin(25), clock_div=80), RMT(1, pin=Pin(26), clock_div=80)
    for lamp, levels in ((left, (1, 0)), (right, (0, 1))):
        lamp.loop(True)
        lamp.write_pulses((30000, 30000), levels)
    begun = ticks_us()
    read = ADC(Pin(39)).read_uv
    def mean(duty):
        # over one pass: the mean in each half, and overall
        dim.duty_u16(duty)
        sums, counts = [0, 0], [0, 0]
        end = ticks_us() + 240000
        while ticks_diff(end, ticks_us()) > 0:
            half = ticks_diff(ticks_us(), begun) // 30000 % 2
            sums[half] += read() // 1000
            counts[half] += 1
            sleep_us(37)
        return [sums[i] // counts[i] for i in (0, 1)]
    print("dark", *mean(0))
    print("full", *mean(65535))
    print("half", *mean(32768))
    print("break")
    while read() == 0 or mean(65535)[0] > 100:
        sleep_ms(1)
    print("broken", *mean(65535))
"""
WARMTH = """
    import time
    from sign.hal.temperature import Thermometer
    thermometer = Thermometer(4)
    print("begun", thermometer.begin())
    print("before", thermometer.read_cdeg())
    thermometer.begin()
    time.sleep_ms(760)
    print("after", thermometer.read_cdeg())
"""


def board_with(folder: Path, main: str) -> VirtualBoard:
    """A board that runs `main` beside the firmware's modules."""
    spec, flash = load_board("virtual"), folder / "flash.bin"
    files = {"/boot.py": b"", "/main.py": dedent(main).encode()}
    files.update({f"/{name}": (FIRMWARE / name).read_bytes() for name in MODULES})
    flash.write_bytes(merge_flash(spec, {"vfs": littlefs_image(spec.partition("vfs"), files)}))
    return VirtualBoard(spec, flash)


def told(printed: str, word: str) -> list[int]:
    """The numbers of the line that begins with a word."""
    line = next(line for line in printed.splitlines() if line.startswith(word + " "))
    return [int(number) for number in line.split()[1:]]


def test_the_lamps_current_follows_pattern_carrier_and_health(tmp_path: Path) -> None:
    with board_with(tmp_path, LAMPS) as board:
        board.output.wait_for("break", PATIENCE_S)
        board.lamp_current.set("left", 0)
        board.lamp_current.set("right", 3 * LAMP_MV)
        printed = board.output.wait_for(">>> ", PATIENCE_S)
    tolerance = LAMP_MV // 8  # readings that fall into the other half at its ends
    assert told(printed, "dark") == [0, 0]
    for word, expected in (
        ("full", [LAMP_MV] * 2),
        ("half", [LAMP_MV // 2] * 2),
        ("broken", [0, 3 * LAMP_MV]),
    ):
        assert told(printed, word) == pytest.approx(expected, abs=3 * tolerance), word


def test_a_thermometer_tells_what_it_measured_once_it_had_its_time(tmp_path: Path) -> None:
    board = board_with(tmp_path, WARMTH)
    board.thermometer.set(-12.5)
    with board:
        printed = board.output.wait_for(">>> ", PATIENCE_S)
    assert "begun True" in printed
    assert told(printed, "before") == [-32768]  # the power-on value is no temperature
    assert told(printed, "after") == [-1250]


def test_what_no_lamp_and_no_thermometer_can_do_is_refused(tmp_path: Path) -> None:
    with board_with(tmp_path, "") as board:
        for refused in (
            lambda: board.lamp_current.set("middle", 1),
            lambda: board.lamp_current.set("left", -1),
            lambda: board.thermometer.set(200.0),
        ):
            with pytest.raises(BoardRefusal):
                refused()


def test_voltages_from_outside_are_read(tmp_path: Path) -> None:
    with board_with(tmp_path, MAIN) as board:
        board.output.wait_for("ready", PATIENCE_S)
        for pin, mv in ((39, 120), (32, 2200), (36, 1500)):  # the board waits for the last
            board.adc.set(pin, mv)
        printed = board.output.wait_for(">>> ", PATIENCE_S)
    assert "read 1500 12199 120" in printed
    assert "warmth False -32768 53" in printed
