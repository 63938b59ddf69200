"""The flight recorder runs where there is room for it, or as the configuration says."""

import json

import pytest
from hil_tests.conftest import WIFI
from hil_tests.rig import VirtualRig, ask
from hil_tests.test_measuring import MEASURED
from hil_tests.walks import CONFIG

from gangvakt.provision.board import load_board

MORE_HEAP = 65_536


@pytest.fixture
def roomy(tmp_path):
    """A board with more heap than the chip has."""
    spec = load_board("virtual")
    heap = spec.heap.model_copy(update={"bytes": spec.heap.bytes + MORE_HEAP})
    rig = VirtualRig(spec.model_copy(update={"heap": heap}), tmp_path, {WIFI.ssid: WIFI.psk})
    yield rig
    print(rig.printed())
    rig.stop()


@pytest.fixture
def known(controller, enrolled):
    """A sign that knows a controller, which is not there: no session takes the technician's memory."""
    controller.stop()
    return enrolled


def recorder_of(rig, files, **config):
    """What a sign with all that can be measured says of its recorder: in details, and in telemetry."""
    rig.start({**files, "config.json": json.dumps({**CONFIG, **MEASURED, **config}).encode()})
    rig.expect("armed ")
    told = ask(rig, "status")
    return told["details"]["recorder"], told["telemetry"]["recorder"]


def test_with_more_heap_it_records_beside_network_and_measurements(roomy, known):
    assert recorder_of(roomy, known) == ("runs", True)
    assert ask(roomy, "recording-list") == {"recordings": [], "dropped": 0}


def test_where_memory_would_not_do_it_is_left_out_and_its_verbs_say_so(rig, known):
    assert recorder_of(rig, known) == ("no memory", False)
    refused = ask(rig, "recording-list")
    assert (refused["field"], refused["value"]) == ("recorder", "no memory left for it")


def test_switched_off_it_is_off_whatever_memory_there_is(roomy, known):
    assert recorder_of(roomy, known, recorder="off") == ("off", False)
    refused = ask(roomy, "recording-hold")
    assert refused["value"] == "off"
    assert "recorder: on" in refused["allowed"]
