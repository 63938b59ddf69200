"""From the radar frame that decides to light: many walks at several boards at once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from gangvakt_sim.bench.boards import armed_board, configured
from gangvakt_sim.bench.context import Bench, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, percentile
from gangvakt_sim.bench.firmware import deciding_frame
from gangvakt_sim.bench.walks import CONFIG, EMPTY, Player, to_the_kerb
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.board.shm import now_us
from gangvakt_sim.board.stalls import KINDS
from gangvakt_sim.errors import StreetError
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S

BOARDS = 4  # of each kind
LIT_S = 4.0
DARK_S = 20.0
LEAD_IN_FRAMES = 10  # so that the longest stall may begin before the walk does
SPARE_FRAMES = 3  # behind the one that decides by calculation
TICK_MS = 10.0
SEED = 1


@dataclass(frozen=True)
class Kind:
    """One way of disturbing the chip."""

    name: str
    how: str
    stalls: bool = False
    forced: bool = False


KINDS_OF_RUN = (
    Kind("latency", "no stalls"),
    Kind("latency, own stalls", "gc where the firmware takes it", stalls=True),
    Kind("latency, forced stalls", "a longest stall forced around each", stalls=True, forced=True),
)


def measure(bench: Bench) -> list[Figure]:
    """All kinds at the same time, so that they share whatever else the computer does."""
    seconds = bench.times(60, 15)
    bench.say.step(f"latency: {BOARDS * len(KINDS_OF_RUN)} boards for {seconds} s")
    found = _run_all(bench, seconds)
    worst_ms = max(Stalls.default().worst_us(kind) for kind in KINDS) / 1000
    tick = Reference(TICK_MS, "one tick")
    calm = Reference(median(found[0]), "without stalls")
    stall = Reference(worst_ms + TICK_MS, "longest stall and a tick", Bound.AT_MOST)
    references = ((tick, tick, tick), (calm, tick, tick), (calm, stall, stall))
    groups = zip(KINDS_OF_RUN, found, references, strict=True)
    return [figure for group in groups for figure in _figures(*group)]


def _run_all(bench: Bench, seconds: int) -> list[list[float]]:
    """Latencies in ms of each kind of run."""
    over = threading.Event()
    with ThreadPoolExecutor(BOARDS * len(KINDS_OF_RUN)) as pool:
        try:
            runs = [
                [pool.submit(_walks, bench, kind, number, over) for number in range(BOARDS)]
                for kind in KINDS_OF_RUN
            ]
            time.sleep(seconds)
        finally:
            over.set()  # Ctrl-C too: the pool waits for its threads
        return [[ms for run in of_kind for ms in run.result()] for of_kind in runs]


def _figures(kind: Kind, found_ms: Sequence[float], references: Sequence[Reference]) -> list[Figure]:
    how = f"{len(found_ms)} activations, {kind.how}"
    values = (median(found_ms), percentile(found_ms, 99), max(found_ms))
    names = ("p50", "p99", "max")
    return [
        Figure(f"{kind.name}, {name}", value, "ms", how, reference)
        for name, value, reference in zip(names, values, references, strict=True)
    ]


def _walks(bench: Bench, kind: Kind, number: int, over: threading.Event) -> list[float]:
    """Latencies in ms at one board until the time is over; at least one."""
    dice = random.Random(f"{SEED}/{kind.name}/{number}")
    stalls = Stalls.default() if kind.stalls else None
    folder = bench.folder / f"{kind.name}-{number}"
    found: list[float] = []
    with armed_board(bench.spec, folder, configured(), stalls=stalls) as board, Player(board) as player:
        time.sleep(dice.random())  # boards that walk in step would disturb each other
        while not (over.is_set() and found):
            stall = KINDS[(number + len(found)) % len(KINDS)] if kind.forced else None
            found.append(_walk(board, player, dice, stall))
    return found


def _walk(board: VirtualBoard, player: Player, dice: random.Random, stall: str | None) -> float:
    """One walk, from dark lamps to dark lamps; ms from the deciding frame to DIM's edge."""
    frames = [EMPTY] * (LEAD_IN_FRAMES if stall else 0) + to_the_kerb(dice)
    deciding = deciding_frame(CONFIG, frames)
    if deciding is None:
        raise StreetError("latency: the detector does not warn of the walk")
    edges_before = len(board.dim_changes())
    player.play(frames[: deciding + SPARE_FRAMES])
    stall_us = _stall_around(board, player, deciding, dice, stall) if stall else None
    wait_until(lambda: len(board.dim_changes()) > edges_before, LIT_S, "light")
    lit_us = board.dim_changes()[edges_before][0]
    sent_us = _decided_us(player.sent_us, deciding, lit_us, stall_us)
    wait_until(lambda: len(board.dim_changes()) > edges_before + 1, DARK_S, "darkness")
    time.sleep(dice.random() * FRAME_PERIOD_S)
    return (lit_us - sent_us) / 1000


def _decided_us(sent_us: Sequence[int], deciding: int, lit_us: int, stall_us: tuple[int, int] | None) -> int:
    """When the deciding frame was sent (us).

    It is the last one before the light, but for a stall in between: then it is the one that decides by
    calculation, since several may have waited. Calculation alone would not do: frames that come a few ms
    early or late can move the decision by one.
    """
    before = [t_us for t_us in sent_us if t_us < lit_us]
    calculated = before[: deciding + 1][-1]
    stalled = stall_us is not None and stall_us[0] < lit_us and stall_us[1] > calculated
    return calculated if stalled else before[-1]


def _stall_around(
    board: VirtualBoard, player: Player, deciding: int, dice: random.Random, kind: str
) -> tuple[int, int]:
    """Stall the chip, beginning at a random moment up to the stall's length before the deciding frame.

    Gives begin and end (us).
    """
    wait_until(lambda: bool(player.sent_us), LIT_S, "first frame")
    decided_us = player.sent_us[0] + round(deciding * FRAME_PERIOD_S * 1e6)
    begin_us = decided_us - round(dice.random() * Stalls.default().worst_us(kind))
    time.sleep(max(0, begin_us - now_us()) / 1e6)
    begun_us = now_us()
    return begun_us, begun_us + board.inject(kind)
