import json

from sign.core import config as configuration
from sign.core.config_fields import FIELDS

KERB = {"kerb_a_x_mm": 170, "kerb_a_y_mm": 880, "kerb_b_x_mm": -2730, "kerb_b_y_mm": 3780}


def loaded(**values):
    return configuration.load(values)


def test_an_empty_object_gives_the_defaults_without_complaint():
    config, errors = loaded()
    assert errors == []
    assert configuration.as_dict(config) == {f.name: f.default for f in FIELDS}
    assert config.mode == "active"
    assert config.pattern == "alternating"


def test_only_what_differs_from_the_defaults_is_reported():
    config, _ = loaded(mode="shadow", dim_pct=100, lead_ms=3000, pir_enabled=False)
    assert configuration.changed(config) == {"mode": "shadow", "lead_ms": 3000, "pir_enabled": False}


def test_every_default_is_within_its_own_bounds():
    config, errors = configuration.load({f.name: f.default for f in FIELDS})
    assert errors == []
    assert not config.geometry_known


def test_good_values_are_taken():
    config, errors = loaded(mode="shadow", dim_pct=40, pir_enabled=False)
    assert errors == []
    assert (config.mode, config.dim_pct, config.pir_enabled) == ("shadow", 40, False)


def test_a_bad_field_falls_back_alone_and_is_named():
    config, errors = loaded(hold_min_ms=-3, dim_pct=40)
    assert errors == [("hold_min_ms", "-3", "3000..30000")]
    assert config.hold_min_ms == 5000
    assert config.dim_pct == 40


def test_the_wrong_kind_is_refused():
    for value in (True, 40.0, "40", None, [40], {}, 1 << 70):
        config, errors = loaded(dim_pct=value)
        assert [e[0] for e in errors] == ["dim_pct"]
        assert config.dim_pct == 100
    for value in (1, "true", None):
        assert [e[0] for e in loaded(pir_enabled=value)[1]] == ["pir_enabled"]


LOCKED = "alternating, steady; what approval_pattern and approval_number name"
STEPS = "400:1:0 400:0:1"


def test_a_pattern_that_is_not_approved_is_locked():
    for approval in (
        {},
        {"approval_pattern": "ww-s"},
        {"approval_number": "24/0123-4"},
        {"approval_number": "24/0123-4", "approval_pattern": "beacon"},
    ):
        config, errors = loaded(pattern="ww-s", **approval)
        assert errors == [("pattern", "ww-s", LOCKED)], approval
        assert config.pattern == "alternating"


def test_an_approval_unlocks_the_pattern_that_it_names():
    for name in ("ww-s", "beacon"):
        config, errors = loaded(pattern=name, approval_pattern=name, approval_number="24/0123-4")
        assert (config.pattern, errors) == (name, [])


def test_a_user_s_pattern_is_approved_by_its_very_steps():
    approval = {"approval_pattern": STEPS, "approval_number": "24/0123-4"}
    config, errors = loaded(pattern="user", user_pattern=STEPS, **approval)
    assert (config.pattern, errors) == ("user", [])
    errors = loaded(pattern="user", user_pattern="300:1:0 300:0:1", **approval)[1]
    assert errors == [("pattern", "user", LOCKED)]


def test_a_user_s_pattern_that_must_not_be_shown_is_refused_even_when_approved():
    rapid = "50:1:1 50:0:0"
    config, errors = loaded(
        pattern="user", user_pattern=rapid, approval_pattern=rapid, approval_number="24/0123-4"
    )
    assert errors == [("user_pattern", rapid, "flashes_per_s up to 5, or 30 and more")]
    assert (config.pattern, config.user_pattern) == ("alternating", "")


def test_brightness_beyond_the_approval_is_cut():
    config, errors = loaded(dim_pct=90, approval_dim_max_pct=60)
    assert errors == [("dim_pct", "90", "..60 approved")]
    assert config.dim_pct == 60
    config, errors = loaded(approval_dim_max_pct=60)
    assert (config.dim_pct, errors) == (60, [])


