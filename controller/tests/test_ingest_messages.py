"""Reading messages: what is taken, what is refused and why, and when an event happened."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.errors import Unreadable
from gangvakt.fleet import Crash, SignId, SiteId
from gangvakt.ingest.batch import Batch, parse_batch
from gangvakt.ingest.decode import decode
from gangvakt.ingest.messages import parse_config, parse_status, parse_telemetry
from gangvakt.ingest.scenes import parse_scene, parse_world
from gangvakt.ingest.schema import document, validator
from gangvakt.ingest.topics import (
    SignTopic,
    SiteTopic,
    Tail,
    is_not_ours_to_read,
    parse_topic,
    renewal_topic,
)

from .support import NORTH
from .wire import INCARNATION, NOW_MS, as_bytes, batch, event, status

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def parse(message: dict[str, Any], running_boot: int | None = None) -> Batch:
    return parse_batch(NORTH, message, NOW_MS, running_boot)


def test_the_document_is_asyncapi_3_and_every_reference_in_it_resolves() -> None:
    assert document()["asyncapi"].startswith("3.")
    for name in document()["components"]["schemas"]:
        validator(name).check_schema(document()["components"]["schemas"][name])
        list(validator(name).iter_errors({}))
    for channel in document()["channels"].values():
        for message in channel["messages"].values():
            assert message["$ref"].rpartition("/")[2] in document()["components"]["messages"]


def test_a_status_may_tell_the_certificate_in_use_and_what_became_of_a_renewal() -> None:
    plain = parse_status(status())
    assert plain is not None
    assert (plain.certificate, plain.renewal_error) == (None, None)
    told = parse_status(status(certificate="0123456789abcdef", renewal_error="checksum"))
    assert told is not None
    assert (told.certificate, told.renewal_error) == ("0123456789abcdef", "checksum")
    with pytest.raises(Unreadable, match="certificate"):
        parse_status(status(certificate="0123"))


def test_a_status_may_tell_what_failed_before_this_start() -> None:
    crash = {"cause": "crash", "boot": 7, "rung": "backup", "crashes": 1, "hangs": 0, "brown_outs": 3}
    told = parse_status(status(crash={**crash, "text": "app.run: OSError: 5"}))
    assert told is not None
    assert told.crash == Crash(
        "crash", "backup", "app.run: OSError: 5", 7, None, crashes=1, hangs=0, brown_outs=3
    )
    for wrong in ({"text": "x" * 401}, {"text": "x", "rung": "other"}, {"text": "x", "hangs": 256}):
        with pytest.raises(Unreadable, match="crash"):
            parse_status(status(crash={**crash, **wrong}))


def test_a_renewal_with_its_key_is_never_kept() -> None:
    assert is_not_ours_to_read(renewal_topic(NORTH))


def test_a_batch_keeps_what_the_sign_wrote() -> None:
    read = parse(batch(event(17, track=2, t_kerb_ms=2100), event(18, kind="boot", cause="power")))
    first = read.events[0]
    assert first.key == (NORTH, INCARNATION, 3, 17)
    assert (first.kind, first.up_ms) == ("activation_on", 1000)
    assert first.detail == {"reason": "approach", "track": 2, "t_kerb_ms": 2100}
    told = {"v": 1, "incarnation": INCARNATION, "boot": 3, "seq": 18, "t": NOW_MS, "up": 5000}
    assert read.ack.message(NOW_MS) == told


def test_uptime_is_restamped_from_the_time_of_receipt() -> None:
    read = parse(batch(event(1, up_ms=1000), uptime_ms=5000))
    assert (read.events[0].utc_ms, read.events[0].quality) == (NOW_MS - 4000, "uptime")


def test_a_sign_that_knows_the_time_stamps_its_events_itself() -> None:
    read = parse(batch(event(1, up_ms=1000), uptime_ms=5000, t=NOW_MS - 300))
    assert (read.events[0].utc_ms, read.events[0].quality) == (NOW_MS - 4300, "utc")


def test_a_signs_clock_that_is_far_off_is_not_believed() -> None:
    read = parse(batch(event(1, up_ms=1000), uptime_ms=5000, t=946_684_800_000))
    assert (read.events[0].utc_ms, read.events[0].quality) == (NOW_MS - 4000, "uptime")


@pytest.mark.parametrize(
    ("message", "running_boot"),
    [(batch(event(1)), 4), (batch(event(1), over=True), None), (batch(event(1, up_ms=5001)), None)],
)
def test_an_uptime_of_an_earlier_boot_says_only_before(
    message: dict[str, Any], running_boot: int | None
) -> None:
    read = parse(message, running_boot)
    assert (read.events[0].utc_ms, read.events[0].quality) == (NOW_MS, "received")


def test_an_unreadable_event_is_refused_alone_and_acknowledged() -> None:
    read = parse(batch(event(1), event(2, kind="No Kind"), event(3)))
    assert [e.key.seq for e in read.events] == [1, 3]
    assert [(error.field, error.value) for error in read.refused] == [("kind", "No Kind")]
    assert read.ack.seq == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"v": 2}, "v"),
        ({"incarnation": "9F3AC01B"}, "incarnation"),
        ({"boot": -1}, "boot"),
        ({"boot": True}, "boot"),
        ({"uptime_ms": "5"}, "uptime_ms"),
        ({"events": []}, "events"),
        ({"events": [event(n) for n in range(17)]}, "events"),
        ({"events": [{"kind": "boot", "up": 1}]}, "events.0"),
        ({"events": [event(2), event(1)]}, "events.seq"),
        ({"events": [event(1), event(1)]}, "events.seq"),
    ],
)
def test_a_refused_batch_names_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(batch(event(1)) | change)
    assert refused.value.field == field
    assert refused.value.allowed


@pytest.mark.parser
@given(
    JSON.filter(lambda value: isinstance(value, dict))
    | JSON.map(lambda value: batch(event(1)) | {"events": value})
)
def test_any_json_is_a_batch_or_refused(message: dict[str, Any]) -> None:
    with suppress(Unreadable):
        read = parse(message)
        assert read.ack.seq >= max((e.key.seq for e in read.events), default=0)


@pytest.mark.parser
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["seq", "kind", "up", "reason", "x"]), JSON, max_size=5), max_size=4
    )
)
def test_any_events_in_a_good_batch_are_stored_or_refused(events: list[dict[str, Any]]) -> None:
    numbered = [fields | {"seq": number} for number, fields in enumerate(events)]
    if numbered:
        read = parse(batch(*numbered))
        assert len(read.events) + len(read.refused) == len(numbered)
        json.dumps([dict(e.detail) for e in read.events], allow_nan=False)


@pytest.mark.parser
@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(data: bytes) -> None:
    with suppress(Unreadable):
        assert isinstance(decode(data, 150), dict)


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"NaN", b'{"a":NaN}', b"\xff", b"[" * 10_000, b'{"a":' + b"9" * 5000 + b"}", b"x" * 20_000],
)
def test_what_is_no_json_object_is_refused(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(payload, 16 * 1024)


def test_a_status_becomes_values() -> None:
    read = parse_status(status(q="utc", t=NOW_MS))
    assert read is not None
    assert (read.firmware, read.clock_ok, read.lamps.pattern) == ("0.1.0", True, "alternating")
    assert read.lamps.current_proved is True
    assert (read.faults[0].field, read.faults[0].why) == ("hold_min_ms", "5000..30000")


def test_the_last_will_is_offline() -> None:
    assert parse_status({"v": 1, "online": False}) is None


@pytest.mark.parametrize("change", [{"mode": "party"}, {"lamps": {}}, {"faults": None}, {"online": "yes"}])
def test_a_bad_status_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse_status(status(**change))


def test_telemetry_may_leave_counters_out() -> None:
    read = parse_telemetry({"v": 1, "uptime_ms": 5, "radar": {"frames": 7}, "outbox": {"held": 1}})
    assert (read.radar_frames, read.radar_bad_frames, read.outbox_held, read.heap_free) == (7, None, 1, None)


def test_a_reported_configuration_keeps_its_errors() -> None:
    errors = [{"field": "dim_pct", "value": "900", "why": "0..100"}]
    message = {"v": 1, "version": 2, "schema": "0123abcd", "values": {"dim_pct": 100}, "errors": errors}
    read = parse_config(message)
    assert (read.version, read.values["dim_pct"], read.errors[0].value) == (2, 100, "900")


def test_scene_and_world_become_values() -> None:
    site = SiteId("drammen", "storgata")
    square = [[0, 0], [1, 0], [1, 1]]
    sign = {"sign": "north", "x": 1, "y": 2, "azimuth_deg": -90, "range_m": 6, "half_fan_deg": 60}
    scene = {"v": 1, "name": "Storgata", "bounds": [0, 0, 9, 9], "road": square, "pavements": [square]}
    read = parse_scene(site, scene | {"crossing": square, "kerbs": [[[0, 0], [9, 0]]], "signs": [sign]})
    assert (read.bounds_m, read.signs[0].azimuth_deg) == ((0, 0, 9, 9), -90)
    actor = {"id": "p3", "kind": "pedestrian", "x": 1.5, "y": 2, "heading_deg": 90, "speed_m_s": 1.4}
    world = parse_world(site, {"v": 1, "t_s": 12.3, "actors": [actor], "lamps": {"north": [1, 0]}}, NOW_MS)
    assert (world.actors[0].x_m, world.lamps["north"]) == (1.5, (True, False))


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        (f"gangvakt/v1/{NORTH}/status", SignTopic(NORTH, Tail.STATUS)),
        (f"gangvakt/v1/{NORTH}/config/reported", SignTopic(NORTH, Tail.CONFIG)),
        ("gangvakt-sim/v1/a/b/world", SiteTopic(SiteId("a", "b"), Tail.WORLD)),
        (f"gangvakt/v1/{NORTH}/world", None),
        (f"gangvakt/v1/{NORTH}", None),
        (f"gangvakt/v1/{NORTH}/status/x", None),
        ("gangvakt/v1/A/b/c/status", None),
        ("gangvakt-sim/v2/a/b/world", None),
        ("other", None),
    ],
)
def test_topics(topic: str, expected: object) -> None:
    assert parse_topic(topic) == expected


def test_acknowledgements_and_groups_are_not_read() -> None:
    assert is_not_ours_to_read(f"gangvakt/v1/{NORTH}/event/ack")
    assert is_not_ours_to_read("gangvakt/v1/a/b/group")
    assert not is_not_ours_to_read(f"gangvakt/v1/{SignId('a', 'b', 'groups')}/event")


def test_the_largest_batch_fits() -> None:
    full = batch(
        *(event(2**31 - 17 + n, up_ms=2**40, t_kerb_ms=2**31 - 1, track=2**31 - 1) for n in range(16))
    )
    assert len(parse(decode(as_bytes(full), 16 * 1024)).events) == 16
