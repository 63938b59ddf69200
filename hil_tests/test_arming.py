import json

import pytest
from hil_tests.conftest import SIGN, WIFI
from hil_tests.controller import HOST
from hil_tests.rig import ask, wait_until
from hil_tests.walks import CONFIG

from gangvakt.provision.identity import Wifi, make_identity


def test_a_sign_arms_itself_and_says_how_fast(rig, config):
    rig.start(config)
    rig.expect("armed ")
    rig.expect("no identity: detection runs alone")
    status = ask(rig, "status")["status"]
    assert 0 < status["armed_ms"] < rig.tolerances.armed_ms
    assert status["boot"] == 1
    assert status["config_version"] == CONFIG["version"]
    assert not status["lamps"]["on"]


def test_an_unknown_command_is_answered_with_those_there_are(rig, config):
    rig.start(config)
    rig.expect("armed ")
    answer = ask(rig, "open sesame")
    assert answer["value"] == "open sesame"
    assert "status" in answer["allowed"]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (json.dumps({**CONFIG, "hold_min_ms": -3}).encode(), "hold_min_ms"),
        (b"{", "config"),
        (b"", "config"),
        (b"\xff" * 300, "config"),
    ],
)
def test_a_bad_configuration_starts_on_defaults_and_names_the_field(rig, content, field):
    rig.start({"config.json": content})
    rig.expect(f"config {field}: ")
    faults = ask(rig, "status")["status"]["faults"]
    assert [fault["field"] for fault in faults if fault["code"] == "config"] == [field]


def test_a_broken_identity_leaves_detection_running_and_says_why(rig, config):
    rig.start({**config, "identity.json": b'{"v": 1'})
    rig.expect("fault identity: identity.json: not JSON")
    assert ask(rig, "status")["telemetry"]["ticks"] > 0


def test_broken_certificates_leave_detection_running_and_say_why(rig, enrolled):
    rig.start({**enrolled, "cert.der": b"nothing of the kind"})
    rig.expect("cannot go online, detection runs alone: certificates: ")
    wait_until(lambda: "identity" in [f["code"] for f in ask(rig, "status")["status"]["faults"]], 5, "fault")
    assert ask(rig, "status")["telemetry"]["ticks"] > 0


ARMED_MS = 3_000


@pytest.mark.parametrize(
    ("wifi", "host"),
    [
        (Wifi("nowhere-to-be-found", "not-a-secret-here"), HOST),
        (WIFI, "broker.never.invalid"),
    ],
    ids=["no access point", "no such name"],
)
def test_it_is_armed_in_time_whatever_the_network_does(rig, controller, config, wifi, host):
    rig.start({**config, **make_identity(controller.pki, SIGN, [(host, controller.port)], wifi)})
    rig.expect("armed ")
    assert 0 < ask(rig, "status")["status"]["armed_ms"] < ARMED_MS
    rig.expect("network: " if wifi is not WIFI else "broker broker.never.invalid", 60)
    assert ask(rig, "status")["telemetry"]["ticks"] > 0