def test_a_text_has_a_length_and_plain_signs():
    for value in ("x" * 41, "24/01%", "æ", "a\nb", 7, None, ["a"]):
        config, errors = loaded(approval_number=value)
        assert errors[0][0] == "approval_number", value
        assert config.approval_number == ""
    assert loaded(approval_number="24/0123-4 A.b:_")[1] == []


def test_limits_of_one_thing_must_be_in_order():
    config, errors = loaded(
        light_dark_mv=1000, light_day_mv=1000, supply_low_mv=15_000, supply_high_mv=12_000
    )
    assert [error[0] for error in errors] == ["light_dark_mv", "supply_low_mv"]
    assert (config.light_dark_mv, config.supply_low_mv, config.supply_high_mv) == (150, 0, 0)
    assert loaded(supply_low_mv=11_000)[1] == []


def test_an_unknown_field_is_named():
    assert loaded(colour="red")[1] == [("colour", "red", "no such field")]


def test_a_long_refused_value_is_cut():
    assert len(loaded(dim_pct="x" * 1000)[1][0][1]) == 40


def test_files_that_cannot_be_used_give_defaults_and_one_error():
    cases = {
        b"": ("config", "absent", "a JSON object"),
        b"{": ("config", "not JSON", "a JSON object"),
        b"[1]": ("config", "list", "a JSON object"),
        b" " * 8193: ("config", "8193 bytes", "..8192 bytes"),
    }
    for data, error in cases.items():
        config, errors = configuration.load_bytes(data)
        assert errors == [error]
        assert configuration.as_dict(config) == configuration.as_dict(loaded()[0])
    assert configuration.load_bytes(None)[1] == [cases[b""]]


def test_a_file_is_read():
    config, errors = configuration.load_bytes(json.dumps({"lead_ms": 3000}).encode())
    assert (config.lead_ms, errors) == (3000, [])


def test_a_kerb_line_makes_the_geometry_known():
    config, errors = configuration.load(KERB)
    assert errors == []
    assert config.geometry_known


def test_a_kerb_line_without_length_is_refused():
    config, errors = loaded(kerb_a_x_mm=1000, kerb_b_x_mm=1499)
    assert errors == [("kerb_b_x_mm", "1499", "500 mm or more from kerb_a")]
    assert not config.geometry_known
    assert config.kerb_a_x_mm == 0


def test_one_bad_place_makes_the_whole_geometry_unknown():
    for name in ("kerb_b_y_mm", "sensor_x_mm", "sensor_azimuth_cdeg"):
        config, errors = configuration.load(dict(KERB, **{name: 50_001}))
        assert [error[0] for error in errors] == [name]
        assert not config.geometry_known


def test_hold_bounds_must_be_in_order():
    config, errors = loaded(hold_min_ms=20_000, hold_max_ms=10_000)
    assert errors == [("hold_min_ms", "20000", "up to hold_max_ms 10000")]
    assert (config.hold_min_ms, config.hold_max_ms) == (5000, 30_000)


def test_the_hold_is_the_way_over_the_road_within_its_bounds():
    assert loaded(crossing_width_mm=7000)[0].hold_ms() == 2000 + 6542
    assert loaded(crossing_width_mm=2000, hold_start_ms=0)[0].hold_ms() == 5000
    assert loaded(crossing_width_mm=30_000, walk_speed_mm_s=500)[0].hold_ms() == 30_000


def test_the_hash_names_the_table():
    name = configuration.schema_hash()
    assert len(name) == 8
    assert all(c in "0123456789abcdef" for c in name)
    assert name == configuration.schema_hash()


def test_fields_are_found_by_name():
    assert configuration.field_index("version") == 0
    assert configuration.field_index("nothing") == -1


def test_of_very_many_unknown_fields_ten_are_named_and_the_rest_is_counted():
    errors = loaded(**{"f%d" % n: n for n in range(500)})[1]
    assert [why for _, _, why in errors[:10]] == ["no such field"] * 10
    assert errors[10:] == [("config", "490 more", "no such fields")]
