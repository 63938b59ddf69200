"""All scenarios, by what is asked of the sign in them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gangvakt_sim.offline.render import Radar, Render, radar_of
from gangvakt_sim.scenarios import crossers, passers
from gangvakt_sim.scenarios.disturbances import GarbageRadar, SilentRadar, StuckRadar, TwoRadars
from gangvakt_sim.scenarios.traffic import stream_of_traffic
from gangvakt_sim.scenarios.weather import RAIN, SNOW, SUN_PIR, branches
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.losses import REAL, Ld2450Losses
from gangvakt_sim.world.pir import DEFAULT_TRAITS, PirTraits, pir_of
from gangvakt_sim.world.scene import SignPole
from gangvakt_sim.world.track import Track, TrackWorld

Group = Literal["crossing", "passing", "staying", "nobody", "fault"]
People = Callable[[Crossing, random.Random], list[Track]]
Clutter = Callable[[Crossing, SignPole, random.Random, float], list[Track]]
Disturb = Callable[[Radar, str], Radar]

AFTERWARDS_S = 5.0  # a life goes on for that long after the last person has gone
LONG_LIFE_S = 6 * 3600.0
FAULT_FIRST_S = 20.0  # the sensor is broken for that long before somebody comes


@dataclass(frozen=True)
class Scenario:
    """How to make lives of a sign. `people` come once a life; without them a life lasts for hours."""

    name: str
    title: str
    group: Group
    people: People | None = None
    clutter: Clutter | None = None
    losses: Ld2450Losses = REAL
    pir: PirTraits = DEFAULT_TRAITS
    disturb: Disturb | None = None


@dataclass(frozen=True)
class Life:
    """One sign's sensors with what comes by, for `duration_s`."""

    sensors: Render
    tracks: list[Track]
    duration_s: float


def make_life(
    scenario: Scenario, crossing: Crossing, pole: SignPole, seed: str, duration_s: float = LONG_LIFE_S
) -> Life:
    """A life of a scenario; the same seed makes the same one. `duration_s` counts where nobody comes."""
    rng = random.Random(f"{seed}/world")
    tracks = scenario.people(crossing, rng) if scenario.people else []
    if scenario.group == "fault":
        tracks = [track.shifted(FAULT_FIRST_S) for track in tracks]
    if tracks:
        duration_s = max(track.end_s for track in tracks) + AFTERWARDS_S
    if scenario.clutter:
        tracks += scenario.clutter(crossing, pole, rng, duration_s)
    return Life(_sensors(scenario, pole, tracks, seed), tracks, duration_s)


def _sensors(scenario: Scenario, pole: SignPole, tracks: list[Track], seed: str) -> Render:
    radar: Radar = radar_of(pole, 0, seed, scenario.losses)
    if scenario.disturb:
        radar = scenario.disturb(radar, seed)
    pir = pir_of(pole, f"{seed}/{pole.id}", scenario.pir)
    return Render([radar], pir, TrackWorld(tracks))


def _traffic(crossing: Crossing, pole: SignPole, rng: random.Random, duration_s: float) -> list[Track]:
    return stream_of_traffic(crossing, rng, duration_s)


SCENARIOS = (
    Scenario("adults", "adults walking up", "crossing", crossers.adults),
    Scenario("waiters", "waiting at the kerb first", "crossing", crossers.waiters),
    Scenario("children", "children running", "crossing", crossers.children),
    Scenario("slow", "slow walkers", "crossing", crossers.slow_walkers),
    Scenario("groups", "groups of 2 to 5", "crossing", crossers.groups),
    Scenario("prams", "prams", "crossing", crossers.prams),
    Scenario("cyclists", "cyclists", "crossing", crossers.cyclists),
    Scenario("dogs", "people with dogs", "crossing", crossers.dogs),
    Scenario("adults-rain", "adults in rain", "crossing", crossers.adults, losses=RAIN),
    Scenario("adults-snow", "adults in snow", "crossing", crossers.adults, losses=SNOW),
    Scenario("adults-wind", "adults, swaying branches", "crossing", crossers.adults, branches),
    Scenario("adults-two-radars", "adults, two radars", "crossing", crossers.adults, disturb=TwoRadars),
    Scenario("adults-traffic", "adults, cars close by", "crossing", crossers.adults, _traffic),
    Scenario("strollers", "walking past", "passing", passers.strollers),
    Scenario("joggers", "joggers along the kerb", "passing", passers.joggers),
    Scenario("chatters", "chatting 1.8-3.6 m from the kerb", "passing", passers.chatters),
    Scenario("bus-stop", "bus stop beside the crossing", "passing", passers.bus_stop),
    Scenario("kerb-chatters", "chatting at the kerb", "staying", passers.kerb_chatters),
    Scenario("calm", "an empty street", "nobody"),
    Scenario("traffic", "cars and lorries close by", "nobody", clutter=_traffic),
    Scenario("rain", "rain", "nobody", losses=RAIN),
    Scenario("snow", "snow", "nobody", losses=SNOW),
    Scenario("wind", "swaying branches", "nobody", clutter=branches),
    Scenario("sun", "sun on the PIR", "nobody", pir=SUN_PIR),
    Scenario("two-radars", "two radars", "nobody", disturb=TwoRadars),
    Scenario("silent", "radar silent", "fault", crossers.adults, disturb=SilentRadar),
    Scenario("garbage", "radar sends garbage", "fault", crossers.adults, disturb=GarbageRadar),
    Scenario("stuck", "radar repeats one frame", "fault", crossers.adults, disturb=StuckRadar),
)


def scenario(name: str) -> Scenario:
    """The scenario of that name. KeyError where there is none."""
    return {scenario.name: scenario for scenario in SCENARIOS}[name]
