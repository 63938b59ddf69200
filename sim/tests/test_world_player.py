"""The player keeps real time without drifting, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.ld2450_model import Ld2450Model
from gangvakt_sim.world.losses import NONE
from gangvakt_sim.world.pir import PirModel, PirTraits
from gangvakt_sim.world.player import SignSensors, play, sensors_of
from gangvakt_sim.world.scene import PirCone, load_scene
from gangvakt_sim.world.track import Actor, Track, TrackWorld

POSE = Pose(0.0, 0.0, 90.0)
WORLD = TrackWorld([Track("p", "pedestrian", (0.0, 10.0), (0.0, 0.0), (5.0, 1.0))])


class FakeClock:
    """A clock that runs only while somebody waits, or as long as work is said to take."""

    def __init__(self, stop_after: float = float("inf")) -> None:
        self.now, self._stop_after = 1000.0, stop_after

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return self.now - 1000.0 > self._stop_after


class Cables:
    """What went into a sign, and when."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.frames: list[tuple[float, bytes]] = []
        self.levels: list[bool] = []
        self.vehicles: list[bytes] = []

    def radar(self, frame: bytes) -> None:
        self.frames.append((round(self._clock.now - 1000.0, 6), frame))

    def second(self, frame: bytes) -> None:
        self.vehicles.append(frame)

    def pir(self, level: bool) -> None:
        self.levels.append(level)


def perfect(cables: Cables) -> SignSensors:
    near = PirCone(range_m=4.0)
    pir = PirModel(POSE, 1, cone=near, traits=PirTraits(false_per_hour=0.0))
    return SignSensors(Ld2450Model(POSE, NONE, 1), pir, cables)


def test_a_frame_goes_out_every_tenth_of_a_second() -> None:
    clock = FakeClock()
    cables = Cables(clock)
    play(WORLD, [perfect(cables)], clock.wait, end_s=1.0, clock=clock)
    assert [t for t, _ in cables.frames] == pytest.approx([step / 10 for step in range(11)])


def test_slow_steps_do_not_add_up() -> None:
    clock = FakeClock()
    cables = Cables(clock)

    def work(t_s: float, actors: Sequence[Actor]) -> None:
        clock.now += 0.07

    play(WORLD, [perfect(cables)], clock.wait, end_s=60.0, on_step=work, clock=clock)
    assert cables.frames[-1][0] == pytest.approx(60.0)


def test_after_a_long_stall_frames_are_skipped_not_poured_out() -> None:
    clock = FakeClock()
    cables = Cables(clock)

    def stall(t_s: float, actors: Sequence[Actor]) -> None:
        clock.now += 5.0 if t_s == 1.0 else 0.0

    play(WORLD, [perfect(cables)], clock.wait, end_s=8.0, on_step=stall, clock=clock)
    times = [t for t, _ in cables.frames]
    assert len(times) == 11 + 21
    assert times[11:13] == pytest.approx([6.0, 6.1])


def test_the_pir_follows_the_same_world() -> None:
    clock = FakeClock()
    cables = Cables(clock)
    play(WORLD, [perfect(cables)], clock.wait, end_s=5.0, clock=clock)
    assert (cables.levels[0], cables.levels[-1]) == (False, True)


def test_it_ends_when_told_to() -> None:
    clock = FakeClock(stop_after=0.55)
    cables = Cables(clock)
    play(WORLD, [perfect(cables)], clock.wait, clock=clock)
    assert len(cables.frames) == 6


def test_signs_of_a_scene_get_their_own_noise_for_the_same_seed() -> None:
    scene = load_scene("storgata")
    south, north = scene.signs
    frames = []
    for pole in (south, south.model_copy(update={"id": "other"}), south):
        clock = FakeClock()
        cables = Cables(clock)
        x, y = pole.pose.to_site(0.0, 3.0)
        walker = TrackWorld([Track("p", "pedestrian", (0.0, 9.0), (x, x + 1), (y, y))])
        play(walker, [sensors_of(pole, cables, 7)], clock.wait, end_s=2.0, clock=clock)
        frames.append(cables.frames)
    assert frames[0] == frames[2] != frames[1]
    assert north.pose != south.pose
