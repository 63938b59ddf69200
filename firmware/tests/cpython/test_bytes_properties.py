"""Whatever bytes come, in whatever pieces: nothing breaks, and what is whole is found."""

import contextlib
import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sign.core import config
from sign.proto import mqtt, record, service
from sign.proto.ld2450 import Ld2450

pytestmark = pytest.mark.parser

HEADER, FOOTER = b"\xaa\xff\x03\x00", b"\x55\xcc"
# Rich in what the parsers look for.
marks = st.sampled_from([HEADER, FOOTER, b"\xaa", b"\xff", b"\x55"])
noise = st.lists(marks | st.binary(max_size=12)).map(b"".join)
cuts = st.lists(st.integers(0, 10_000), max_size=12)
mm = st.integers(-0x7FFF, 0x7FFF)
target = st.none() | st.tuples(mm, mm, mm, st.integers(1, 0xFFFF))
frames = st.lists(st.tuples(target, target, target), max_size=5)


def pieces(data, where):
    """The data cut at the given places (modulo its length)."""
    edges = sorted({0, len(data), *(w % (len(data) + 1) for w in where)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def coded(value):
    return (abs(value) | (0x8000 if value >= 0 else 0)).to_bytes(2, "little")


def frame(targets):
    slots = [
        bytes(8) if t is None else coded(t[0]) + coded(t[1]) + coded(t[2]) + t[3].to_bytes(2, "little")
        for t in targets
    ]
    return HEADER + b"".join(slots) + FOOTER


def expected(targets):
    return [[t[0], t[1], t[2] * 10, t[3]] for t in targets if t is not None]


def parsed(radar, chunks):
    found = []
    for chunk in chunks:
        at = 0
        while at < len(chunk):
            at = radar.feed(chunk, at, len(chunk))
            if radar.ready:
                found.append([list(radar.targets[4 * i : 4 * i + 4]) for i in range(radar.count)])
    return found


@given(frames, cuts)
def test_radar_frames_survive_any_split(sent, where):
    radar = Ld2450()
    data = b"".join(map(frame, sent))
    assert parsed(radar, pieces(data, where)) == [expected(t) for t in sent]
    assert (radar.frames, radar.skipped_bytes, radar.bad_frames) == (len(sent), 0, 0)


@given(noise, cuts)
def test_any_radar_bytes_are_accounted_for(data, where):
    radar = Ld2450()
    parsed(radar, pieces(data, where))
    held = len(data) - radar.frames * 30 - radar.skipped_bytes
    assert 0 <= held < 30
    parsed(radar, [b"\x11" * 30])
    assert radar.frames * 30 + radar.skipped_bytes == len(data) + 30


@given(noise, cuts, frames.filter(bool))
def test_the_radar_finds_back_after_noise(before, where, sent):
    """Noise may swallow what lies within one frame's length of it, never more."""
    radar = Ld2450()
    data = before + frame((None, None, None)) * 2 + b"".join(map(frame, sent))
    found = parsed(radar, pieces(data, where))
    assert found[len(found) - len(sent) :] == [expected(t) for t in sent]


@given(st.integers(1, 29), frames.filter(bool), cuts)
def test_a_cut_radar_frame_costs_only_itself(kept, sent, where):
    radar = Ld2450()
    whole = frame(((-782, 1713, -16, 320), None, None))
    data = whole[:kept] + b"".join(map(frame, sent))
    assert parsed(radar, pieces(data, where)) == [expected(t) for t in sent]
    assert radar.skipped_bytes == kept


text = st.text(max_size=20)
name = st.text(st.characters(exclude_characters="+#\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
packet_id = st.integers(1, 65_535)
packet = st.one_of(
    st.tuples(name, st.binary(max_size=300), st.just(0), st.booleans()),
    st.tuples(name, st.binary(max_size=300), st.just(1), st.booleans(), packet_id, st.booleans()),
)


@given(st.lists(packet, max_size=6), cuts)
def test_mqtt_packets_survive_any_split(sent, where):
    data = b"".join(mqtt.publish_head(p[0], len(p[1]), *p[2:]) + p[1] for p in sent)
    decoder = mqtt.Decoder()
    found = [p for chunk in pieces(data, where) for p in decoder.feed(chunk)]
    assert [(p[1], p[2], p[3], p[4]) for p in found] == [p[:4] for p in sent]
    assert [(p[6], p[5]) for p in found if p[3]] == [p[4:] for p in sent if p[2]]


@given(st.binary(max_size=200), cuts, st.integers(0, 64))
def test_any_mqtt_bytes_give_packets_or_a_named_error(data, where, bound):
    decoder = mqtt.Decoder(bound)
    found = []
    with contextlib.suppress(mqtt.MqttError):
        for chunk in pieces(data, where):
            found += decoder.feed(chunk)
    assert {p[0] for p in found} <= {2, 3, 4, 9, 13}
    assert all(len(p[2]) <= bound for p in found if p[0] == mqtt.PUBLISH)


json_value = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**29), 2**29) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
verbs = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=16)
request = st.tuples(st.integers(1, 65_535), verbs, json_value)


console = st.binary(max_size=30).map(lambda b: b.replace(b"@", b"") + b"\n")


@given(st.lists(request, max_size=4), cuts, console)
def test_service_lines_survive_any_split_and_noise_between(sent, where, between):
    data = between + between.join(service.encode(*r) for r in sent)
    decoder = service.Decoder(4096)
    assert [r for chunk in pieces(data, where) for r in decoder.feed(chunk)] == sent
    assert decoder.bad == 0


@given(st.binary(max_size=300).map(lambda b: b.replace(b"x", b"@").replace(b"y", b"~")), cuts)
def test_any_service_bytes_are_harmless(data, where):
    decoder = service.Decoder(64)
    for chunk in pieces(data, where):
        decoder.feed(chunk)
    assert decoder._held <= 64


small = st.integers(-(2**30) + 1, 2**30 - 1)
u16, u30 = st.integers(0, 65_535), st.integers(0, 2**30 - 1)


@given(st.tuples(st.integers(0, 255), u30, u30, u30, st.integers(0, 999), u16, small, small, small))
def test_records_come_back_as_they_were(fields):
    buf = bytearray(record.SIZE)
    record.pack_into(buf, 0, *fields)
    assert record.unpack(buf) == fields


@given(st.binary(max_size=80), st.integers(0, 80))
def test_any_bytes_are_a_record_or_none(data, offset):
    found = record.unpack(data, offset)
    assert found is None or len(found) == 9


@given(st.binary(max_size=200) | json_value.map(lambda v: json.dumps(v).encode()))
def test_any_file_gives_a_configuration_and_named_errors(data):
    loaded, errors = config.load_bytes(data)
    assert all(len(error) == 3 and all(isinstance(part, str) for part in error) for error in errors)
    assert config.load(config.as_dict(loaded))[1] == []


field_values = st.integers() | st.integers(-60_000, 60_000) | st.booleans() | st.floats() | text | st.none()


@given(st.dictionaries(st.sampled_from([f.name for f in config.FIELDS]), field_values))
def test_whatever_is_configured_stays_within_the_table(values):
    loaded, errors = config.load(values)
    for field in config.FIELDS:
        assert config._fits(field, getattr(loaded, field.name))
    assert loaded.hold_min_ms <= loaded.hold_ms() <= loaded.hold_max_ms
    of_pairs = {"kerb_b_x_mm", "hold_min_ms", "light_dark_mv", "supply_low_mv", "battery_low_mv"}
    assert {error[0] for error in errors} <= {*values, *of_pairs}
