"""The generated street: people, cars and cyclists for as long as one looks, the same for the same seed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

from gangvakt_sim.errors import SceneError
from gangvakt_sim.world.geometry import contains
from gangvakt_sim.world.guests import Guests
from gangvakt_sim.world.lanes import LaneTraffic
from gangvakt_sim.world.people import People
from gangvakt_sim.world.scene import Scene
from gangvakt_sim.world.track import Actor, Track, World

STEP_S = 0.1
WARM_UP_S = 30.0  # the street was alive before one looked
FIRST_CROSSER_S = -16.0  # comes into the scene then, to be at the kerb some seconds after the start
DRIVERS_LOOK_AHEAD_S = (0.0, 1.0, 2.0, 3.0)


class Street:
    """A world in steps of 0.1 s; times must not decrease. SceneError for a scene without traffic."""

    def __init__(self, scene: Scene, seed: int) -> None:
        if scene.traffic is None:
            raise SceneError(scene.name, "traffic", None, "a table [traffic], to generate a street")
        self._crossing, self._per_minute = scene.crossing, scene.traffic.people_per_minute
        self._random = random.Random(f"{seed}/arrivals")
        self._people = People(scene, scene.traffic, random.Random(f"{seed}/people"))
        self._lanes = [
            LaneTraffic(f"{lane.kind}-{number}", lane, scene.crossing, random.Random(f"{seed}/lane/{number}"))
            for number, lane in enumerate(scene.traffic.lanes, start=1)
        ]
        self.guests = Guests(scene, scene.traffic, seed)
        self._step = round(-WARM_UP_S / STEP_S)
        self._walking: list[Track] = []
        self._next_s = -WARM_UP_S
        if self._per_minute:
            self._walking.append(self._people.arrival(FIRST_CROSSER_S, "cross"))

    def actors(self, t_s: float) -> Sequence[Actor]:
        """All who are there at the last step up to `t_s`."""
        while (self._step + 1) * STEP_S <= t_s + 1e-6:
            self._advance()
        now = self._step * STEP_S
        walking = [actor for track in self._walking if (actor := track.at(now)) is not None]
        return [
            *walking,
            *self.guests.actors(t_s),
            *chain.from_iterable(lane.actors() for lane in self._lanes),
        ]

    def _advance(self) -> None:
        now = self._step * STEP_S
        self._arrive(now)
        self._walking = [track for track in self._walking if track.end_s > now]
        taken = any(self._on_crossing(track, now) for track in self._walking) or self._guest_on_crossing(now)
        for lane in self._lanes:
            lane.step(now, STEP_S, taken)
        self._step += 1

    def _arrive(self, now: float) -> None:
        while self._per_minute and now >= self._next_s:
            self._walking.append(self._people.arrival(self._next_s))
            self._next_s += self._random.expovariate(self._per_minute / 60)

    def _on_crossing(self, track: Track, now: float) -> bool:
        places = (track.place(now + ahead) for ahead in DRIVERS_LOOK_AHEAD_S)
        return any(contains(self._crossing, place) for place in places)

    def _guest_on_crossing(self, now: float) -> bool:
        places = chain.from_iterable(self.guests.places(now + ahead) for ahead in DRIVERS_LOOK_AHEAD_S)
        return any(contains(self._crossing, place) for place in places)


def record(world: World, duration_s: float) -> list[Track]:
    """Tracks of all who are in a world from 0 to `duration_s`, ten samples a second."""
    seen: dict[str, list[tuple[float, Actor]]] = defaultdict(list)
    for step in range(round(duration_s / STEP_S) + 1):
        for actor in world.actors(step * STEP_S):
            seen[actor.id].append((step * STEP_S, actor))
    return [_track(samples) for samples in seen.values()]


def _track(samples: list[tuple[float, Actor]]) -> Track:
    first = samples[0][1]
    t, x, y = zip(*((t_s, actor.x, actor.y) for t_s, actor in samples), strict=True)
    return Track(first.id, first.kind, t, x, y)
