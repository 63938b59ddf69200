"""The sign with the fullest heap: everything measured, and a secure session that is made again and again."""

import json
import shutil
from pathlib import Path

import pytest
from hil_tests.controller import Controller
from hil_tests.rig import VirtualRig, lit, wait_until
from hil_tests.test_measuring import DAY_MV, MEASURED, RATIO, SPEC, SUPPLY_MV
from hil_tests.walks import CONFIG, Radar, to_the_kerb

from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.board import Stalls, VirtualBoard

ONLINE_S = 30
AIR_C = 15
# Left over when all of it runs: on the chip the table of names grows within the heap, here it does not.
SPARE_BYTES = 3_072
OUT_OF_MEMORY = ("(memory)", "memory allocation failed", "ALLOC_FAILED")


@pytest.fixture
def tight(tmp_path: Path) -> Path:
    """Firmware that has so much less of the heap."""
    folder = tmp_path / "firmware"
    shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    with (folder / "boot.py").open("a") as boot:
        boot.write(f"\nspare = [bytearray(48) for _ in range({SPARE_BYTES} // 64)]\n")
    return folder


def surround(board: VirtualBoard) -> None:
    board.adc.set(SPEC.analog.light, DAY_MV + 10)
    board.adc.set(SPEC.analog.supply, round(SUPPLY_MV / RATIO))
    board.thermometer.set(AIR_C)


def test_a_sign_with_all_that_can_be_measured_reconnects_each_time_the_broker_was_killed(
    rig: VirtualRig, controller: Controller, enrolled: dict[str, bytes], tight: Path
) -> None:
    rig.before_power = surround
    config = {"config.json": json.dumps({**CONFIG, **MEASURED}).encode()}
    rig.start({**enrolled, **config}, tight, Stalls.default())

    def telemetry() -> list[dict]:
        return controller.on("/telemetry")

    with Radar(rig.radar) as radar:
        wait_until(lambda: bool(telemetry()), ONLINE_S, "first session")
        for session in (1, 2):
            controller.stop()
            radar.play(to_the_kerb())
            wait_until(lambda: lit(rig), 10, "warning while there is no broker")
            controller.messages.clear()
            controller.start()
            wait_until(lambda: bool(telemetry()), ONLINE_S, f"session {session} after the first")
            wait_until(lambda: not lit(rig), 20, "dark lamps")
            wait_until(lambda: bool(controller.events("activation_off")), ONLINE_S, "the warning is told")
    assert not [text for text in OUT_OF_MEMORY if text in rig.printed()]
    assert rig.printed().count("network: up") == 1, "a broker that restarts costs no Wi-Fi"
    assert telemetry()[-1]["measured"]["air_cdeg"] == 100 * AIR_C
