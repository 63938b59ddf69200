"""From the radar's plane to the kerb: `s` across its line (positive on the roadway), `q` along it from a."""

import math

from sign.compat import const

_SHIFT = const(14)
_ONE = const(16_384)
# With |x|, |y| up to this, both products and their sum stay small ints on the chip.
REACH_MM = const(12_000)
# Without a kerb line: the crossing is taken to lie along the radar's axis, as deep as the radar sees.
_UNKNOWN_LENGTH_MM = const(6_000)


class Geometry:
    """Fixed-point transform, computed once at boot (the only floats of the detection).

    Without a kerb line (`folded`) the radar's own axis is the line and both sides lie before it: any target
    that nears the axis counts, and nothing is ever on the roadway.
    """

    def __init__(self, config):
        self.folded = not config.geometry_known
        if self.folded:
            self._sx, self._sy, self._s0 = _ONE, 0, 0
            self._qx, self._qy, self._q0 = 0, _ONE, 0
            self.length_mm = _UNKNOWN_LENGTH_MM
        else:
            self._from_pose(config)

    def _from_pose(self, config):
        azimuth = math.radians(config.sensor_azimuth_cdeg / 100)
        look_x, look_y = math.cos(azimuth), math.sin(azimuth)
        kerb_x = config.kerb_b_x_mm - config.kerb_a_x_mm
        kerb_y = config.kerb_b_y_mm - config.kerb_a_y_mm
        length = math.sqrt(kerb_x * kerb_x + kerb_y * kerb_y)
        kerb_x, kerb_y = kerb_x / length, kerb_y / length
        from_a_x = config.sensor_x_mm - config.kerb_a_x_mm
        from_a_y = config.sensor_y_mm - config.kerb_a_y_mm
        # Radar x is right of the look direction: (look_y, -look_x); so is the roadway of the kerb line.
        self._sx = round(_ONE * (kerb_y * look_y + kerb_x * look_x))
        self._sy = round(_ONE * (kerb_y * look_x - kerb_x * look_y))
        self._s0 = round(kerb_y * from_a_x - kerb_x * from_a_y)
        self._qx = round(_ONE * (kerb_x * look_y - kerb_y * look_x))
        self._qy = round(_ONE * (kerb_x * look_x + kerb_y * look_y))
        self._q0 = round(kerb_x * from_a_x + kerb_y * from_a_y)
        self.length_mm = round(length)

    def s_mm(self, x_mm, y_mm):
        """Signed distance to the kerb line, before folding."""
        return ((self._sx * x_mm + self._sy * y_mm) >> _SHIFT) + self._s0

    def q_mm(self, x_mm, y_mm):
        """Place along the kerb line."""
        return ((self._qx * x_mm + self._qy * y_mm) >> _SHIFT) + self._q0

    def s_speed(self, vx_mm_s, vy_mm_s):
        """Speed across the kerb line, before folding."""
        return (self._sx * vx_mm_s + self._sy * vy_mm_s) >> _SHIFT

    def q_speed(self, vx_mm_s, vy_mm_s):
        """Speed along the kerb line."""
        return (self._qx * vx_mm_s + self._qy * vy_mm_s) >> _SHIFT
