"""Faults of one virtual board by itself, in real time: there is a radar that sees nobody, and no network."""

from __future__ import annotations

import heapq
import itertools
import random
import time
from collections.abc import Callable, Sequence

from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.errors import FaultRefusal
from gangvakt_sim.faults import afflict
from gangvakt_sim.faults.schedule import Fault, parse_fault
from gangvakt_sim.faults.sensors import distorted
from gangvakt_sim.faults.trouble import Trouble
from gangvakt_sim.say import Say
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S, NO_TARGET, SLOTS, encode_frame
from gangvakt_sim.world.ld2450_module import Ld2450Module

NETWORK = frozenset({"broker-down", "half-open", "packet-loss", "packet-delay"})


def bench_faults(texts: Sequence[str]) -> list[Fault]:
    """The faults that are written so. FaultRefusal for those that a board by itself does not know."""
    faults = sorted(map(parse_fault, texts))
    for fault in faults:
        if fault.name in NETWORK or "real" not in fault.kind.where:
            raise FaultRefusal(
                "--fault", "fault", fault.name, "one of the board itself; for this one use `soak`"
            )
    return faults


class NoNetwork:
    """A carrier of nothing: of a board by itself, or one whose broker is not ours."""

    def __init__(self) -> None:
        self.trouble = Trouble()

    def end_all(self) -> None:
        """There is none."""

    def break_all(self) -> None:
        """There is none."""


class _Bench:
    """What is afflicted."""

    def __init__(self, board: VirtualBoard) -> None:
        self.board, self.network = board, NoNetwork()
        self.sensors: set[str] = set()
        self.channel = 1
        self.due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def later(self, us: int, do: Callable[[], None]) -> None:
        heapq.heappush(self.due, (time.monotonic() + us / 1_000_000, next(self._order), do))

    def access_point(self, is_there: bool) -> None:
        self.board.set_config({"wifi": {}})


def afflict_bench(board: VirtualBoard, faults: Sequence[Fault], say: Say) -> None:
    """Let the faults come and go, with a radar that reports; returns when the last is over."""
    bench, rng = _Bench(board), random.Random(1)
    radar, pins = board.uart(board.spec.radar.uart), board.spec.pins
    radar.attach(Ld2450Module(bluetooth=False))
    for fault in faults:
        bench.later(round(fault.at_s * 1_000_000), _causes(bench, fault, say))
    nobody = encode_frame([NO_TARGET] * SLOTS)
    while bench.due or bench.sensors:
        while bench.due and bench.due[0][0] <= time.monotonic():
            heapq.heappop(bench.due)[2]()
        frame = distorted(nobody, bench.sensors, rng)
        if frame is not None:
            radar.report(frame)
        board.gpio.drive(pins.pir, int("pir-stuck" in bench.sensors))
        board.gpio.drive(pins.button, 0 if "button-stuck" in bench.sensors else None)
        time.sleep(FRAME_PERIOD_S)
    say.step("no more faults")


def _causes(bench: _Bench, fault: Fault, say: Say) -> Callable[[], None]:
    def undo() -> None:
        afflict.end(bench, fault)
        say.step(f"over: {fault}")

    def cause() -> None:
        say.step(f"fault {fault}")
        afflict.begin(bench, fault)
        bench.later(round(fault.for_s * 1_000_000), undo)

    return cause
