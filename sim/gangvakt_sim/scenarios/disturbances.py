"""Radars that are disturbed or broken: another one in front of a model of a sound one."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from gangvakt_sim.offline.render import Radar
from gangvakt_sim.world.ld2450 import FRAME_BYTES, NO_TARGET, Target, encode_frame, encode_target
from gangvakt_sim.world.track import Actor

EPISODE_GAP_S = 120.0  # two oscillators drift past one another so often
EPISODE_S = (0.5, 3.0)
FALSE_SHARE, LOST_SHARE = 0.5, 0.3  # of an episode's frames
REACH_MM, HALF_FAN_DEG, FASTEST_CM_S = 6000, 60, 300


class TwoRadars:
    """Another radar across the road: for seconds at a time, frames with false targets or without any."""

    def __init__(self, radar: Radar, seed: str) -> None:
        self._radar, self._random = radar, random.Random(f"{seed}/two radars")
        self._from_s = self._random.expovariate(1 / EPISODE_GAP_S)
        self._to_s = self._from_s + self._random.uniform(*EPISODE_S)

    def frame(self, t_s: float, actors: Sequence[Actor]) -> bytes:
        """What arrives at a time."""
        own = self._radar.frame(t_s, actors)
        if t_s >= self._to_s:
            self._from_s = t_s + self._random.expovariate(1 / EPISODE_GAP_S)
            self._to_s = self._from_s + self._random.uniform(*EPISODE_S)
        return self._disturbed(own) if t_s >= self._from_s else own

    def constant_until_s(self, t_s: float) -> float:
        """As of the sound one, up to the next episode; an episode never is constant."""
        return t_s if t_s >= self._from_s else min(self._from_s, self._radar.constant_until_s(t_s))

    def _disturbed(self, own: bytes) -> bytes:
        draw = self._random.random()
        if draw < FALSE_SHARE:
            false = [self._false_target() for _ in range(self._random.randint(1, 3))]
            return encode_frame([*false, *[NO_TARGET] * (3 - len(false))])
        return encode_frame([NO_TARGET] * 3) if draw < FALSE_SHARE + LOST_SHARE else own

    def _false_target(self) -> bytes:
        reach = self._random.uniform(300, REACH_MM)
        angle = math.radians(self._random.uniform(-HALF_FAN_DEG, HALF_FAN_DEG))
        speed = self._random.randint(-FASTEST_CM_S, FASTEST_CM_S)
        return encode_target(Target(round(reach * math.sin(angle)), round(reach * math.cos(angle)), speed))


class SilentRadar:
    """Sends nothing."""

    def __init__(self, radar: Radar, seed: str) -> None:
        pass

    def frame(self, t_s: float, actors: Sequence[Actor]) -> bytes:
        """Nothing."""
        return b""

    def constant_until_s(self, t_s: float) -> float:
        """Nothing is never skipped: the sign is not at rest with a silent radar."""
        return t_s


class GarbageRadar:
    """Sends random bytes at the usual rate, some of which look like the beginning of a frame."""

    def __init__(self, radar: Radar, seed: str) -> None:
        self._random = random.Random(f"{seed}/garbage")

    def frame(self, t_s: float, actors: Sequence[Actor]) -> bytes:
        """As many bytes as a frame has, from the middle of a false one."""
        head = self._random.randint(0, FRAME_BYTES - 4)
        data = bytearray(self._random.randbytes(FRAME_BYTES))
        data[head : head + 4] = b"\xaa\xff\x03\x00"
        return bytes(data)

    def constant_until_s(self, t_s: float) -> float:
        """Never constant."""
        return t_s


class StuckRadar:
    """Repeats one frame with one target for ever, well formed and wrong."""

    def __init__(self, radar: Radar, seed: str) -> None:
        rng = random.Random(f"{seed}/stuck")
        target = encode_target(Target(rng.randint(-2000, 2000), rng.randint(1500, 5000), 0))
        self._frame = encode_frame([target, NO_TARGET, NO_TARGET])

    def frame(self, t_s: float, actors: Sequence[Actor]) -> bytes:
        """The same as ever."""
        return self._frame

    def constant_until_s(self, t_s: float) -> float:
        """For ever."""
        return math.inf
