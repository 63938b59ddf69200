"""Properties of the decisions: against plain floats and plain models, and under any input at all."""

import math
from array import array

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sign.compat import TICKS_MASK, ticks_add, ticks_diff
from sign.core import config, patterns
from sign.core.activation import STUCK, Activation
from sign.core.config_fields import FIELDS
from sign.core.config_schema import schema
from sign.core.config_texts import TEXTS
from sign.core.detector import Detector
from sign.core.features import COUNT, fill_bins, measure
from sign.core.geometry import Geometry
from sign.core.health_checks import BLIND
from sign.core.isqrt import isqrt
from sign.core.outbox import Outbox
from sign.core.tracker import MAX_TRACKS, REACH_MM
from sign.core.uptime import Uptime
from sign.core.view import View

SMALL_INT_MAX = 2**30 - 1
ticks = st.integers(0, TICKS_MASK)
half = st.integers(-(2**29) + 1, 2**29 - 1)
place = st.integers(-50_000, 50_000)
reach = st.integers(-REACH_MM, REACH_MM)


@given(ticks, half)
def test_ticks_move_by_what_was_added(start, delta):
    moved = ticks_add(start, delta)
    assert 0 <= moved <= TICKS_MASK
    assert ticks_diff(moved, start) == delta


@given(st.integers(0, SMALL_INT_MAX))
def test_isqrt_is_exact(n):
    assert isqrt(n) == math.isqrt(n)


@given(place, place, st.integers(-36_000, 36_000), place, place, place, place, reach, reach)
def test_geometry_agrees_with_floats(sx, sy, azimuth, ax, ay, bx, by, x, y):
    values = {"sensor_x_mm": sx, "sensor_y_mm": sy, "sensor_azimuth_cdeg": azimuth}
    values.update({"kerb_a_x_mm": ax, "kerb_a_y_mm": ay, "kerb_b_x_mm": bx, "kerb_b_y_mm": by})
    loaded = config.load(values)[0]
    if not loaded.geometry_known:
        return
    geometry = Geometry(loaded)
    look = math.radians(azimuth / 100)
    px = sx + x * math.sin(look) + y * math.cos(look)
    py = sy - x * math.cos(look) + y * math.sin(look)
    length = math.hypot(bx - ax, by - ay)
    ux, uy = (bx - ax) / length, (by - ay) / length
    s_x, s_y, s0, q_x, q_y, q0 = geometry.places[0]
    assert abs(((s_x * x + s_y * y) >> 14) + s0 - ((px - ax) * uy - (py - ay) * ux)) < 4
    assert abs(((q_x * x + q_y * y) >> 14) + q0 - ((px - ax) * ux + (py - ay) * uy)) < 4


raw = st.integers(-32_767, 32_767)
targets = st.lists(st.tuples(raw, raw, raw) | st.tuples(reach, reach, raw), max_size=3)
poses = st.fixed_dictionaries(
    {
        **{f"{radar}_{axis}_mm": place for radar in ("sensor", "second") for axis in "xy"},
        **{f"{radar}_azimuth_cdeg": st.integers(-36_000, 36_000) for radar in ("sensor", "second")},
        **{f"kerb_{end}_{axis}_mm": place for end in "ab" for axis in "xy"},
    }
)
looks = st.lists(st.tuples(st.integers(0, 1), targets, st.integers(-100, 700)), max_size=40)


@settings(max_examples=50, deadline=None)
@given(poses, looks, ticks)
def test_no_targets_no_poses_and_no_clock_break_the_view(values, frames, now_ms):
    """Nor does any number leave the 32 bits that it has on the sign: an array refuses what is bigger."""
    loaded, errors = config.load(values)
    if errors:
        return
    view = View(loaded, now_ms)
    for port, spots, passed_ms in frames:
        now_ms = ticks_add(now_ms, passed_ms)
        flat = [v for x, y, speed in spots for v in (x, y, speed * 10, 0)]
        view.frame(port, array("i", flat + [0] * (12 - len(flat))), len(spots), now_ms)
        assert view.reason in range(4)
        assert -1 <= view.t_kerb_ms <= 10_000
        assert 0 <= view.range_mm <= 23_000
        assert view.tracked == sum(map(bool, view.tracker.idents)) <= MAX_TRACKS
        for i in range(MAX_TRACKS):
            view.tracker.look(i, now_ms)
            assert max(map(abs, view.tracker.seen[2:4])) <= 16_000


wide = st.integers(-200_000, 200_000)
speed = st.integers(-16_000, 16_000)


@given(wide, wide, speed, speed, st.integers(2, 141_422), st.integers(0, 255))
def test_features_agree_with_floats(s, q, vs, vq, length_mm, hits):
    values, memory = array("i", [0] * COUNT), array("i", [0] * 8)
    measure(array("i", [s, q, vs, vq, s, q, 0, hits, 0, 0]), memory, 0, length_mm, values)
    beside = abs(q - length_mm / 2) - length_mm / 2
    assert abs(values[1] - beside) <= 1
    assert abs(values[9] - math.hypot(vs, vq)) <= 0.07 * math.hypot(vs, vq) + 2
    if vs > 150:
        t_kerb_s = min(max(0, -s / vs), 6)
        assert abs(values[4] - 1000 * t_kerb_s) <= 1
        met = abs(q + vq * min(t_kerb_s, 4) - length_mm / 2) - length_mm / 2
        assert abs(values[5] - met) <= 1 + abs(vq) / 500
    bins = bytearray(COUNT)
    fill_bins(values, bins)


