"""How fast vehicles came, over the API, from stored events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gangvakt.fleet import EventKey, SignId
from gangvakt.store import NewEvent, Work

from .apis import SITE, Office, an_office
from .support import NORTH, SOUTH
from .test_retention import DAY_MS, HOUR_MS, MONDAY_MS


def vehicles(sign: SignId, seq: int, at_ms: int, counts: str) -> NewEvent:
    told = {"period_s": 3600, "from_kmh": 45, "counts": counts}
    return NewEvent(EventKey(sign, "9f3ac01b", 3, seq), "vehicles", at_ms, "utc", 1, at_ms, told)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """NORTH counted in two hours, SOUTH in one."""
    async with an_office(tmp_path) as office:
        events = (
            vehicles(NORTH, 1, MONDAY_MS + HOUR_MS + 1500, "0 10 0 0 0 0 0 0 0"),
            vehicles(NORTH, 2, MONDAY_MS + 2 * HOUR_MS + 1500, "0 0 10 0 0 0 0 0 0"),
            vehicles(SOUTH, 1, MONDAY_MS + HOUR_MS + 1500, "0 10 0 0 0 0 0 0 0"),
        )
        await office.store.journal.write(Work(events))
        yield office


async def test_a_crossing_tells_how_fast_vehicles_came_by_sign_and_hour(office: Office) -> None:
    wanted = {"site": str(SITE), "from_ms": MONDAY_MS, "to_ms": MONDAY_MS + DAY_MS}
    told = (await office.get("/speeds", params=wanted)).json()
    assert (told["vehicles"], told["mean_kmh"], told["p85_kmh"]) == (30, 54.2, 57.8)
    assert (told["class_kmh"], told["classes"][10:12]) == (5, [20, 10])
    assert [(one["sign"], one["vehicles"]) for one in told["signs"]] == [(str(NORTH), 20), (str(SOUTH), 10)]
    assert [(one["start_ms"] - MONDAY_MS, one["p85_kmh"]) for one in told["hours"]] == [
        (0, 54.2),
        (HOUR_MS, 59.2),
    ]


async def test_where_nobody_counts_it_is_empty_and_too_long_a_time_is_refused(office: Office) -> None:
    wanted = {"site": "drammen/elsewhere", "from_ms": MONDAY_MS, "to_ms": MONDAY_MS + DAY_MS}
    told = (await office.get("/speeds", params=wanted)).json()
    assert (told["vehicles"], told["p85_kmh"], told["signs"], told["hours"]) == (0, None, [], [])
    refused = await office.get("/speeds", params=wanted | {"to_ms": MONDAY_MS + 32 * DAY_MS})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "to_ms")
