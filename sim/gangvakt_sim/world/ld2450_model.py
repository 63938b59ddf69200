"""A LD2450 on a pole: the street in, its frames out, with the losses of a real module.

Places are taken in the plane: the pole's height is left out, as it is in the sign. Somebody is seen at one
point, a vehicle at its middle.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gangvakt_sim.world.company import Company
from gangvakt_sim.world.delay import Delay
from gangvakt_sim.world.echo import Echo, Sight
from gangvakt_sim.world.geometry import Pose, in_fan
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S, Target, encode_frame, encode_target
from gangvakt_sim.world.losses import Ld2450Losses
from gangvakt_sim.world.scene import RadarFan
from gangvakt_sim.world.slots import Slots
from gangvakt_sim.world.track import Actor

GHOST_SPEED_M_S = 1.5  # a mirrored walker moves like one
FULL_FAN = RadarFan()


@dataclass
class _Ghost:
    key: str
    sight: Sight
    velocity: tuple[float, float]
    frames_left: int


class Ld2450Model:
    """One module. The same seed, times and actors give the same bytes.

    `approach_sign` is the sign of the speed of somebody who comes nearer: modules and drivers disagree on it.
    """

    def __init__(
        self,
        pose: Pose,
        losses: Ld2450Losses,
        seed: int | str,
        *,
        fan: RadarFan = FULL_FAN,
        approach_sign: int = -1,
    ) -> None:
        self._pose, self._losses, self._fan, self._seed = pose, losses, fan, str(seed)
        self._approach_sign = approach_sign
        self._delay = Delay(losses.latency_ms / 1000)
        self._random = random.Random(f"{seed}/radar")
        self._slots = Slots(losses, random.Random(f"{seed}/slots"))
        self._echoes: dict[str, Echo] = {}
        self._ghosts: list[_Ghost] = []
        self._ghost_count = 0
        self._next_ghost_s = self._ghost_gap_s()
        self._company = Company()

    def frame(self, t_s: float, actors: Sequence[Actor]) -> bytes:
        """The 30 bytes sent at `t_s`, for those who are there at `t_s`; call it every 0.1 s."""
        self._company.note(t_s, actors)
        seen = self._sights(self._delay.push(t_s, actors))
        targets = {**self._merged(seen), **self._haunt(t_s)}
        return encode_frame(self._slots.step(targets))

    def constant_until_s(self, t_s: float) -> float:
        """Until when the frames after that of `t_s` are all like it, provided that nobody comes."""
        settled = self._slots.settled and not self._ghosts
        long_alone = settled and self._company.gone_for(t_s, self._losses.latency_ms / 1000)
        return self._next_ghost_s if long_alone else t_s

    def _sights(self, actors: Sequence[Actor]) -> list[tuple[str, Sight]]:
        """Who gives an echo in this frame, nearest first."""
        seen = []
        self._echoes = {actor.id: self._echo_of(actor.id) for actor in actors}
        for actor in actors:
            sight = self._sight(actor)
            inside = in_fan(sight.right, sight.ahead, self._fan.range_m, self._fan.half_fan_deg)
            echoes = self._echoes[actor.id].step(sight, actor.speed_m_s)
            if inside and echoes:
                seen.append((actor.id, sight))
        return sorted(seen, key=lambda entry: (entry[1].range_m, entry[0]))

    def _echo_of(self, actor_id: str) -> Echo:
        return self._echoes.get(actor_id) or Echo(self._losses, f"{self._seed}/{actor_id}")

    def _sight(self, actor: Actor) -> Sight:
        right, ahead = self._pose.to_sensor((actor.x, actor.y))
        towards = math.radians(actor.heading_deg)
        dx, dy = actor.x - self._pose.x, actor.y - self._pose.y
        distance = math.hypot(dx, dy)
        outwards = (math.cos(towards) * dx + math.sin(towards) * dy) / distance if distance else 0.0
        return Sight(right, ahead, outwards * actor.speed_m_s)

    def _merged(self, seen: list[tuple[str, Sight]]) -> dict[str, bytes]:
        """Targets by the id of the nearest of those who appear as one, at the middle of all of them."""
        groups: list[list[tuple[str, Sight]]] = []
        for entry in seen:
            for group in groups:
                if self._close(group[0][1], entry[1]):
                    group.append(entry)
                    break
            else:
                groups.append([entry])
        return {group[0][0]: self._target(group) for group in groups}

    def _close(self, a: Sight, b: Sight) -> bool:
        return math.hypot(a.right - b.right, a.ahead - b.ahead) * 1000 < self._losses.merge_distance_mm

    def _target(self, group: list[tuple[str, Sight]]) -> bytes:
        sight = _middle([sight for _, sight in group])
        right, ahead = self._echoes[group[0][0]].measured(sight)
        return self._encoded(right, ahead, sight.range_rate_m_s)

    def _encoded(self, right: float, ahead: float, range_rate_m_s: float) -> bytes:
        speed_cm_s = round(-self._approach_sign * range_rate_m_s * 100)
        return encode_target(Target(round(right * 1000), round(ahead * 1000), speed_cm_s))

    def _haunt(self, t_s: float) -> dict[str, bytes]:
        """Ghosts of this frame."""
        while t_s >= self._next_ghost_s:
            self._ghosts.append(self._new_ghost())
            self._next_ghost_s += self._ghost_gap_s()
        targets = {ghost.key: self._ghost_target(ghost) for ghost in self._ghosts}
        for ghost in self._ghosts:
            vx, vy = ghost.velocity
            right, ahead = ghost.sight.right + vx * FRAME_PERIOD_S, ghost.sight.ahead + vy * FRAME_PERIOD_S
            ghost.sight = replace(ghost.sight, right=right, ahead=ahead)
            ghost.frames_left -= 1
        self._ghosts = [ghost for ghost in self._ghosts if ghost.frames_left > 0]
        return targets

    def _ghost_target(self, ghost: _Ghost) -> bytes:
        return self._encoded(ghost.sight.right, ghost.sight.ahead, ghost.sight.range_rate_m_s)

    def _ghost_gap_s(self) -> float:
        per_s = self._losses.ghosts_per_min / 60
        return self._random.expovariate(per_s) if per_s else math.inf

    def _new_ghost(self) -> _Ghost:
        reach = self._fan.range_m * math.sqrt(self._random.random())  # even over the fan's area
        angle = math.radians(self._random.uniform(-self._fan.half_fan_deg, self._fan.half_fan_deg))
        speed, course = self._random.uniform(0, GHOST_SPEED_M_S), self._random.uniform(0, math.tau)
        velocity = speed * math.sin(course), speed * math.cos(course)
        sight = Sight(reach * math.sin(angle), reach * math.cos(angle), speed * math.cos(course - angle))
        self._ghost_count += 1
        frames = self._random.randint(*self._losses.ghost_frames)
        return _Ghost(f"ghost {self._ghost_count}", sight, velocity, frames)


def _middle(sights: list[Sight]) -> Sight:
    count = len(sights)
    right, ahead = sum(s.right for s in sights) / count, sum(s.ahead for s in sights) / count
    return Sight(right, ahead, sights[0].range_rate_m_s)
