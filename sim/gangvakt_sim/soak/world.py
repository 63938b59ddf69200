"""A sign's life: the street, the network, the faults, and what must hold whatever happens."""

from __future__ import annotations

import functools
import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gangvakt_sim.board.gpio import Gpio
from gangvakt_sim.board.reset import Reset
from gangvakt_sim.board.uart import Uart
from gangvakt_sim.detector import first_light_ms
from gangvakt_sim.faults import afflict
from gangvakt_sim.faults.schedule import Fault
from gangvakt_sim.faults.sensors import distorted
from gangvakt_sim.soak.machine import BEGIN_US, SECOND_US, Over
from gangvakt_sim.soak.notes import Notes, note
from gangvakt_sim.soak.street import NOBODY, Senses, Visit, Visits
from gangvakt_sim.world.ld2450_module import Ld2450Module
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.scene import Scene, SignPole

FRAME_US = 100_000
# Between two leaps the sign lives for so long: of a thousand ticks fifty may be late before it says so.
AWAKE_US = 250_000
LEAP_US = 7_000_000  # less than the radar may be silent
SEEN_BREAKING_US = 20 * SECOND_US  # the beginning of a fault is lived through in full
LEAST_LEAP_US = 400_000
BEFORE_VISIT_US = 1_000_000
LOOK_US = 5_000_000
AFTER_START_US = 20 * SECOND_US  # the radars are set up, the session begins
SETTLE_S = 1800.0  # at the end nothing goes wrong any more: then everything must come right


Tell = Callable[[int, str], None]
Later = Callable[[int, Callable[[], None]], None]


class Body(afflict.Hardware, Protocol):
    """The sign's board as its life needs it."""

    @property
    def uarts(self) -> Sequence[Uart]:
        """All of them, by number."""

    @property
    def gpio(self) -> Gpio:
        """The pins."""

    def now_us(self) -> int:
        """The board's clock."""

    def lit(self) -> bool:
        """Whether a warning is shown."""

    def said(self) -> str:
        """The whole lines that were printed since this was asked the last time."""

    def leap(self, us: int) -> None:
        """Nothing happens for so long."""


class Net(afflict.Carrier, Protocol):
    """The network as a sign's life needs it."""

    @property
    def busy(self) -> bool:
        """Whether something is on its way."""

    @property
    def online(self) -> bool:
        """Whether a session stands."""

    def forget_all(self) -> None:
        """The chip has lost its sockets."""

    def drop_silent(self, now_us: int) -> None:
        """The broker ends connections that say nothing any more."""


Connect = Callable[[Later], Net]


@dataclass(frozen=True)
class Plan:
    """A life to be: where, for how long, who comes, what goes wrong."""

    scene: Scene
    pole: SignPole
    duration_s: float
    seed: int
    people_per_hour: float
    faults: Sequence[Fault]


