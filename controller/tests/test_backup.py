"""A backup is made while the controller writes, and a controller lives again from it, on either database."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from gangvakt.cli import main
from gangvakt.errors import BackupRefused, NoDatabase, StoreBusy, WouldOverwrite, WouldReplace
from gangvakt.settings import Keep, Settings
from gangvakt.store import NewEvent, SeenSign, Store, Work
from gangvakt.store.address import address_of
from gangvakt.store.copying import IDS_LEFT_OUT
from gangvakt.upkeep.backup import back_up
from gangvakt.upkeep.restoring import restore, unpack

from .stores import Postgres, Stores
from .support import NORTH
from .test_retention import an_event

NOW_MS = 1_795_000_000_000


def events(first: int, last: int) -> tuple[NewEvent, ...]:
    return tuple(an_event(n, "boot", NOW_MS, cause="power") for n in range(first, last + 1))


def a_folder(data: Path) -> None:
    (data / "pki").mkdir(parents=True)
    (data / "pki" / "ca.key").write_bytes(b"key")
    (data / "pki" / "ca.key").chmod(0o600)
    (data / "pki" / "issued").mkdir()
    (data / "pki" / "issued" / "ab12.der").write_bytes(b"certificate")
    (data / "recordings").mkdir()
    (data / "recordings" / "1.gvr").write_bytes(bytes(3000))
    (data / ".half-written").write_bytes(b"x")


def settings_of(data: Path, where: Path | str) -> Settings:
    return Settings(data=data, store=where if isinstance(where, str) else f"sqlite:///{where}")


async def a_used(data: Path, where: Path | str) -> Settings:
    a_folder(data)
    async with Store.open(where) as store:
        await store.journal.write(Work(events(1, 20), (SeenSign(NORTH, NOW_MS, '{"ø": 1}'),)))
        await store.staff.add("kari", "hash", must_change=False)
        await store.housekeeper(Keep(events=0)).turn()
    return settings_of(data, where)


async def content(settings: Settings) -> tuple[Any, ...]:
    async with Store.open(address_of(settings)) as store:
        days = await store.rollups.read(NORTH, "day", 0, 1 << 50)
        events = [(event.key, event.detail) for event in await store.events.page()]
        return events, await store.signs.all(), await store.staff.get("kari"), days


async def test_it_is_made_while_others_write_and_is_of_one_instant(stores: Stores, tmp_path: Path) -> None:
    settings = await a_used(tmp_path / "data", stores.migrated())
    file = tmp_path / "x.backup"
    async with Store.open(address_of(settings)) as store:

        async def write() -> None:
            for n in range(30, 130, 2):
                await store.journal.write(Work(events(n, n + 1)))

        writing = asyncio.create_task(write())
        made = await back_up(settings, file, NOW_MS)
        await writing
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    names = [entry.name for entry in made.files]
    folder = ["data/pki/ca.key", "data/pki/issued/ab12.der", "data/recordings/1.gvr"]
    assert names == ["gangvakt.db", *folder]
    again = Settings(data=tmp_path / "again")
    await restore(again, file, NOW_MS, replace=False)
    held, *_ = await content(again)
    assert len(held) % 2 == 0, "half of a transaction is in the backup"


@pytest.mark.parametrize("target", ["file", "server"])
async def test_a_controller_lives_again_on_either_database(
    stores: Stores, tmp_path: Path, target: str, postgres: Postgres
) -> None:
    settings = await a_used(tmp_path / "data", stores.migrated())
    before = await content(settings)
    await back_up(settings, tmp_path / "x.backup", NOW_MS)
    again = Settings(data=tmp_path / "again", store=postgres.fresh() if target == "server" else None)
    await restore(again, tmp_path / "x.backup", NOW_MS, replace=False)
    found = Settings(data=tmp_path / "again")  # it is noted where the store is
    assert await content(found) == before
    assert (tmp_path / "again" / "pki" / "issued" / "ab12.der").read_bytes() == b"certificate"
    key = tmp_path / "again" / "pki" / "ca.key"
    assert (key.read_bytes(), stat.S_IMODE(key.stat().st_mode)) == (b"key", 0o600)
    async with Store.open(address_of(found)) as store:
        (event,) = await store.journal.write(Work(events(21, 21)))
    assert event.id > IDS_LEFT_OUT, "an id that was given out after the backup could come again"


async def test_what_is_there_is_replaced_only_when_that_is_meant_and_is_kept(
    stores: Stores, tmp_path: Path
) -> None:
    settings = await a_used(tmp_path / "data", stores.migrated())
    before = await content(settings)
    await back_up(settings, tmp_path / "x.backup", NOW_MS)
    async with Store.open(address_of(settings)) as store:
        await store.journal.write(Work(events(40, 50)))
    with pytest.raises(WouldReplace, match="--yes"):
        await restore(settings, tmp_path / "x.backup", NOW_MS, replace=False)
    done = await restore(settings, tmp_path / "x.backup", NOW_MS, replace=True)
    assert await content(settings) == before
    assert done.before is not None
    assert (done.before / "pki" / "ca.key").exists()


async def test_nothing_is_replaced_below_a_running_controller(stores: Stores, tmp_path: Path) -> None:
    settings = await a_used(tmp_path / "data", stores.migrated())
    await back_up(settings, tmp_path / "x.backup", NOW_MS)
    async with Store.open(address_of(settings)) as store:
        await store.signs.all()
        with pytest.raises(StoreBusy, match="stop the controller"):
            await restore(settings, tmp_path / "x.backup", NOW_MS, replace=True)
        assert (settings.data / "pki" / "ca.key").exists()


Spoil = Callable[[dict[str, Any]], None]
SPOILED: dict[str, Spoil] = {
    "format": lambda told: told.update(format=2),
    "a name outside": lambda told: told["files"][1].update(name="data/../../x"),
    "an absolute name": lambda told: told["files"][1].update(name="/etc/x"),
    "a name over the store": lambda told: told["files"][1].update(name="data/gangvakt.db-wal"),
    "a size": lambda told: told["files"][1].update(size=4),
    "a hash": lambda told: told["files"][1].update(sha256="0" * 64),
    "no list": lambda told: told.update(files={}),
    "a file fewer": lambda told: told["files"].pop(),
    "a file more": lambda told: told["files"].append({"name": "data/y", "size": 1, "sha256": "0" * 64}),
    "no fields": lambda told: told.clear(),
    "more than the disk": lambda told: told["files"][1].update(size=1 << 60),
}


@pytest.fixture
async def a_backup(tmp_path: Path) -> Path:
    settings = await a_used(tmp_path / "data", tmp_path / "data.db")
    await back_up(settings, tmp_path / "x.backup", NOW_MS)
    return tmp_path / "x.backup"


class Whole:
    """A backup, and what is in it; too large for hypothesis to print."""

    def __init__(self, content: bytes, files: dict[str, bytes]) -> None:
        self.content, self.files = content, files

    def __repr__(self) -> str:
        return f"a whole backup of {len(self.content)} bytes"


@pytest.fixture(scope="module")
def a_whole_backup(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The bytes of one, and the content of its files by their last names."""
    folder = tmp_path_factory.mktemp("whole")
    settings = asyncio.run(a_used(folder / "data", folder / "data.db"))
    asyncio.run(back_up(settings, folder / "x.backup", NOW_MS))
    unpack(folder / "x.backup", folder / "staged")
    found = {path.name: path.read_bytes() for path in (folder / "staged").rglob("*") if path.is_file()}
    return Whole((folder / "x.backup").read_bytes(), found)


