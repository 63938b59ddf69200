"""A C4001 on a pole: the nearest person, as lines of text, and its command line."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from gangvakt_sim.world.closing import closing_m_s
from gangvakt_sim.world.company import Company
from gangvakt_sim.world.delay import Delay
from gangvakt_sim.world.geometry import Pose, in_fan, polar
from gangvakt_sim.world.radar_module import ModuleFaults
from gangvakt_sim.world.track import Actor

LINE_PERIOD_S = 0.1  # assumed; a line takes 40 ms at 9600 baud
BAUD = 9600
PROMPT = b"DFRobot:/>"
PRESENCE, SPEED = 0, 1
MAX_COMMAND = 64
VERSION = "SoftWare Version:V1.0.1"


@dataclass(frozen=True)
class C4001Traits:
    """How one module behaves. From the maker's papers, and otherwise assumed."""

    near_m: float = 0.6
    far_m: float = 25.0
    half_fan_deg: float = 50.0
    least_m_s: float = 0.1
    most_m_s: float = 10.0
    latency_s: float = 0.15  # assumed
    distance_sigma_m: float = 0.1  # assumed
    speed_sigma_m_s: float = 0.1  # assumed
    dropout: float = 0.05  # assumed, per line
    energy_at_1_m: int = 50_000  # assumed; it falls with the square of the distance
    busy_s: float = 0.05  # assumed: a command that comes sooner after the last is dropped


REAL = C4001Traits()


class C4001Model:
    """One module. The same seed, times, actors and commands give the same bytes.

    `approach_sign` is the sign of the speed of somebody who comes nearer; the maker does not say.
    """

    def __init__(
        self,
        pose: Pose,
        seed: int | str,
        *,
        traits: C4001Traits = REAL,
        approach_sign: int = -1,
        faults: ModuleFaults | None = None,
    ) -> None:
        self.faults = faults or ModuleFaults()
        self.mode = PRESENCE
        self.saved = False
        self._pose, self._traits, self._approach_sign = pose, traits, approach_sign
        self._random = random.Random(f"{seed}/c4001")
        self._delay = Delay(traits.latency_s)
        self._company = Company()
        self._range_m = (traits.near_m, traits.far_m)
        self._running = True
        self._heard = b""
        self._now_s = self._answered_s = float("-inf")

    @property
    def reporting(self) -> bool:
        """Not between sensorStop and sensorStart."""
        return self._running

    @property
    def rate(self) -> int:
        """Bits a second."""
        return BAUD

    def frame(self, t_s: float, actors: Sequence[Actor]) -> bytes:
        """The line sent at `t_s`, none while it is stopped; call it every 0.1 s."""
        self._now_s = t_s
        self._company.note(t_s, actors)
        there = self._delay.push(t_s, actors)
        nearest = min((sight for actor in there if (sight := self._sight(actor)) is not None), default=None)
        if not self._running:
            return b""
        if self.mode == PRESENCE:
            return b"$DFHPD,%d, , , *\r\n" % (nearest is not None)
        return b"$DFDMD,0, , , , , , *\r\n" if nearest is None else self._speed_line(*nearest)

    def constant_until_s(self, t_s: float) -> float:
        """Until when what is sent after that of `t_s` is all like it, provided that nobody comes."""
        return math.inf if self._company.gone_for(t_s, self._traits.latency_s) else t_s

    def receive(self, data: bytes, t_s: float | None = None) -> bytes:
        """Hear what the sign wrote, in any pieces; the answers. With `t_s` it drops what comes too fast."""
        if self.faults.deaf:
            return b""
        self._now_s = self._now_s if t_s is None else t_s
        self._heard = (self._heard + data)[-2 * MAX_COMMAND :]
        answers = b""
        while b"\n" in self._heard:
            line, self._heard = self._heard.split(b"\n", 1)
            answers += self._hear(line.strip(), t_s is not None)
        return answers

    def _hear(self, line: bytes, timed: bool) -> bytes:
        if timed and self._now_s - self._answered_s < self._traits.busy_s:
            return b""
        self._answered_s = self._now_s
        answer = self._answer(line.decode("ascii", "replace").split())
        return line + b"\r\n" + answer + PROMPT if self.faults.passes() else b""

    def _answer(self, words: list[str]) -> bytes:
        if not words or words[0] in self.faults.refused:
            return b"Error\r\n"
        told = self._obey(words[0], words[1:])
        if told is None:
            return b"Error\r\n"
        return (f"Response {told}\r\n".encode() if told else b"") + b"Done\r\n"

    def _obey(self, verb: str, values: list[str]) -> str | None:
        """What a command tells ("" when nothing), or None when it makes no sense now."""
        if verb == "getRange":
            return f"{self._range_m[0]:.3f} {self._range_m[1]:.3f}"
        if verb == "getSWV":
            return VERSION
        if verb in ("sensorStop", "sensorStart"):
            self._running = verb == "sensorStart"
            return ""
        return None if self._running else self._change(verb, values)

    def _change(self, verb: str, values: list[str]) -> str | None:
        """Settings are taken while it is stopped."""
        if verb == "saveConfig":
            self.saved = True
            return ""
        if verb == "setRunApp" and values in (["0"], ["1"]):
            self.mode = int(values[0])
            return ""
        return self._set_range(values) if verb == "setRange" and len(values) == 2 else None

    def _set_range(self, values: list[str]) -> str | None:
        try:
            near, far = float(values[0]), float(values[1])
        except ValueError:
            return None
        if not self._traits.near_m <= near < far <= self._traits.far_m:
            return None
        self._range_m = (near, far)
        return ""

    def _sight(self, actor: Actor) -> tuple[float, float] | None:
        """Distance and closing speed of somebody whom it sees."""
        right, ahead = self._pose.to_sensor((actor.x, actor.y))
        reach = polar(right, ahead)[0]
        lost = self._random.random() < self._traits.dropout
        inside = (
            in_fan(right, ahead, self._range_m[1], self._traits.half_fan_deg) and reach >= self._range_m[0]
        )
        moves = self._traits.least_m_s <= actor.speed_m_s <= self._traits.most_m_s
        if lost or not inside or not (moves or self.mode == PRESENCE):
            return None
        return reach, closing_m_s(self._pose, actor)

    def _speed_line(self, reach: float, closing: float) -> bytes:
        energy = min(self._traits.energy_at_1_m, round(self._traits.energy_at_1_m / max(reach, 1.0) ** 2))
        reach = max(0.0, min(25.0, reach + self._random.gauss(0, self._traits.distance_sigma_m)))
        speed = self._approach_sign * closing + self._random.gauss(0, self._traits.speed_sigma_m_s)
        return b"$DFDMD,1,1,%.3f,%.3f,%d, , *\r\n" % (reach, speed, energy)
