"""From the light of one pole to that of the other at one crossing, while frames are lost or not."""

from __future__ import annotations

import json
import random
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from gangvakt.fleet import SignId
from gangvakt.provision.identity import GroupKey, Wifi, make_identity
from gangvakt.provision.pki import Pki
from gangvakt_sim.bench.boards import armed_board, status_of
from gangvakt_sim.bench.context import Bench, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, percentile
from gangvakt_sim.bench.latency import LATE_MS, SHORT_HOLD, precedence, quick_switching, with_short_hold
from gangvakt_sim.bench.ruler import Nap, Ruler
from gangvakt_sim.bench.walks import CONFIG, Player
from gangvakt_sim.board import Stalls, VirtualBoard

THOROUGH_S, QUICK_S = 300, 15  # some 180 activations of each kind
LOSSES = (0.0, 0.1)
TOGETHER_S, ALIGNED_S, LIT_S, DARK_S = 30.0, 60.0, 6.0, 10.0
LOOKS_S = 0.03
PRESS_S = 0.12  # the button is read every 40 ms
PASS_S = 1.0
ALIGNED_MS = 10
NOBODY_LISTENS = 9  # the port of a broker that is not there
WIFI = Wifi("gangvakt", "of-the-benchmark")
MAC = bytes.fromhex("30aea41203")
SEED = 1


@dataclass(frozen=True)
class Shared:
    """One activation: when the lamps of the one and of the other pole began and ended to shine (us)."""

    began_us: int
    other_began_us: int
    ended_us: int
    other_ended_us: int

    @property
    def start_ms(self) -> float:
        return (self.other_began_us - self.began_us) / 1000

    @property
    def stop_ms(self) -> float:
        return (self.other_ended_us - self.ended_us) / 1000


def measure(bench: Bench) -> list[Figure]:
    """With and without loss, at the same time."""
    seconds = bench.times(THOROUGH_S, QUICK_S)
    firmware = with_short_hold(bench.folder / "firmware")
    over = threading.Event()
    with precedence(), quick_switching(), Ruler() as ruler, ThreadPoolExecutor(len(LOSSES)) as pool:
        try:
            runs = {loss: pool.submit(_run, bench, firmware, loss, over) for loss in LOSSES}
            time.sleep(seconds)
        finally:
            over.set()
        found = {loss: run.result() for loss, run in runs.items()}
    bench.say.step(f"poles: {sum(len(shared) for shared, _ in found.values())} activations")
    late = ruler.later_than(LATE_MS)
    return [figure for loss in LOSSES for figure in _figures(loss, *found[loss], late)]


def _figures(loss: float, shared: Sequence[Shared], apart_ms: float, late: Sequence[Nap]) -> list[Figure]:
    name = "poles" if not loss else f"poles, {loss:.0%} of frames lost"
    on_time = [s for s in shared if not any(n.disturbs(s.began_us, s.other_began_us) for n in late)]
    how = f"{len(shared)} activations, two poles by radio"
    apart = f"{len(on_time)} of {len(shared)} activations: without those by a late computer"
    start_ms, stop_ms = [s.start_ms for s in shared], [s.stop_ms for s in shared]
    quiet_ms = [s.start_ms for s in on_time] or start_ms
    lost = Reference(150, "", Bound.AT_MOST)
    figures = [
        Figure(f"{name}, light to light, p50", median(start_ms), "ms", how),
        Figure(f"{name}, light to light, p99", percentile(start_ms, 99), "ms", how, lost if loss else SHARED),
        Figure(f"{name}, start skew, p99", percentile(quiet_ms, 99), "ms", apart, None if loss else SKEW),
        Figure(f"{name}, stop skew, p50", median(stop_ms), "ms", how),
        Figure(f"{name}, stop skew, p99", percentile(stop_ms, 99), "ms", how),
    ]
    pattern = Figure(f"{name}, patterns apart, max", apart_ms, "ms", "edges of the left lamps", SKEW)
    return figures if loss else [*figures, pattern]


SHARED = Reference(60, "", Bound.AT_MOST)
SKEW = Reference(10, "", Bound.AT_MOST)


