"""People before a radar, as frames, and who plays them at a board.

The radar stands at the kerb and looks along the site's x axis; the roadway lies behind it. So y of a frame is
the distance to the kerb, and walking towards the road is y growing smaller.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from gangvakt_sim.board import VirtualBoard
from gangvakt_sim.board.shm import now_us
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S, NO_TARGET, Target, encode_frame, encode_target

ASIDE_MM = 300
WALK_MM_S = (1100, 1700)
START_MM = (3000, 3400)
STEPS = 14  # frames of a walk: it ends well before the kerb, so that nobody waits there and is remembered

EMPTY = encode_frame([NO_TARGET] * 3)

# Shortest holds allowed, so that the next walk may begin soon; no PIR, since these people move none.
CONFIG: dict[str, Any] = {
    "version": 1,
    "kerb_a_x_mm": 0,
    "kerb_a_y_mm": 2000,
    "kerb_b_x_mm": 0,
    "kerb_b_y_mm": -2000,
    "crossing_width_mm": 3000,
    "hold_start_ms": 0,
    "hold_min_ms": 3000,
    "winter": "off",
    "pir_enabled": False,
}


def person(x_mm: int, y_mm: int, speed_cm_s: int = 0) -> bytes:
    """A frame with one person."""
    return encode_frame([encode_target(Target(x_mm, y_mm, speed_cm_s)), NO_TARGET, NO_TARGET])


def to_the_kerb(dice: random.Random) -> list[bytes]:
    """Frames of somebody who heads for the kerb at a pace of their own, and is gone before they reach it."""
    pace = dice.randint(*WALK_MM_S)
    start = dice.randint(*START_MM)
    places = (start - round(pace * FRAME_PERIOD_S * step) for step in range(STEPS))
    return [person(ASIDE_MM, y_mm, -pace // 10) for y_mm in places]


def up_and_down() -> list[bytes]:
    """Frames of somebody who walks to the kerb and back: played again and again they keep the lamps lit."""
    there = [person(ASIDE_MM, y_mm, -140) for y_mm in range(3300, 500, -140)]
    back = [person(ASIDE_MM, y_mm, 140) for y_mm in range(570, 3300, 140)]
    return there + back


class Player:
    """Sends ten frames a second while it is open: those of a walk, else an empty street."""

    def __init__(self, board: VirtualBoard) -> None:
        self._uart = board.uart(board.spec.radar.uart)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._waiting: list[bytes] = []
        self._repeated: Sequence[bytes] = ()
        self._sent_us: list[int] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._thread.join()

    def play(self, frames: Sequence[bytes]) -> None:
        """Show these frames from now on; `sent_us` begins anew."""
        with self._lock:
            self._waiting = list(frames)
            self._sent_us = []

    def repeat(self, frames: Sequence[bytes]) -> None:
        """Show these frames over and over."""
        self._repeated = frames
        self.play(frames)

    @property
    def sent_us(self) -> list[int]:
        """When each frame of the walk was sent (us, monotonic), taken just before it was written."""
        with self._lock:
            return list(self._sent_us)

    def _run(self) -> None:
        while not self._closing.wait(FRAME_PERIOD_S):
            with self._lock:
                frame = self._next()
                self._uart.report(frame)

    def _next(self) -> bytes:
        if not self._waiting:
            self._waiting = list(self._repeated)
        if not self._waiting:
            return EMPTY
        self._sent_us.append(now_us())
        return self._waiting.pop(0)
