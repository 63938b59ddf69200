"""`gangvakt-sim soak`: a sign's life with everything that goes wrong in it, and what held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gangvakt.provision.board import load_board
from gangvakt_sim.children import ends_on_signals
from gangvakt_sim.errors import SimRefusal, SoakFailed
from gangvakt_sim.faults.catalogue import Place
from gangvakt_sim.faults.schedule import Fault, as_toml, draw_schedule, parse_fault, read_schedule
from gangvakt_sim.say import Say, announce_interpreter
from gangvakt_sim.soak.judge import Verdict
from gangvakt_sim.soak.machine import BEGIN_US, SECOND_US
from gangvakt_sim.soak.world import Plan
from gangvakt_sim.world.scene import DEFAULT_SCENE, load_scene

BOARD = "virtual"
DAYS_MAX, WALL_MAX_MIN, PER_HOUR_MAX, PER_DAY_MAX = 366, 1440, 120, 10_000
SCHEDULE_FILE = "schedule.toml"
MOMENTS_SHOWN = 5
WALL_PER_DAY = 400.0  # in minutes of real time there must be something to see


@dataclass(frozen=True)
class SoakOptions:
    """What `gangvakt-sim soak` was told."""

    days: float
    seed: int
    wall_min: float | None
    faults_per_day: float | None
    people_per_hour: float
    schedule: Path | None
    fault: tuple[str, ...]
    state: Path
    site: str = DEFAULT_SCENE

    def __post_init__(self) -> None:
        for option, value, most in (
            ("--days", self.days, DAYS_MAX),
            ("--wall", 1 if self.wall_min is None else self.wall_min, WALL_MAX_MIN),
            ("--people-per-hour", self.people_per_hour, PER_HOUR_MAX),
        ):
            if not 0 < value <= most:
                raise SimRefusal("options", option, value, f"more than 0, at most {most}")
        if not 0 <= (self.faults_per_day or 0) <= PER_DAY_MAX:
            raise SimRefusal("options", "--faults-per-day", self.faults_per_day, f"0..{PER_DAY_MAX}")

    @property
    def place(self) -> Place:
        """Where faults are caused."""
        return "virtual" if self.wall_min is None else "real"

    @property
    def duration_s(self) -> float:
        """Of the sign's life."""
        return self.days * 86_400 if self.wall_min is None else self.wall_min * 60

    def faults(self) -> list[Fault]:
        """Those that were named, or read, or drawn. FaultRefusal."""
        named = [parse_fault(text) for text in self.fault]
        if self.schedule is not None:
            named += read_schedule(self.schedule)
        if not named and self.faults_per_day != 0:
            per_day = self.faults_per_day or (24.0 if self.wall_min is None else WALL_PER_DAY)
            first_s = 600.0 if self.wall_min is None else 60.0
            return draw_schedule(self.seed, self.duration_s, per_day, self.place, first_s)
        for fault in named:
            if self.place not in fault.kind.where:
                raise SimRefusal(
                    "options", "fault", fault.name, f"one that can be caused in {self.place} time"
                )
        return sorted(named)

    def plan(self) -> Plan:
        """The life to be."""
        scene = load_scene(self.site)
        return Plan(scene, scene.signs[0], self.duration_s, self.seed, self.people_per_hour, self.faults())


def soak(options: SoakOptions, say: Say, console: Console) -> None:
    """Let a sign live and judge it. SoakFailed when something did not hold, SimError when it cannot live."""
    plan = options.plan()
    announce_interpreter(say)
    options.state.mkdir(parents=True, exist_ok=True)
    schedule = options.state / SCHEDULE_FILE
    schedule.write_text(as_toml(plan.faults))
    say.step(f"{len(plan.faults)} faults; again with --seed {plan.seed} --schedule {schedule}")
    with ends_on_signals():
        verdicts = (
            _in_real_time(options, plan, say) if options.wall_min else _in_virtual_time(options, plan, say)
        )
    console.print(_table(verdicts))
    _raise_broken(verdicts, options.seed)


def _in_virtual_time(options: SoakOptions, plan: Plan, say: Say) -> Sequence[Verdict]:
    from gangvakt_sim.soak.run import live

    result = live(
        plan, load_board(BOARD), options.state, lambda at_us, text: say.step(f"{_when(at_us)}  {text}")
    )
    say.step(
        f"{result.virtual_s / 86_400:.2f} days in {result.wall_s:.0f} s: {result.ratio:.0f} times real time, "
        f"{result.notes.leapt_us / SECOND_US / result.virtual_s:.0%} of it skipped as uneventful"
    )
    return result.verdicts


def _in_real_time(options: SoakOptions, plan: Plan, say: Say) -> Sequence[Verdict]:
    from gangvakt_sim.soak.wall import live

    return live(
        plan, load_board(BOARD), options.state, lambda at_us, text: say.step(f"{_when(at_us)}  {text}")
    )


def _table(verdicts: Sequence[Verdict]) -> Table:
    table = Table("", "invariant", "figure", "broken at", box=None, pad_edge=False)
    for verdict in verdicts:
        mark = "[green]held[/]" if verdict.holds else "[red]BROKEN[/]"
        table.add_row(mark, verdict.name, verdict.figure, _moments(verdict))
    return table


def _moments(verdict: Verdict) -> str:
    shown = ", ".join(_when(at_us) for at_us in verdict.broken_us[:MOMENTS_SHOWN])
    return shown + (" ..." if len(verdict.broken_us) > MOMENTS_SHOWN else "")


def _when(at_us: int) -> str:
    """Days, hours, minutes and seconds since the first power-on."""
    seconds = (at_us - BEGIN_US) / SECOND_US
    days, rest = divmod(seconds, 86_400)
    return f"{days:.0f}d {rest // 3600:02.0f}:{rest // 60 % 60:02.0f}:{rest % 60:04.1f}"


def _raise_broken(verdicts: Sequence[Verdict], seed: int) -> None:
    broken = [verdict for verdict in verdicts if not verdict.holds]
    if broken:
        what = "; ".join(
            f"{verdict.name}: {verdict.figure} {_moments(verdict)}".strip() for verdict in broken
        )
        raise SoakFailed(f"seed {seed}: {what}")
