"""From a radar's plane to the plane of the crossing: `s` across the kerb line (positive on the roadway), `q`
along it from its first end.
"""

import math

from sign.compat import const

ONE = const(16_384)
# Without a kerb line: the crossing is taken to lie along the radar's axis, as deep as the radar sees.
_UNKNOWN_LENGTH_MM = const(6_000)


class Geometry:
    """Fixed-point transform of each radar, computed once (the only floats of the detection).

    `places[port]` is (sx, sy, s0, qx, qy, q0): s = ((sx * x + sy * y) >> 14) + s0 in mm, q likewise; (s0, q0)
    is the radar's own place. Without a kerb line (`folded`) the first radar's own axis is the line and both
    sides lie before it: any target that nears the axis counts, and nothing is ever on the roadway.
    """

    def __init__(self, config):
        self.folded = not config.geometry_known
        poses = (
            (config.sensor_x_mm, config.sensor_y_mm, config.sensor_azimuth_cdeg),
            (config.second_x_mm, config.second_y_mm, config.second_azimuth_cdeg),
        )
        if self.folded:
            self._kerb_along(poses[0])
            self.length_mm = _UNKNOWN_LENGTH_MM
        else:
            self._kerb_of(config)
        self.places = tuple([self._placed(pose) for pose in poses])

    def _kerb_of(self, config):
        self._ax, self._ay = config.kerb_a_x_mm, config.kerb_a_y_mm
        x, y = config.kerb_b_x_mm - self._ax, config.kerb_b_y_mm - self._ay
        length = math.sqrt(x * x + y * y)
        self._kx, self._ky = x / length, y / length
        self.length_mm = round(length)

    def _kerb_along(self, pose):
        self._ax, self._ay, azimuth_cdeg = pose
        azimuth = math.radians(azimuth_cdeg / 100)
        self._kx, self._ky = math.cos(azimuth), math.sin(azimuth)

    def _placed(self, pose):
        x_mm, y_mm, azimuth_cdeg = pose
        azimuth = math.radians(azimuth_cdeg / 100)
        look_x, look_y = math.cos(azimuth), math.sin(azimuth)
        kx, ky = self._kx, self._ky
        from_a_x, from_a_y = x_mm - self._ax, y_mm - self._ay
        # Radar x is right of the look direction: (look_y, -look_x); so is the roadway of the kerb line.
        return (
            round(ONE * (ky * look_y + kx * look_x)),
            round(ONE * (ky * look_x - kx * look_y)),
            round(ky * from_a_x - kx * from_a_y),
            round(ONE * (kx * look_y - ky * look_x)),
            round(ONE * (kx * look_x + ky * look_y)),
            round(kx * from_a_x + ky * from_a_y),
        )
