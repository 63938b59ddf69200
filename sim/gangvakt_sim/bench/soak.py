"""How fast a sign lives in virtual time."""

from __future__ import annotations

from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference
from gangvakt_sim.faults.schedule import draw_schedule
from gangvakt_sim.soak.run import live
from gangvakt_sim.soak.world import Plan
from gangvakt_sim.world.scene import DEFAULT_SCENE, load_scene

SEED = 1
HOURS, QUICK_HOURS = 48, 6
PEOPLE_PER_HOUR, FAULTS_PER_DAY = 6.0, 24.0  # as `gangvakt-sim soak` has them
RATIO = Reference(1000, "", Bound.AT_LEAST)
NONE = Reference(0, "promised", Bound.AT_MOST)


def measure(bench: Bench) -> list[Figure]:
    """One life with people and faults: how much faster than real time, and what did not hold."""
    scene, duration_s = load_scene(DEFAULT_SCENE), bench.times(HOURS, QUICK_HOURS) * 3600.0
    faults = draw_schedule(SEED, duration_s, FAULTS_PER_DAY, "virtual")
    plan = Plan(scene, scene.signs[0], duration_s, SEED, PEOPLE_PER_HOUR, faults)
    result = live(plan, bench.spec, bench.folder, lambda at_us, text: None)
    bench.say.step(f"soak: {result.virtual_s / 3600:.0f} h in {result.wall_s:.0f} s")
    skipped = result.notes.leapt_us / 1e6 / result.virtual_s
    how = f"{result.virtual_s / 86_400:.2g} days, {len(faults)} faults, {skipped:.0%} skipped as uneventful"
    broken = [verdict.name for verdict in result.verdicts if not verdict.holds]
    return [
        Figure("soak, virtual time", result.ratio, "x real time", how, RATIO),
        Figure("soak, virtual days an hour", result.ratio / 24, "days", how),
        Figure("soak, broken invariants", len(broken), "", ", ".join(broken) or "all held", NONE),
    ]
