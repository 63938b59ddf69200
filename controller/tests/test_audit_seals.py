"""Heads of the audit are sealed outside of the database, once a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from gangvakt.errors import AuditSealBroken
from gangvakt.provision.pki import Pki
from gangvakt.store import Store
from gangvakt.store.audit import note
from gangvakt.upkeep.audit_seals import DAY_MS, FILE, Sealer, read_heads

from .migrated import a_store

NOW_MS = 1_800_000_000_000


async def add_row(store: Store) -> None:
    async with store.exclusive() as connection:
        await note(connection, "kari", "site.change", "a/b")


async def test_a_head_is_sealed_once_a_day_and_a_changed_line_is_named(tmp_path: Path) -> None:
    pki, now_ms = Pki.open(tmp_path / "pki"), [NOW_MS]
    authorities = pki.trusted
    async with a_store(tmp_path / "x.db") as store:
        sealer = Sealer(store.audit, tmp_path / "audit", tmp_path / "seal", lambda: pki, lambda: now_ms[0])
        for _ in range(3):
            await add_row(store)
            await sealer.turn()
        now_ms[0] += DAY_MS
        await sealer.turn()
        heads = read_heads(tmp_path / "audit", authorities)
        assert [head.number for head in heads] == [1, 3]
        assert (await store.audit.verify(heads)).number == 3
    file = tmp_path / "audit" / FILE
    file.write_text(file.read_text().replace('"number":3', '"number":2'))
    with pytest.raises(AuditSealBroken, match="line 2: its seal is not that of what it says"):
        read_heads(tmp_path / "audit", authorities)


async def test_a_head_that_another_authority_certified_is_none(tmp_path: Path) -> None:
    theirs, ours = Pki.open(tmp_path / "theirs"), Pki.open(tmp_path / "ours")
    async with a_store(tmp_path / "x.db") as store:
        await add_row(store)
        await Sealer(store.audit, tmp_path, tmp_path / "seal", lambda: theirs, lambda: NOW_MS).turn()
    with pytest.raises(AuditSealBroken, match="not certified by this controller's authority"):
        read_heads(tmp_path, ours.trusted)


@pytest.mark.parametrize("line", ["", "[]", "{}", "null", '{"number":1}', "\x00", "[" * 5000])
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / FILE).write_text(f"{line}\n")
    with pytest.raises(AuditSealBroken, match="line 1"):
        read_heads(tmp_path)
