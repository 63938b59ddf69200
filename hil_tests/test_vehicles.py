"""Vehicles before the sign's radar reach the controller as counts by their speed."""

import json
import threading

from hil_tests.rig import wait_until
from hil_tests.walks import CONFIG

from gangvakt.provision.service_line import ServiceLine
from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.ld2451_model import FRAME_PERIOD_S, KMH_PER_M_S, Ld2451Model
from gangvakt_sim.world.track import Actor

LANE_M = 2.0  # from the pole
FAR_M, NEAR_M = 60.0, 5.0
LEAVE_KMH = (72, 66)  # tell what the direction byte means, and are not counted
COME_KMH = (58, 63, 59)


class Road(threading.Thread):
    """One car after the other drives at the sign, which stands where x is 0 and looks along the road."""

    def __init__(self, rig, module):
        super().__init__(daemon=True)
        self._rig, self._module, self._end = rig, module, threading.Event()
        self._t_s = 0.0

    def run(self):
        for kmh in LEAVE_KMH:
            self._drive(NEAR_M, FAR_M, kmh / KMH_PER_M_S)
        for kmh in COME_KMH:
            self._drive(FAR_M, NEAR_M, kmh / KMH_PER_M_S)

    def stop(self):
        self._end.set()
        self.join()

    def _drive(self, from_m, to_m, speed_m_s):
        way, heading_deg = (1, 0.0) if to_m > from_m else (-1, 180.0)
        steps = int(abs(to_m - from_m) / (speed_m_s * FRAME_PERIOD_S))
        for step in range(steps):
            at_m = from_m + way * speed_m_s * FRAME_PERIOD_S * step
            car = Actor(f"car-{speed_m_s}", "car", at_m, LANE_M, heading_deg, speed_m_s)
            self._rig.radar(self._module.frame(self._t_s, [car]), port=1)
            self._t_s += FRAME_PERIOD_S
            if self._end.wait(FRAME_PERIOD_S):
                return


def test_how_fast_vehicles_came_reaches_the_controller_after_a_restart(rig, radar, enrolled, controller):
    vehicles = Ld2451Model(Pose(0, 0, 0), 1, bluetooth=False)
    rig.modules[1] = vehicles
    rig.start({**enrolled, "config.json": json.dumps({**CONFIG, "second_kind": "ld2451"}).encode()})
    rig.expect("armed ")
    with radar:
        rig.expect("radar 1 ld2451: set-up done", 60)
        wait_until(lambda: controller.events("boot"), 60, "boot event")
        road = Road(rig, vehicles)
        road.start()
        road.join(60)
        assert controller.events("vehicles") == []
        with ServiceLine(rig.port) as line:
            line.restart()
        wait_until(lambda: controller.events("vehicles"), 60, "vehicles by their speed")
    told = [(event["from_kmh"], event["counts"]) for event in controller.events("vehicles")]
    counted = {from_kmh + 5 * at: int(n) for from_kmh, counts in told for at, n in enumerate(counts.split())}
    assert {kmh: n for kmh, n in counted.items() if n} == {55: 2, 60: 1}
    assert all(0 < event["period_s"] < 600 for event in controller.events("vehicles"))
