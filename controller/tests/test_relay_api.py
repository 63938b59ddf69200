"""Relays over the API, and the page behind a signed link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gangvakt.alarms import Alarms, Condition
from gangvakt.cli.relaying import acknowledging
from gangvakt.relay.links import Link, Links
from gangvakt.store.notices import Notice, write_notice
from gangvakt.store.outbox import START, append

from .relay_rig import API, Rig, a_rig
from .relaying import tell
from .stores import SQLITE
from .support import NORTH, eventually
from .telling import START_MS

# For what the other database has no say in.
ON_SQLITE = pytest.mark.parametrize("stores", [SQLITE], indirect=True)
GOOD = Links(b"k" * 32)


@pytest.fixture
async def rig(tmp_path: Path, where: Path | str) -> AsyncIterator[Rig]:
    """On SQLite, then on PostgreSQL."""
    async with a_rig(tmp_path, where) as rig:
        yield rig


async def test_a_webhook_is_added_tested_paused_and_removed(rig: Rig) -> None:
    added = await rig.webhook()
    assert (added.status_code, added.json()["secret"][:6]) == (201, "whsec_")
    assert (await rig.post("/relays/hook/test")).json() == {"verdict": "done", "why": None, "done": 1}
    await tell(rig.store, "A")
    await eventually(lambda: "A" in [e["data"].get("code") for r in rig.target.requests for e in r.events])
    paused = await rig.client.patch(f"{API}/relays/hook", json={"paused": True})
    assert paused.json()["state"] == "paused"
    assert "whsec" not in (await rig.client.get(f"{API}/relays")).text
    assert (await rig.client.delete(f"{API}/relays/hook")).status_code == 204
    assert (await rig.client.get(f"{API}/relays/hook")).status_code == 404


async def in_pages(rig: Rig, path: str, limit: int = 2) -> list[dict[str, Any]]:
    """All of a list, page by page."""
    items: list[dict[str, Any]] = []
    wanted: dict[str, Any] = {"limit": limit}
    while True:
        answer = await rig.client.get(f"{API}{path}", params=wanted)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        assert len(page["items"]) <= limit
        if page["next"] is None:
            return items
        wanted["after"] = page["next"]


async def test_relays_contacts_and_ways_are_listed_in_pages(rig: Rig) -> None:
    for name in ("b", "a", "c"):
        await rig.webhook(name=name)
    assert [one["name"] for one in await in_pages(rig, "/relays")] == ["a", "b", "c", "on-call"]
    before = [one["id"] for one in await in_pages(rig, "/contacts", 1)]
    added = (await rig.post("/contacts", {"name": "Per", "email": "per@example.no"})).json()["id"]
    assert [one["id"] for one in await in_pages(rig, "/contacts", 1)] == [*before, added]
    for name, url in (("ntfy", "https://ntfy.example.no"), ("sms", "https://sms.example.no/{to}?t={text}")):
        await rig.client.put(f"{API}/channels/{name}", json={"options": {"url": url}})
    assert [one["name"] for one in await in_pages(rig, "/channels", 1)] == ["ntfy", "sms"]


async def test_notices_are_paged_newest_first_also_those_of_one_millisecond(rig: Rig) -> None:
    async with rig.store.notices.exclusive() as connection:
        for number, (opened_ms, whose) in enumerate([(5, "drammen"), (7, None), (5, "lier"), (6, "drammen")]):
            notice = Notice(f"{number:016x}", 1, whose, {}, "cleared", -1, opened_ms, None)
            await write_notice(connection, notice, 7)
    assert [int(one["id"]) for one in await in_pages(rig, "/notices", 1)] == [1, 3, 2, 0]
    await rig.store.staff.set_municipalities("admin", frozenset({"drammen"}))
    assert [int(one["id"]) for one in await in_pages(rig, "/notices", 1)] == [3, 0]


async def test_what_was_given_up_is_listed_and_told_again(rig: Rig) -> None:
    await rig.webhook()
    rig.target.answer = lambda request: (422, {})
    for code in "AB":
        await tell(rig.store, code)
    await eventually(lambda: len(rig.target.requests) >= 2, "both were tried")
    rig.target.answer = lambda request: (200, {})
    page: dict[str, Any] = {}
    while len(page.get("items", ())) < 2:
        page = (await rig.client.get(f"{API}/relays/hook/undelivered")).json()
    one = (await rig.client.get(f"{API}/relays/hook/undelivered", params={"limit": 1})).json()
    assert [item["data"]["code"] for item in one["items"]] == ["A"]
    rest = (await rig.client.get(f"{API}/relays/hook/undelivered", params={"after": one["next"]})).json()
    assert [item["data"]["code"] for item in rest["items"]] == ["B"]
    numbers = [item["number"] for item in page["items"]]
    assert (await rig.post("/relays/hook/retry", {"numbers": numbers})).json()["done"] == 2
    assert (await rig.client.get(f"{API}/relays/hook")).json()["undelivered"] == 0


BAD: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("/relays", {"name": "x", "type": "webhook", "options": {"url": "https://10.0.0.1/"}}, "url"),
    ("/relays", {"name": "x", "type": "webhook", "options": {"url": "x", "extra": 1}}, "extra"),
    ("/relays", {"name": "X", "type": "webhook", "options": {"url": "https://example.no"}}, "name"),
    ("/relays", {"name": "x", "type": "rsmp", "options": {}}, "type"),
    ("/contacts", {"name": "Ola"}, "email"),
    ("/contacts", {"name": "Ola", "email": "ola@example.no\r\nBcc: x@y.z"}, "email"),
    ("/contacts", {"name": "Ola", "phone": "91234567"}, "phone"),
    ("/contacts", {"name": "Ola\n", "email": "ola@example.no"}, "name"),
)


@ON_SQLITE
async def test_bad_values_are_refused_by_field(rig: Rig) -> None:
    for path, body, field in BAD:
        answer = await rig.post(path, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


@ON_SQLITE
async def test_a_contact_that_a_relay_names_stays(rig: Rig) -> None:
    first = (await rig.client.get(f"{API}/contacts")).json()["items"][0]
    refused = await rig.client.delete(f"{API}/contacts/{first['id']}")
    assert (refused.status_code, "on-call does" in refused.json()["detail"]) == (422, True)
    added = (await rig.post("/contacts", {"name": "Per", "email": "per@example.no"})).json()
    assert (await rig.client.delete(f"{API}/contacts/{added['id']}")).status_code == 204


@ON_SQLITE
async def test_a_channels_secret_is_kept_and_never_shown(rig: Rig) -> None:
    options = {"host": "smtp.example.no", "sender": "signs@example.no"}
    await rig.client.put(f"{API}/channels/email", json={"options": options, "secret": "hunter2"})
    again = await rig.client.put(f"{API}/channels/email", json={"options": options})
    assert again.json()["has_secret"] is True
    listed = await rig.client.get(f"{API}/channels")
    assert "hunter2" not in listed.text
    assert listed.json()["items"][0]["options"]["security"] == "starttls"
    plain = {"options": {**options, "security": "none"}}
    assert (await rig.client.put(f"{API}/channels/email", json=plain)).status_code == 422


async def a_token(rig: Rig) -> str:
    await rig.store.relays.change("on-call", {"paused": False})
    await rig.staff.alarm(17, text="<img src=x>")
    await rig.staff.after(0)
    (notice,) = await rig.store.notices.latest()
    return GOOD.make(Link(notice.id, 1, START_MS // 1000 + 3600))


async def test_looking_at_a_link_acknowledges_nothing_and_its_button_does(rig: Rig) -> None:
    token = await a_token(rig)
    page = await rig.outside.get(f"/a/{token}")
    assert page.status_code == 200
    assert "<button>Acknowledge</button>" in page.text
    assert "<img" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    await rig.outside.head(f"/a/{token}")
    assert rig.staff.acknowledged == []
    done = await rig.outside.post(f"/a/{token}")
    assert "Acknowledged by Ola." in done.text
    assert rig.staff.acknowledged == [("17", "Ola (link)")]
    assert "<button>" not in (await rig.outside.get(f"/a/{token}")).text


@ON_SQLITE
async def test_a_link_that_was_called_back_does_not_work(rig: Rig) -> None:
    token = await a_token(rig)
    (notice,) = (await rig.client.get(f"{API}/notices")).json()["items"]
    assert notice["relay"] == "on-call"
    revoked = await rig.post(f"/notices/{notice['id']}/revoke")
    assert revoked.json()["state"] == "revoked"
    assert (await rig.outside.post(f"/a/{token}")).status_code == 403
    assert rig.staff.acknowledged == []


@ON_SQLITE
async def test_guessing_links_has_to_wait(rig: Rig) -> None:
    codes = [(await rig.outside.get(f"/a/{'0' * 16}-1-99999999999-{n:022}")).status_code for n in range(12)]
    assert codes == [403] * 10 + [429] * 2


@ON_SQLITE
async def test_an_alarm_of_the_controller_is_taken_by_a_link(rig: Rig) -> None:
    """From the condition that is reported to the step that whoever has the link takes."""
    alarms = Alarms(rig.store.alarms, tell=append, clock_ms=lambda: rig.staff.now_ms[0])
    rig.staff.notifier._acknowledge = acknowledging(alarms, lambda: rig.staff.now_ms[0])
    await alarms.report("sign", {Condition("lamp_dead", str(NORTH), 2, "a lamp is dead")})
    (message,), _ = await rig.store.outbox.read(START, 10)
    assert (message.kind, message.subject) == ("no.gangvakt.alarm.raised.v1", str(NORTH))
    await rig.store.relays.change("on-call", {"paused": False})
    await rig.staff.people.deliver([message])
    await rig.staff.after(0)
    (notice,) = await rig.store.notices.latest()
    token = GOOD.make(Link(notice.id, 1, START_MS // 1000 + 3600))
    assert "a lamp is dead" in (await rig.outside.get(f"/a/{token}")).text
    assert (await rig.outside.post(f"/a/{token}")).status_code == 200
    (alarm,) = alarms.standing("sign")
    assert alarm.state.value == "acknowledged"
    steps = await rig.store.alarms.history(alarm.id)
    assert steps[-1].who == "Ola (link)"


async def test_staff_of_one_municipality_see_and_change_its_relays_only(rig: Rig) -> None:
    await rig.webhook(name="all")
    await rig.webhook(name="theirs", municipality="lier")
    await rig.webhook(name="mine", municipality="drammen")
    theirs = (
        await rig.post("/contacts", {"name": "Per", "email": "p@example.no", "municipality": "lier"})
    ).json()
    await rig.staff.alarm(17)
    (notice,) = await rig.store.notices.latest()
    await rig.store.staff.set_municipalities("admin", frozenset({"drammen"}))
    listed = (await rig.client.get(f"{API}/relays")).json()["items"]
    assert [one["name"] for one in listed] == ["mine"]
    assert (await rig.client.get(f"{API}/contacts")).json()["items"] == []
    assert [one["id"] for one in (await rig.client.get(f"{API}/notices")).json()["items"]] == [notice.id]
    for name in ("all", "theirs"):
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test"), ("POST", "/secret")):
            answer = await rig.client.request(method, f"{API}/relays/{name}{path}")
            assert answer.status_code == 404, (method, name, path)
        assert (await rig.client.patch(f"{API}/relays/{name}", json={"paused": True})).status_code == 404
        assert (await rig.post(f"/relays/{name}/retry", {"numbers": [1]})).status_code == 404
        assert (await rig.client.get(f"{API}/relays/{name}/undelivered")).status_code == 404
    assert (await rig.client.get(f"{API}/channels")).status_code == 403
    public = {"url": "https://example.no/"}
    assert (await rig.webhook(name="a", municipality="drammen", options=public)).status_code == 201
    assert (await rig.webhook(name="b", municipality="lier", options=public)).status_code == 404
    assert (await rig.webhook(name="c", options=public)).status_code == 404
    assert (await rig.webhook(name="d", municipality="drammen")).status_code == 404, "an address inside"
    inside = {"options": {"allow_private": True}}
    assert (await rig.client.patch(f"{API}/relays/a", json=inside)).status_code == 404
    elsewhere = {"options": {"url": "http://127.0.0.1:1/"}}
    assert (await rig.client.patch(f"{API}/relays/mine", json=elsewhere)).status_code == 404
    for number in (theirs["id"], 1):
        people = {"name": "e", "type": "people", "municipality": "drammen", "options": {"contacts": [number]}}
        assert (await rig.post("/relays", people)).status_code == 404, "a contact of others"
