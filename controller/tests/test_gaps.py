"""Numbered events that did not arrive are told by sign and boot, until they come after all."""

from __future__ import annotations

from pathlib import Path

from gangvakt.alarms import Patrol
from gangvakt.fleet import EventKey, LiveFleet, SignId
from gangvakt.fleet.presence import Presence
from gangvakt.fleet.sequence import PATIENCE_MS, REMEMBERED_MS
from gangvakt.ingest import restore
from gangvakt.ingest.messages import parse_status
from gangvakt.store import NewEvent, Store, Work

from .apis import an_office
from .support import NORTH, SOUTH
from .wire import INCARNATION, NOW_MS, status


def events(*numbers: int, boot: int = 3, sign: SignId = NORTH, at_ms: int = NOW_MS) -> Work:
    keys = (EventKey(sign, INCARNATION, boot, seq) for seq in numbers)
    return Work(tuple(NewEvent(key, "boot", at_ms, "utc", 1, at_ms, {}) for key in keys))


async def test_gaps_are_told_by_boot_and_late_events_fill_them(store: Store) -> None:
    await store.journal.write(events(1, 2, 5, 6, 9))
    await store.journal.write(events(4, boot=4))
    await store.journal.write(events(1, 3, sign=SOUTH))
    newest, older = await store.gaps.lives(NORTH)
    assert (newest.boot, newest.missing, newest.gaps) == (4, 0, ())
    assert (older.boot, older.first_seq, older.last_seq, older.stored) == (3, 1, 9, 5)
    assert (older.missing, older.gaps) == (4, ((3, 4), (7, 8)))
    await store.journal.write(events(8, 4, 3))
    assert [life.gaps for life in await store.gaps.lives(NORTH)] == [((7, 7),), ()]


async def test_what_was_skipped_in_the_newest_boot_is_missed_from_when_it_showed(store: Store) -> None:
    await store.journal.write(events(1, 3, boot=2))
    await store.journal.write(events(1, 3, at_ms=NOW_MS - REMEMBERED_MS))
    await store.journal.write(events(7))
    await store.journal.write(events(1, 2, sign=SOUTH))
    (found,) = await store.gaps.skipped_since(NOW_MS - 1000)
    assert (found.sign, found.boot, found.last_seq) == (NORTH, 3, 7)
    assert found.since_ms == dict.fromkeys((4, 5, 6), NOW_MS)


async def test_a_gap_outlives_a_restart_and_its_event_closes_it(store: Store) -> None:
    await store.journal.write(events(1, 3))
    now_ms = [NOW_MS + PATIENCE_MS]
    fleet = LiveFleet(lambda: now_ms[0])
    await restore(fleet, store)
    connected = {"is_connected": lambda: True, "clock_ms": lambda: now_ms[0]}
    patrol = Patrol(store.alarms, fleet, gaps=store.gaps, **connected)  # type: ignore[arg-type]
    await patrol.restore()
    told = parse_status(status())
    assert told is not None
    fleet.put_status(NORTH, told, now_ms[0])
    await patrol.round()
    sight = patrol.sight(NORTH)
    assert sight is not None
    assert (sight.presence, sight.missing) == (Presence.PATCHY, 1)
    fleet.put_events(await store.journal.write(events(2)))
    await patrol.round()
    sight = patrol.sight(NORTH)
    assert sight is not None
    assert (sight.presence, sight.missing) == (Presence.FINE, 0)


async def test_the_api_tells_them(tmp_path: Path) -> None:
    async with an_office(tmp_path) as office:
        office.hear(NORTH)
        await office.store.journal.write(events(1, 2, 5))
        answer = await office.get(f"/signs/{NORTH}/gaps")
        assert answer.json() == {
            "sign": str(NORTH),
            "missing": 2,
            "boots": [
                {
                    "incarnation": INCARNATION,
                    "boot": 3,
                    "first_seq": 1,
                    "last_seq": 5,
                    "stored": 3,
                    "missing": 2,
                    "gaps": [{"first_seq": 3, "last_seq": 4}],
                }
            ],
        }
        again = await office.get(f"/signs/{NORTH}/gaps", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        assert (await office.get(f"/signs/{SOUTH}/gaps")).status_code == 404
