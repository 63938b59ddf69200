"""The table of configuration fields: the one source of bounds, defaults, schema and its hash.

Units and meanings are in `config_texts`, which the sign never loads: they would cost it 7 KB of heap.
"""

from collections import namedtuple

from sign.core.patterns import NAMES

Field = namedtuple("Field", ("name", "kind", "min", "max", "choices", "default"))
TEXT_SIGNS = " .:/_-"  # beside letters and digits, of a text


def _int(name, low, high, default):
    return Field(name, "int", low, high, None, default)


def _choice(name, choices):
    return Field(name, "choice", None, None, choices, choices[0])


def _flag(name, default):
    return Field(name, "bool", None, None, None, default)


def _text(name, longest):
    return Field(name, "text", 0, longest, None, "")


def _place(name):
    return _int(name, -50_000, 50_000, 0)


FIELDS = (
    _int("version", 0, 1_000_000_000, 0),
    _choice("mode", ("active", "shadow")),
    _choice("pattern", NAMES),
    _text("user_pattern", 200),
    _text("approval_number", 40),
    _text("approval_pattern", 200),
    _int("approval_dim_max_pct", 5, 100, 100),
    _int("dim_pct", 5, 100, 100),
    _int("night_dim_pct", 5, 100, 40),
    _int("night_from_h", 0, 23, 0),
    _int("night_to_h", 0, 23, 0),
    _flag("light_enabled", False),
    _flag("thermometer_enabled", False),
    _int("light_dark_mv", 0, 2_400, 150),
    _int("light_day_mv", 50, 2_450, 1_200),
    _int("lamp_current_mv", 0, 2_400, 0),
    _int("lamp_low_pct", 10, 95, 70),
    _int("lamp_high_pct", 105, 300, 140),
    _int("supply_low_mv", 0, 60_000, 0),
    _int("supply_high_mv", 0, 60_000, 0),
    _int("supply_hysteresis_mv", 50, 5_000, 300),
    _choice("power_profile", ("mains", "lighting", "lighting_battery", "solar")),
    _int("battery_saving_mv", 0, 60_000, 12_200),
    _int("battery_low_mv", 0, 60_000, 11_800),
    _int("battery_last_mv", 0, 60_000, 11_200),
    _int("saving_dim_pct", 5, 100, 40),
    _int("telemetry_s", 10, 3_600, 10),
    _int("saving_telemetry_s", 10, 86_400, 300),
    _int("low_online_min", 1, 60, 5),
    _flag("radar_setup", True),
    _choice("radar_kind", ("ld2450", "c4001", "ld2410")),
    _place("sensor_x_mm"),
    _place("sensor_y_mm"),
    _int("sensor_azimuth_cdeg", -36_000, 36_000, 0),
    _choice("second_kind", ("none", "ld2450", "c4001", "ld2410", "ld2451")),
    _place("second_x_mm"),
    _place("second_y_mm"),
    _int("second_azimuth_cdeg", -36_000, 36_000, 0),
    _place("kerb_a_x_mm"),
    _place("kerb_a_y_mm"),
    _place("kerb_b_x_mm"),
    _place("kerb_b_y_mm"),
    _int("crossing_width_mm", 2_000, 30_000, 7_000),
    _int("approach_depth_mm", 500, 12_000, 3_500),
    _int("lead_ms", 500, 10_000, 4_000),
    _int("cyclist_lead_ms", 500, 10_000, 5_000),
    _int("approach_score", -300, 300, 0),
    _int("side_margin_mm", 0, 3_000, 100),
    _int("road_margin_mm", 0, 2_000, 20),
    _int("closing_min_mm_s", 100, 2_000, 350),
    _int("heading_max_pct", 20, 1_000, 80),
    _int("confirm_frames", 1, 20, 2),
    _int("wait_zone_mm", 200, 3_000, 1_200),
    _int("wait_speed_mm_s", 50, 1_000, 400),
    _int("wait_ms", 0, 10_000, 200),
    _int("wait_memory_ms", 0, 60_000, 15_000),
    _int("wait_cap_ms", 0, 600_000, 60_000),
    _int("range_near_mm", 300, 6_000, 1_500),
    _int("range_closing_mm_s", 200, 3_000, 600),
    _int("walk_speed_mm_s", 500, 2_000, 1_070),
    _int("hold_start_ms", 0, 10_000, 2_000),
    _int("hold_min_ms", 3_000, 30_000, 5_000),
    _int("hold_max_ms", 5_000, 60_000, 30_000),
    _int("stuck_cap_ms", 60_000, 3_600_000, 300_000),
    _int("flutter_ms", 0, 3_000, 500),
    _choice("winter", ("auto", "on", "off")),
    _int("winter_below_c", -20, 15, 3),
    _int("winter_first_month", 1, 12, 10),
    _int("winter_last_month", 1, 12, 4),
    _int("winter_lead_ms", 500, 10_000, 6_000),
    _int("winter_hold_ms", 0, 30_000, 3_000),
    _flag("vehicle_gate", False),
    _int("vehicle_hold_ms", 1_000, 30_000, 5_000),
    _int("vehicle_trust_min", 5, 1_440, 60),
    _choice("fail_mode", ("dark", "steady", "flash")),
    _flag("pir_enabled", True),
    _flag("button_enabled", True),
    _int("radar_silent_ms", 500, 60_000, 2_000),
    _int("stuck_on_min", 2, 240, 30),
    _int("stuck_off_min", 5, 240, 60),
    _int("flutter_per_min", 6, 300, 60),
    _int("button_stuck_min", 1, 240, 2),
    _int("force_max_s", 10, 3_600, 600),
    _int("mute_max_min", 1, 240, 60),
    _text("ntp_servers", 100),
    _flag("pole_sync", False),
    _int("pole_channel", 1, 13, 1),
    _choice("recorder", ("auto", "on", "off")),
)
