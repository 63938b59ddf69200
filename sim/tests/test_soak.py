"""A sign's life in virtual time."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from gangvakt.provision.board import load_board
from gangvakt_sim.bench.walks import CONFIG, EMPTY, to_the_kerb
from gangvakt_sim.board.reset import Reset
from gangvakt_sim.detector import first_light_ms
from gangvakt_sim.errors import SimRefusal
from gangvakt_sim.faults.schedule import Fault, draw_schedule, parse_fault
from gangvakt_sim.soak.command import SoakOptions
from gangvakt_sim.soak.judge import judge
from gangvakt_sim.soak.machine import BEGIN_US, SECOND_US
from gangvakt_sim.soak.mqtt import Broker as VirtualBroker
from gangvakt_sim.soak.mqtt import NotMqtt, Peer, Store
from gangvakt_sim.soak.notes import Notes
from gangvakt_sim.soak.run import Result, live
from gangvakt_sim.soak.street import Visit
from gangvakt_sim.soak.world import Plan
from gangvakt_sim.world.scene import load_scene

HOUR_US = 3600 * SECOND_US


def life(
    folder: Path, hours: float, faults: Sequence[Fault] = (), people: float = 6, seed: int = 1
) -> Result:
    scene = load_scene("storgata")
    plan = Plan(scene, scene.signs[0], hours * 3600, seed, people, faults)
    return live(plan, load_board("virtual"), folder, lambda at_us, text: print(at_us, text))


def broken(result: Result) -> list[str]:
    return [f"{verdict.name}: {verdict.figure}" for verdict in result.verdicts if not verdict.holds]


def test_hours_with_faults_leave_all_invariants_whole(tmp_path: Path) -> None:
    faults = [
        parse_fault(text)
        for text in (
            "stuck-task@600:12",
            "radar-garbled@700:60",
            "broker-down@900:200",
            "ap-gone@1500:60",
            "half-open@2000:90",
            "wrong-certificate@2600:60",
            "dns-dead@2650:120",
            "power-cut-at-write@3190:300,n=2",  # a start writes
            "feeder-off@3200:40",
        )
    ]
    result = life(tmp_path, 1.25, faults, people=10)
    assert not broken(result), (tmp_path / "printed.txt").read_text()[-3000:]
    kinds = [kind for _, kind in result.notes.starts]
    assert kinds.count(Reset.WATCHDOG) == 1
    assert kinds.count(Reset.POWER) >= 3
    assert len(result.notes.visits) >= 4
    assert result.notes.leapt_us > HOUR_US / 2


def test_the_same_seed_lives_the_same_life(tmp_path: Path) -> None:
    def told(folder: str) -> list[tuple[int, int | None]]:
        (tmp_path / folder).mkdir()
        result = life(tmp_path / folder, 0.04, people=120)
        return [(visit.start_us, visit.lit_us) for visit in result.notes.visits]

    first = told("a")
    assert first
    assert first == told("b")


# -- the judgement: what is broken must be found


def visit(start_s: float, lit_s: float | None) -> Visit:
    start_us = BEGIN_US + round(start_s * SECOND_US)
    lit_us = None if lit_s is None else BEGIN_US + round(lit_s * SECOND_US)
    return Visit(1, "adults", start_us, start_us + 20 * SECOND_US, start_us + 8 * SECOND_US, [], lit_us)


def verdict(name: str, notes: Notes, store: Store | None = None, end_s: float = 7200):
    found = judge(notes, store or Store(), BEGIN_US + round(end_s * SECOND_US))
    return next(each for each in found if each.name == name)


def notes(**more) -> Notes:
    return Notes(starts=[(BEGIN_US, Reset.POWER)], **more)


def test_who_is_not_warned_is_found_unless_the_radar_was_broken() -> None:
    unwarned = notes(visits=[visit(100, 105), visit(200, None)])
    assert not verdict("every person is warned", unwarned).holds
    unwarned.faults.append(
        (BEGIN_US + 150 * SECOND_US, BEGIN_US + 210 * SECOND_US, parse_fault("radar-silent@150:60"))
    )
    assert verdict("every person is warned", unwarned).holds
    assert not verdict("every person is warned", notes(visits=[visit(100, 118)])).holds


def test_who_is_overlooked_by_a_sign_in_peace_too_is_counted_apart() -> None:
    overlooked = visit(200, None)
    overlooked.is_overlooked = True
    judged = verdict("every person is warned", notes(visits=[visit(100, 105), overlooked]))
    assert judged.holds
    assert judged.figure.startswith("1 of 1;")
    assert "1 of whom the radar showed too little" in judged.figure


def test_a_sign_in_peace_warns_of_a_walk_in_time_and_of_an_empty_street_never() -> None:
    walk = [(100 * n, frame, False) for n, frame in enumerate(to_the_kerb(random.Random(1)))]
    lit_ms = first_light_ms(CONFIG, walk, 3000)
    assert lit_ms is not None
    assert lit_ms < 1500
    assert first_light_ms(CONFIG, [(at_ms, EMPTY, True) for at_ms, _, _ in walk], 3000) is None


def test_light_without_anybody_is_found() -> None:
    lit = [(BEGIN_US, False), (BEGIN_US + 100 * SECOND_US, True), (BEGIN_US + 400 * SECOND_US, False)]
    assert not verdict("no lamp is stuck", notes(lit=lit)).holds
    assert verdict(
        "no lamp is stuck", notes(lit=lit, visits=[visit(95 + 20 * n, 100) for n in range(15)])
    ).holds


def test_a_hole_in_the_events_is_found_unless_the_sign_tells_of_it() -> None:
    store = Store()
    for seq in (1, 2, 4):
        store.take({"incarnation": "x", "boot": 1, "uptime_ms": 1, "events": [{"seq": seq}]}, 0)
    assert not verdict("no stored event is lost", notes(), store).holds
    store.take({"incarnation": "x", "boot": 2, "uptime_ms": 1, "events": [{"seq": 1, "dropped": 1}]}, 0)
    assert verdict("no stored event is lost", notes(), store).holds


def test_a_sign_that_stays_away_is_found() -> None:
    away = notes(online=[(BEGIN_US, True), (BEGIN_US + 1000 * SECOND_US, False)])
    assert not verdict("always reachable again", away).holds


def test_memory_that_shrinks_is_found() -> None:
    store = Store()
    for n in range(600):
        store.telemetry.append((BEGIN_US + n * 60 * SECOND_US, {"heap_free": 20_000 - 10 * n}))
    assert not verdict("memory does not shrink", notes(), store, 36_000).holds


def test_a_printed_memory_error_is_found_unless_the_heap_was_in_pieces() -> None:
    short = notes(memory_errors=[(BEGIN_US + 100 * SECOND_US, "MemoryError: memory allocation failed")])
    found = verdict("memory suffices", short)
    assert not found.holds
    assert found.broken_us == (BEGIN_US + 100 * SECOND_US,)
    short.faults.append(
        (BEGIN_US + 90 * SECOND_US, BEGIN_US + 110 * SECOND_US, parse_fault("memory-fragmentation@90:20"))
    )
    assert verdict("memory suffices", short).holds


def test_a_reset_without_a_cause_is_found() -> None:
    assert not verdict(
        "no reset without a cause", Notes(starts=[(BEGIN_US, Reset.POWER), (BEGIN_US + 9, Reset.WATCHDOG)])
    ).holds


# -- the broker in virtual time


def test_bytes_that_are_no_mqtt_end_the_connection() -> None:
    peer = Peer(VirtualBroker(0), lambda data: None, lambda: None, 0)
    with pytest.raises(NotMqtt):
        peer.receive(b"\x30\x02\x00\x00", 0)


@pytest.mark.parametrize(
    ("field", "value"), [("days", 0), ("wall_min", 9999), ("people_per_hour", 1e9), ("faults_per_day", -1)]
)
def test_options_out_of_bounds_are_refused(tmp_path: Path, field: str, value: float) -> None:
    told = {
        "days": 1,
        "seed": 1,
        "wall_min": None,
        "faults_per_day": None,
        "people_per_hour": 6,
        "schedule": None,
    }
    with pytest.raises(SimRefusal, match="allowed: "):
        SoakOptions(**{**told, field: value}, fault=(), state=tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_days_of_chance_leave_all_invariants_whole(tmp_path: Path, seed: int) -> None:
    result = life(tmp_path, 48, draw_schedule(seed, 48 * 3600, 24, "virtual"), seed=seed)
    assert not broken(result), (tmp_path / "printed.txt").read_text()[-3000:]