def _run(bench: Bench, firmware: Path, loss: float, over: threading.Event) -> tuple[list[Shared], float]:
    """Activations until the time is over, and by how many ms the patterns were apart."""
    dice = random.Random(f"{SEED}/{loss}")
    shared: list[Shared] = []
    with _pair(bench, firmware, loss) as poles:
        _await_alignment(poles)
        while not (over.is_set() and shared):
            shared.append(_activation(*dice.sample(poles, 2)))
            time.sleep(dice.random() * PASS_S)
        return shared, _apart_ms(poles)


@contextmanager
def _pair(bench: Bench, firmware: Path, loss: float) -> Iterator[list[VirtualBoard]]:
    """Two poles that have found each other."""
    pki, key, air = Pki.open(bench.folder / f"pki-{loss}"), GroupKey.first(), secrets.token_hex(8)
    config = json.dumps({**CONFIG, **SHORT_HOLD, "pole_sync": True}).encode()
    with ExitStack() as stack:
        poles = []
        for number, name in enumerate(("north", "south")):
            sign = SignId("benchmark", "storgata", name)
            identity = make_identity(pki, sign, [("127.0.0.1", NOBODY_LISTENS)], WIFI, key)
            board = armed_board(
                bench.spec,
                bench.folder / f"{name}-{loss}",
                {"config.json": config, **identity},
                stalls=Stalls.default(),
                wifi={WIFI.ssid: WIFI.psk},
                firmware_dir=firmware,
                mac=MAC + bytes([number]),
                world={"espnow": {"air": air, "loss": loss, "seed": number}},
            )
            poles.append(stack.enter_context(board))
            stack.enter_context(Player(poles[-1]))
        for pole in poles:
            wait_until(lambda pole=pole: bool(_told(pole)["heard"]), TOGETHER_S, "poles together")  # type: ignore[misc]
        yield poles


def _told(board: VirtualBoard) -> dict[str, list[str] | int]:
    told: dict[str, list[str] | int] = status_of(board)["telemetry"]["poles"]
    return told


def _await_alignment(poles: Sequence[VirtualBoard]) -> None:
    """The patterns are brought together some time after the start, while it is dark."""
    wait_until(lambda: abs(_phases_apart_us(poles)) <= ALIGNED_MS * 1000, ALIGNED_S, "patterns together", 0.5)


def _phases_apart_us(poles: Sequence[VirtualBoard]) -> int:
    """Between rising edges of the left lamps' lines, whether they shine or not."""
    now = time.monotonic_ns() // 1000
    edges = [_rises(pole, now - 3_000_000, now) for pole in poles]
    if not all(edges):
        return 1_000_000
    return min((one - edges[0][-1] for one in edges[1]), key=abs)


def _rises(board: VirtualBoard, begin_us: int, end_us: int) -> list[int]:
    edges = board.gpio.waveform(board.spec.pins.lamp_left, begin_us, end_us)
    return [edge.t_us for edge in edges if edge.level]


def _apart_ms(poles: Sequence[VirtualBoard]) -> float:
    return abs(_phases_apart_us(poles)) / 1000


def _activation(one: VirtualBoard, other: VirtualBoard) -> Shared:
    """Somebody presses the button of `one`; from dark lamps to dark lamps."""
    before, other_before = len(_lights(one)), len(_lights(other))
    button = one.spec.pins.button
    one.gpio.drive(button, 0)
    wait_until(lambda: len(_lights(one)) > before, LIT_S, "light", LOOKS_S)
    time.sleep(PRESS_S)
    one.gpio.drive(button, None)
    for pole, count in ((one, before), (other, other_before)):
        wait_until(lambda p=pole, n=count: len(_lights(p)) >= n + 2, DARK_S, "darkness", LOOKS_S)  # type: ignore[misc]
    began_us, ended_us = _lights(one)[before : before + 2]
    other_began_us, other_ended_us = _lights(other)[other_before : other_before + 2]
    return Shared(began_us, other_began_us, ended_us, other_ended_us)


def _lights(board: VirtualBoard) -> list[int]:
    """When light began and ended, in turn (us)."""
    duties = [(0, 0), *board.dim_changes()]
    return [t_us for (_, old), (t_us, new) in pairwise(duties) if bool(old) != bool(new)]
