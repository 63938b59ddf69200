"""The firmware sets up the radars by commands, and goes on warning meanwhile."""

import json

from hil_tests.rig import ask, lit, wait_until
from hil_tests.walks import CONFIG, to_the_kerb

from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.ld2450_module import MULTI, SINGLE, Ld2450Module
from gangvakt_sim.world.ld2451_model import Ld2451Model

NO_VEHICLE = bytes.fromhex("f4f3f2f1 0000 f8f7f6f5")
TWO_RADARS = {"config.json": json.dumps({**CONFIG, "second_kind": "ld2451"}).encode()}


def second_frames(rig):
    return ask(rig, "status")["telemetry"]["second"]["frames"]


def test_new_radars_are_set_up_while_the_sign_warns(rig, radar):
    """As they come from the maker: Bluetooth on, one target only; the second at its other baud rate."""
    people, vehicles = Ld2450Module(), Ld2451Model(Pose(0, 0, 0), 1)
    people.mode = SINGLE
    rig.modules = {0: people, 1: vehicles}
    rig.start(TWO_RADARS)
    rig.expect("armed ")
    with radar:
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")
        wait_until(lambda: not (people.bluetooth or vehicles.bluetooth), 30, "Bluetooth off at both")
        rig.expect("radar 1 ld2451: set-up done")
        assert (people.mode, people.reporting, vehicles.reporting) == (MULTI, True, True)
        assert vehicles.detection == bytes([100, 2, 5, 1])
        before = second_frames(rig)
        for _ in range(3):
            rig.radar(NO_VEHICLE, port=1)
        wait_until(lambda: second_frames(rig) == before + 3, 5, "frames of the second radar")
        told = ask(rig, "status")
        assert [radar["version"] for radar in told["details"]["radars"]] == [
            "V1.02.22062416",
            "V1.01.22091516",
        ]
        assert "radar_setup" not in [fault["code"] for fault in told["status"]["faults"]]
        assert (people.restarts, vehicles.restarts) == (1, 1)


def test_a_radar_that_hears_nothing_is_a_fault_and_no_more(rig, radar):
    rig.modules[0].faults.deaf = True
    rig.start({"config.json": json.dumps(CONFIG).encode()})
    rig.expect("armed ")
    with radar:
        rig.expect("set-up command 1 of 6 not answered")
        fault = {"code": "radar_setup", "why": "port 0 ld2450: command 1 of 6 not answered"}
        wait_until(lambda: fault in ask(rig, "status")["status"]["faults"], 5, "fault with its reason")
        radar.play(to_the_kerb())
        wait_until(lambda: lit(rig), 6, "light")
