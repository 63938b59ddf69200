"""What LD2410, LD2451, C4001, button and light sensor send, read by the firmware's own drivers."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.world.button import ButtonModel, ButtonTraits
from gangvakt_sim.world.c4001_model import SPEED as SPEED_MODE
from gangvakt_sim.world.c4001_model import C4001Model, C4001Traits
from gangvakt_sim.world.daylight import DaylightModel
from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.ld2410_model import Ld2410Model, Ld2410Traits
from gangvakt_sim.world.ld2451_model import Ld2451Model, Ld2451Traits
from gangvakt_sim.world.track import Actor, Kind
from sign.core.polarity import UNKNOWN, Polarity
from sign.proto import radar_command
from sign.proto.c4001 import C4001
from sign.proto.ld2410 import Ld2410
from sign.proto.ld2451 import Ld2451

POSE = Pose(0.0, 0.0, 90.0)  # right is +x, ahead is +y
EXACT_2410 = Ld2410Traits(latency_s=0.0, distance_sigma_m=0.0, dropout=0.0, energy_sigma=0.0, hold_s=0.0)
EXACT_2451 = Ld2451Traits(
    latency_s=0.0, distance_sigma_m=0.0, angle_sigma_deg=0.0, speed_sigma_km_h=0.0, dropout=0.0
)
EXACT_C4001 = C4001Traits(latency_s=0.0, distance_sigma_m=0.0, speed_sigma_m_s=0.0, dropout=0.0)
Walk = Callable[[float], Sequence[Actor]]


def actor(
    x: float, y: float, speed: float = 1.4, heading: float = 270.0, kind: Kind = "pedestrian", name: str = "a"
) -> Actor:
    return Actor(name, kind, x, y, heading, speed)


def crowd(*actors: Actor) -> list[Actor]:
    """The same with a name each."""
    return [replace(actor, id=f"a{i}") for i, actor in enumerate(actors)]


def read(driver: Any, data: bytes) -> Any:
    """The driver after exactly one report."""
    at = driver.feed(data, 0, len(data))
    assert driver.ready
    assert (driver.skipped_bytes, driver.bad_frames) == (0, 0)
    assert len(data) - at in (0, 2)  # a line's end
    return driver


def play(model: Any, walk: Walk, frames: int) -> list[bytes]:
    return [model.frame(step / 10, walk(step / 10)) for step in range(frames)]


def test_a_ld2410_tells_the_nearest_who_moves_and_the_nearest_who_stays() -> None:
    there = crowd(actor(0, 3.2), actor(0, 4.5), actor(1, 2, speed=0.0), actor(0, 5.01, speed=0.0))
    radar = read(Ld2410(), Ld2410Model(POSE, 1, traits=EXACT_2410).frame(0.0, there))
    assert (radar.moves, radar.moving_mm) == (True, 3200)
    assert (radar.stays, radar.static_mm, radar.range_mm) == (True, 2240, 2240)
    assert radar.moving_energy == 55
    assert not radar.engineering


def test_a_ld2410_holds_on_to_who_has_left() -> None:
    traits = Ld2410Traits(latency_s=0.0, dropout=0.0)
    model, radar = Ld2410Model(POSE, 1, traits=traits), Ld2410()
    frames = play(model, lambda t: [actor(0, 3)] if t < 1 else [], 80)
    stays = [read(radar, frame).stays for frame in frames]
    assert stays == [False] * 10 + [True] * 49 + [False] * 21


def test_a_ld2410_in_engineering_mode_shows_the_gates() -> None:
    model = Ld2410Model(POSE, 1, traits=EXACT_2410)
    for request in (radar_command.ENABLE, radar_command.ENGINEERING_ON):
        model.receive(request)
    assert model.frame(0.0, []) == b""
    model.receive(radar_command.END)
    radar = read(Ld2410(), model.frame(0.1, [actor(0, 2.5)]))
    assert radar.engineering
    assert max(radar.moving_energies) == radar.moving_energies[3] == 65
    assert radar.out == 1


def test_a_ld2451_tells_vehicles_and_nobody_else() -> None:
    there = crowd(
        actor(0, 40, 60 / 3.6, kind="car"),
        actor(-12, 60, 8.0, heading=90.0, kind="cyclist"),
        actor(0, 30),
        actor(0, 101, 10, kind="car"),
        actor(0, 9, 10, kind="car"),
        actor(40, 60, 10, kind="car"),
    )
    radar = read(Ld2451(), Ld2451Model(POSE, 1, traits=EXACT_2451).frame(0.0, there))
    targets = [tuple(radar.targets[5 * i : 5 * i + 5]) for i in range(radar.count)]
    assert targets == [(0, 40_000, 1, 16_666, 15), (-11, 61_000, 0, 7777, 12)]


@pytest.mark.parametrize("value", [0, 1])
def test_a_ld2451_has_its_own_opinion_of_directions(value: int) -> None:
    model = Ld2451Model(POSE, 1, traits=EXACT_2451, approach_value=value)
    radar = read(Ld2451(), model.frame(0.0, [actor(0, 40, 10, kind="car")]))
    assert radar.targets[2] == value


@given(st.integers(0, 2**32), st.sampled_from([0, 1]))
def test_what_the_direction_means_is_learned_from_a_few_cars_in_spite_of_the_noise(
    seed: int, value: int
) -> None:
    model, radar, polarity = Ld2451Model(POSE, seed, approach_value=value), Ld2451(), Polarity()
    for step in range(300):
        read(radar, model.frame(step / 10, [actor(0, 95 - step % 100 * 0.8, 8, kind="car")]))
        polarity.update(radar.targets, radar.count, step * 100)
        assert polarity.approaching in (UNKNOWN, value)
    assert polarity.approaching == value


def test_a_ld2451_alone_sends_empty_reports_or_nothing() -> None:
    assert read(Ld2451(), Ld2451Model(POSE, 1).frame(0.0, [])).count == 0
    assert Ld2451Model(POSE, 1, silent_alone=True).frame(0.0, []) == b""


def test_a_ld2451_keeps_to_what_it_was_told_to_detect() -> None:
    model = Ld2451Model(POSE, 1, traits=EXACT_2451)
    wanted = radar_command.request(0x02, bytes([50, 1, 20, 2]))  # up to 50 m, approaching, 20 km/h
    for request in (radar_command.ENABLE, wanted, radar_command.END):
        model.receive(request)
    there = crowd(
        actor(0, 60, 10, kind="car"),
        actor(0, 40, 10, heading=90.0, kind="car"),
        actor(0, 40, 5, kind="car"),
    )
    assert read(Ld2451(), model.frame(0.0, there)).count == 0
    assert read(Ld2451(), model.frame(0.1, [actor(0, 40, 6, kind="car")])).count == 1


def test_a_c4001_tells_the_nearest_who_moves() -> None:
    model = C4001Model(POSE, 1, traits=EXACT_C4001)
    model.mode = SPEED_MODE
    there = crowd(actor(0, 24, 1.25), actor(0, 25.1), actor(0, 3, speed=0.05), actor(20, 3))
    radar = read(C4001(), model.frame(0.0, there))
    assert (radar.present, radar.range_mm, radar.speed_mm_s, radar.energy) == (True, 24_000, -1250, 87)
    assert not read(C4001(), model.frame(0.1, [])).present


def test_a_c4001_in_presence_mode_sees_who_stands() -> None:
    model = C4001Model(POSE, 1, traits=EXACT_C4001)
    assert read(C4001(), model.frame(0.0, [actor(0, 3, speed=0.0)])).present
    assert not read(C4001(), model.frame(0.1, [actor(0, 0.5, speed=0.0)])).present


places = st.tuples(st.floats(-30, 30), st.floats(-30, 120), st.floats(0, 30), st.floats(0, 360))
kinds = st.sampled_from(["pedestrian", "car", "cyclist"])
crowds = st.lists(st.tuples(places, kinds), max_size=8)


@given(st.integers(0, 2**32), st.lists(crowds, max_size=6), st.booleans())
def test_every_report_is_read_by_the_driver_and_the_same_seed_gives_the_same_bytes(
    seed: int, moments: list[list[tuple[tuple[float, float, float, float], Kind]]], speed_mode: bool
) -> None:
    crowd_at = [
        [
            actor(x, y, speed, heading, kind, f"a{i}")
            for i, ((x, y, speed, heading), kind) in enumerate(moment)
        ]
        for moment in moments
    ]
    for make, driver in ((Ld2410Model, Ld2410), (Ld2451Model, Ld2451), (C4001Model, C4001)):
        models = make(POSE, seed), make(POSE, seed)
        if isinstance(models[0], C4001Model):
            for model in models:
                model.mode = int(speed_mode)
        for step, there in enumerate(crowd_at):
            first, second = (model.frame(step / 10, there) for model in models)
            assert first == second
            read(driver(), first)


def test_the_noise_has_the_stated_spread() -> None:
    frames = play(Ld2410Model(POSE, 1), lambda t: [actor(0, 3)], 3000)
    ranges = [radar.moving_mm for radar in (read(Ld2410(), frame) for frame in frames) if radar.moves]
    assert statistics.pstdev(ranges) == pytest.approx(150, rel=0.1)
    assert len(ranges) / 3000 == pytest.approx(0.98, abs=0.01)


def test_reports_show_what_was_one_latency_ago() -> None:
    model = Ld2451Model(POSE, 1, traits=Ld2451Traits(distance_sigma_m=0.0, dropout=0.0))
    frames = play(model, lambda t: [actor(0, 60 - 10 * t, 10, kind="car")], 6)
    assert [read(Ld2451(), frame).targets[1] for frame in frames[3:]] == [59_000, 58_000, 57_000]


def test_some_press_the_button_once_when_they_come_to_it() -> None:
    presses = 0
    for person in range(300):
        button = ButtonModel((0.0, 0.0), 1)
        levels = [
            button.pressed(t / 10, [actor(0.0, 3 - t / 10, name=f"p{person}")] if t < 60 else [])
            for t in range(80)
        ]
        rises = sum(now and not before for before, now in zip([False, *levels], levels, strict=False))
        assert rises <= 1
        assert not levels[-1]
        presses += rises
    assert presses / 300 == pytest.approx(0.3, abs=0.08)


def test_vehicles_runners_and_those_beside_press_nothing() -> None:
    eager = ButtonTraits(share=1.0)
    for passer in (actor(0, 0, kind="car"), actor(0, 0, speed=4.0), actor(1, 0)):
        assert not ButtonModel((0.0, 0.0), 1, traits=eager).pressed(0.0, [passer])
    assert ButtonModel((0.0, 0.0), 1, traits=eager).pressed(0.0, [actor(0, 0)])


def test_days_are_long_in_june_and_short_in_december() -> None:
    def bright_hours(day: int) -> int:
        light = DaylightModel(day, 1)
        return sum(light.mv(3600 * hour) > 600 for hour in range(24))

    assert bright_hours(172) >= 16
    assert 3 <= bright_hours(355) <= 7
    assert DaylightModel(172, 1).sun_deg(12 * 3600) == pytest.approx(53.7, abs=0.5)


@given(st.integers(1, 366), st.floats(0, 86_400), st.integers(0, 2**32))
def test_light_stays_within_the_converter_and_repeats(day: int, t_s: float, seed: int) -> None:
    mv = DaylightModel(day, seed).mv(t_s)
    assert mv == DaylightModel(day, seed).mv(t_s)
    assert 80 <= mv <= 2600
