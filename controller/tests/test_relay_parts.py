"""The parts of relays: filters, signatures, targets, waits, links and words, with whatever comes."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gangvakt.errors import LinkRefused, LoginLocked, RelayRefused
from gangvakt.relay.backoff import LONGEST_S, wait_s
from gangvakt.relay.cloud_events import encode
from gangvakt.relay.filters import check_kinds, matches, takes, wants_events
from gangvakt.relay.links import Link, Links
from gangvakt.relay.rate import Rate
from gangvakt.relay.signing import new_secret, rotated, secrets_at, sign, verify
from gangvakt.relay.targets import Target
from gangvakt.relay.wording import word
from gangvakt.store.notices import Notice
from gangvakt.store.outbox import Message
from gangvakt.store.relays import NewRelay

FUZZ = settings(
    max_examples=int(os.environ.get("GANGVAKT_FUZZ", "40")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
NOW_S = 1_800_000_000
LINKS = Links(b"k" * 32)
KINDS = st.builds(
    "no.gangvakt.{}.{}.v1".format, st.sampled_from(["alarm", "event"]), st.sampled_from(["raised", "boot"])
)


def message(kind: str, municipality: str | None = "drammen", **data: Any) -> Message:
    return Message("1-1", kind, "drammen/storgata", municipality, data, 1, 1)


def relay(*kinds: str, municipality: str | None = None, least_priority: int = 3) -> NewRelay:
    return NewRelay("r", "webhook", municipality, kinds, least_priority, {})


@FUZZ
@given(KINDS, st.integers(0, 40))
def test_a_pattern_means_what_begins_like_it(kind: str, cut: int) -> None:
    parts = kind.split(".")
    pattern = ".".join([*parts[: cut % len(parts)], "*"])
    assert matches(pattern, kind)
    assert matches(kind, kind)
    assert not matches(kind, kind + "x")
    assert wants_events(relay(pattern)) or not kind.startswith("no.gangvakt.event.")


@FUZZ
@given(KINDS, st.sampled_from(["drammen", "lier", None]), st.one_of(st.integers(1, 3), st.none(), st.text()))
def test_nothing_of_another_municipality_passes(kind: str, owner: str | None, priority: object) -> None:
    told = message(kind, owner, priority=priority)
    assert takes(relay("*", municipality="drammen"), told) == (owner == "drammen")
    assert takes(relay("*"), told)
    is_mild = kind.startswith("no.gangvakt.alarm.") and isinstance(priority, int) and priority > 1
    assert takes(relay("*", least_priority=1), told) != is_mild


@pytest.mark.parser
@FUZZ
@given(st.text(max_size=120))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    with suppress(RelayRefused):
        assert check_kinds([text]) == (text,)
        assert text.isascii()


@pytest.mark.parser
@FUZZ
@given(st.text(max_size=100))
def test_no_text_that_was_not_made_here_is_a_link(text: str) -> None:
    with pytest.raises(LinkRefused):
        LINKS.read(text, NOW_S)


@pytest.mark.parser
@FUZZ
@given(
    st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    st.integers(1, 10**9),
    st.integers(0, 90),
    st.characters(),
)
def test_a_link_with_one_letter_changed_is_none(notice: str, contact: int, at: int, letter: str) -> None:
    link = Link(notice, contact, NOW_S + 60)
    token = LINKS.make(link)
    assert LINKS.read(token, NOW_S) == link
    place = at % len(token)
    assume(token[place] != letter)
    changed = token[:place] + letter + token[place + 1 :]
    with pytest.raises(LinkRefused, match="token"):
        LINKS.read(changed, NOW_S)


def test_a_link_ends_and_belongs_to_one_key() -> None:
    token = LINKS.make(Link("0" * 16, 7, NOW_S))
    assert LINKS.read(token, NOW_S - 1).contact == 7
    with pytest.raises(LinkRefused, match="age"):
        LINKS.read(token, NOW_S)
    with pytest.raises(LinkRefused, match="token"):
        Links(b"x" * 32).read(token, NOW_S - 1)


@FUZZ
@given(st.binary(max_size=200), st.text(max_size=20))
def test_a_signature_holds_for_these_bytes_only(body: bytes, name: str) -> None:
    secret = new_secret()
    headers = sign([secret], name, body, NOW_S)
    assert verify(secret, headers, body, NOW_S)
    assert not verify(secret, headers, body + b"x", NOW_S)
    assert not verify(secret, headers | {"webhook-id": name + "x"}, body, NOW_S)
    assert not verify(new_secret(), headers, body, NOW_S)


def test_a_signature_is_the_one_of_the_published_example() -> None:
    """Of the specification of Standard Webhooks."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1614265330)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("stamp", ["", "x", "-1", "²", "1" * 13, str(NOW_S - 301), str(NOW_S + 301)])
