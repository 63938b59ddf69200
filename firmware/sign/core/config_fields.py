"""The table of configuration fields: the one source of bounds, defaults, schema and its hash."""

from collections import namedtuple

from sign.core.patterns import APPROVED

Field = namedtuple("Field", ("name", "unit", "kind", "min", "max", "choices", "default", "meaning"))


def _int(name, unit, low, high, default, meaning):
    return Field(name, unit, "int", low, high, None, default, meaning)


def _choice(name, choices, meaning):
    return Field(name, "", "choice", None, None, choices, choices[0], meaning)


def _flag(name, default, meaning):
    return Field(name, "", "bool", None, None, None, default, meaning)


def _place(name, meaning):
    return _int(name, "mm", -50_000, 50_000, 0, meaning)


FIELDS = (
    _int("version", "", 0, 1_000_000_000, 0, "number of this configuration, counted by the controller"),
    _choice("mode", ("active", "shadow"), "shadow decides and logs with dark lamps"),
    _choice("pattern", APPROVED, "flash pattern of both lamps"),
    _int("dim_pct", "%", 5, 100, 100, "brightness of the lamps"),
    _place("sensor_x_mm", "radar's place in the site's plane"),
    _place("sensor_y_mm", "radar's place in the site's plane"),
    _int("sensor_azimuth_cdeg", "0.01 deg", -36_000, 36_000, 0, "look direction, counter-clockwise from x"),
    _place("kerb_a_x_mm", "start of the kerb line; the roadway is on its right"),
    _place("kerb_a_y_mm", "start of the kerb line; the roadway is on its right"),
    _place("kerb_b_x_mm", "end of the kerb line; all four at 0: geometry unknown"),
    _place("kerb_b_y_mm", "end of the kerb line; all four at 0: geometry unknown"),
    _int("crossing_width_mm", "mm", 2_000, 30_000, 7_000, "length to walk over the roadway"),
    _int("approach_depth_mm", "mm", 500, 12_000, 3_500, "zone before the kerb in which an approach counts"),
    _int("lead_ms", "ms", 500, 10_000, 4_000, "an approach fires when the kerb is no further away"),
    _int("side_margin_mm", "mm", 0, 3_000, 300, "how far beside the crossing the kerb may be met"),
    _int("closing_min_mm_s", "mm/s", 100, 2_000, 350, "slowest speed towards the kerb of an approach"),
    _int("heading_max_pct", "%", 20, 1_000, 80, "speed along the kerb allowed, of the speed towards it"),
    _int("confirm_frames", "frames", 1, 20, 2, "radar frames an approach, or being on the road, must last"),
    _int("wait_zone_mm", "mm", 200, 3_000, 1_500, "zone before the kerb in which standing is waiting"),
    _int("wait_speed_mm_s", "mm/s", 50, 1_000, 400, "slower than this is standing"),
    _int("wait_ms", "ms", 0, 10_000, 200, "standing this long is waiting"),
    _int("wait_memory_ms", "ms", 0, 60_000, 15_000, "a waiting person lost by the radar counts this long"),
    _int("walk_speed_mm_s", "mm/s", 500, 2_000, 1_070, "walking speed for the hold"),
    _int("hold_start_ms", "ms", 0, 10_000, 2_000, "time allowed for starting to walk"),
    _int("hold_min_ms", "ms", 3_000, 30_000, 5_000, "shortest hold after the last detection"),
    _int("hold_max_ms", "ms", 5_000, 60_000, 30_000, "longest hold after the last detection"),
    _int("stuck_cap_ms", "ms", 60_000, 3_600_000, 300_000, "longest activation; then dark with a fault"),
    _flag("pir_enabled", True, "PIR decides alone while the radar is silent"),
    _flag("button_enabled", True, "the push button asks for a warning"),
    _int("radar_silent_ms", "ms", 500, 60_000, 2_000, "no frame for so long is a fault"),
    _int("pir_stuck_ms", "ms", 30_000, 86_400_000, 600_000, "PIR high for so long is a fault"),
)
