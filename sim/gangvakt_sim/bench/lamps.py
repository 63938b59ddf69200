"""How far the light's edges stray from the pattern's table, with and without stalls of the chip."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from gangvakt_sim.bench.boards import armed_board, configured
from gangvakt_sim.bench.context import Bench, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference
from gangvakt_sim.bench.walks import Player, up_and_down
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.board.shm import now_us
from gangvakt_sim.errors import StreetError
from gangvakt_sim.light import Verdict, compare

TOLERANCE_US = 2_000
LIGHT_S = 10.0
STALLS = ("tls_handshake", "gc", "flash_erase", "tls_handshake", "gc", "flash_write")
EVERY_S = 2.5
PROMISE = Reference(TOLERANCE_US, "promised", Bound.AT_MOST)


def measure(bench: Bench) -> list[Figure]:
    """Worst deviation of both runs, which go on side by side."""
    seconds = bench.times(20, 6)
    with ThreadPoolExecutor() as pool:
        calm = pool.submit(_lit, bench, "calm", seconds, None)
        stalled = pool.submit(_lit, bench, "stalled", seconds, Stalls.default())
        verdicts = calm.result(), stalled.result()
    bench.say.step(f"lamps: {seconds} s of light on two boards")
    names = "lamps, worst edge", "lamps, worst edge under stalls"
    return [_figure(name, verdict, seconds) for name, verdict in zip(names, verdicts, strict=True)]


def _figure(name: str, verdict: Verdict, seconds: int) -> Figure:
    """A missing or additional edge is no deviation: it spoils the whole figure."""
    how = f"{verdict.edges} edges of alternating in {seconds} s"
    if "stalls" in name:
        how += f", stalled every {EVERY_S} s"
    if verdict.missing or verdict.extra:
        raise StreetError(f"{name}: {len(verdict.missing)} edges missing, {len(verdict.extra)} too many")
    return Figure(name, verdict.worst_us, "us", how, PROMISE)


def _lit(bench: Bench, name: str, seconds: int, stalls: Stalls | None) -> Verdict:
    with (
        armed_board(bench.spec, bench.folder / name, configured(), stalls=stalls) as board,
        Player(board) as player,
    ):
        player.repeat(up_and_down())
        wait_until(lambda: any(board.lamps()), LIGHT_S, "light")
        start_us = now_us()
        _pass(board, seconds, disturb=stalls is not None)
        end_us = now_us()
        return compare(board.lamp_edges(start_us, end_us), end_us, TOLERANCE_US)


def _pass(board: VirtualBoard, seconds: int, *, disturb: bool) -> None:
    """Let time pass, with a forced stall now and then."""
    end_s = time.monotonic() + seconds
    number = 0
    while (left_s := end_s - time.monotonic()) > 0:
        if disturb:
            board.inject(STALLS[number % len(STALLS)])
            number += 1
        time.sleep(min(left_s, EVERY_S))
