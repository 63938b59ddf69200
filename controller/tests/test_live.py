"""Server-sent events: what a reader is told, what he is not, and how it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from gangvakt.api import live
from gangvakt.api.live import LiveFeeds
from gangvakt.api.paging import decode_cursor
from gangvakt.clock import utc_ms
from gangvakt.fleet import SignId
from gangvakt.ingest.looks import parse_look

from .apis import Office, an_office
from .support import NORTH, SOUTH, WAIT_S
from .wire import a_look

OSLO = SignId("oslo", "torget", "west")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as office:
        yield office


class Reader:
    """Takes one block at a time, and nothing by himself."""

    def __init__(
        self,
        feeds: LiveFeeds,
        last_id: int | None = None,
        whose: str = "",
        *,
        in_: bool = True,
        watches: str = "",
    ) -> None:
        async def still_in() -> bool:
            return in_

        self._blocks = feeds.tell(
            lambda municipality: whose in ("", municipality),
            still_in,
            last_id,
            lambda municipality: municipality == watches,
        )
        self._held = ""

    async def begin(self) -> Reader:
        assert (await anext(self._blocks)).startswith(b"retry:")
        return self

    async def block(self) -> tuple[str, dict[str, Any], int | None]:
        """Name, data and the event's number of the next block; a heartbeat has no name."""
        while "\n\n" not in self._held:
            async with asyncio.timeout(WAIT_S):
                self._held += (await anext(self._blocks)).decode()
        text, _, self._held = self._held.partition("\n\n")
        fields = dict(line.split(": ", 1) for line in text.split("\n") if ": " in line)
        number = decode_cursor(fields["id"]) if "id" in fields else None
        return fields.get("event", ""), json.loads(fields.get("data", "{}")), number


def feeds_of(office: Office) -> LiveFeeds:
    assert office.services.live is not None
    return office.services.live


async def test_a_reader_is_told_of_signs_and_stored_events(office: Office) -> None:
    reader = await Reader(feeds_of(office)).begin()
    waiting = asyncio.create_task(reader.block())
    await asyncio.sleep(0)
    office.hear(NORTH)
    name, told, _ = await waiting
    assert (name, told["id"], told["online"]) == ("sign", str(NORTH), True)
    await office.happen(NORTH, 1)
    name, told, number = await reader.block()
    assert (name, told["kind"], number) == ("event", "boot", told["id"])


async def test_a_reader_who_comes_again_is_told_what_he_missed_once(office: Office) -> None:
    await office.happen(NORTH, 3)
    reader = await Reader(feeds_of(office), last_id=1).begin()
    await office.happen(NORTH, 1, first=4)
    assert [(await reader.block())[2] for _ in range(3)] == [2, 3, 4]
    await office.happen(NORTH, 1, first=5)
    while (told := await reader.block())[0] == "":  # what was told as missed is not told again
        pass
    assert told[2] == 5


async def test_a_reader_who_missed_too_much_is_told_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PAGE", 2)
    monkeypatch.setattr(live, "MOST_MISSED", 4)
    await office.happen(NORTH, 5)
    reader = await Reader(feeds_of(office), last_id=0).begin()
    told = [await reader.block() for _ in range(5)]
    assert [number for _, _, number in told[:4]] == [1, 2, 3, 4]
    assert (told[4][0], told[4][1]["count"]) == ("dropped", None)


async def test_a_slow_reader_is_told_how_much_was_dropped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CAPACITY", 2)
    reader = await Reader(feeds_of(office)).begin()
    for sign in (NORTH, SOUTH, OSLO):
        office.hear(sign)
    while (told := await reader.block())[0] != "dropped":
        pass
    assert told[1]["count"] == 1


async def test_a_reader_is_told_of_his_own_municipality_only(office: Office) -> None:
    reader = await Reader(feeds_of(office), whose="oslo").begin()
    first = asyncio.create_task(reader.block())
    for sign in (NORTH, NORTH, OSLO):
        await asyncio.sleep(0)  # each by itself: of others' not even a heartbeat tells
        await asyncio.sleep(0)
        office.hear(sign)
    name, told, _ = await first
    assert (name, told.get("id")) == ("sign", str(OSLO))


async def test_what_a_watched_sign_sees_is_told_to_who_may_command_it(office: Office) -> None:
    office.hear(NORTH, OSLO)
    reader = await Reader(feeds_of(office), watches="drammen").begin()
    first = asyncio.create_task(reader.block())
    await asyncio.sleep(0)
    for sign in (OSLO, NORTH):
        office.fleet.put_look(sign, parse_look(a_look((7, 1_700, -1_500, 100, 1_200, 1)), utc_ms()))
    name, told, _ = await first
    assert (name, told["sign"], told["reason"], told["t_kerb_ms"]) == ("look", str(NORTH), "approach", 1_100)
    assert told["tracks"] == [
        {
            "id": 7,
            "along_mm": 1_700,
            "across_mm": -1_500,
            "along_mm_s": 100,
            "across_mm_s": 1_200,
            "kind": "person",
            "doing": "stepping_out",
        }
    ]
    office.hear(NORTH)
    assert (await reader.block())[0] == "sign"


async def test_a_silent_fleet_sends_heartbeats_until_the_session_ends(office: Office) -> None:
    feeds = LiveFeeds(office.fleet, office.store.events, heartbeat_s=0.01)
    assert await (await Reader(feeds).begin()).block() == ("", {}, None)
    with pytest.raises(StopAsyncIteration):
        await (await Reader(feeds, in_=False).begin()).block()


async def test_readers_end_when_the_controller_stops_and_nobody_new_comes_in(office: Office) -> None:
    feeds = feeds_of(office)
    reader = await Reader(feeds).begin()
    waiting = asyncio.create_task(reader.block())
    await asyncio.sleep(0)
    feeds.close()
    with pytest.raises(StopAsyncIteration):
        await waiting
    assert feeds.readers == 0
    with pytest.raises(HTTPException):
        feeds.check_room()
    assert (await office.get("/live")).status_code == 503


async def test_only_so_many_listen(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_READERS", 1)
    reader = await Reader(feeds_of(office)).begin()
    answer = await office.get("/live")
    assert feeds_of(office).readers == 1, reader
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_an_id_that_was_never_given_is_refused(office: Office) -> None:
    answer = await office.get("/live", headers={"Last-Event-ID": "17"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "last-event-id"
