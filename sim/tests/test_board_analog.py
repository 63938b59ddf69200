"""The sign's analogue inputs and thermometers on the virtual board."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from gangvakt.provision.board import load_board
from gangvakt.provision.image import littlefs_image, merge_flash
from gangvakt_sim.board import VirtualBoard
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
    print("read", *read())
"""


def test_voltages_from_outside_are_read(tmp_path: Path) -> None:
    spec, flash = load_board("virtual"), tmp_path / "flash.bin"
    files = {"/boot.py": b"", "/main.py": dedent(MAIN).encode()}
    files.update({f"/{name}": (FIRMWARE / name).read_bytes() for name in MODULES})
    flash.write_bytes(merge_flash(spec, {"vfs": littlefs_image(spec.partition("vfs"), files)}))
    with VirtualBoard(spec, flash) as board:
        board.output.wait_for("ready", PATIENCE_S)
        for pin, mv in ((39, 120), (32, 2200), (36, 1500)):  # the board waits for the last
            board.adc.set(pin, mv)
        printed = board.output.wait_for(">>> ", PATIENCE_S)
    assert "read 1500 12199 120" in printed
    assert "warmth False -32768 53" in printed