kinds = st.fixed_dictionaries(
    {
        "radar_kind": st.sampled_from(["ld2450", "c4001", "ld2410"]),
        "second_kind": st.sampled_from(["none", "ld2450", "c4001", "ld2410", "ld2451"]),
        "vehicle_gate": st.booleans(),
        "fail_mode": st.sampled_from(["dark", "steady", "flash"]),
    }
)
heard = st.binary(max_size=90) | st.sampled_from(
    [
        b"\xaa\xff\x03\x00" + bytes(24) + b"\x55\xcc",
        b"$DFDMD,1,1,2.817,-9.129,15304, , *",
        b"\xf4\xf3\xf2\xf1\x0d\x00\x02\xaa\x03" + bytes(8) + b"\x55\x00\xf8\xf7\xf6\xf5",
        b"\xf4\xf3\xf2\xf1\x07\x00\x01\x00\x80\x3c\x01\x32\x14\xf8\xf7\xf6\xf5",
    ]
)


@settings(max_examples=50, deadline=None)
@given(
    kinds,
    st.lists(st.tuples(heard, heard, st.integers(0, 500), st.booleans(), st.booleans()), max_size=40),
    ticks,
)
def test_no_bytes_and_no_clock_break_the_detector(values, steps, now_ms):
    detector = Detector(config.load(values)[0], now_ms)
    for first, second, passed_ms, pir, button in steps:
        now_ms = ticks_add(now_ms, passed_ms)
        detector.feed(first, len(first), now_ms)
        if len(detector.radars) > 1:
            detector.feed(second, len(second), now_ms, 1)
        assert detector.tick(now_ms, pir, button) in range(8)
        failed = detector.mode == BLIND and values["fail_mode"] != "dark"
        assert detector.lamps == (detector.lit or failed)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans(), st.integers(0, 400)), max_size=200
    )
)
def test_nobody_new_ever_waits_for_the_lamps(steps):
    """Who was not warned for before is warned for in the very tick that asks, unless the cap is reached."""
    activation = Activation(3000, 60_000, 500)
    now_ms, warned = 0, set()
    for demand, track, may, passed_ms in steps:
        now_ms += passed_ms
        activation.tick(now_ms, demand, track, may)
        if demand and may and activation.state != STUCK and track not in warned:
            assert activation.lit
        if activation.lit and demand and may:
            warned = {track} - {0}


@given(st.lists(st.integers(0, 12) | st.none(), max_size=60), st.integers(1, 6))
def test_the_outbox_is_a_bounded_queue(steps, capacity):
    """None adds an event; a number acknowledges up to the last one sent, less that number."""
    outbox, uptime, model, dropped = Outbox(capacity, 1), Uptime(0), [], 0
    for step in steps:
        if step is None:
            model.append(outbox.add(3, uptime))
            dropped += len(model) > capacity
            model = model[-capacity:]
        else:
            upto = outbox.next_seq - 1 - step
            outbox.ack(1, upto)
            model = [seq for seq in model if seq > upto]
        assert [r[2] for r in outbox.peek(99)] == model
        assert (outbox.held, outbox.dropped) == (len(model), dropped)


levels = st.integers(0, 1)
steps = st.lists(st.tuples(st.integers(10_000, 900_000), levels, levels), min_size=1, max_size=10).map(tuple)


@given(steps, st.integers(230, 255))
def test_hardware_pieces_rebuild_any_pattern(table, clock_div):
    pattern = patterns.Pattern("any", table)
    durations, left, right = patterns.rmt_segments(pattern, clock_div)
    assert len(durations) == len(left) == len(right) <= 126
    assert all(1 <= d <= patterns.RMT_MAX_TICKS for d in durations)
    assert abs(sum(durations) * clock_div - patterns.period_us(pattern) * 80) <= clock_div // 2 + 1


def test_every_field_has_a_unit_and_a_meaning_and_no_other_has():
    assert list(TEXTS) == [field.name for field in FIELDS]
    assert all(meaning for _, meaning in TEXTS.values())


def test_the_schema_says_what_the_table_says():
    made = schema()
    Draft202012Validator.check_schema(made)
    validator = Draft202012Validator(made)
    assert validator.is_valid(config.as_dict(config.load({})[0]))
    assert made["$id"].endswith(config.schema_hash())


field_names = st.sampled_from([f.name for f in config.FIELDS])


@given(st.dictionaries(field_names, st.integers() | st.booleans() | st.text()))
def test_the_schema_refuses_what_the_sign_refuses(values):
    errors = config.load(values)[1]
    # Rules over two fields, which a schema of fields does not tell.
    cross = {"hold_min_ms", "kerb_b_x_mm", "vehicle_gate", "light_dark_mv", "supply_low_mv", "battery_low_mv"}
    if Draft202012Validator(schema()).is_valid(values):
        assert {error[0] for error in errors} <= cross
    else:
        assert errors
