"""The technician's commands at a sign that runs on: self-test, lamps, walk, kerb line, logs, shell."""

import json
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import pairwise

import pytest
from hil_tests.conftest import SIGN, WIFI
from hil_tests.controller import HOST, Controller
from hil_tests.rig import VirtualRig, lit, wait_until
from hil_tests.walks import CONFIG, Radar, person, to_the_kerb

from gangvakt.cli import main
from gangvakt.errors import SignRefused
from gangvakt.provision.board import load_board
from gangvakt.provision.identity import make_identity
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.selftest import run_selftest
from gangvakt.provision.service_line import ServiceLine
from gangvakt_sim.board.board import LAMP_MV

SPEC = load_board("virtual")
RATIO = SPEC.analog.supply_ratio_milli / 1000
SITE = {
    **CONFIG,
    "lamp_current_mv": LAMP_MV,
    "supply_low_mv": 10_000,
    "supply_high_mv": 15_000,
    "thermometer_enabled": True,
    "light_enabled": True,
}


def surround(board):
    board.adc.set(SPEC.analog.light, 1_000)
    board.adc.set(SPEC.analog.supply, round(12_000 / RATIO))
    board.thermometer.set(4.5)


def files(pki, port):
    identity = make_identity(pki, SIGN, [(HOST, port)], WIFI)
    return {"config.json": json.dumps(SITE).encode(), **identity}


@pytest.fixture(scope="module")
def sign(tmp_path_factory):
    """A sign with everything, and its controller; shared: each test leaves it as it found it."""
    with running(tmp_path_factory.mktemp("service")) as rig:
        yield rig


@contextmanager
def running(folder, firmware_dir=FIRMWARE_DIR):
    """A sign with everything that has opened its first session."""
    rig = VirtualRig(SPEC, folder, {WIFI.ssid: WIFI.psk})
    rig.before_power = surround
    with Controller(folder / "pki") as controller:
        rig.start(files(controller.pki, controller.port), firmware_dir)
        try:
            rig.expect("armed ")
            with Radar(rig.radar) as rig.street:
                rig.expect("broker: session open", 60)
                yield rig
        finally:
            print(rig.printed())
            rig.stop()


@pytest.fixture
def line(sign):
    with ServiceLine(sign.port) as line:
        line.wait_ready()
        yield line


@contextmanager
def seen(rig, frames):
    """While the street shows these frames, and until it is empty and dark again."""
    rig.street.play(frames)
    yield
    rig.street.finish()
    wait_until(lambda: not lit(rig), 20, "dark again")


def failed(rows):
    """Late ticks do not count: a computer that does other things meanwhile has them of its own."""
    return {row["what"] for row in rows if row["verdict"] == "fail"} - {"tick"}


