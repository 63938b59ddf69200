"""A battery that runs down: light first, then the radio, at last the lamps; and back again."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from hil_tests.controller import Controller
from hil_tests.rig import VirtualRig, lit, wait_until
from hil_tests.walks import CONFIG, Radar, to_the_kerb

from gangvakt.provision.board import load_board
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.board import VirtualBoard

SPEC = load_board("virtual")
RATIO = SPEC.analog.supply_ratio_milli / 1000
GOOD_MV, SAVING_MV, EMPTY_MV = 13_000, 12_000, 10_500
ONLINE_S, STAGE_S = 40, 40
WALK_S = 5


def impatient(folder: Path) -> Path:
    """Firmware to which a stage takes seconds, and the last message as well."""
    shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    battery = folder / "sign/core/battery.py"
    text = battery.read_text().replace("PATIENCE = const(60)", "PATIENCE = const(2)")
    battery.write_text(text.replace("_MESSAGE_S = const(120)", "_MESSAGE_S = const(8)"))
    return folder


def supply(board: VirtualBoard, mv: int) -> None:
    board.adc.set(SPEC.analog.supply, round(mv / RATIO))


def told(controller: Controller) -> dict[str, Any]:
    """The last status of the sign itself, not of its will."""
    return next(status for status in reversed(controller.on("/status")) if status["online"])


def stands(controller: Controller, fault: str) -> bool:
    return fault in [each["code"] for each in told(controller)["faults"]]


def shone_during_a_walk(rig: VirtualRig, radar: Radar) -> bool:
    """Whether a lamp shone while somebody walked to the kerb."""
    end_s, shone = time.monotonic() + WALK_S, []
    radar.play(to_the_kerb())
    wait_until(lambda: shone.append(lit(rig)) or time.monotonic() > end_s, 2 * WALK_S)
    return any(shone)


@pytest.mark.soak
def test_a_solar_sign_says_a_last_word_goes_dark_and_comes_back(
    rig: VirtualRig, controller: Controller, enrolled: dict[str, bytes], radar, tmp_path: Path
) -> None:
    rig.before_power = lambda board: supply(board, GOOD_MV)
    config = json.dumps({**CONFIG, "power_profile": "solar", "battery_saving_mv": 12_400}).encode()
    rig.start({**enrolled, "config.json": config}, impatient(tmp_path / "firmware"))
    with radar:
        wait_until(lambda: bool(controller.on("/telemetry")), ONLINE_S, "session")
        supply(rig.board, SAVING_MV)
        wait_until(lambda: stands(controller, "battery_saving"), STAGE_S, "saving is told")
        assert told(controller)["lamps"]["dim_pct"] == 40
        supply(rig.board, EMPTY_MV)
        wait_until(lambda: stands(controller, "battery_last"), STAGE_S, "the last word")
        rig.expect("network: asleep", 30)
        wait_until(lambda: not controller.on("/status")[-1]["online"], 30, "the broker misses it")
        assert not shone_during_a_walk(rig, radar)
        supply(rig.board, GOOD_MV)
        wait_until(lambda: controller.on("/status")[-1]["online"], STAGE_S + ONLINE_S, "it is back")
        wait_until(lambda: bool(controller.events("activation_on")), ONLINE_S, "what it decided in the dark")
        wait_until(lambda: told(controller)["faults"] == [], STAGE_S, "nothing is wrong any more")
        assert told(controller)["lamps"]["dim_pct"] == 100
