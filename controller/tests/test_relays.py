"""Relays with real HTTP targets: each in its own time, nothing lost, and what cannot go is put aside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gangvakt.api.meters import Meters
from gangvakt.api.relay_meters import RelayMeters
from gangvakt.errors import GangvaktError, Missing, RelayExists, RelayRefused
from gangvakt.fleet import LiveFleet
from gangvakt.relay import Relays
from gangvakt.relay.outcome import Verdict
from gangvakt.relay.runner import GIVE_UP_MS, State, state_of
from gangvakt.relay.signing import verify
from gangvakt.relay.webhook import Webhook
from gangvakt.store import Store

from .migrated import a_store
from .relaying import RAISED, Target, a_target, a_webhook, running, tell
from .support import eventually, eventually_async

# The required attributes and forms of CloudEvents 1.0 in JSON.
CLOUD_EVENT = {
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1},
        "type": {"type": "string", "minLength": 1},
        "subject": {"type": "string", "minLength": 1},
        "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
        "datacontenttype": {"const": "application/json"},
    },
    "propertyNames": {"pattern": "^[a-z0-9]+$"},
}


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Store]:
    async with a_store(tmp_path / "x.db") as store:
        yield store


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    async with a_target() as target:
        yield target


async def test_an_alarm_arrives_as_a_signed_cloud_event(store: Store, target: Target) -> None:
    async with running(store) as relays:
        _, secret = await relays.add(a_webhook(target))
        await tell(store, "LAMP", text="<b>æøå")
        await eventually(lambda: target.requests, "a request")
    (request,) = target.requests
    (event,) = request.events
    Draft202012Validator(CLOUD_EVENT).validate(event)
    assert (event["type"], event["subject"]) == (RAISED, "drammen/storgata")
    assert event["data"]["text"] == "<b>æøå"
    assert request.headers["content-type"].startswith("application/cloudevents+json")
    assert request.headers["webhook-id"] == event["id"]
    assert secret is not None
    now_s = int(request.headers["webhook-timestamp"])
    assert verify(secret, request.headers, request.body, now_s)
    assert not verify(secret, request.headers, request.body + b" ", now_s)
    assert not verify(secret, request.headers, request.body, now_s + 301)


async def test_several_go_in_one_request_where_that_is_wanted(opened: Store, target: Target) -> None:
    async with running(opened) as relays:
        await relays.add(a_webhook(target, options={"batch": 10}, paused=True))
        for code in "ABC":
            await tell(opened, code)
        await relays.change("hook", {"paused": False})
        await eventually(lambda: target.codes == ["A", "B", "C"], "three events")
    assert len(target.requests) == 1
    assert target.requests[0].headers["content-type"].startswith("application/cloudevents-batch+json")


async def test_a_dead_target_holds_up_no_other_and_gets_all_when_it_lives(
    opened: Store, target: Target
) -> None:
    async with a_target() as dead, running(opened) as relays:
        dead.answer = lambda request: (503, {})
        await relays.add(a_webhook(dead, "dead"))
        await relays.add(a_webhook(target, "alive"))
        for code in "ABC":
            await tell(opened, code)
        await eventually(lambda: target.codes == ["A", "B", "C"], "the other one has all")
        await eventually(lambda: dead.requests, "a try")
        await eventually_async(lambda: fails(opened, "dead"))
        dead.answer, tried = lambda request: (200, {}), len(dead.requests)
        await relays.change("dead", {})  # it tries at once
        await eventually(lambda: len(dead.requests) >= tried + 3, "all of it")
        assert dead.codes[tried:] == ["A", "B", "C"]
        ids = {request.headers["webhook-id"] for request in dead.requests}
        assert len(ids) == 3, "what is told again has the same id"


async def fails(store: Store, name: str) -> bool:
    return state_of(await store.relays.get(name)) is State.FAILING


async def test_the_wait_after_a_failure_outlasts_a_restart(opened: Store, target: Target) -> None:
    target.answer = lambda request: (503, {"retry-after": "600"})
    async with running(opened) as relays:
        await relays.add(a_webhook(target))
        await tell(opened, "A")
        await eventually_async(lambda: fails(opened, "hook"))
    waits = (await opened.relays.get("hook")).next_try_ms
    async with running(opened) as relays:
        await tell(opened, "B")
        await relays.keep_house()
        assert (await opened.relays.get("hook")).next_try_ms == waits
    assert len(target.requests) == 1


async def test_what_the_target_refuses_is_put_aside_and_told_again_on_request(
    opened: Store, target: Target
) -> None:
    target.answer = lambda request: (422 if "BAD" in target.codes[-1] else 200, {})
    async with running(opened) as relays:
        await relays.add(a_webhook(target))
        for code in ("A", "BAD", "C"):
            await tell(opened, code)
        await eventually(lambda: target.codes == ["A", "BAD", "C"], "all were tried")
        await eventually_async(lambda: delivered(opened, 2))
        (letter,) = await relays.undelivered("hook")
        assert letter.message.data["code"] == "BAD"
        assert "422" in letter.reason
        done, outcome = await relays.retry("hook", [letter.id])
        assert (done, outcome and outcome.verdict) == (0, Verdict.REFUSE)
        target.answer = lambda request: (204, {})
        assert await relays.retry("hook", [letter.id]) == (1, None)
        assert await relays.undelivered("hook") == ()
        assert target.requests[-1].headers["webhook-id"] == letter.message.id
        with pytest.raises(Missing):
            await relays.retry("hook", [letter.id])


async def delivered(store: Store, count: int) -> bool:
    return (await store.relays.get("hook")).delivered == count


async def test_one_that_is_refused_in_a_batch_takes_no_other_with_it(opened: Store, target: Target) -> None:
    target.answer = lambda request: (400 if b"BAD" in request.body else 200, {})
    async with running(opened) as relays:
        await relays.add(a_webhook(target, options={"batch": 10}, paused=True))
        for code in ("A", "BAD", "C"):
            await tell(opened, code)
        await relays.change("hook", {"paused": False})
        await eventually_async(lambda: delivered(opened, 2))
        assert [one.message.data["code"] for one in await relays.undelivered("hook")] == ["BAD"]


async def test_what_is_too_old_is_given_up_after_a_last_try(opened: Store, target: Target) -> None:
    now_ms = [1_900_000_000_000]
    target.answer = lambda request: (500, {})
    await tell(opened, "OLD")
    async with running(opened, lambda: now_ms[0]) as relays:
        await relays.add(a_webhook(target))
        await tell(opened, "A")
        now_ms[0] += GIVE_UP_MS  # by this clock both are as old as that
        await eventually_async(lambda: has_letters(opened))
        (letter,) = await relays.undelivered("hook")
        assert letter.message.data["code"] == "A", "what was there before the relay is not its own"
        assert letter.reason.startswith("too old")


async def has_letters(store: Store) -> bool:
    return bool(await store.relays.undelivered("hook"))


async def test_a_redirect_is_not_followed(opened: Store, target: Target) -> None:
    async with a_target() as elsewhere, running(opened) as relays:
        target.answer = lambda request: (307, {"location": elsewhere.url})
        await relays.add(a_webhook(target))
        outcome = await relays.test("hook")
        assert outcome.verdict is Verdict.RETRY
        assert "redirects" in outcome.why
        assert elsewhere.requests == []


async def test_a_paused_relay_is_tested_but_told_nothing(opened: Store, target: Target) -> None:
    async with running(opened) as relays:
        await relays.add(a_webhook(target, paused=True))
        await tell(opened, "A")
        assert (await relays.test("hook")).verdict is Verdict.DONE
        assert [event["type"] for one in target.requests for event in one.events] == ["no.gangvakt.test.v1"]


async def test_a_relay_gets_its_municipality_kinds_and_priorities_only(opened: Store, target: Target) -> None:
    async with running(opened) as relays:
        await relays.add(
            a_webhook(
                target, municipality="drammen", kinds=("no.gangvakt.alarm.raised.v1",), least_priority=2
            )
        )
        await tell(opened, "ABROAD", "lier")
        await tell(opened, "MILD", priority=3)
        await tell(opened, "MINE")
        await eventually(lambda: target.requests, "a request")
        assert target.codes == ["MINE"]


async def test_one_that_lags_too_far_behind_is_taken_along_loudly(
    opened: Store, target: Target, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(opened) as relays:
        await relays.add(a_webhook(target, paused=True))
        relays._most_kept = 2
        for code in "ABCDE":
            await tell(opened, code)
        await relays.keep_house()
        record = await relays.get("hook")
        assert (record.missed, await relays.waiting(record)) == (3, 2)
        assert "lags too far behind: 3 messages" in caplog.text
        await relays.change("hook", {"paused": False})
        await eventually(lambda: target.codes == ["D", "E"], "the newest")


async def test_what_all_have_had_is_let_go(opened: Store, target: Target) -> None:
    async with running(opened) as relays:
        await relays.add(a_webhook(target))
        await tell(opened, "A")
        await eventually_async(lambda: delivered(opened, 1))
        await relays.keep_house()
        assert await opened.relays.oldest_row() is None
        assert await opened.outbox.head() == 1


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(opened: Store, target: Target) -> None:
    async with running(opened) as relays:
        _, old = await relays.add(a_webhook(target))
        new = await relays.rotate("hook")
        await relays.test("hook")
    request, now_s = target.requests[0], int(target.requests[0].headers["webhook-timestamp"])
    assert old is not None
    assert all(verify(secret, request.headers, request.body, now_s) for secret in (old, new))
    assert old != new


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": "Hook"}, "name"),
    ({"type": "fax"}, "type"),
    ({"kinds": ("no gangvakt",)}, "kinds"),
    ({"kinds": tuple(f"k{n}" for n in range(21))}, "kinds"),
    ({"least_priority": 4}, "least_priority"),
    ({"municipality": "Dra/mmen"}, "municipality"),
    ({"options": {"allow_private": False}}, "url"),
    ({"options": {"url": "http://example.no/x", "allow_private": False}}, "url"),
    ({"options": {"url": "https://10.0.0.1/x", "allow_private": False}}, "url"),
    ({"options": {"url": "https://user:secret@example.no/"}}, "url"),
    ({"options": {"batch": 101}}, "batch"),
    ({"options": {"nonsense": 1}}, "nonsense"),
)


async def test_a_relay_that_cannot_be_is_refused_by_field(opened: Store, target: Target) -> None:
    async with running(opened) as relays:
        for changes, field in BAD:
            with pytest.raises(GangvaktError, match=f": {field} is ") as refused:
                await relays.add(a_webhook(target, **changes))
            assert "secret" not in str(refused.value)
        assert await relays.all() == ()


async def test_names_are_given_once_and_removal_leaves_nothing(opened: Store, target: Target) -> None:
    async with running(opened) as relays:
        await relays.add(a_webhook(target))
        with pytest.raises(RelayExists):
            await relays.add(a_webhook(target))
        await relays.remove("hook")
        with pytest.raises(Missing):
            await relays.test("hook")
        await relays.add(a_webhook(target))


async def test_another_address_is_used_from_the_next_message_on(opened: Store, target: Target) -> None:
    async with a_target() as other, running(opened) as relays:
        await relays.add(a_webhook(target))
        await relays.change("hook", {"options": {"url": other.url}})
        await tell(opened, "A")
        await eventually(lambda: other.codes == ["A"], "the new address")
        with pytest.raises(RelayRefused):
            await relays.change("hook", {"options": {"url": "gopher://x"}})
    assert json.loads(json.dumps(target.requests)) == []


async def test_ending_leaves_nothing_behind_however_often_it_is_told(
    opened: Store, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing, may_close, closed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def close_slowly(webhook: Webhook) -> None:
        closing.set()
        await may_close.wait()
        closed.set()

    monkeypatch.setattr(Webhook, "close", close_slowly)
    relays = Relays(opened.outbox, opened.relays, opened.notices)
    task = asyncio.create_task(relays.run())
    await relays.add(a_webhook(target))
    await tell(opened, "A")
    await eventually(lambda: target.requests, "the relay at work")
    task.cancel()
    await closing.wait()
    task.cancel()  # as whoever ends tasks does when they take their time
    asyncio.get_running_loop().call_later(0.05, may_close.set)
    await asyncio.wait([task])
    assert closed.is_set(), "it ended before its relay had"


async def test_a_relay_that_cannot_be_started_stops_no_other(opened: Store, target: Target) -> None:
    await opened.relays.add(a_webhook(target, "broken", options={"from_another_version": 1}))
    async with running(opened) as relays:
        await relays.add(a_webhook(target))
        await tell(opened, "A")
        await eventually(lambda: target.codes == ["A"], "the other one works")


async def test_prometheus_reads_how_each_relay_does(store: Store, target: Target) -> None:
    target.answer = lambda request: (503, {"retry-after": "600"}) if "HELD" in target.codes else (200, {})
    meters = Meters(LiveFleet())
    async with running(store) as relays:
        meters.relays(RelayMeters(relays.figures))
        await relays.add(a_webhook(target))
        await tell(store, "A")
        await eventually(lambda: target.codes == ["A"], "the first is delivered")
        await tell(store, "HELD")
        await eventually_async(lambda: fails(store, "hook"))
        told = (await meters.fresh_text()).decode()
    for line in ("delivered_total", "retries_total", "behind"):
        assert f'gangvakt_relay_{line}{{relay="hook"}} 1.0' in told, told
    for line in ("undelivered", "missed_total"):
        assert f'gangvakt_relay_{line}{{relay="hook"}} 0.0' in told, told
