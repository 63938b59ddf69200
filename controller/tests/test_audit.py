"""The audit: a chain that only grows, that tells when it was changed, and that people can be deleted from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update

from gangvakt.errors import AuditBroken, StoreError
from gangvakt.fleet.audit_chain import GENESIS, Entry, Head, canonical, fault_of, hash_of
from gangvakt.store import Store
from gangvakt.store.audit import HIDDEN, Person, Personal, changed, note
from gangvakt.store.audit_table import DELETED, AuditFilter
from gangvakt.store.tables_audit import AUDIT, AUDIT_HEAD, AUDIT_PERSONAL, PERSONS, unguard

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


async def some_rows(store: Store, count: int = 5) -> None:
    for number in range(count):
        async with store.exclusive() as connection:
            before, after = {"title": f"{number}"}, {"title": f"{number + 1}"}
            await note(
                connection, "kari", "site.change", "drammen/storgata", before, after, at_ms=1000 + number
            )


async def tampered(store: Store, *statements: object) -> None:
    """As somebody does it who owns the database: the triggers are the first that he takes away."""
    async with store.exclusive() as connection:
        for statement in unguard(connection.dialect.name):
            await connection.execute(text(statement))
        for statement in statements:
            await connection.execute(statement)  # type: ignore[call-overload]


async def test_a_row_says_who_did_what_to_what_and_what_it_was_before(store: Store) -> None:
    await some_rows(store, 2)
    newest, oldest = await store.audit.page()
    assert (newest.number, newest.at_ms, newest.who) == (2, 1001, "kari")
    assert (newest.action, newest.subject) == ("site.change", "drammen/storgata")
    assert (newest.before, newest.after) == ({"title": "1"}, {"title": "2"})
    assert oldest.number == 1
    assert (await store.audit.get(1)) == oldest


async def test_what_is_rolled_back_leaves_no_row_and_no_gap(store: Store) -> None:
    await some_rows(store, 1)

    async def fail() -> None:
        async with store.exclusive() as connection:
            await note(connection, "ola", "site.change", "drammen/storgata")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await some_rows(store, 1)
    assert (await store.audit.verify()).number == 2


@pytest.mark.parametrize("statement", [update(AUDIT).values(action="x"), delete(AUDIT)])
async def test_the_database_itself_refuses_to_change_the_chain(store: Store, statement: object) -> None:
    await some_rows(store, 1)
    with pytest.raises(StoreError, match="the audit only grows"):
        async with store.exclusive() as connection:
            await connection.execute(statement)  # type: ignore[call-overload]


@pytest.mark.parametrize("what", ["who", "at_ms", "action", "subject", "before", "after", "hash", "number"])
async def test_the_first_row_that_was_changed_is_named(store: Store, what: str) -> None:
    await some_rows(store)
    other = {"who": 2, "at_ms": 1, "number": 77, "hash": GENESIS}.get(what, '{"title":"9"}')
    await tampered(store, update(AUDIT).where(AUDIT.c.number == 3).values({what: other}))
    with pytest.raises(AuditBroken, match="row 3 "):
        await store.audit.verify()


async def test_a_row_that_was_taken_out_is_missed(store: Store) -> None:
    await some_rows(store)
    await tampered(store, delete(AUDIT).where(AUDIT.c.number == 2))
    with pytest.raises(AuditBroken, match="row 2 does not fit: row 2 is missing"):
        await store.audit.verify()


async def test_a_tail_that_was_cut_off_with_its_head_is_noticed_by_a_head_kept_elsewhere(
    store: Store,
) -> None:
    await some_rows(store)
    kept, fourth = await store.audit.head(), await store.audit.get(4)
    await tampered(
        store, delete(AUDIT).where(AUDIT.c.number == 5), update(AUDIT_HEAD).values(number=4, hash=fourth.hash)
    )
    assert (await store.audit.verify()).number == 4  # by itself a shorter chain is a whole one
    with pytest.raises(AuditBroken, match="row 5 does not fit: all rows up to 5 are gone"):
        await store.audit.verify([kept])


async def test_a_chain_that_was_made_anew_does_not_hold_a_head_kept_elsewhere(store: Store) -> None:
    await some_rows(store)
    forged = Head(3, "ab" * 32)
    with pytest.raises(AuditBroken, match="row 3 does not fit: another row was sealed"):
        await store.audit.verify([forged])


async def test_what_is_said_of_a_person_can_be_deleted_and_not_be_changed(store: Store) -> None:
    async with store.exclusive() as connection:
        after = {"email": Personal("kari@drammen.example"), "assignee": Person("kari"), "priority": 2}
        await note(connection, "ola", "contact.add", Person("kari"), None, after)
    (row,) = await store.audit.page()
    assert row.after == {"email": "kari@drammen.example", "assignee": "kari", "priority": 2}
    assert row.subject == "kari"
    async with store.exclusive() as connection:
        await connection.execute(update(PERSONS).where(PERSONS.c.name == "kari").values(name=None))
        await connection.execute(delete(AUDIT_PERSONAL))
    await store.audit.verify()
    (row,) = await store.audit.page()
    assert (row.subject, row.after) == (
        "person 2",
        {"email": DELETED, "assignee": "person 2", "priority": 2},
    )
    async with store.exclusive() as connection:
        await note(connection, "ola", "contact.add", "contact 2", None, {"email": Personal("a@b.example")})
        await connection.execute(update(AUDIT_PERSONAL).values(value='"c@d.example"'))
    with pytest.raises(AuditBroken, match="row 2 does not fit: what it says of a person was changed"):
        await store.audit.verify()


async def test_no_secret_gets_into_the_chain(store: Store) -> None:
    async with store.exclusive() as connection:
        after = {"wifi": {"ssid": "pole", "psk": "hunter22"}, "token": ["t0p"], "password": None}
        await note(connection, "ola", "site.add", "a/b", None, after)
    (row,) = await store.audit.page()
    assert row.after == {"wifi": {"ssid": "pole", "psk": HIDDEN}, "token": HIDDEN, "password": None}


async def test_a_state_that_is_too_long_is_told_by_its_hash(store: Store) -> None:
    async with store.exclusive() as connection:
        await note(connection, "ola", "site.add", "a/b", None, {"text": "x" * 100_000})
    (row,) = await store.audit.page()
    assert row.after is not None
    assert row.after.keys() == {"bytes", "sha256"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AuditFilter(who="kari"), [2, 1]),
        (AuditFilter(who="nobody"), []),
        (AuditFilter(subject="a/*"), [3, 1]),
        (AuditFilter(subject="a/b"), [1]),
        (AuditFilter(subject="kari"), [4]),
        (AuditFilter(action="site.*", from_ms=2000, to_ms=3000), [3, 2]),
    ],
)
async def test_rows_are_found_by_who_what_and_when(
    store: Store, wanted: AuditFilter, found: list[int]
) -> None:
    async with store.exclusive() as connection:
        await note(connection, "kari", "site.add", "a/b", at_ms=1000)
        await note(connection, "kari", "site.add", "b/b", at_ms=2000)
        await note(connection, "ola", "site.add", "a/c", at_ms=3000)
        await note(connection, "ola", "user.add", Person("kari"), at_ms=4000)
    assert [row.number for row in await store.audit.page(wanted)] == found
    assert [row.number for row in await store.audit.page(wanted, limit=1)] == found[:1]


def test_only_what_differs_is_told() -> None:
    assert changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == ({"b": 2, "c": None}, {"b": 3, "c": 4})


@settings(max_examples=50)
@given(JSON)
def test_canonical_json_is_one_text_whatever_the_order(value: object) -> None:
    def turned(one: object) -> object:
        if isinstance(one, dict):
            return {key: turned(one[key]) for key in reversed(one)}
        return [turned(inner) for inner in one] if isinstance(one, list) else one

    assert canonical(turned(value)) == canonical(value)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: {**vars(entry), "after": None},
        lambda entry: {**vars(entry), "action": "b", "subject": "ac"},
    ],
)
def test_no_two_entries_have_the_same_hash(change: Callable[[Entry], dict[str, object]]) -> None:
    entry = Entry(1, 2, 3, "ba", "c", None, "{}")
    other = Entry(**change(entry))  # type: ignore[arg-type]
    assert fault_of(Head(0, GENESIS), other, hash_of(GENESIS, entry)) is not None
