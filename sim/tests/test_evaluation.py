"""Scenarios are what they say, baselines and intervals are right, and an evaluation runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.errors import SimRefusal
from gangvakt_sim.evaluation.baselines import Baselines, nearest_mm
from gangvakt_sim.evaluation.command import EvaluateOptions, evaluate
from gangvakt_sim.evaluation.intervals import poisson, wilson
from gangvakt_sim.evaluation.report import as_json, group_table, verdict
from gangvakt_sim.evaluation.run import Job, Result, jobs_for, run_job
from gangvakt_sim.evaluation.tally import PEOPLE, tally_life
from gangvakt_sim.scenarios.catalogue import SCENARIOS, Scenario, make_life, scenario
from gangvakt_sim.sign_code import FIRMWARE
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.ld2450 import NO_TARGET, Target, encode_frame, encode_target
from gangvakt_sim.world.scene import load_scene

SITES = [load_scene(name) for name in ("corner-a", "corner-b", "storgata")]
EMPTY = encode_frame([NO_TARGET] * 3)
NEAR = encode_frame([NO_TARGET, encode_target(Target(-300, 400, 0)), NO_TARGET])


@pytest.mark.parametrize("entry", [s for s in SCENARIOS if s.group == "crossing"], ids=lambda s: s.name)
@pytest.mark.parametrize("scene", SITES, ids=lambda s: s.name)
def test_in_a_crossing_scenario_somebody_crosses(entry: Scenario, scene) -> None:
    crossing = Crossing(scene, scene.signs[0])
    for seed in range(5):
        life = make_life(entry, crossing, scene.signs[0], f"{seed}")
        kinds = {crossing.stride(track).kind for track in life.tracks if track.kind in PEOPLE}
        assert kinds & {"walkup", "waited"}


@pytest.mark.parametrize("entry", [s for s in SCENARIOS if s.group == "passing"], ids=lambda s: s.name)
@pytest.mark.parametrize("scene", SITES, ids=lambda s: s.name)
def test_in_a_passing_scenario_nobody_crosses_or_waits(entry: Scenario, scene) -> None:
    crossing = Crossing(scene, scene.signs[0])
    for seed in range(5):
        life = make_life(entry, crossing, scene.signs[0], f"{seed}")
        kinds = {crossing.stride(track).kind for track in life.tracks if track.kind in PEOPLE}
        assert kinds == {"passer"}


@pytest.mark.parametrize("scene", SITES, ids=lambda s: s.name)
def test_whoever_stays_at_the_kerb_waits_there_and_does_not_cross(scene) -> None:
    crossing = Crossing(scene, scene.signs[0])
    for seed in "12345":
        life = make_life(scenario("kerb-chatters"), crossing, scene.signs[0], seed)
        kinds = [crossing.stride(track).kind for track in life.tracks]
        assert "waiting" in kinds
        assert not set(kinds) & {"walkup", "waited", "road"}


@pytest.mark.parametrize("entry", [s for s in SCENARIOS if s.group == "nobody"], ids=lambda s: s.name)
def test_with_nobody_there_is_nobody(entry: Scenario) -> None:
    scene = SITES[0]
    life = make_life(entry, Crossing(scene, scene.signs[0]), scene.signs[0], "1", 1800.0)
    assert not [track for track in life.tracks if track.kind in PEOPLE]
    assert life.duration_s == 1800.0


@pytest.mark.parametrize("entry", SCENARIOS, ids=lambda s: s.name)
def test_the_same_seed_makes_the_same_life(entry: Scenario) -> None:
    scene = SITES[0]
    crossing = Crossing(scene, scene.signs[0])
    one, other = (make_life(entry, crossing, scene.signs[0], "9", 900.0).tracks for _ in range(2))
    assert one == other


def test_the_nearest_target_counts() -> None:
    assert nearest_mm(NEAR) == 500
    assert nearest_mm(EMPTY) == nearest_mm(b"") == nearest_mm(NEAR[:-1]) == float("inf")


def test_baselines_hold_what_they_detect() -> None:
    baselines = Baselines(hold_ms=5000, near_mm=600)
    baselines.receive(0, EMPTY)
    baselines.receive(1000, NEAR)
    baselines.repeat(10, 100)
    baselines.receive(2100, EMPTY)
    baselines.pir(3000, True)
    baselines.pir(4000, False)
    baselines.end(8000)
    assert baselines.lit("presence") == baselines.lit("distance") == [(1.0, 7.0)]
    assert baselines.lit("pir") == [(3.0, None)]


def test_wilson_and_poisson_match_the_tables() -> None:
    assert wilson(95, 100) == pytest.approx((0.8882, 0.9785), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
    assert poisson(0) == pytest.approx((0.0, 3.689), abs=1e-3)
    assert poisson(5) == pytest.approx((1.623, 11.668), abs=1e-3)


@given(st.integers(0, 2000))
def test_a_poisson_interval_holds_its_count(count: int) -> None:
    low, high = poisson(count)
    assert low <= count <= high


def test_a_life_with_nobody_counts_days_and_activations() -> None:
    crossing = Crossing(SITES[0], SITES[0].signs[0])
    tally = tally_life(crossing, [], [(1.0, 5.0), (9.0, None)], 43_200.0)
    assert (tally.days, tally.activations, tally.crossers, tally.passing) == (0.5, 2, 0, 0)


def test_days_are_shared_out_in_whole_lives() -> None:
    jobs = jobs_for("corner-a", 1, 14.0, 60, [])
    empty = [job for job in jobs if next(s for s in SCENARIOS if s.name == job.scenario).people is None]
    assert sum(job.lives for job in empty) * 0.25 >= 14.0
    assert sum(job.lives for job in jobs if job.scenario == "dogs") == 60


def test_a_job_tells_what_every_detector_did() -> None:
    result = run_job(Job("corner-a", "waiters", 1, 0, 4))
    assert result.tallies["sign"].crossers == 4
    assert result.tallies["presence"].warned == 4
    row = json.loads(as_json({"waiters": result}, 1, "corner-a"))["scenarios"]["waiters"]
    assert row["detectors"]["sign"]["crossers"] == 4
    assert row["lives"] == 4


def test_the_targets_are_judged_over_all_scenarios_of_a_kind() -> None:
    results = {name: Result(name) for name in ("adults", "dogs", "rain")}
    for name in ("adults", "dogs"):
        results[name].tallies["sign"].crossers = 50
        results[name].tallies["sign"].warned = 50 if name == "adults" else 49
    results["rain"].tallies["sign"].days, results["rain"].tallies["sign"].activations = 10.0, 6
    warned, spurious = verdict(results)
    assert "99.00%" in warned
    assert "reached" in warned
    assert "0.60" in spurious
    assert "missed" in spurious


def test_of_those_who_stay_it_counts_for_how_long_they_are_warned_for() -> None:
    results = {"kerb-chatters": Result("kerb-chatters", lives=3)}
    results["kerb-chatters"].tallies["sign"].lit_s = [0.0, 20.0, 50.0]
    results["kerb-chatters"].tallies["pir"].lit_s = [60.0, 61.0, 62.0]
    for name in ("presence", "distance"):
        results["kerb-chatters"].tallies[name].lit_s = [70.0]
    table = group_table("staying", results)
    assert table is not None
    cells = [next(iter(column.cells)) for column in table.columns[1:]]
    assert cells == ["3", "66.7", "20", "50", "61", "70", "70"]


def test_a_silent_radar_is_a_fault() -> None:
    assert run_job(Job("corner-a", "silent", 1, 0, 2)).faults["radar_silent"] == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"names": ("fog",)}, "--scenario"), ({"days": 0.0}, "--days"), ({"people": 0}, "--people")],
)
def test_options_out_of_bounds_are_named(changes: dict[str, object], said: str) -> None:
    values: dict[str, object] = {
        "site": "corner-a", "days": 1.0, "people": 1, "seed": 1, "names": (), "json": None,
        "firmware": FIRMWARE,
    }  # fmt: skip
    with pytest.raises(SimRefusal, match=said):
        evaluate(EvaluateOptions(**{**values, **changes}), None)  # type: ignore[arg-type]


def test_the_firmware_folder_is_this_repository_s() -> None:
    assert Path(__file__).parents[2] / "firmware" == FIRMWARE
