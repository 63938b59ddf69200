"""Runs scenarios in virtual time, two interpreters at once."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from gangvakt_sim.evaluation.baselines import BASELINES, Baselines
from gangvakt_sim.evaluation.tally import Tally, tally_life
from gangvakt_sim.offline.drive import decide
from gangvakt_sim.offline.render import Listener
from gangvakt_sim.offline.stream import SignStream
from gangvakt_sim.scenarios.catalogue import LONG_LIFE_S, SCENARIOS, Life, Scenario, make_life, scenario
from gangvakt_sim.sign_code import FIRMWARE, hold_ms
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.geometry import lerp
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.scene import PirCone, Scene, SignPole, load_scene

SIGN = "sign"
JOBS = 2
DISTANCE_MARGIN_M = 1.0  # the threshold of distance reaches so far beyond the middle of the kerb
DAY_S = 86_400.0
LIVES_PER_JOB = 50


@dataclass(frozen=True)
class Job:
    """Some lives of one scenario, for one process."""

    site: str
    scenario: str
    seed: int
    first: int
    lives: int
    may_skip: bool = True
    firmware: Path = FIRMWARE


@dataclass
class Result:
    """Tallies of a scenario by detector, the faults that were raised, and what it took."""

    scenario: str
    tallies: dict[str, Tally] = field(default_factory=lambda: {n: Tally() for n in (SIGN, *BASELINES)})
    faults: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    lives: int = 0
    virtual_s: float = 0.0

    def add(self, other: Result) -> None:
        """Take in more lives of the same scenario."""
        for name, tally in other.tallies.items():
            self.tallies[name].add(tally)
        for mine, more in ((self.faults, other.faults), (self.reasons, other.reasons)):
            for name, count in more.items():
                mine[name] = mine.get(name, 0) + count
        self.lives += other.lives
        self.virtual_s += other.virtual_s


class Tee:
    """Lets several listen."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def receive(self, at_ms: int, data: bytes, port: int = 0) -> None:
        """See Listener."""
        for listener in self._listeners:
            listener.receive(at_ms, data, port)

    def repeat(self, count: int, period_ms: int) -> None:
        """See Listener."""
        for listener in self._listeners:
            listener.repeat(count, period_ms)

    def pir(self, at_ms: int, level: bool) -> None:
        """See Listener."""
        for listener in self._listeners:
            listener.pir(at_ms, level)

    def end(self, at_ms: int) -> None:
        """See Listener."""
        for listener in self._listeners:
            listener.end(at_ms)


def with_pir(pole: SignPole) -> SignPole:
    """The pole with a PIR, of which some scenarios are about, also where the site has none."""
    return pole if pole.pir else pole.model_copy(update={"pir": PirCone()})


def jobs_for(site: str, seed: int, days: float, people: int, names: Sequence[str]) -> list[Job]:
    """`people` lives of each scenario with people; `days` shared out evenly over those with nobody."""
    empty = sum(entry.people is None for entry in SCENARIOS)
    hours_each = math.ceil(days / empty * DAY_S / LONG_LIFE_S)
    jobs = []
    for entry in SCENARIOS:
        if names and entry.name not in names:
            continue
        lives, step = (people, LIVES_PER_JOB) if entry.people else (hours_each, 2)
        jobs += [
            Job(site, entry.name, seed, first, min(step, lives - first)) for first in range(0, lives, step)
        ]
    return jobs


def run_jobs(jobs: Sequence[Job], processes: int = JOBS) -> Iterator[Result]:
    """Results as they come, in the order of the jobs."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(run_job, jobs)


def results_of(jobs: Sequence[Job], progress: Callable[[int, int], None]) -> dict[str, Result]:
    """What became of all jobs, by scenario; `progress` hears how many are done, of how many."""
    results: dict[str, Result] = {}
    for done, (job, result) in enumerate(zip(jobs, run_jobs(jobs), strict=True), start=1):
        progress(done, len(jobs))
        results.setdefault(job.scenario, Result(job.scenario)).add(result)
    return results


def run_job(job: Job) -> Result:
    """The lives of one job, in one interpreter."""
    scene = load_scene(job.site)
    bench = _Bench(scene, with_pir(scene.signs[0]), scenario(job.scenario))
    decisions = decide(lambda stream: bench.live(stream, job), job.firmware)
    result = Result(job.scenario, lives=job.lives)
    for life, baselines, decision in zip(bench.lives, bench.baselines, decisions, strict=True):
        result.virtual_s += decision.end_ms / 1000
        for warned in decision.warned:
            result.reasons[warned.reason] = result.reasons.get(warned.reason, 0) + 1
        for code in {code for _, code, active in decision.faults if active}:
            result.faults[code] = result.faults.get(code, 0) + 1
        lit = {SIGN: decision.lit(), **{name: baselines.lit(name) for name in BASELINES}}
        for name, intervals in lit.items():
            result.tallies[name].add(tally_life(bench.crossing, life.tracks, intervals, life.duration_s))
    return result


class _Bench:
    """Makes lives and keeps what was made of them."""

    def __init__(self, scene: Scene, pole: SignPole, entry: Scenario) -> None:
        self.crossing = Crossing(scene, pole)
        self.lives: list[Life] = []
        self.baselines: list[Baselines] = []
        self._scene, self._pole, self._scenario = scene, pole, entry
        self._config = sign_config(scene, pole)
        middle = pole.pose.to_sensor(lerp(*scene.kerbs[pole.kerb], 0.5))
        self._near_mm = (math.hypot(*middle) + DISTANCE_MARGIN_M) * 1000

    def live(self, stream: SignStream, job: Job) -> None:
        for number in range(job.first, job.first + job.lives):
            seed = f"{job.seed}/{job.scenario}/{number}"
            life = make_life(self._scenario, self.crossing, self._pole, seed)
            baselines = Baselines(hold_ms(self._config), self._near_mm)
            stream.begin(self._config, may_skip=job.may_skip)
            life.sensors.write(Tee(stream, baselines), life.duration_s)
            self.lives.append(life)
            self.baselines.append(baselines)