def test_a_sound_sign_passes_its_self_test(sign):
    command = [sys.executable, "-m", "gangvakt", "selftest", sign.port, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    told = json.loads(done.stdout)
    assert not failed(told["rows"]), done.stderr
    assert done.returncode == (0 if told["ok"] else 1)
    assert (told["sign"], told["board"]) == (str(SIGN), "virtual")
    found = {row["what"]: row["verdict"] for row in told["rows"]}
    wanted = ("radar 0, frames", "radar 0, Bluetooth", "lamp left", "lamp right", "supply", "temperature")
    assert {found[what] for what in (*wanted, "light", "network", "broker", "flash")} == {"ok"}
    assert found["radar 1"] == "not fitted"
    with ServiceLine(sign.port) as line:
        assert line.ask("details")["warnings"] == 0  # lit lamps of a test are no warning


def test_what_is_broken_fails_its_row_and_no_other(sign, line):
    sign.board.lamp_current.set("left", 0)
    sign.board.adc.set(SPEC.analog.supply, round(8_000 / RATIO))
    sign.street.__exit__()
    try:
        rows = failed(run_selftest(line, SPEC, online=False).as_json()["rows"])
        assert rows - {"faults"} == {"lamp left", "supply", "radar 0, frames"}
    finally:
        sign.board.lamp_current.set("left", LAMP_MV)
        surround(sign.board)
        sign.street = Radar(sign.radar)
        sign.street.__enter__()


def test_the_lamp_test_lights_one_lamp_alone_for_its_time(sign, line):
    wait_until(lambda: line.ask("selftest", "sensors")["quiet"], 10, "nobody in view")
    line.ask("lamp", {"lamp": "right", "s": 2})
    shone = set()
    told = None
    begun = time.monotonic()
    while told is None and time.monotonic() < begun + 6:
        shone.add(sign.lamps())
        told = line.told("lamp", 0.01)
    assert told is not None
    assert shone == {(False, True), (False, False)}
    assert (told["cut_by"], told["alone"]) == (None, True)
    assert told["mv"] == pytest.approx(LAMP_MV * told["dim_pct"] / 100, rel=0.1)
    assert time.monotonic() - begun < 4
    assert not lit(sign)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [({"lamp": "middle"}, "lamp"), ({"lamp": "left", "s": 11}, "s"), ({"lamp": "left", "s": True}, "s")],
)
def test_a_lamp_test_is_refused_by_name(line, wanted, field):
    with pytest.raises(SignRefused) as refused:
        line.ask("lamp", wanted)
    assert refused.value.field == field


def test_a_warning_ends_the_lamp_test_and_no_test_begins_during_a_warning(sign, line):
    line.ask("lamp", {"lamp": "left", "s": 10})
    with seen(sign, to_the_kerb()):
        told = line.told("lamp", 6)
        assert told is not None
        assert told["cut_by"] == "a warning"
        wait_until(lambda: sign.lamps()[1], 2, "right lamp, too")
        for verb, obj in (("lamp", {"lamp": "left"}), ("restart", "service")):
            with pytest.raises(SignRefused) as refused:
                line.ask(verb, obj)
            assert (refused.value.value, refused.value.allowed) == ("somebody in view", "nobody in view")


def test_a_walk_is_told_five_times_a_second_at_most_and_warned_of(sign, line):
    line.ask("walk", True)
    told = []
    with seen(sign, to_the_kerb()):
        wait_until(lambda: (told.append(line.told("walk", 1)), told[-1]["warns"])[1], 8, "warning")
        assert lit(sign)
    line.ask("walk", False)
    assert {glimpse["reason"] for glimpse in told} >= {"approach"}
    assert max(len(glimpse["tracks"]) for glimpse in told) == 1
    gaps = [b["ms"] - a["ms"] for a, b in pairwise(told)]
    assert min(gaps) >= 190
    assert line.told("walk", 1) is None
    assert line.bad == 0


def test_the_kerb_line_is_learned_from_a_walk(sign, capsys):
    right, left = (2_500, -1_500), (2_500, 1_700)  # mm; the radar stands at the origin and looks along x
    sign.street.play(there_and_back(right, left))  # and then nobody is in view, so that it can be written
    assert main(["walk", sign.port, "--learn-kerb", "--yes", "--json", "--seconds", "60"]) == 0
    told = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    ends = [found for found in told if "end" in found]
    assert [found["end"] for found in ends] == ["right", "left"]
    written = next(found["kerb_mm"] for found in told if "kerb_mm" in found)
    for found, wanted in ((written["a"], right), (written["b"], left)):
        assert found == pytest.approx(wanted, abs=300)
    with ServiceLine(sign.port) as line:
        values = line.ask("config", ["kerb_a_x_mm", "kerb_a_y_mm"])["values"]
        assert [values["kerb_a_x_mm"], values["kerb_a_y_mm"]] == written["a"]
    assert main(["walk", sign.port, "--kerb", "0,2,0,-2", "--yes"]) == 0


