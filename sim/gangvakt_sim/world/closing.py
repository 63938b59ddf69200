"""How fast somebody comes nearer to a sensor."""

from __future__ import annotations

import math

from gangvakt_sim.world.geometry import Pose
from gangvakt_sim.world.track import Actor


def closing_m_s(pose: Pose, actor: Actor) -> float:
    """Speed towards the sensor; 0 for somebody who stands on its very place."""
    heading = math.radians(actor.heading_deg)
    dx, dy = pose.x - actor.x, pose.y - actor.y
    distance = math.hypot(dx, dy)
    return actor.speed_m_s * (math.cos(heading) * dx + math.sin(heading) * dy) / distance if distance else 0.0
