"""One person or vehicle as the radar sees it: noise, drop-outs, and getting lost when standing still."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from gangvakt_sim.world.geometry import polar
from gangvakt_sim.world.ld2450 import FRAME_PERIOD_S
from gangvakt_sim.world.losses import Ld2450Losses


@dataclass(frozen=True)
class Sight:
    """A true place in the sensor's frame (m, to the right and ahead) and the true range rate (m/s)."""

    right: float
    ahead: float
    range_rate_m_s: float

    @property
    def range_m(self) -> float:
        """Distance from the sensor."""
        return math.hypot(self.right, self.ahead)


class Echo:
    """The memory of one target; a random stream of its own keeps it independent of who else is there."""

    def __init__(self, losses: Ld2450Losses, seed: str) -> None:
        self._losses = losses
        self._random = random.Random(seed)
        self._range_error_m = self._random.gauss(0, losses.radial_sigma_mm / 1000)
        self._angle_error_deg = self._random.gauss(0, losses.angle_sigma_deg)
        self._burst_left = 0
        self._still_s = 0.0
        self._patience_s = self._random.uniform(*losses.still_lost_s)

    def step(self, sight: Sight, speed_m_s: float) -> bool:
        """One frame on; whether the target gives an echo in it."""
        self._drift()
        fades = self._fades(sight)
        return not self._stands_too_long(speed_m_s) and not fades

    def measured(self, sight: Sight) -> tuple[float, float]:
        """Where the radar puts it: metres to the right and ahead, with this frame's errors."""
        reach, angle_deg = polar(sight.right, sight.ahead)
        reach = max(0.0, reach + self._range_error_m)
        angle = math.radians(angle_deg + self._angle_error_deg)
        return reach * math.sin(angle), reach * math.cos(angle)

    def _drift(self) -> None:
        """First-order autoregression that keeps the standard deviation of the errors."""
        keep = self._losses.noise_correlation
        fresh = math.sqrt(1 - keep * keep)
        range_sigma_m = self._losses.radial_sigma_mm / 1000
        self._range_error_m = keep * self._range_error_m + fresh * self._random.gauss(0, range_sigma_m)
        self._angle_error_deg = keep * self._angle_error_deg + fresh * self._random.gauss(
            0, self._losses.angle_sigma_deg
        )

    def _fades(self, sight: Sight) -> bool:
        edge = self._random.random() < self._losses.edge_loss and self._near_edge(sight)
        if self._burst_left:
            self._burst_left -= 1
            return True
        if self._random.random() < self._losses.dropout:
            self._burst_left = self._burst_frames() - 1
            return True
        return edge

    def _near_edge(self, sight: Sight) -> bool:
        reach, angle_deg = polar(sight.right, sight.ahead)
        return reach > self._losses.edge_range_m or abs(angle_deg) > self._losses.edge_angle_deg

    def _burst_frames(self) -> int:
        """Geometric, at least 1."""
        go_on = 1 - 1 / self._losses.dropout_frames
        frames = 1
        while self._random.random() < go_on:
            frames += 1
        return frames

    def _stands_too_long(self, speed_m_s: float) -> bool:
        if speed_m_s * 1000 >= self._losses.still_speed_mm_s:
            if self._still_s:
                self._patience_s = self._random.uniform(*self._losses.still_lost_s)
            self._still_s = 0.0
            return False
        self._still_s += FRAME_PERIOD_S
        return self._still_s > self._patience_s
