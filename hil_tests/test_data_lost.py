"""A lost data partition costs no warning and nothing that matters: it is made anew from the copies in NVS."""

import json
import shutil
from typing import Any

import pytest
from hil_tests.controller import Controller
from hil_tests.rig import VirtualRig, ask, lit, wait_until
from hil_tests.walks import to_the_kerb

from gangvakt.provision.board import load_board
from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt.provision.tracing import in_plain_words

SPEC = load_board("virtual")
ONLINE_S = 30


def started(rig: VirtualRig, files: dict[str, bytes]) -> None:
    """A first start, after which NVS has its copies."""
    rig.start(files)
    rig.expect("armed ")
    ask(rig, "status")


def online(controller: Controller) -> list[dict[str, Any]]:
    """Status documents of the sign itself, not of its will."""
    return [status for status in controller.on("/status") if status["online"]]


def spoil(rig: VirtualRig, name: bytes) -> None:
    """Overwrite a file's content where it stands in the flash."""
    part = SPEC.partition("data")
    with rig.flash.open("r+b") as flash:
        flash.seek(part.offset)
        content = flash.read(part.size)
        at = content.index(name)
        flash.seek(part.offset + at)
        flash.write(bytes(len(name)))


@pytest.mark.parametrize("lost", ["erased", pytest.param("garbled", marks=pytest.mark.soak)])
def test_the_sign_arms_warns_and_comes_back_to_its_controller(
    rig: VirtualRig, controller: Controller, enrolled: dict[str, bytes], radar, lost: str
) -> None:
    started(rig, enrolled)
    wait_until(lambda: bool(controller.on("/status")), ONLINE_S, "first session")
    rig.stop()
    part = SPEC.partition("data")
    with rig.flash.open("r+b") as flash:
        flash.seek(part.offset)
        flash.write((b"\xff" if lost == "erased" else b"\x5a") * part.size)
    controller.messages.clear()
    rig.switch_on()
    rig.expect("fault store: data: cannot be mounted")
    with radar:
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")
        rig.expect("data: made anew", 30)
        wait_until(lambda: bool(online(controller)), ONLINE_S, "session from the copies")
        boot = online(controller)[-1]["boot"]
        told = lambda kind: [e for e in controller.events(kind) if e["code"] == "store"]  # noqa: E731
        wait_until(lambda: bool(told("fault_on") and told("fault_off")), 20, "the fault and its end are told")
    assert boot >= 1_000_000
    rig.power_cycle()
    rig.expect("armed ")
    status = ask(rig, "status")["status"]
    assert status["boot"] == boot + 1
    assert "store" not in [fault["code"] for fault in status["faults"]]


def test_a_damaged_identity_comes_from_its_copy_and_is_written_anew(rig, controller, enrolled) -> None:
    started(rig, enrolled)
    rig.stop()
    spoil(rig, json.dumps(json.loads(enrolled["identity.json"])["incarnation"]).encode())
    controller.messages.clear()
    rig.switch_on()
    rig.expect("fault store: identity.json: ")
    rig.expect("data: made anew", 30)
    wait_until(lambda: bool(online(controller)), ONLINE_S, "session")
    rig.power_cycle()
    rig.expect("armed ")
    faults = [fault["code"] for fault in ask(rig, "status")["status"]["faults"]]
    assert "store" not in faults
    assert "identity" not in faults


def test_without_wiring_anywhere_it_says_so_and_can_be_reached(rig, config) -> None:
    rig.start({**config, "board.json": b"{"})
    rig.expect("StoreError: ('board.json', 'not JSON')")
    rig.expect("rung last, restart in 600 s", 40)
    rig.type("\x03")
    rig.expect("stopped by hand")
    rig.type("print(6 * 7)\r\n")
    rig.expect("42")


def test_a_lost_board_file_costs_nothing(rig, config, radar) -> None:
    started(rig, config)
    rig.stop()
    spoil(rig, b'"lamp_left"')
    rig.switch_on()
    rig.expect("armed ")
    with radar:
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")


@pytest.mark.soak
def test_what_failed_reaches_the_controller(rig, controller, enrolled, tmp_path) -> None:
    """The record outlives the resets, and is told in the first status after them."""
    firmware = tmp_path / "firmware"
    shutil.copytree(FIRMWARE_DIR, firmware, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    with (firmware / "sign/services/start_up.py").open("a") as file:
        file.write(FAILS_ONCE)
    rig.start(enrolled, firmware)
    wait_until(lambda: bool(online(controller)), ONLINE_S, "session")
    crash = online(controller)[-1]["crash"]
    assert (crash["cause"], crash["rung"], crash["boot"]) == ("crash", "normal", 1)
    plain = in_plain_words(crash["text"], crash["firmware"], firmware)
    assert plain == "app.run > starting.arm > start_up.read: ValueError: planted"


FAILS_ONCE = """
def read(armed, read=read):
    read(armed)
    if armed.boot == 1:
        raise ValueError("planted")
"""


CUT = """
import machine

def replace(name, data, real=store.replace):
    if name == "cert.der" and not store.number("cut"):
        store.keep_number("cut", 1)
        store.commit()
        machine.reset()
    real(name, data)

store.replace = replace
"""


@pytest.mark.soak
def test_power_that_goes_while_it_is_made_anew_costs_nothing_either(
    rig, controller, enrolled, tmp_path
) -> None:
    firmware = tmp_path / "firmware"
    shutil.copytree(FIRMWARE_DIR, firmware, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    with (firmware / "sign/services/rebuilding.py").open("a") as file:
        file.write(CUT)
    rig.start(enrolled, firmware)
    wait_until(lambda: bool(online(controller)), ONLINE_S, "first session")
    controller.messages.clear()
    rig.erase_data()
    rig.expect("fault store: data: not made anew to its end", 40)
    rig.expect("data: made anew", 40)
    wait_until(lambda: bool(online(controller)), ONLINE_S, "session")
    rig.power_cycle()
    rig.expect("armed ")
    status = ask(rig, "status")["status"]
    assert "store" not in [fault["code"] for fault in status["faults"]]
    assert status["config_version"] == json.loads(enrolled["config.json"])["version"]
