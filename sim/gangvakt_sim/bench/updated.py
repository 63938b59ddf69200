"""A sign that is updated by a real controller while people cross: what was seen of it."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gangvakt.fleet import SignId
from gangvakt.provision.update_file import UpdateFile
from gangvakt.upkeep import OfferFolder
from gangvakt_sim.bench.boards import (
    MUNICIPALITY,
    ONLINE_S,
    SIGN,
    SITE,
    Online,
    armed_board,
    enrolled,
)
from gangvakt_sim.bench.context import Bench, free_ports, wait_until
from gangvakt_sim.bench.latency import (
    DARK_S,
    FORGOTTEN_S,
    HEARS_S,
    LIT_S,
    LOOKS_S,
    SHORT_HOLD,
    SPARE_FRAMES,
    Walked,
    decided_us,
)
from gangvakt_sim.bench.ticks import Served, served
from gangvakt_sim.bench.walks import CONFIG, Player, to_the_kerb
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.board.shm import now_us
from gangvakt_sim.controller import Controller
from gangvakt_sim.detector import deciding_frame
from gangvakt_sim.errors import StreetError
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S

UPDATED_S = 900.0  # a whole app over a session whose flash waits for moments without people
LISTED = "a listed stall"
RADAR_READY = "set-up done"


@dataclass
class Seen:
    """Ticks and warnings of a time, and what was printed in it."""

    ticks: list[Served] = field(default_factory=list)
    stalls: list[tuple[int, int]] = field(default_factory=list)
    walked: list[Walked] = field(default_factory=list)
    printed: str = ""
    seconds: float = 0.0


class Street:
    """People who walk to the kerb of one board, one by one, until the time is over or it starts anew."""

    def __init__(self, board: VirtualBoard, player: Player, name: str) -> None:
        self._board, self._player = board, player
        self._dice = random.Random(name)
        self._starts = len(board.starts)
        self._up_us = now_us()

    def watch(self, seconds: float, is_over: Callable[[], bool] = lambda: False) -> Seen:
        """Let people walk for so long."""
        mark, begin_us, seen = self._board.output.mark(), now_us(), Seen()
        while self._is_up() and not is_over() and now_us() - begin_us < seconds * 1e6:
            walked = self._walk()
            if walked is not None:
                seen.walked.append(walked)
        seen.seconds = (self._up_us - begin_us) / 1e6
        seen.ticks = served(self._board, begin_us, self._up_us)
        seen.stalls = self._board.gpio.stalls()
        seen.printed = self._board.output.text(mark)
        return seen

    def _is_up(self) -> bool:
        if len(self._board.starts) > self._starts:
            return False
        self._up_us = now_us()
        return True

    def _walk(self) -> Walked | None:
        """One walk, from dark lamps to dark lamps; None when the sign starts anew meanwhile."""
        frames = to_the_kerb(self._dice)
        deciding = deciding_frame(CONFIG, frames)
        if deciding is None:
            raise StreetError("lateness: the detector does not warn of the walk")
        edges_before = len(self._board.dim_changes())
        self._player.play(frames[: deciding + SPARE_FRAMES])
        self._await(lambda: len(self._board.dim_changes()) > edges_before, LIT_S, "light")
        if not self._is_up():
            return None
        lit_us = self._board.dim_changes()[edges_before][0]
        walked = self._judged(deciding, lit_us)
        self._await(lambda: len(self._board.dim_changes()) > edges_before + 1, DARK_S, "darkness")
        forgotten_us = now_us() + round(1e6 * (FORGOTTEN_S + self._dice.random() * FRAME_PERIOD_S))
        self._await(lambda: now_us() > forgotten_us, DARK_S, "the pause")
        return walked

    def _judged(self, deciding: int, lit_us: int) -> Walked:
        sent_us = self._player.sent_us
        calculated_us = sent_us[: deciding + 1][-1]
        stalls = [span for span in self._board.gpio.stalls() if span[0] < lit_us and span[1] > calculated_us]
        frame_us, waited = decided_us(sent_us, deciding, lit_us, stalls[0] if stalls else (0, 0))
        return Walked(frame_us, lit_us, LISTED if waited else None)

    def _await(self, condition: Callable[[], bool], timeout_s: float, what: str) -> None:
        wait_until(lambda: not self._is_up() or condition(), timeout_s, what, LOOKS_S)


@contextmanager
def street(board: VirtualBoard, name: str) -> Iterator[Street]:
    """People before an armed board, once it hears its radar."""
    with Player(board) as player:
        board.output.wait_for(RADAR_READY, HEARS_S)
        yield Street(board, player, name)


def config(more: Mapping[str, object]) -> dict[str, bytes]:
    """The configuration's file."""
    return {"config.json": json.dumps({**CONFIG, **SHORT_HOLD, **more}).encode()}


def updated(
    bench: Bench,
    name: str,
    firmware: Path,
    update: UpdateFile,
    trusted: bytes,
    stalls: Stalls | None,
    before_s: float,
) -> tuple[Seen, Seen]:
    """One sign with a controller of its own, for so long before an update is offered, and from then on until
    it starts anew with it."""
    folder = bench.folder / name
    controller = Controller(folder / "controller", *free_ports(2))
    identity, wifi = enrolled(controller, folder / "identity")
    with controller.serving(folder / "controller.log") as process:
        process.wait_ready()
        files = {**config({}), **identity}
        with armed_board(
            bench.spec, folder, files, stalls=stalls, wifi=wifi, firmware_dir=firmware, trusted=trusted
        ) as board:
            wait_until(lambda: Online(process, board).stored("boot") > 0, ONLINE_S, "boot event")
            offers, sign = OfferFolder(controller.data / "updates"), SignId(MUNICIPALITY, SITE, SIGN)
            with street(board, name) as people:
                before = people.watch(before_s)
                offers.put(sign, update)
                begun_s = time.monotonic()
                during = people.watch(UPDATED_S)
            said = offers.reported(sign) or {}
            if len(board.starts) == 1:
                raise StreetError(f"lateness: not updated in {time.monotonic() - begun_s:.0f} s: {said}")
            return before, during