class Life:
    """What surrounds a board, as planned: a World but for the calls of the network."""

    def __init__(self, board: Body, plan: Plan, wifi: dict[str, str], connect: Connect, tell: Tell) -> None:
        self.board, self._pole, self._seed, self._tell = board, plan.pole, plan.seed, tell
        self.notes = Notes()
        self._config = sign_config(plan.scene, plan.pole)
        self._wifi, self.channel = wifi, 1
        self.sensors: set[str] = set()
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.network = connect(self.later)
        self._rng = random.Random(f"{plan.seed}/garbage")
        self._radar = board.uarts[board.spec.radar.uart]
        self._radar.attach(Ld2450Module(bluetooth=False))
        self._visits = Visits(plan.scene, plan.pole, plan.people_per_hour, plan.seed)
        self._visit = self._visits.after(BEGIN_US + AFTER_START_US)
        self._senses: Senses | None = None
        self._frame_us = self._awake_us = self._started_us = self._look_us = BEGIN_US
        self._last_level: tuple[bool, bool] | None = None
        self._quarrel_us = BEGIN_US + round(
            (plan.duration_s - min(SETTLE_S, plan.duration_s / 4)) * SECOND_US
        )
        self._over_us = BEGIN_US + round(plan.duration_s * SECOND_US)
        self.access_point(True)
        self._plan(plan.faults)

    def later(self, us: int, do: Callable[[], None]) -> None:
        """Do something after a while."""
        heapq.heappush(self._due, (self.board.now_us() + us, next(self._order), do))

    def access_point(self, is_there: bool) -> None:
        """Switch it on or off."""
        self.board.memory.set_config({"wifi": self._wifi if is_there else {}, "channel": self.channel})

    # -- the World

    def step(self, now_us: int) -> int:
        """See World."""
        while self._due and self._due[0][0] <= now_us:
            heapq.heappop(self._due)[2]()
        if now_us >= self._over_us:
            self._look(now_us)
            raise Over
        if now_us >= self._look_us:
            self._look(now_us)
        if now_us >= self._frame_us:
            self._frame_us = max(self._frame_us + FRAME_US, now_us + 1)
            self._sense(now_us)
            leap_us = self._uneventful(now_us)
            if leap_us:
                self._leap(now_us, leap_us)
        return self.next_us()

    def started(self, now_us: int, kind: Reset) -> None:
        """See World."""
        self.notes.starts.append((now_us, kind))
        self.network.forget_all()
        self._last_level = None
        self._started_us = now_us
        if len(self.notes.starts) > 1:
            self._tell(now_us, f"starts anew: {kind.name.lower()}")

    def next_us(self) -> int:
        """When to be asked again."""
        return min(self._frame_us, self._due[0][0]) if self._due else self._frame_us

    # -- faults

    def _plan(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            at_us = BEGIN_US + round(fault.at_s * SECOND_US)
            if at_us < self._quarrel_us:
                begin: Callable[[], None] = functools.partial(self._begin, fault)
                heapq.heappush(self._due, (at_us, next(self._order), begin))

    def _begin(self, fault: Fault) -> None:
        """Those of the same name follow each other, and none outlasts the time of faults."""
        now_us = self.board.now_us()
        if any(other.name == fault.name and end_us > now_us for _, end_us, other in self.notes.faults):
            return
        end_us = min(now_us + round(fault.for_s * SECOND_US), self._quarrel_us)
        self.notes.faults.append((now_us, end_us, fault))
        self._tell(now_us, f"fault {fault}")
        self._awake_us = max(self._awake_us, now_us + min(end_us - now_us, SEEN_BREAKING_US))
        afflict.begin(self, fault)
        self.later(end_us - now_us, lambda: afflict.end(self, fault))

    # -- sensors

    def _sense(self, now_us: int) -> None:
        frame, warm = self._seen(now_us)
        self._radar.collect()
        sent = distorted(frame, self.sensors, self._rng)
        if sent is not None:
            self._radar.report(sent)
        self._drive(warm or "pir-stuck" in self.sensors, "button-stuck" in self.sensors)

    def _drive(self, warm: bool, pressed: bool) -> None:
        if (warm, pressed) != self._last_level:
            self._last_level = warm, pressed
            self.board.gpio.drive(self.board.spec.pins.pir, int(warm))
            self.board.gpio.drive(self.board.spec.pins.button, 0 if pressed else None)

    def _seen(self, now_us: int) -> tuple[bytes, bool]:
        """What radar and PIR show; a visit begins, is looked at, and ends."""
        visit = self._visit
        if now_us < visit.start_us:
            return NOBODY, False
        if self._senses is None:
            self._senses = Senses(self._pole, visit, self._seed)
            self._awake_us = visit.end_us
        if visit.lit_us is None and self.board.lit():
            visit.lit_us = now_us
        if now_us >= visit.end_us:
            self.notes.visits.append(visit)
            visit.is_overlooked = not visit.warned and self._is_overlooked(visit, self._senses)
            self._visit, self._senses = self._visits.after(now_us), None
            return NOBODY, False
        return self._senses.look(now_us)

    def _is_overlooked(self, visit: Visit, senses: Senses) -> bool:
        """Whether the radar showed too little of them for any sign: `evaluate` tells how often that is."""
        latest_ms = round(visit.latest_us - visit.start_us) // 1000
        return first_light_ms(self._config, senses.shown, latest_ms) is None

    # -- time

    def _uneventful(self, now_us: int) -> int:
        """How long nothing will happen; 0 when something is under way."""
        if now_us - self._awake_us < AWAKE_US or now_us - self._started_us < AFTER_START_US:
            return 0
        if self._senses is not None or self.network.busy or self.board.lit():
            return 0
        until_us = min(
            self._due[0][0] if self._due else self._over_us,
            self._visit.start_us - BEFORE_VISIT_US,
            self._over_us,
        )
        leap_us = min(until_us - now_us - FRAME_US, LEAP_US)
        return leap_us if leap_us >= LEAST_LEAP_US else 0

    def _leap(self, now_us: int, leap_us: int) -> None:
        self.board.leap(leap_us)
        self._awake_us = now_us + leap_us
        self._frame_us = now_us + leap_us
        self.notes.leapt_us += leap_us

    def _look(self, now_us: int) -> None:
        """At what lasts: the session, the light, silent connections; and at what was printed."""
        self._look_us = now_us + LOOK_US
        self.network.drop_silent(now_us)
        note(self.notes.online, now_us, self.network.online)
        note(self.notes.lit, now_us, self.board.lit())
        for line in self.board.said().splitlines():
            if "MemoryError" in line:
                self.notes.memory_errors.append((now_us, line))
