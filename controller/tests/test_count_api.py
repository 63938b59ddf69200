"""Hourly and daily sums over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gangvakt.fleet import SignId
from gangvakt.settings import Keep
from gangvakt.store import Work

from .apis import API, SITE, Office, an_office
from .support import NORTH, SOUTH
from .test_retention import DAY_MS, HOUR_MS, MONDAY_MS, one_crossing

OSLO = SignId("oslo", "torget", "west")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """NORTH warned in three hours of one day and once on the next, SOUTH and a sign in Oslo once."""
    async with an_office(tmp_path) as office:
        times = [MONDAY_MS + n * HOUR_MS for n in (0, 1, 5)] + [MONDAY_MS + DAY_MS]
        events = [event for n, time_ms in enumerate(times) for event in one_crossing(1 + 2 * n, time_ms)]
        events += [*one_crossing(1, MONDAY_MS, SOUTH), *one_crossing(1, MONDAY_MS, OSLO)]
        await office.store.journal.write(Work(tuple(events)))
        await office.store.housekeeper(Keep(events=0)).turn()
        yield office


async def test_a_sign_tells_its_days(office: Office) -> None:
    told = (await office.get("/counts", params={"sign": str(NORTH)})).json()
    first, second = told["items"]
    assert first == {
        "start_ms": MONDAY_MS,
        "events": 6,
        "activations": 3,
        "tracked": 3,
        "timed": 3,
        "warning_ms": 12_600,
        "lit_ms": 27_000,
        "boots": 0,
        "faults": 0,
    }
    assert (second["start_ms"], second["activations"], told["next"]) == (MONDAY_MS + DAY_MS, 1, None)


async def test_a_crossing_tells_the_hours_of_a_time_in_pages(office: Office) -> None:
    wanted = {"site": str(SITE), "span": "hour", "from_ms": MONDAY_MS, "to_ms": MONDAY_MS + DAY_MS}
    pages, after = [], {}
    for _ in range(2):
        told = (await office.get("/counts", params=wanted | {"limit": 2} | after)).json()
        pages.append(
            [((one["start_ms"] - MONDAY_MS) // HOUR_MS, one["activations"]) for one in told["items"]]
        )
        after = {"after": told["next"]}
    assert pages == [[(0, 2), (1, 1)], [(5, 1)]]
    assert told["next"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "sign"),
        (f"sign={NORTH}&site={SITE}", "sign"),
        ("sign=A/b/c", "municipality"),
        (f"site={SITE}&span=week", "span"),
        (f"site={SITE}&from_ms=-1", "from_ms"),
        (f"site={SITE}&to_ms=9999999999999999999", "to_ms"),
        (f"site={SITE}&limit=0", "limit"),
        (f"site={SITE}&after=x", "after"),
    ],
)
async def test_what_cannot_be_summed_up_is_refused_by_field(office: Office, query: str, field: str) -> None:
    answer = await office.get(f"/counts?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


async def test_sums_are_shown_to_their_municipality_alone(office: Office) -> None:
    await office.store.staff.set_municipalities("admin", frozenset({"oslo"}))
    assert (await office.get("/counts", params={"sign": str(OSLO)})).json()["items"][0]["activations"] == 1
    for wanted in ({"sign": str(NORTH)}, {"site": str(SITE)}):
        assert (await office.get("/counts", params=wanted)).status_code == 404
    assert (await office.client.get(f"{API}/counts", headers={"Authorization": ""})).status_code == 401
