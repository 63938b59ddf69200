"""People who do not cross: joggers along the kerb, people chatting there or behind, a bus stop beside it."""

from __future__ import annotations

import random
from itertools import pairwise

from gangvakt_sim.scenarios.crossers import FIRST_S, FROM_M
from gangvakt_sim.scenarios.traffic import stopping_bus
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.track import Track
from gangvakt_sim.world.walk import Leg, walk

JOG_M = (0.6, 2.5)  # from the kerb
CHAT_M = (1.8, 3.0)  # nearer than that they wait, and a sign warns for those who wait
KERB_CHAT_M = (0.2, 0.6)
CHAT_S = (20.0, 60.0)
SHUFFLE_M, SHUFFLE_S = 0.25, 5.0  # people who stand shift their feet
STOP_BESIDE_M = (0.8, 4.0)  # so far beside the crossing people stand at the stop, on the side in view
STOP_DEPTH_M = (0.8, 2.2)  # and people stand so far from the kerb there
STOP_S = (30.0, 90.0)
BUS_AFTER_S = 40.0

Rng = random.Random


def joggers(crossing: Crossing, rng: Rng) -> list[Track]:
    """Somebody runs past, along the kerb."""
    side = rng.choice((-1.0, 1.0))
    back, reach = -rng.uniform(*JOG_M), crossing.length_m / 2 + rng.uniform(*FROM_M)
    middle = crossing.length_m / 2
    line = (crossing.place(back, middle - side * reach), crossing.place(back, middle + side * reach))
    return [walk("jogger", "pedestrian", rng.uniform(*FIRST_S), rng.uniform(2.4, 3.4), [Leg(line)])]


def strollers(crossing: Crossing, rng: Rng) -> list[Track]:
    """Somebody walks past on the footway."""
    side = rng.choice((-1.0, 1.0))
    back, reach = -rng.uniform(1.0, 3.5), crossing.length_m / 2 + rng.uniform(*FROM_M)
    middle = crossing.length_m / 2
    line = (crossing.place(back, middle - side * reach), crossing.place(back, middle + side * reach))
    return [walk("stroller", "pedestrian", rng.uniform(*FIRST_S), rng.uniform(1.0, 1.7), [Leg(line)])]


def chatters(crossing: Crossing, rng: Rng) -> list[Track]:
    """Two or three people meet a little back from the kerb, and go on along the footway."""
    return _meeting(crossing, rng, CHAT_M)


def kerb_chatters(crossing: Crossing, rng: Rng) -> list[Track]:
    """The same at the very kerb: nothing but time tells them from people who want to cross."""
    return _meeting(crossing, rng, KERB_CHAT_M)


def _meeting(crossing: Crossing, rng: Rng, back_m: tuple[float, float]) -> list[Track]:
    spot = (-rng.uniform(*back_m), rng.uniform(0.0, 1.0) * crossing.length_m)
    stay_s = rng.uniform(*CHAT_S)
    return [_visitor(crossing, rng, f"chat-{n}", spot, stay_s, 0.6) for n in range(rng.randint(2, 3))]


def bus_stop(crossing: Crossing, rng: Rng) -> list[Track]:
    """People wait beside the crossing, a bus comes and goes, they leave."""
    people = []
    for number in range(rng.randint(3, 6)):
        beside = crossing.in_view(rng.uniform(*STOP_BESIDE_M))
        spot = (-rng.uniform(*STOP_DEPTH_M), beside)
        people.append(_visitor(crossing, rng, f"bus-{number}", spot, rng.uniform(*STOP_S), 0.3))
    return [*people, *stopping_bus(crossing, rng, BUS_AFTER_S)]


def _visitor(
    crossing: Crossing, rng: Rng, name: str, spot: tuple[float, float], stay_s: float, apart_m: float
) -> Track:
    """Comes along the footway from either side, stays about a spot, shifting the feet, and goes on."""
    across = spot[0] - rng.uniform(0.0, apart_m)
    along = spot[1] + rng.uniform(-apart_m, apart_m)
    reach = crossing.length_m / 2 + rng.uniform(*FROM_M) + 3.0
    side = rng.choice((-1.0, 1.0))
    comes, goes = (crossing.length_m / 2 + end * side * reach for end in (1, -1))
    shuffles = [
        (across - rng.uniform(0, SHUFFLE_M), along + rng.uniform(-SHUFFLE_M, SHUFFLE_M))
        for _ in range(max(1, round(stay_s / SHUFFLE_S)))
    ]
    places = [crossing.place(*place) for place in ((across, comes), (across, along), *shuffles)]
    legs = [Leg((a, b), SHUFFLE_S) for a, b in pairwise(places)]
    legs.append(Leg((places[-1], crossing.place(across - 0.5, goes))))
    return walk(name, "pedestrian", rng.uniform(*FIRST_S), rng.uniform(1.0, 1.5), legs)
