"""Alarms in PostgreSQL: the migration and all SQL of this part on a server of the test's own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gangvakt.alarms import Alarms, Condition, Step
from gangvakt.errors import AlarmStepRefused
from gangvakt.fleet.alarm import Alarm, replay
from gangvakt.fleet.alarm_classes import FEEDER
from gangvakt.fleet.alarm_states import Kind, State
from gangvakt.store.alarms import AlarmFilter, AlarmTable
from gangvakt.store.tables import METADATA
from gangvakt.store.tables_alarms import ALARM_STEPS, ALARMS

from .support import NORTH, SOUTH

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
SERVER_USER = "nobody"  # it refuses to run as root
pytestmark = pytest.mark.skipif(not PROGRAMS.exists(), reason="PostgreSQL 15 is not installed")


@pytest.fixture(scope="module")
def socket_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A running server that listens at a socket in this folder only."""
    folder = Path(tmp_path_factory.mktemp("pg", numbered=True))
    short = Path(os.environ.get("TMPDIR", "/tmp")) / f"pg{os.getpid()}"  # a socket's path is short
    short.mkdir()
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam(SERVER_USER)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(short, user.pw_uid, user.pw_gid)
    data = short / "data"
    log = (folder / "log").open("w+")

    def start(*argv: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(argv, stdout=log, stderr=log, cwd="/", **as_user)  # type: ignore[call-overload]

    make = start(str(PROGRAMS / "initdb"), "-D", str(data), "-U", "test", "-A", "trust", "--no-sync")
    assert make.wait(60) == 0, (folder / "log").read_text()
    server = start(
        str(PROGRAMS / "postgres"), "-D", str(data), "-k", str(short), "-c", "listen_addresses=",
        "-c", "fsync=off", "-c", "shared_buffers=8MB", "-c", "max_connections=10",
    )  # fmt: skip
    try:
        yield short
    finally:
        server.terminate()
        server.wait(30)
        log.close()
        shutil.rmtree(short)


class PostgresDatabase:
    """Only what the tables want of a database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.begin() as connection:
            yield connection


@pytest.fixture
async def postgres(socket_folder: Path) -> AsyncIterator[PostgresDatabase]:
    url = f"postgresql+asyncpg://test@/postgres?host={socket_folder}"
    engine = create_async_engine(url)
    await _until_it_answers(engine)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS alarm_steps, alarms"))
        await connection.run_sync(_migrate)
    yield PostgresDatabase(engine)
    await engine.dispose()


async def _until_it_answers(engine: AsyncEngine) -> None:
    from .support import eventually_async

    async def answers() -> bool:
        try:
            async with engine.connect():
                return True
        except OSError:
            return False
        except Exception as error:
            if "starting up" in str(error):
                return False
            raise

    await eventually_async(answers)


def _migrate(connection: Connection) -> None:
    migration = import_module("gangvakt.store.migrations.versions.r0005_alarms")
    with Operations.context(MigrationContext.configure(connection)):
        migration.upgrade()


def _differences(connection: Connection) -> list[object]:
    ours = {ALARMS.name, ALARM_STEPS.name}

    def is_ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind != "table" or name in ours

    options = {"include_object": is_ours, "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


async def test_on_postgresql_the_migration_makes_the_tables_of_this_version(
    postgres: PostgresDatabase,
) -> None:
    async with postgres.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_on_postgresql_alarms_live_as_on_sqlite(postgres: PostgresDatabase) -> None:
    table = AlarmTable(postgres)  # type: ignore[arg-type]
    now = [1_800_000_000_000]
    alarms = Alarms(table, clock_ms=lambda: now[0])
    feeder = Condition(FEEDER, "drammen/feeder F12", data={"signs": [str(NORTH), "blåbær"]})
    await alarms.report("a", {Condition("store", str(NORTH)), Condition("store", str(SOUTH))})
    await alarms.report("b", {feeder, Condition("disk", "disk", 2, "The disk is full")})
    await alarms.act(1, Step(Kind.ASSIGN, now[0], "kari", data={"to": "ola"}))
    await alarms.act(1, Step(Kind.SUSPEND, now[0], "kari", data={"until_ms": now[0] + 5}))
    with pytest.raises(AlarmStepRefused):
        await alarms.act(1, Step(Kind.ACKNOWLEDGE, now[0], "kari"))
    await alarms.report("b", set())
    assert await table.owners() == {"drammen", None}
    for wanted, numbers in (
        (AlarmFilter(), [4, 3, 2, 1]),
        (AlarmFilter(states=(State.CLEARED,)), [4, 3]),
        (AlarmFilter(site="storgata"), [2, 1]),
        (AlarmFilter(owner="ola"), [1]),
        (AlarmFilter(owner="", priority=2, municipalities=frozenset({"drammen"})), [2]),
        (AlarmFilter(municipalities=frozenset()), []),
    ):
        assert [alarm.id for alarm in await table.page(wanted, None, 10)] == numbers, wanted
        assert await table.count(wanted) == len(numbers)
    assert [alarm.id for alarm in await table.page(AlarmFilter(), 3, 1)] == [2]
    restarted = Alarms(table, clock_ms=lambda: now[0])
    await restarted.restore()
    assert [alarm.state for alarm in restarted.standing("a")] == [State.SUSPENDED, State.ACTIVE]
    (found,) = await table.page(AlarmFilter(states=(State.CLEARED,), municipality="drammen"), None, 10)
    new = Alarm(found.code, found.object, found.source, found.id)
    assert replay(new, await table.history(found.id)) == found
