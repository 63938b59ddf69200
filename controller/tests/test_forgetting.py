"""A person who is forgotten is nowhere in the database any more, and the audit still verifies."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from gangvakt.alarms.service import Alarms
from gangvakt.errors import UnknownUser
from gangvakt.fleet.alarm import Condition, Step
from gangvakt.fleet.alarm_states import Kind
from gangvakt.registry import Registry
from gangvakt.store import Store, StoreAddress
from gangvakt.store.acting import acting_as
from gangvakt.store.audit import Personal, note
from gangvakt.store.forgetting import compact, forget
from gangvakt.store.notices import Contact
from gangvakt.store.orders import CommandEntry
from gangvakt.store.outbox import append
from gangvakt.store.tables import METADATA

from .office import a_site

KARI = "kari@drammen.example"


async def live_here(store: Store) -> None:
    """Somebody does a bit of everything, and is named by others."""
    await store.staff.add(KARI, "-", must_change=False)
    await store.staff.add("ola", "-", must_change=False)
    await store.staff.sessions.begin(KARI, _stage(), 1, "10.0.0.7", "a browser of hers")
    with acting_as(KARI):
        registry = Registry(store, _no_keys)
        await registry.sites.add(a_site())
        await store.orders.begin(CommandEntry("drammen/storgata/x", "r1", "mute", 30, KARI, 1))
        contact = await store.notices.save_contact(Contact(0, KARI, "drammen", KARI, "+4712345678"))
        await store.notices.save_contact(Contact(contact.id, KARI, "drammen", KARI, "+4787654321"))
    alarms = Alarms(store.alarms, append)
    await alarms.report("watch", [Condition("radar_silent", "drammen/storgata/30aea4120001")])
    (alarm,) = alarms.standing("watch")
    await alarms.act(alarm.id, Step(Kind.COMMENT, 2, "ola", f"rang {KARI}, who sees to it"))
    await alarms.act(alarm.id, Step(Kind.ASSIGN, 3, "ola", data={"to": KARI}))
    await alarms.act(alarm.id, Step(Kind.ACKNOWLEDGE, 4, KARI, "on my way"))
    async with store.exclusive() as connection:
        await note(connection, "ola", "site.change", "a/b", None, {"text": Personal(f"{KARI} was there")})


def _stage() -> object:
    from gangvakt.store.sessions import Stage

    return Stage.OPEN


def _no_keys() -> object:
    raise AssertionError("no keys are needed")


async def found_in(store: Store, word: str) -> list[str]:
    """Every table and column of the whole database that holds `word`."""
    hits = []
    async with store.reading() as connection:
        for table in METADATA.sorted_tables:
            for row in await connection.execute(select(table)):
                hits += [f"{table.name}.{name}" for name, held in row._mapping.items() if word in str(held)]
    return sorted(set(hits))


async def test_whoever_is_forgotten_is_nowhere_any_more(store: Store) -> None:
    await live_here(store)
    before = await found_in(store, KARI)
    assert {"staff.user", "contacts.email", "commands.user", "alarm_steps.text"} <= set(before), before
    assert await store.staff.remove(KARI, by="ola")
    async with store.exclusive() as connection:
        done = await forget(connection, KARI, "ola")
    for trace in (KARI, "+4712345678", "+4787654321", "10.0.0.7"):
        assert await found_in(store, trace) == []
    await store.audit.verify()
    told = {(row.who, row.action) for row in await store.audit.page(limit=100)}
    assert (done.called, "site.add") in told
    assert done.called.startswith("person ")


async def test_not_even_the_bytes_of_the_file_hold_the_name(tmp_path: Path) -> None:
    database = tmp_path / "x.db"
    async with Store.open(database) as store:
        await live_here(store)
        await store.staff.remove(KARI)
        async with store.exclusive() as connection:
            await forget(connection, KARI, "ola")
        compact(StoreAddress.of_path(database))
    bytes_there = b"".join(path.read_bytes() for path in tmp_path.glob("x.db*"))
    assert KARI.encode() not in bytes_there


async def test_words_that_only_look_like_a_name_stay(store: Store) -> None:
    await store.staff.add("per", "-", must_change=False)
    async with store.exclusive() as connection:
        await note(connection, "per", "note.add", "a/b", None, {"text": Personal("the person went")})
        await note(connection, "ola", "note.add", "a/b", None, {"text": Personal("the person went")})
        await note(connection, "ola", "note.add", "a/b", None, {"text": Personal("per went")})
        await forget(connection, "per", "ola")
    rows = await store.audit.page(limit=4)
    texts = [(row.after or {}).get("text") for row in rows[1:]]
    assert texts == ["(deleted)", "the person went", "(deleted)"]


async def test_nobody_is_forgotten_who_was_never_known(store: Store) -> None:
    with pytest.raises(UnknownUser):
        async with store.exclusive() as connection:
            await forget(connection, "nobody", "ola")
