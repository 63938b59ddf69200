"""From the radar frame that decides to light: many walks at many boards at once."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.bench.boards import armed_board, status_of
from gangvakt_sim.bench.context import Bench, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, nothing, percentile
from gangvakt_sim.bench.ruler import NAP_US, Nap, Ruler
from gangvakt_sim.bench.walks import CONFIG, EMPTY, Player, to_the_kerb
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.board.shm import now_us
from gangvakt_sim.board.stalls import KINDS
from gangvakt_sim.detector import deciding_frame
from gangvakt_sim.errors import StreetError
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S

BOARDS, QUICK_BOARDS = 6, 3  # of each kind but the forced one; more would wait for one another on two cores
THOROUGH_S, QUICK_S = 900, 15  # a thousand activations of each kind, without which a p99.9 says little
HEARS_S = 20.0
LIT_S = 4.0
LOOKS_S = (
    0.03  # between two looks at the lamps, whose edges carry their times: who looks takes time from boards
)
FIRST = -20  # the priority before all others: a radar does not wait for the programs beside a board
SWITCH_S = 0.0002  # between threads of this program, so that a frame is written as soon as its time is noted
DARK_S = 20.0
FORGOTTEN_S = 1.1  # a track outlives its last frame by a second, and would be taken for the next person
LEAD_IN_FRAMES = 10  # so that the longest stall may begin before the walk does
SPARE_FRAMES = 10  # behind the one that decides by calculation: nobody vanishes while the chip stands still
ARRIVES_S = 1.2  # after a stall began that was allowed: sometimes it is over by then
TICK_MS = 10.0
LATE_MS = 2.0  # of a nap: then the computer was not there for a board either
SEED = 1
# A copy of the firmware may be dark again so soon: a thousand activations would else take hours.
HOLD_BOUND = re.compile(r'_int\("hold_min_ms", [0-9_]+,')
HOLD_MS = 100
SHORT_HOLD = {"hold_min_ms": HOLD_MS, "crossing_width_mm": 2000, "walk_speed_mm_s": 2000}


class When(Enum):
    """At which moments a stall is injected."""

    NEVER = "no stalls"
    ALLOWED = "a longest stall begun before each, with nobody in view"
    FORCED = "the stall forced around the deciding frame"


@dataclass(frozen=True)
class Walked:
    """One activation: the deciding frame and DIM's edge (us), and the stall that it waited for, if any."""

    sent_us: int
    lit_us: int
    waited_for: str | None = None

    @property
    def ms(self) -> float:
        return (self.lit_us - self.sent_us) / 1000


TARGET = Reference(15.0, "", Bound.AT_MOST)


def measure(bench: Bench) -> list[Figure]:
    """All kinds at the same time, so that they share whatever else the computer does."""
    seconds = bench.times(THOROUGH_S, QUICK_S)
    firmware = with_short_hold(bench.folder / "firmware")
    with precedence(), quick_switching(), Ruler() as ruler:
        found = _run_all(bench, firmware, seconds)
    bench.say.step(f"latency: {sum(map(len, found.values()))} activations in {seconds} s")
    allowed = [walked for walked in found[When.ALLOWED] if walked.waited_for is None]
    during = len(found[When.ALLOWED]) - len(allowed)
    late = ruler.later_than(LATE_MS)
    return [
        *_figures("latency", found[When.NEVER], late, When.NEVER.value),
        *_figures("latency, stalls", allowed, late, f"{When.ALLOWED.value}; apart from {during} during it"),
        *(_own_effect(kind, found) for kind in KINDS),
        *_computer([*found[When.NEVER], *allowed], late, [nap.late_ms for nap in ruler.naps]),
    ]


@contextmanager
def precedence() -> Iterator[None]:
    """Before other programs of this computer, for the boards too, where its user may do that."""
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, usual)


@contextmanager
def quick_switching() -> Iterator[None]:
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual_s)


def with_short_hold(folder: Path) -> Path:
    """A copy of the firmware that may go dark soon; nothing else differs."""
    shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    table = folder / "sign" / "core" / "config_fields.py"
    text, changed = HOLD_BOUND.subn(f'_int("hold_min_ms", {HOLD_MS},', table.read_text())
    if changed != 1:
        raise StreetError("latency: the firmware's table has no hold_min_ms of that form")
    table.write_text(text)
    return folder


def _run_all(bench: Bench, firmware: Path, seconds: int) -> dict[When, list[Walked]]:
    """The activations of each kind of run."""
    over = threading.Event()
    boards = {when: bench.times(BOARDS, QUICK_BOARDS) for when in When} | {When.FORCED: len(KINDS)}
    with ThreadPoolExecutor(sum(boards.values())) as pool:
        try:
            runs = {
                when: [pool.submit(_walks, bench, firmware, when, number, over) for number in range(count)]
                for when, count in boards.items()
            }
            time.sleep(seconds)
        finally:
            over.set()  # Ctrl-C too: the pool waits for its threads
        return {when: [one for run in of_kind for one in run.result()] for when, of_kind in runs.items()}


