"""A battery that runs down: light first, then the radio, at last the lamps; and back again."""

import json
import shutil
from pathlib import Path

from hil_tests.controller import Controller
from hil_tests.rig import VirtualRig, ask, lit, wait_until
from hil_tests.walks import CONFIG, to_the_kerb

from gangvakt.provision.board import load_board
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.board import VirtualBoard

SPEC = load_board("virtual")
RATIO = SPEC.analog.supply_ratio_milli / 1000
GOOD_MV, SAVING_MV, EMPTY_MV = 13_000, 12_000, 10_500
ONLINE_S, STAGE_S = 40, 40


def impatient(folder: Path) -> Path:
    """Firmware to which a stage takes seconds, and the last message as well."""
    shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    battery = folder / "sign/core/battery.py"
    text = battery.read_text().replace("PATIENCE = const(60)", "PATIENCE = const(2)")
    battery.write_text(text.replace("_MESSAGE_S = const(120)", "_MESSAGE_S = const(8)"))
    return folder


def supply(board: VirtualBoard, mv: int) -> None:
    board.adc.set(SPEC.analog.supply, round(mv / RATIO))


def stands(controller: Controller, fault: str) -> bool:
    told = [status for status in controller.on("/status") if status["online"]]
    return bool(told) and fault in [each["code"] for each in told[-1]["faults"]]


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
        wait_until(lambda: ask(rig, "status")["status"]["lamps"]["dim_pct"] == 40, 5, "less light")
        supply(rig.board, EMPTY_MV)
        wait_until(lambda: stands(controller, "battery_last"), STAGE_S, "the last word")
        rig.expect("network: asleep", 30)
        wait_until(lambda: not controller.on("/status")[-1]["online"], 30, "the broker misses it")
        warnings = ask(rig, "details")["warnings"]
        radar.play(to_the_kerb())
        wait_until(lambda: ask(rig, "details")["warnings"] > warnings, 10, "a warning that is decided")
        assert not lit(rig)
        supply(rig.board, GOOD_MV)
        wait_until(lambda: controller.on("/status")[-1]["online"], STAGE_S + ONLINE_S, "it is back")
        wait_until(lambda: ask(rig, "status")["status"]["lamps"]["dim_pct"] == 100, STAGE_S, "full light")
