"""The database: once for ever, all or nothing, and never of a newer version."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, select

from gangvakt.errors import FolderUnusable, SettingRefused, StoreError, StoreTooNew
from gangvakt.fleet import EventKey, WantedConfig
from gangvakt.fleet.roles import ALL_RIGHTS
from gangvakt.settings import Keep
from gangvakt.store import DeadLetter, NewEvent, SeenSign, Store, StoreAddress, Work, dead_letters
from gangvakt.store.bundles import all_bundles, read_admission
from gangvakt.store.database import Database
from gangvakt.store.events import insert_events
from gangvakt.store.revision import LATEST
from gangvakt.store.sites import all_sites
from gangvakt.store.tables import METADATA, SIGNS
from gangvakt.store.upgrade import MIGRATIONS_DIR

from .stores import Stores
from .support import NORTH, SOUTH

DATABASES = Path(__file__).parent / "databases"


def differences(connection: Connection) -> list[Any]:
    """Between the tables there and those that this version works with."""
    return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def new_event(seq: int, sign: object = NORTH) -> NewEvent:
    return NewEvent(EventKey(sign, "9f3ac01b", 1, seq), "boot", 1000, "utc", 10, 1001, {"cause": "power"})  # type: ignore[arg-type]


async def test_the_migrations_make_the_tables_of_this_version(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with Store.open(path):
        pass
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_the_migrations_make_the_same_tables_on_both(stores: Stores) -> None:
    where = stores.fresh()
    async with Store.open(where) as store, store.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_ids_of_events_become_visible_in_their_order(where: Path | str) -> None:
    """Else a reader who goes on after the highest id seen would miss what came later with a lower one."""
    async with Store.open(where) as slow, Store.open(where) as fast:
        async with slow.exclusive() as connection:
            await insert_events(connection, [new_event(1)])
            beside = asyncio.create_task(fast.journal.write(Work((new_event(2),))))
            await asyncio.wait([beside], timeout=0.2)
            seen = [event.seq for event in await fast.events.page()]
        await beside
        assert seen == []
        assert [event.seq for event in await slow.events.page()] == [1, 2]


async def test_no_thread_outlives_its_database_wherever_a_task_was_cancelled(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    for steps in range(100):
        database = Database(StoreAddress.of(tmp_path / "x.db"))
        task = asyncio.create_task(two_at_a_time(database))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        await database.close()
        left = [one for one in set(threading.enumerate()) - before if "connection_worker" in one.name]
        assert left == [], f"cancelled after {steps} steps"


async def two_at_a_time(database: Database) -> None:
    async with database.transaction() as one, database.transaction() as another:
        await one.execute(select(1))
        await another.execute(select(1))


async def test_a_password_is_in_no_error() -> None:
    with pytest.raises(StoreError, match=r"postgresql://u:\*\*\*@127.0.0.1:1/x: ") as refused:
        async with Store.open("postgresql://u:secret@127.0.0.1:1/x"):
            pass
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["", "x", "mysql://u:secret@h/x", "postgresql://u:secret@h", "sqlite://", "postgresql://u:secret@h:x/y"],
)
def test_an_address_that_is_none_is_refused_with_what_may_stand_there(address: str) -> None:
    with pytest.raises(SettingRefused, match="allowed: sqlite:///PATH or postgresql://") as refused:
        StoreAddress.of(address)
    assert "secret" not in str(refused.value)


async def test_what_was_stored_is_there_after_opening_again(where: Path | str) -> None:
    async with Store.open(where) as store:
        await store.journal.write(Work((new_event(1),), (SeenSign(NORTH, 5, None),)))
    async with Store.open(where) as store:
        assert [(e.seq, e.detail) for e in await store.events.page()] == [(1, {"cause": "power"})]


async def test_a_known_event_is_not_stored_again_nor_returned(store: Store) -> None:
    first = await store.journal.write(Work(tuple(new_event(seq) for seq in range(200))))
    again = await store.journal.write(Work((new_event(199), new_event(200))))
    assert [e.seq for e in first] == list(range(200))
    assert [e.seq for e in again] == [200]


async def test_pages_ascend_and_can_be_of_one_sign(store: Store) -> None:
    await store.journal.write(Work((new_event(1), new_event(1, SOUTH), new_event(2))))
    assert [e.id for e in await store.events.page(after=1, limit=1)] == [2]
    assert [e.seq for e in await store.events.page(sign=NORTH)] == [1, 2]
    assert [e.sign for e in await store.events.latest(limit=2)] == [NORTH, SOUTH]


async def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    bad = NewEvent(EventKey(NORTH, "9f3ac01b", 1, 2), None, 1, "utc", 1, 1, {})  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        await store.journal.write(Work((new_event(1), bad), (SeenSign(NORTH, 5, None),)))
    assert await store.events.page() == ()
    assert await store.signs.all() == ()


async def test_a_sign_keeps_its_status_when_seen_without_one(store: Store) -> None:
    await store.journal.write(Work(signs=(SeenSign(NORTH, 1, "{}"),)))
    await store.journal.write(Work(signs=(SeenSign(NORTH, 2, None),)))
    assert await store.signs.all() == (SeenSign(NORTH, 2, "{}"),)


async def test_dead_letters_are_bounded_in_number_and_size(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "MOST_KEPT", 3)
    for number in range(5):
        letter = DeadLetter(number, "t", str(number), b"x" * 9000, 9000)
        await store.journal.write(Work(dead_letters=(letter,)))
    kept = await store.dead_letters.latest()
    assert [letter.reason for letter in kept] == ["4", "3", "2"]
    assert len(kept[0].payload) == dead_letters.KEPT_BYTES


async def test_a_sign_that_nobody_can_read_takes_one_dead_letter_a_topic_and_reason(store: Store) -> None:
    for number in range(5):
        letters = [DeadLetter(number, "t", why, b"%d" % number, number) for why in ("a", "b", "a")]
        await store.journal.write(Work(dead_letters=(*letters, DeadLetter(number, "u", "a", b"", 0))))
    kept = await store.dead_letters.latest()
    assert [(one.topic, one.reason, one.first_ms, one.received_ms, one.count) for one in kept] == [
        ("u", "a", 0, 4, 5),
        ("t", "b", 0, 4, 5),
        ("t", "a", 0, 4, 10),
    ]
    assert (kept[2].payload, kept[2].size) == (b"4", 4)


async def test_those_kinds_of_dead_letters_go_that_did_not_come_for_long(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "MOST_KEPT", 2)
    for number, why in enumerate("abac"):
        await store.journal.write(Work(dead_letters=(DeadLetter(number, "t", why, b"", 0),)))
    assert {letter.reason for letter in await store.dead_letters.latest()} == {"a", "c"}


async def test_dead_letters_that_are_alike_are_one_after_an_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as old, old:
        old.executescript((DATABASES / "0003.sql").read_text())
        old.execute("DELETE FROM dead_letters")
        row = "INSERT INTO dead_letters (received_ms, topic, reason, payload, size) VALUES (?, 't', ?, ?, 1)"
        old.executemany(row, [(7, "a", b"1"), (8, "b", b"2"), (9, "a", b"3")])
    async with Store.open(path) as store:
        await store.journal.write(Work(dead_letters=(DeadLetter(10, "t", "a", b"4", 1),)))
        assert await store.dead_letters.latest() == (
            DeadLetter(10, "t", "a", b"4", 1, first_ms=7, count=3),
            DeadLetter(8, "t", "b", b"2", 1, first_ms=8),
        )


def test_the_latest_revision_is_that_of_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS_DIR)).get_current_head() == LATEST


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with Store.open(path):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreTooNew, match="newer version"):
        async with Store.open(path):
            pass


async def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        async with Store.open(tmp_path / "x.db"):
            pass


async def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FolderUnusable):
        async with Store.open(tmp_path / "missing" / "x.db"):
            pass


async def test_a_new_password_of_staff_takes_the_place_of_the_old_one(store: Store) -> None:
    assert await store.staff.is_empty()
    assert await store.staff.add("admin", "one", must_change=True)
    assert not await store.staff.add("admin", "two", must_change=True)
    assert await store.staff.set_password("admin", "three", must_change=False)
    assert not await store.staff.set_password("nobody", "x", must_change=False)
    member = await store.staff.get("admin")
    assert member is not None
    assert (member.password_hash, member.must_change) == ("three", False)


async def test_a_database_of_the_first_version_is_brought_here_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as connection:
        connection.executescript((DATABASES / "0001.sql").read_text())
    connection.close()
    async with Store.open(path) as store:
        assert [(e.sign, e.detail) for e in await store.events.page()] == [(NORTH, {"cause": "power"})]
        assert [seen.sign for seen in await store.signs.all()] == [NORTH]
        assert [letter.payload for letter in await store.dead_letters.latest()] == [b"\x00\xff"]
        member = await store.staff.get("admin")
        assert member is not None
        assert member.grants == ALL_RIGHTS, "whoever was there before may what he could"
        async with store.exclusive() as registry:
            assert await all_sites(registry) == await all_bundles(registry) == ()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as upgraded:
        assert compare_metadata(MigrationContext.configure(upgraded), METADATA) == []
    engine.dispose()


async def test_the_first_schema_with_a_registry_is_brought_here_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript((DATABASES / "0003.sql").read_text())
    async with Store.open(path) as store:
        assert [event.id for event in await store.events.page()] == [1, 90, 91]
        ((entry, answer),) = await store.orders.commands()
        assert (entry.verb, answer) == ("identify", {"id": "q1", "ok": True})
        assert await store.orders.wanted(NORTH) == WantedConfig(4, "1", {"lead_ms": 4500})
        async with store.exclusive() as connection:
            (site,), (bundle,) = await all_sites(connection), await all_bundles(connection)
            assert (site.kit.apn, site.kit.config, bundle.label) == ("iot", {"mode": "shadow"}, "van 3")
            assert set((await read_admission(connection)).certificates) == {"cd" * 32}
            assert await connection.run_sync(differences) == []
        await store.housekeeper(Keep(events=0)).turn()
        (day,) = await store.rollups.read(NORTH, "day", 0, 1 << 50)
        assert (day.events, day.activations, day.lit_ms) == (3, 1, 12_000)
        assert [event.id for event in await store.journal.write(Work((new_event(200),)))] == [92]


async def test_of_two_exclusive_transactions_the_second_sees_what_the_first_wrote(store: Store) -> None:
    counted = []

    async def count() -> None:
        async with store.exclusive() as connection:
            known = len((await connection.execute(select(SIGNS))).all())
            counted.append(known)
            row = {"sign": f"a/b/c{known}", "first_seen_ms": 1, "last_seen_ms": 1}
            await connection.execute(SIGNS.insert().values(row))

    await asyncio.gather(*(count() for _ in range(5)))
    assert counted == [0, 1, 2, 3, 4]