def _figures(name: str, walked: Sequence[Walked], late: Sequence[Nap], how: str) -> list[Figure]:
    """Of the activations during which the computer itself was punctual; the others are in `_computer`."""
    found_ms = [one.ms for one in walked if not _disturbed(one, late)]
    how = f"{len(found_ms)} activations, {how}; apart from {len(walked) - len(found_ms)} by a late computer"
    if not found_ms:
        return [nothing(name, how)]
    tick = Reference(TICK_MS, "one tick")
    values = (
        ("p50", median(found_ms), tick),
        ("p99", percentile(found_ms, 99), tick),
        ("p99.9", percentile(found_ms, 99.9), TARGET),
        ("max", max(found_ms), tick),
    )
    return [Figure(f"{name}, {label}", value, "ms", how, reference) for label, value, reference in values]


def _disturbed(walked: Walked, late: Sequence[Nap]) -> bool:
    return any(nap.disturbs(walked.sent_us, walked.lit_us) for nap in late)


def _computer(walked: Sequence[Walked], late: Sequence[Nap], late_ms: Sequence[float]) -> list[Figure]:
    """What is the computer's own, and the worst of the activations that it disturbed."""
    naps = f"{len(late_ms)} naps of {NAP_US // 1000} ms on every core beside the boards: how late they ended"
    own = Figure("latency, the computer's own, p99.9", percentile(late_ms, 99.9), "ms", naps)
    found_ms = [one.ms for one in walked if _disturbed(one, late)]
    name = "latency while the computer is late, max"
    how = f"{len(found_ms)} of {len(walked)} activations, a nap meanwhile {LATE_MS:.0f} ms late or more"
    return [own, Figure(name, max(found_ms), "ms", how) if found_ms else nothing(name, how)]


def _own_effect(kind: str, found: Mapping[When, Sequence[Walked]]) -> Figure:
    """The worst that a stall of that kind did to a frame that came during it, forced or allowed."""
    waited = [one.ms for one in (*found[When.ALLOWED], *found[When.FORCED]) if one.waited_for == kind]
    name = f"latency during {kind}, max"
    if not waited:
        return nothing(name, "no deciding frame came during one")
    worst_ms = Stalls.default().worst_us(kind) / 1000
    reference = Reference(worst_ms + TICK_MS, "the stall and a tick")
    return Figure(name, max(waited), "ms", f"{len(waited)} activations, {When.FORCED.value}", reference)


def _walks(bench: Bench, firmware: Path, when: When, number: int, over: threading.Event) -> list[Walked]:
    """The activations of one board until the time is over; at least one."""
    dice = random.Random(f"{SEED}/{when.name}/{number}")
    stalls = None if when is When.NEVER else Stalls.default()
    folder = bench.folder / f"{when.name}-{number}"
    files = {"config.json": json.dumps({**CONFIG, **SHORT_HOLD}).encode()}
    found: list[Walked] = []
    with (
        armed_board(bench.spec, folder, files, stalls=stalls, firmware_dir=firmware) as board,
        Player(board) as player,
    ):
        wait_until(lambda: _hears(board), HEARS_S, "frames of the radar, which is set up at first")
        time.sleep(dice.random())  # boards that walk in step would disturb each other
        while not (over.is_set() and found):
            stall = KINDS[(number + len(found)) % len(KINDS)]
            found.append(_walk(board, player, dice, when, stall))
    return found


def _hears(board: VirtualBoard) -> bool:
    return int(status_of(board)["telemetry"]["radar"]["frames"]) > 0


def _walk(board: VirtualBoard, player: Player, dice: random.Random, when: When, stall: str) -> Walked:
    """One walk, from dark lamps to dark lamps."""
    frames = [EMPTY] * (LEAD_IN_FRAMES if when is When.FORCED else 0) + to_the_kerb(dice)
    deciding = deciding_frame(CONFIG, frames)
    if deciding is None:
        raise StreetError("latency: the detector does not warn of the walk")
    edges_before = len(board.dim_changes())
    stall_us = (0, 0)
    if when is When.ALLOWED:
        stall_us = _stalled(board, stall)
        time.sleep(dice.random() * ARRIVES_S)
    player.play(frames[: deciding + SPARE_FRAMES])
    if when is When.FORCED:
        stall_us = _stall_around(board, player, deciding, dice, stall)
    wait_until(lambda: len(board.dim_changes()) > edges_before, LIT_S, "light", LOOKS_S)
    lit_us = board.dim_changes()[edges_before][0]
    sent_us, waited = decided_us(player.sent_us, deciding, lit_us, stall_us)
    wait_until(lambda: len(board.dim_changes()) > edges_before + 1, DARK_S, "darkness", LOOKS_S)
    time.sleep(FORGOTTEN_S + dice.random() * FRAME_PERIOD_S)
    return Walked(sent_us, lit_us, stall if waited else None)


def decided_us(
    sent_us: Sequence[int], deciding: int, lit_us: int, stall_us: tuple[int, int]
) -> tuple[int, bool]:
    """When the deciding frame was sent (us), and whether it came during the stall.

    It is the last one before the light, but for a stall in between: then it is the one that decides by
    calculation, since several may have waited. Calculation alone would not do: frames that come a few ms
    early or late can move the decision by one.
    """
    before = [t_us for t_us in sent_us if t_us < lit_us]
    calculated = before[: deciding + 1][-1]
    stalled = stall_us[0] < lit_us and stall_us[1] > calculated
    return (calculated, True) if stalled else (before[-1], False)


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
    return _stalled(board, kind)


def _stalled(board: VirtualBoard, kind: str) -> tuple[int, int]:
    """Stall the chip for as long as that kind can take; begin and end (us)."""
    begun_us = now_us()
    return begun_us, begun_us + board.inject(kind)