def there_and_back(right, left):
    """Frames of somebody who walks to both ends and shifts from foot to foot there."""
    places = [(4_500, 0), right, left, (5_000, 0)]
    frames = []
    for (x0, y0), (x1, y1) in pairwise(places):
        steps = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / 120))
        frames += [at(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps)]
        if (x1, y1) != places[-1]:
            frames += [at(x1 + 80 * (i % 3 - 1), y1 + 120 * (i % 4 - 1.5)) for i in range(36)]
    return frames


def at(x_mm, y_mm):
    """A frame with somebody at that place of the site: the radar's x is to the right of its look."""
    return person(round(-y_mm), round(x_mm), 20)


def test_a_kerb_line_that_is_none_is_refused_and_nothing_is_written(line):
    before = line.ask("config", ["kerb_a_y_mm"])
    for wanted in ({"a": [0, 0], "b": [0, 100]}, {"a": [0, 0], "b": [0, 60_000]}, {"a": [0, 0]}, None):
        with pytest.raises(SignRefused):
            line.ask("kerb", wanted)
    assert line.ask("config", ["kerb_a_y_mm"]) == before


def test_logs_tell_what_was_said_and_what_happened(sign, capsys):
    assert main(["logs", sign.port, "--json"]) == 0
    told = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert any("radar 0 ld2450: set-up done" in found.get("log", "") for found in told)


def test_the_doctor_finds_a_sound_sign_sound(sign, capsys):
    code = main(["doctor", sign.port, "--json"])
    told = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    bad = {found["found"] for found in told if found["verdict"] == "fail"}
    assert not [word for word in bad if not word.startswith(("tick_late", "lamp_", "supply_", "radar_"))]
    assert code == (1 if bad else 0)
    assert {found["what"] for found in told} >= {"port", "app", "chip", "sign"}


def test_the_shell_stops_the_app_and_starts_it_again(sign, capfd):
    assert main(["shell", sign.port, "--yes", "--command", "print(6 * 7)"]) == 0
    assert "42" in capfd.readouterr().out
    with ServiceLine(sign.port) as line:
        assert line.wait_ready()["board"] == "virtual"


def said(rig):
    """What the sign tells of its starts and sessions."""
    words = ("armed ", "session open", "session pauses")
    return [word.strip() for text in rig.printed().splitlines() for word in words if word in text]


def test_after_a_start_for_service_the_session_waits_until_the_technician_is_gone(sign):
    with ServiceLine(sign.port) as line:
        line.restart("service")
        wait_until(lambda: line.ask("selftest", "network")["up"], 30, "network")
        found = line.ask("selftest", "network")
        assert (found["paused"], found["sessions"]) == (True, 0)
    assert said(sign)[-1] == "armed"
    wait_until(lambda: said(sign)[-1] == "session open", 90, "session")


@pytest.fixture
def broken_up(tmp_path):
    """Firmware that finds no piece of memory to write its configuration with, once there was a session."""
    folder = tmp_path / "firmware"
    shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    site = folder / "sign/services/verbs/site.py"
    before, begin, behind = site.read_text().partition("    borrowed = loading.missing(_ROOMS)\n")
    assert begin
    wanted = "    bytearray(100_000 if status.link.sessions else 0)\n"
    site.write_text(before + wanted + begin + behind)
    return folder


def test_a_sign_whose_heap_is_in_small_pieces_restarts_to_write_its_kerb_line(tmp_path, broken_up, capsys):
    with running(tmp_path, broken_up) as sign:
        assert main(["walk", sign.port, "--kerb", "0,2.5,0,-2.5", "--yes"]) == 0
        assert capsys.readouterr().out.count("the sign restarts to have memory for this") == 1
        assert said(sign)[:5] == ["armed", "session open", "session pauses", "armed", "armed"]
        with ServiceLine(sign.port) as line:
            assert line.ask("config", ["kerb_a_y_mm"])["values"] == {"kerb_a_y_mm": 2_500}
