"""Whatever fails, the sign ends where it still warns: each rung is reached by an error that is planted."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hil_tests.rig import VirtualRig, ask, lit, wait_until
from hil_tests.walks import CONFIG, Radar, to_the_kerb

from gangvakt.provision.board import load_board
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.board.reset import Reset
from gangvakt_sim.board.shm import now_us

SPEC = load_board("virtual")
LAST_S = 40
TWO_SECONDS_US = 2_000_000
SAFE_FLASHES = 5
MINIMAL = "rung last, restart in 600 s"
HELD_S = 12  # the minimal sign's hold, and a little

# Planted at the end of a module: it fails at import.
AT_IMPORT = "raise {error}\n"


@pytest.fixture
def planted(tmp_path: Path) -> Callable[[str, str], Path]:
    """planted(module, text): a copy of the firmware with `text` at the end of a module of it."""

    def plant(module: str, text: str) -> Path:
        folder = tmp_path / "firmware"
        shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        with (folder / module).open("a") as file:
            file.write("\n" + text)
        return folder

    return plant


def flashes(rig: VirtualRig) -> int:
    end_us = now_us()
    edges = rig.board.gpio.waveform(SPEC.pins.status_led, end_us - TWO_SECONDS_US, end_us)
    return sum(edge.level for edge in edges)


def warns_from_the_pir(rig: VirtualRig) -> None:
    """The lamps flash by turns while somebody is there, and are dark again afterwards."""
    rig.pir(1)
    wait_until(lambda: rig.lamps() == (True, False), 3, "left lamp")
    wait_until(lambda: rig.lamps() == (False, True), 3, "right lamp")
    rig.pir(0)
    wait_until(lambda: not lit(rig), HELD_S, "dark lamps")


SOAK = pytest.mark.soak


@pytest.mark.parametrize(
    ("module", "text"),
    [
        pytest.param("sign/hal/lamps.py", AT_IMPORT.format(error='OSError(5, "RMT")'), id="lamp driver"),
        pytest.param(
            "sign/core/detector.py", AT_IMPORT.format(error='MemoryError("planted")'), id="memory", marks=SOAK
        ),
        pytest.param(
            "sign/loading.py", AT_IMPORT.format(error='ImportError("no module")'), id="import", marks=SOAK
        ),
        pytest.param(
            "sign/services/housekeeper.py",
            "async def run(*args):\n    raise ValueError('planted')\n",
            id="task",
            marks=SOAK,
        ),
    ],
)
def test_an_app_that_always_fails_ends_at_the_minimal_sign_which_warns_and_can_be_reached(
    rig, config, planted, module, text
):
    rig.start(config, planted(module, text))
    rig.expect(MINIMAL, LAST_S)
    printed = rig.printed()
    for rung in ("rung normal", "rung backup", "rung default"):
        assert printed.count(rung) >= 2
    warns_from_the_pir(rig)
    wait_until(lambda: flashes(rig) == SAFE_FLASHES, 5, "five short flashes")
    command = [sys.executable, "-m", "mpremote", "connect", rig.port, "exec", "print(6 * 7)"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "42"


@pytest.mark.soak
def test_the_minimal_sign_sees_people_on_the_radar_and_stays_dark_in_shadow_mode(rig, planted):
    broken = planted("sign/services/supervisor.py", AT_IMPORT.format(error='ImportError("planted")'))
    rig.start({"config.json": json.dumps({**CONFIG, "mode": "shadow"}).encode()}, broken)
    rig.expect(MINIMAL, LAST_S)
    rig.pir(1)
    wait_until(lambda: flashes(rig) == SAFE_FLASHES, 5, "five short flashes")
    assert not lit(rig)
    rig.pir(0)
    rig.start({"config.json": json.dumps({**CONFIG, "pir_enabled": False}).encode()}, broken)
    rig.expect(MINIMAL, LAST_S)
    rig.pir(1)
    with Radar(rig.radar) as radar:
        wait_until(lambda: flashes(rig) == SAFE_FLASHES, 5, "five short flashes")
        assert not lit(rig)
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")


@pytest.mark.soak
def test_a_start_that_hangs_is_ended_by_the_watchdog_and_counted(rig, config, planted):
    short = planted("sign/services/detection.py", "while True:\n    pass\n")
    main = short / "main.py"
    main.write_text(main.read_text().replace("START_MS = 20_000", "START_MS = 2_000"))
    rig.start(config, short)
    rig.expect("failure 2 (a task or the start was stuck), rung backup", 20)
    rig.expect(MINIMAL, LAST_S)


def test_slots_that_hold_nothing_leave_the_minimal_sign(rig, config):
    rig.start(config)
    rig.expect("armed ")
    rig.stop()
    for name in ("app_a", "app_b"):
        erase(rig, name)
    rig.switch_on()
    rig.expect("no app in any slot")
    rig.expect(MINIMAL, LAST_S)
    warns_from_the_pir(rig)


def erase(rig: VirtualRig, name: str) -> None:
    part = SPEC.partition(name)
    with rig.flash.open("r+b") as flash:
        flash.seek(part.offset)
        flash.write(b"\xff" * part.size)


def test_brown_outs_are_told_as_such_and_do_not_climb(rig, config):
    rig.start(config)
    rig.expect("armed ")
    for number in range(2, 8):
        rig.board.reset(Reset.BROWN_OUT)
        wait_until(lambda n=number: rig.printed().count("armed ") == n, 20, "armed again")
    assert "rung" not in rig.printed()
    first = ask(rig, "events")["events"][0]
    assert (first["kind"], first["cause"]) == ("boot", "brown_out")


def test_a_backup_configuration_takes_the_place_of_one_that_fails(rig, planted):
    """A configuration that was well is the backup; the sign fails with another one only."""
    trap = """
def read(armed, read=read):
    read(armed)
    if armed.config.version == 8:
        raise ValueError("planted")
"""
    firmware = planted("sign/services/start_up.py", trap)
    backup = {**CONFIG, "version": 7}
    files = {"config.json": {**CONFIG, "version": 8}, "config.bak": backup}
    rig.start({name: json.dumps(content).encode() for name, content in files.items()}, firmware)
    rig.expect("rung backup", 30)
    rig.expect("armed ", 20)
    status = ask(rig, "status")["status"]
    assert status["config_version"] == 7
    assert "planted" in status["crash"]["text"]
    assert "start_up." in status["crash"]["text"]
    assert [fault["why"] for fault in status["faults"] if fault["code"] == "config"] == [
        "the backup is in force"
    ]
