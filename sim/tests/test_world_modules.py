"""The firmware's own command code talks to the virtual modules, over a wire that may lose and cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.world.c4001_model import PRESENCE, SPEED, C4001Model
from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.hlk_module import FOOTER, HEADER, HlkModule
from gangvakt_sim.world.ld2410_model import Ld2410Model
from gangvakt_sim.world.ld2450_module import SINGLE, Ld2450Module
from gangvakt_sim.world.ld2451_model import Ld2451Model
from gangvakt_sim.world.radar_module import ModuleFaults, RadarModule
from sign.proto import c4001_command, radar_command
from sign.proto.c4001_command import C4001Command
from sign.proto.exchange import DONE, FAILED, REFUSED, RETRIES, SILENT
from sign.proto.hlk_frame import PAYLOAD, HlkFrame
from sign.proto.radar_command import RadarCommand

POSE = Pose(0.0, 0.0, 90.0)
REPORT = b"\xaa\xff\x03\x00" + bytes(24) + b"\x55\xcc"
PIECE = 5
SET_UP = (
    radar_command.ENABLE,
    radar_command.VERSION,
    radar_command.MULTI_TARGET,
    radar_command.BLUETOOTH_OFF,
    radar_command.RESTART,
)

MODULES: dict[str, Callable[[], HlkModule]] = {
    "ld2450": Ld2450Module,
    "ld2410": lambda: Ld2410Model(POSE, 1),
    "ld2451": lambda: Ld2451Model(POSE, 1),
}


def converse(commander: Any, script: tuple[bytes, ...], module: RadarModule, report: bytes = b"") -> int:
    """Run a script to its end, 10 ms a step, the wire cut into pieces; how many ms it took."""
    commander.start(script, 0)
    for now_ms in range(0, 60_000, 10):
        if not commander.busy:
            return now_ms
        wire = report if module.reporting and now_ms % 100 == 0 else b""
        out = commander.poll(now_ms) or b""
        for at in range(0, len(out), PIECE):
            wire += module.receive(out[at : at + PIECE])
        commander.feed(wire, 0, len(wire), now_ms)
    raise AssertionError("the script does not end")


@pytest.mark.parametrize("name", MODULES)
def test_every_module_tells_its_version_and_goes_on_reporting(name: str) -> None:
    module, commander = MODULES[name](), RadarCommand()
    converse(commander, (radar_command.ENABLE, radar_command.VERSION, radar_command.END), module)
    assert commander.state == DONE
    assert commander.version_text().startswith("V1.")
    assert module.reporting


def test_the_set_up_of_a_ld2450_leaves_it_reporting_all_targets_without_bluetooth() -> None:
    module, commander = Ld2450Module(), RadarCommand()
    module.mode = SINGLE
    converse(commander, SET_UP, module, REPORT)
    assert (commander.state, commander.retries) == (DONE, 0)
    assert (module.bluetooth, module.restarts, module.reporting) == (False, 1, True)
    assert module.mode == b"\x02\x00"


def test_zones_come_back_as_they_were_set() -> None:
    module, commander = Ld2450Module(), RadarCommand()
    zones = ((1000, 4000, -1000, 500), (-3000, 100, -2000, 6000))
    script = (
        radar_command.ENABLE,
        radar_command.zones(1, zones),
        radar_command.QUERY_ZONES,
        radar_command.END,
    )
    converse(commander, script, module)
    assert commander.zone_mode == 1
    assert list(commander.zones) == [*zones[0], *zones[1], 0, 0, 0, 0]


def test_the_baud_rate_changes_with_the_restart() -> None:
    module, commander = Ld2451Model(POSE, 1), RadarCommand()
    converse(commander, (radar_command.ENABLE, radar_command.baud(115_200), radar_command.END), module)
    assert module.baud == 7
    converse(commander, (radar_command.ENABLE, radar_command.RESTART), module)
    assert module.baud == 5


@given(st.integers(0, RETRIES))
def test_lost_answers_are_asked_for_again(lost: int) -> None:
    module, commander = Ld2450Module(ModuleFaults(answers_to_lose=lost)), RadarCommand()
    converse(commander, radar_command.check("ld2450"), module, REPORT)
    assert (commander.state, commander.retries) == (DONE, lost)


def test_a_lost_answer_to_the_end_is_made_good_by_the_reports() -> None:
    module, commander = Ld2450Module(), RadarCommand()
    converse(commander, (radar_command.ENABLE,), module)
    module.faults.answers_to_lose = 1
    converse(commander, (radar_command.END,), module, REPORT)
    assert (commander.state, commander.retries) == (DONE, 0)


def test_a_deaf_module_is_given_up_and_goes_on_reporting() -> None:
    module, commander = Ld2450Module(ModuleFaults(deaf=True)), RadarCommand()
    took_ms = converse(commander, radar_command.check("ld2450"), module, REPORT)
    assert (commander.state, commander.failed, commander.why) == (FAILED, 0, SILENT)
    assert module.reporting
    assert took_ms < 5_000


def test_a_module_that_declines_is_left_reporting() -> None:
    module, commander = Ld2450Module(ModuleFaults(refused=frozenset({0x90}))), RadarCommand()
    script = (
        radar_command.ENABLE,
        radar_command.MULTI_TARGET,
        radar_command.BLUETOOTH_OFF,
        radar_command.END,
    )
    converse(commander, script, module)
    assert (commander.state, commander.failed, commander.why) == (FAILED, 1, REFUSED)
    assert module.reporting


def test_the_gates_of_a_ld2410_are_the_maker_s_answer() -> None:
    module = Ld2410Model(POSE, 1)
    module.receive(radar_command.ENABLE)
    expected = "FDFCFBFA1C0061010000AA080808" + "14" * 9 + "19" * 9 + "050004030201"
    assert module.receive(radar_command.request(0x61)) == bytes.fromhex(expected)


@given(
    st.lists(st.binary(max_size=20) | st.sampled_from([HEADER, FOOTER, b"\xff\0\1\0", b"\4\0"]), max_size=12)
)
def test_any_noise_leaves_a_module_that_answers(noise: list[bytes]) -> None:
    """What looked like a long command swallows at most its own length."""
    module = Ld2450Module()
    for piece in noise:
        module.receive(piece)
    module.receive(bytes(80))
    answers = HlkFrame(HEADER, FOOTER, 64)
    heard = module.receive(radar_command.ENABLE)
    answers.feed(heard, 0, len(heard))
    assert answers.ready
    assert answers.frame[PAYLOAD] == 0xFF


def test_the_set_up_of_a_c4001_makes_it_tell_range_and_speed() -> None:
    module, commander = C4001Model(POSE, 1), C4001Command()
    assert module.mode == PRESENCE
    converse(commander, c4001_command.SET_UP_C4001, module, b"$DFHPD,1, , , *\r\n")
    assert (commander.state, commander.retries) == (DONE, 0)
    assert (module.mode, module.saved, module.reporting) == (SPEED, True, True)
    converse(commander, (c4001_command.GET_RANGE,), module)
    assert commander.response() == "0.600 25.000"


@given(st.integers(0, RETRIES))
def test_a_c4001_s_lost_answers_are_asked_for_again(lost: int) -> None:
    module, commander = C4001Model(POSE, 1, faults=ModuleFaults(answers_to_lose=lost)), C4001Command()
    converse(commander, c4001_command.SET_UP_C4001, module)
    assert (commander.state, commander.retries) == (DONE, lost)


def test_a_c4001_drops_what_comes_too_fast() -> None:
    module = C4001Model(POSE, 1)
    assert b"Done" in module.receive(b"sensorStop\r\n", 1.0)
    assert module.receive(b"saveConfig\r\n", 1.01) == b""
    assert b"Done" in module.receive(b"saveConfig\r\n", 1.2)


def test_a_c4001_that_declines_is_started_again() -> None:
    faults = ModuleFaults(refused=frozenset({"setRunApp"}))
    module, commander = C4001Model(POSE, 1, faults=faults), C4001Command()
    converse(commander, c4001_command.SET_UP_C4001, module)
    assert (commander.state, commander.failed, commander.why) == (FAILED, 1, REFUSED)
    assert module.reporting


@given(st.binary(max_size=200))
def test_any_text_leaves_a_c4001_that_answers(noise: bytes) -> None:
    module = C4001Model(POSE, 1)
    module.receive(noise + b"\n")
    assert b"Done" in module.receive(b"sensorStop\r\n")
