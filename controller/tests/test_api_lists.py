"""Lists of the API: pages, filters, and what is not sent again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gangvakt.api.paging import encode_cursor
from gangvakt.fleet import SignId
from gangvakt.provision.file_wire import SiteFileIn
from gangvakt.store import DeadLetter, Work

from .apis import API, SITE, Office, an_office
from .office import a_site
from .support import NORTH, SOUTH
from .wire import NOW_MS

OSLO = SignId("oslo", "torget", "west")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as office:
        office.hear(NORTH)
        office.hear(SOUTH, faults=[])
        office.hear(OSLO, faults=[], lamps={"on": True, "pattern": "alternating", "dim_pct": 100})
        office.fleet.put_offline(SOUTH, NOW_MS)
        yield office


async def ids(office: Office, query: str) -> list[str]:
    return [one["id"] for one in (await office.get(f"/signs?{query}")).json()["items"]]


async def test_signs_are_paged_in_the_order_of_their_ids(office: Office) -> None:
    first = (await office.get("/signs", params={"limit": 2})).json()
    rest = (await office.get("/signs", params={"limit": 2, "after": first["next"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [str(NORTH), str(SOUTH), str(OSLO)]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("municipality=oslo", [OSLO]),
        ("site=storgata", [NORTH, SOUTH]),
        ("state=faulty", [NORTH]),
        ("state=offline", [SOUTH]),
        ("state=warning", [OSLO]),
        ("text=TORGET", [OSLO]),
        ("text=%25", []),
        ("municipality=oslo&state=offline", []),
    ],
)
async def test_signs_are_filtered(office: Office, query: str, found: list[SignId]) -> None:
    assert await ids(office, query) == [str(one) for one in found]


async def test_a_sign_in_shadow_mode_is_not_called_ready(office: Office) -> None:
    office.hear(SOUTH, faults=[], mode="shadow")
    assert (await ids(office, "state=shadow"), await ids(office, "state=ready")) == ([str(SOUTH)], [])
    marks = (await office.get("/map")).json()["features"]
    assert [one["properties"]["state"] for one in marks] == ["faulty", "shadow", "warning"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/signs?after=x", "after"),
        (f"/signs?after={encode_cursor(7)}", "after"),
        (f"/events?after={encode_cursor('a/b/c')}", "after"),
        ("/events?after=-1", "after"),
        ("/sites?after=x", "after"),
        ("/registrations?after=x", "after"),
        ("/bundles?after=x", "after"),
        ("/certificates?after=x", "after"),
        ("/dead-letters?after=x", "after"),
        ("/signs?state=blue", "state"),
        ("/signs?municipality=%3Cb%3E", "municipality"),
        ("/map?text=%00", "text"),
    ],
)
async def test_a_list_refuses_what_it_cannot_read_and_names_it(office: Office, path: str, field: str) -> None:
    answer = await office.get(path)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["/signs", f"/signs/{NORTH}", "/map", "/events", "/sites"])
async def test_what_did_not_change_is_not_sent_again(office: Office, path: str) -> None:
    first = await office.get(path)
    again = await office.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    office.fleet.put_seen(NORTH, NOW_MS + 1)
    await office.happen(NORTH, 1)
    await office.services.registry.sites.add(a_site())
    changed = await office.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_the_map_shows_every_sign_with_its_place_where_it_is_known(office: Office) -> None:
    registry = office.services.registry
    await registry.sites.add(a_site())
    await registry.site_files.put(SITE, SiteFileIn(lat_deg=59.7, lon_deg=10.2))
    told = (await office.get("/map")).json()
    assert told["type"] == "FeatureCollection"
    north, _, west = told["features"]
    assert north == {
        "type": "Feature",
        "id": str(NORTH),
        "geometry": {"type": "Point", "coordinates": [10.2, 59.7]},
        "properties": {"state": "faulty", "faults": 1, "last_seen_ms": NOW_MS},
    }
    assert west["geometry"] is None


async def test_dead_letters_are_paged_newest_first(office: Office) -> None:
    letters = tuple(
        DeadLetter(NOW_MS + n, f"gangvakt/v1/{NORTH}/event", f"no JSON {n}", b"\xff<b>", 4) for n in range(3)
    )
    await office.store.journal.write(Work(dead_letters=letters))
    first = (await office.get("/dead-letters?limit=2")).json()
    rest = (await office.get("/dead-letters", params={"after": first["next"]})).json()
    shown = first["items"] + rest["items"]
    assert [one["received_ms"] - NOW_MS for one in shown] == [2, 1, 0]
    assert shown[0]["payload"] == "\\xff<b>"
    assert rest["next"] is None


async def test_a_request_keeps_the_id_that_it_came_with(office: Office) -> None:
    answer = await office.get("/signs/a/b/c", headers={"X-Request-ID": "proxy-17"})
    assert (answer.headers["x-request-id"], answer.json()["request_id"]) == ("proxy-17", "proxy-17")
    made = await office.client.get(f"{API}/me", headers={"X-Request-ID": "two words"})
    assert len(made.headers["x-request-id"]) == 16


async def test_a_failure_of_ours_is_a_problem_that_names_its_request(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(office.services.events, "page", lambda *_: 1 / 0)
    answer = await office.get("/events")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivision" not in answer.text
