"""The configuration in force, without the table that it was checked against."""


class Config:
    """One attribute per field of the table, and `geometry_known`: whether a kerb line was given."""

    def __init__(self, fields):
        for field in fields:
            setattr(self, field.name, field.default)
        self.geometry_known = False

    def hold_ms(self, winter=False):
        """How long a warning lasts after the last detection."""
        hold_ms = self.hold_start_ms + self.crossing_width_mm * 1000 // self.walk_speed_mm_s
        hold_ms += self.winter_hold_ms if winter else 0
        return max(self.hold_min_ms, min(self.hold_max_ms, hold_ms))