def respoiled(backup: Path, spoil: Spoil) -> None:
    with tarfile.open(backup) as tar:
        held = [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    manifest = json.loads(held[0][1])
    spoil(manifest)
    held[0] = (held[0][0], json.dumps(manifest).encode())
    with tarfile.open(backup, "w:gz") as tar:
        for member, data in held:
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
async def test_a_backup_that_is_not_as_it_says_replaces_nothing(
    a_backup: Path, tmp_path: Path, spoil: Spoil
) -> None:
    respoiled(a_backup, spoil)
    with pytest.raises(BackupRefused, match="allowed"):
        await restore(Settings(data=tmp_path / "data"), a_backup, NOW_MS, replace=True)
    assert (tmp_path / "data" / "pki" / "ca.key").exists()
    assert not list(tmp_path.glob(".gangvakt-*"))


def a_damaged(whole: bytes, how: str, places: list[int], extra: bytes) -> bytes:
    """Truncated, with some bytes changed, with others put in, or something else altogether."""
    at = places[0] % len(whole)
    match how:
        case "truncated":
            return whole[:at]
        case "changed":
            spoiled = bytearray(whole)
            for place, byte in zip(places, extra, strict=False):
                spoiled[place % len(whole)] ^= byte
            return bytes(spoiled)
        case "longer":
            return whole[:at] + extra + whole[at:]
        case "foreign":
            return extra
    return gzip.compress(extra)


@pytest.mark.parser
@examples(
    max_examples=int(os.environ.get("GANGVAKT_FUZZ", "120")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    how=st.sampled_from(["truncated", "changed", "longer", "foreign", "foreign, compressed"]),
    places=st.lists(st.integers(0, 1 << 20), min_size=1, max_size=4),
    extra=st.binary(min_size=1, max_size=600),
)
def test_whatever_a_file_holds_it_is_a_whole_backup_or_refused_by_name_and_nothing_is_left(
    a_whole_backup: Whole, tmp_path: Path, how: str, places: list[int], extra: bytes
) -> None:
    file, staged = tmp_path / "x.backup", tmp_path / "staged"
    file.write_bytes(a_damaged(a_whole_backup.content, how, places, extra))
    try:
        unpack(file, staged)
    except BackupRefused as refused:
        told = str(refused)
    else:
        told = ""
        found = {path.name: path.read_bytes() for path in staged.rglob("*") if path.is_file()}
        assert found == a_whole_backup.files, "a damaged file came through"
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    assert not told or (file.name in told and "allowed: " in told and "\n" not in told)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
async def test_a_backup_that_is_cut_off_replaces_nothing(
    a_backup: Path, tmp_path: Path, share: float
) -> None:
    whole = a_backup.read_bytes()
    a_backup.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BackupRefused, match="allowed: "):
        await restore(Settings(data=tmp_path / "again"), a_backup, NOW_MS, replace=False)
    assert not (tmp_path / "again").exists()


async def test_a_file_that_is_there_is_not_replaced_and_an_empty_folder_not_saved(
    a_backup: Path, tmp_path: Path
) -> None:
    with pytest.raises(WouldOverwrite, match="--force"):
        await back_up(settings_of(tmp_path / "data", tmp_path / "data.db"), a_backup, NOW_MS)
    with pytest.raises(NoDatabase):
        await back_up(Settings(data=tmp_path / "nothing"), tmp_path / "y", NOW_MS)
    assert not (tmp_path / "y").exists()


def test_the_commands_tell_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file = tmp_path / "data", tmp_path / "x.backup"
    a_folder(data)
    asyncio.run(a_store(data / "gangvakt.db"))
    assert main(["backup", str(file), "--data", str(data)]) == 0
    assert "the sqlite store and 3 files" in capsys.readouterr().out
    assert main(["restore", str(file), "--data", str(data)]) == 1
    assert "--yes" in capsys.readouterr().err
    assert main(["restore", str(file), "--data", str(data), "--yes", "--json"]) == 0
    assert "before-restore" in json.loads(capsys.readouterr().out)["before"]
    assert main(["migrate", "--data", str(data)]) == 0
    assert "nothing to do" in capsys.readouterr().out


async def a_store(path: Path) -> None:
    async with Store.open(path):
        pass


def test_migrate_shows_the_way_and_goes_it_when_it_shall(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "gangvakt.db")) as old:
        old.executescript((Path(__file__).parent / "databases" / "0003.sql").read_text())
    for _ in range(2):
        assert main(["migrate", "--data", str(tmp_path), "--dry-run", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["from"], told["to"], told["done"]) == ("0003", "0013", False)
    assert main(["migrate", "--data", str(tmp_path)]) == 0
    assert "revision 0003 -> 0013" in capsys.readouterr().out
    assert main(["migrate", "--data", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"] == []