def test_a_message_of_another_time_is_not_genuine(stamp: str) -> None:
    secret = new_secret()
    headers = sign([secret], "1", b"{}", int(stamp) if stamp.isascii() and stamp.isdigit() else NOW_S)
    assert not verify(secret, headers | {"webhook-timestamp": stamp}, b"{}", NOW_S)


def test_an_old_secret_ends_after_a_day() -> None:
    held = rotated("whsec_old", "whsec_new", 1000)
    assert secrets_at(held, 1000) == ("whsec_new", "whsec_old")
    assert secrets_at(held, 1000 + 86_400_000) == ("whsec_new",)
    assert secrets_at(rotated(held, "whsec_newer", 2000), 2000) == ("whsec_newer", "whsec_new")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:0a00:0001::]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "http://example.no/",
        "ftp://example.no/",
        "https://",
        "https:///x",
        "https://a:b@example.no/",
        "https://example.no/#x",
        "https://example.no/\nx",
        "https://example.no/" + "x" * 500,
    ],
)
def test_an_address_inside_this_network_is_refused(url: str) -> None:
    with pytest.raises(RelayRefused, match="url"):
        Target.parse(url, allow_private=False)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "127.1"])
async def test_a_name_that_stands_for_this_computer_is_refused_when_it_is_used(host: str) -> None:
    try:
        target = Target.parse(f"https://{host}/", allow_private=False)
    except RelayRefused:
        return
    with pytest.raises((RelayRefused, OSError)):
        await target.addresses()


@pytest.mark.parser
@FUZZ
@given(st.text(max_size=60))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/x"):
        with suppress(RelayRefused):
            assert Target.parse(url, allow_private=False).url.scheme == "https"


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True), st.one_of(st.none(), st.floats(0, 1e9)))
def test_waits_grow_up_to_an_hour_and_are_never_nothing(
    attempts: int, chance: float, asked: float | None
) -> None:
    waited = wait_s(attempts, asked, lambda: chance)
    assert 1 <= waited <= LONGEST_S
    assert waited >= min(asked or 0, LONGEST_S)


def test_asking_too_often_has_to_wait() -> None:
    now_s = [0.0]
    rate = Rate(60, lambda: now_s[0])
    for _ in range(60):
        rate.take("a")
    with pytest.raises(LoginLocked):
        rate.take("a")
    rate.take("b")
    now_s[0] = 1.0
    rate.take("a")


@FUZZ
@given(st.text(max_size=80), st.text(max_size=80))
def test_words_of_others_stay_words(text: str, code: str) -> None:
    alarm = {"code": code, "priority": 1, "text": text, "state": "raised", "time_ms": 1}
    wording = word(Notice("0" * 16, 1, "drammen", {"1": alarm}, "told", 0, 1, None), "http://x/a/t")
    assert wording.subject.isprintable()
    assert all(line.isprintable() for line in wording.lines)
    inside = wording.html.split("<ul>")[1].split("</ul>")[0]
    assert inside.count("<") == 2, "the item's own tags only"
    assert len(wording.short) <= 320


@FUZZ
@given(st.dictionaries(st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers(), st.none())))
def test_every_message_is_an_envelope_that_json_reads(data: dict[str, Any]) -> None:
    event = json.loads(encode([message("no.gangvakt.x.v1", a=data)], "urn:x", batched=False))
    assert event["data"] == {"a": data}
