"""The street that everybody sees first counts its vehicles, by its radar and the firmware's own count."""

from __future__ import annotations

from gangvakt_sim.world.ld2451_model import FRAME_PERIOD_S, KMH_PER_M_S
from gangvakt_sim.world.player import vehicles_of
from gangvakt_sim.world.scene import load_scene
from gangvakt_sim.world.street import Street
from sign.core.config import load
from sign.core.events import KMH_PER_BIN
from sign.core.vehicle_gate import VehicleGate
from sign.proto.ld2451 import Ld2451

SEED, MINUTES = 1, 8
FASTEST_M_S = 1.2 * 11  # of the scene's cars
FROM_WEST = ("car-1-", "cyclist-3-")  # by their lanes in the scene
LEARNING = 4  # vehicles that pass before the direction byte is understood, or are on their way at the end


def test_the_southern_sign_of_the_street_counts_who_comes_from_the_west() -> None:
    scene = load_scene("storgata")
    module, street = vehicles_of(scene.sign("south"), SEED), Street(scene, SEED)
    radar, gate = Ld2451(), VehicleGate(load({"second_kind": "ld2451"})[0], 0)
    assert module is not None
    came: set[str] = set()
    for step in range(round(MINUTES * 60 / FRAME_PERIOD_S)):
        t_s = step * FRAME_PERIOD_S
        actors = street.actors(t_s)
        frame = module.frame(t_s, actors)
        radar.feed(frame, 0, len(frame))
        if radar.ready:
            gate.frame(radar, round(t_s * 1000))
        came |= {actor.id for actor in actors if actor.id.startswith(FROM_WEST)}
    counted = {at * KMH_PER_BIN: count for at, count in enumerate(gate.counts.bins) if count}
    assert len(came) - LEARNING <= sum(counted.values()) <= len(came), (counted, len(came))
    assert max(counted) < FASTEST_M_S * KMH_PER_M_S, counted


def test_a_pole_without_such_a_radar_has_no_module() -> None:
    assert vehicles_of(load_scene("storgata").sign("north"), SEED) is None
