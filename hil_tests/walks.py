"""People before a radar that looks back over the pavement, and the crossing it stands at.

The radar stands at the kerb and looks along the site's x axis; the roadway lies behind it. So y of a frame is
the distance to the kerb, and walking towards the road is y growing smaller.
"""

import threading
from collections.abc import Callable

from gangvakt_sim.world.ld2450 import NO_TARGET, Target, encode_frame, encode_target

FRAME_S = 0.1
WALK_MM_S = 1400
FAR_MM = 5500
ASIDE_MM = 300

CONFIG = {
    "version": 7,
    "sensor_x_mm": 0,
    "sensor_y_mm": 0,
    "sensor_azimuth_cdeg": 0,
    "kerb_a_x_mm": 0,
    "kerb_a_y_mm": 2000,
    "kerb_b_x_mm": 0,
    "kerb_b_y_mm": -2000,
    "crossing_width_mm": 3000,
    "hold_start_ms": 0,
    "hold_min_ms": 3000,
}

EMPTY = encode_frame([NO_TARGET] * 3)


def person(x_mm: int, y_mm: int, speed_cm_s: int = 0) -> bytes:
    """A frame with one person."""
    return encode_frame([encode_target(Target(x_mm, y_mm, speed_cm_s)), NO_TARGET, NO_TARGET])


def to_the_kerb() -> list[bytes]:
    """Frames of somebody who walks straight to the kerb and is out of sight there."""
    step_mm = int(WALK_MM_S * FRAME_S)
    return [person(ASIDE_MM, y_mm, -WALK_MM_S // 10) for y_mm in range(FAR_MM, 300, -step_mm)]


def towards_the_axis() -> list[bytes]:
    """Frames of somebody who nears the line straight before the radar, as a sign without geometry expects."""
    step_mm = int(WALK_MM_S * FRAME_S)
    return [person(x_mm, 2500, 0) for x_mm in range(3000, 0, -step_mm)]


def away_from_the_kerb() -> list[bytes]:
    """Frames of somebody who leaves the road behind."""
    return to_the_kerb()[::-1]


class Radar:
    """Sends ten frames a second for as long as it is open: those of a walk, else an empty street."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._frames: list[bytes] = []
        self._closing = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Radar":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def play(self, frames: list[bytes]) -> None:
        """Show these frames, one each 100 ms, from now on."""
        self._idle.clear()
        self._frames = list(frames)

    def finish(self, timeout_s: float = 30) -> None:
        """Wait until what is being played has been seen."""
        assert self._idle.wait(timeout_s)

    def _run(self) -> None:
        while not self._closing.wait(FRAME_S):
            if self._frames:
                self._send(self._frames.pop(0))
            else:
                self._idle.set()
                self._send(EMPTY)
