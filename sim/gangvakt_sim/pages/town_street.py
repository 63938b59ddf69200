"""A simulated street of the town, as the one of `gangvakt-sim run` is told to the pages."""

from __future__ import annotations

from gangvakt.clock import utc_ms
from gangvakt.fleet import Actor, Scene, SceneSign, SiteId, World

SIGNS = (SceneSign("south", -3, -0.4, -22, 6, 60), SceneSign("north", 3, 7.4, 158, 6, 60))
SOUTHERN = ((-32.0, -3.5), (32.0, -3.5), (32.0, 0.0), (-32.0, 0.0))
NORTHERN = ((-32.0, 7.0), (32.0, 7.0), (32.0, 10.5), (-32.0, 10.5))
ROAD = ((-32.0, 0.0), (32.0, 0.0), (32.0, 7.0), (-32.0, 7.0))
CROSSING = ((2.0, 0.0), (-2.0, 0.0), (-2.0, 7.0), (2.0, 7.0))
KERBS = ((CROSSING[0], CROSSING[1]), (CROSSING[2], CROSSING[3]))
FAULTS = ("ap-gone", "feeder-off", "radar-silent")
LOOP_S = 8.0
FLASH_S = 1.0


def scene(site: SiteId) -> Scene:
    """The street, which takes orders."""
    bounds = (-32.0, -6.0, 32.0, 13.0)
    return Scene(site, "Storgata", bounds, ROAD, (SOUTHERN, NORTHERN), CROSSING, KERBS, SIGNS, FAULTS)


def world(site: SiteId, t_s: float) -> World:
    """Who walks and drives at an instant; it begins anew after LOOP_S."""
    at_s = t_s % LOOP_S
    actors = (
        Actor("p1", "pedestrian", -9 + 1.3 * at_s, -1.9, 0, 1.3),
        Actor("p2", "pedestrian", 0.3, -1.6 + 0.95 * at_s, 90, 1.2),
        Actor("p3", "pedestrian", 9 - 1.1 * at_s, 8.9, 180, 1.1),
        Actor("b1", "cyclist", -14 + 1.5 * at_s, 0.8, 0, 1.5),
        Actor("c1", "car", -14 + 0.8 * at_s, 2, 0, 0.8),
        Actor("c2", "car", 18 - 1.1 * at_s, 5, 180, 1.1),
    )
    left = t_s % FLASH_S < FLASH_S / 2
    return World(site, t_s, actors, {"north": (left, not left), "south": (left, not left)}, utc_ms())
