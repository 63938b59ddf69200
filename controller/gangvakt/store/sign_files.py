"""The files of signs and all that is logged in them. All in a transaction of the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.store.dialect import insert_into
from gangvakt.store.tables_registry import NOTES, PARTS, PHOTOS, SIGN_FILES

MOST_ENTRIES = 1000  # of one kind and sign that are told
MOST_AT_ONCE = 500  # below SQLite's oldest limit of 999 values a statement


async def sign_file(connection: AsyncConnection, sign: str) -> Row[Any] | None:
    query = select(SIGN_FILES).where(SIGN_FILES.c.sign == sign)
    return (await connection.execute(query)).one_or_none()


async def sign_files(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """All of them, by their names."""
    return (await connection.execute(select(SIGN_FILES).order_by(SIGN_FILES.c.sign))).all()


async def sign_files_of(connection: AsyncConnection, signs: Sequence[str]) -> dict[str, Row[Any]]:
    """Those of these signs that have one, by their names; at most MOST_AT_ONCE are asked for."""
    query = select(SIGN_FILES).where(SIGN_FILES.c.sign.in_(signs))
    return {row.sign: row for row in await connection.execute(query)}


async def put_sign_file(connection: AsyncConnection, row: Mapping[str, object]) -> None:
    """Replaces the whole row."""
    added = insert_into(connection, SIGN_FILES).values(row)
    await connection.execute(added.on_conflict_do_update(index_elements=["sign"], set_=row))


async def log(connection: AsyncConnection, table: Table, row: Mapping[str, object]) -> int:
    """Adds an entry; its id."""
    return int(await connection.scalar(insert(table).values(row).returning(table.c.id)) or 0)


async def logged(connection: AsyncConnection, table: Table, sign: str) -> Sequence[Row[Any]]:
    """The newest entries of a sign, oldest first."""
    query = select(table).where(table.c.sign == sign).order_by(table.c.id.desc()).limit(MOST_ENTRIES)
    return tuple(reversed((await connection.execute(query)).all()))


async def remove_part(connection: AsyncConnection, sign: str, part: int, now_ms: int) -> bool:
    """False when it is not there any more."""
    fitted = (PARTS.c.sign == sign) & (PARTS.c.id == part) & PARTS.c.removed_ms.is_(None)
    return bool((await connection.execute(update(PARTS).where(fitted).values(removed_ms=now_ms))).rowcount)


async def photo(connection: AsyncConnection, sign: str, number: int) -> Row[Any] | None:
    query = select(PHOTOS).where((PHOTOS.c.sign == sign) & (PHOTOS.c.id == number))
    return (await connection.execute(query)).one_or_none()


async def delete_photo(connection: AsyncConnection, number: int) -> None:
    await connection.execute(delete(PHOTOS).where(PHOTOS.c.id == number))


async def purge(connection: AsyncConnection, now_ms: int) -> int:
    """Deletes the notes and photos whose time is over; how many."""
    gone = 0
    for table in (NOTES, PHOTOS):
        gone += (await connection.execute(delete(table).where(table.c.delete_ms <= now_ms))).rowcount
    return gone


async def photo_files(connection: AsyncConnection) -> frozenset[str]:
    """Those that rows name."""
    return frozenset((await connection.execute(select(PHOTOS.c.file))).scalars())
