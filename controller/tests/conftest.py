"""A certificate authority, a broker on a free loopback port, a registry with a bundle, and databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.provision.pki import server_context
from gangvakt.store import Store

from . import migrated
from .bundles import HeldBundle, a_bundle
from .office import Desk, a_desk
from .stores import BOTH, POSTGRESQL, SQLITE, Postgres, Stores, a_postgres, missing
from .support import Keys


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


@pytest.fixture
async def broker(keys: Keys) -> AsyncIterator[EmbeddedBroker]:
    broker = EmbeddedBroker("127.0.0.1", 0, server_context(keys.pki.server_files(["localhost", "127.0.0.1"])))
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def bundle(desk: Desk, tmp_path: Path) -> HeldBundle:
    return await a_bundle(desk, tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server a worker, that forgets in a power cut; made when a test first asks for it."""
    try:
        with a_postgres() as server:
            yield server
    except LookupError as why:
        missing(why)


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A database with our tables, which tests get copies of: that takes less time than migrating each."""
    name = "gangvakt_template"
    postgres.sql(f"CREATE DATABASE {name}")
    asyncio.run(_migrated(postgres.url(name)))
    return name


async def _migrated(where: str) -> None:
    async with Store.open(where):
        pass


@pytest.fixture(params=BOTH)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Stores:
    """Databases of SQLite, then of PostgreSQL: the test is run with both."""
    if request.param == POSTGRESQL:
        server: Postgres = request.getfixturevalue("postgres")
        template: str = request.getfixturevalue("postgres_template")
        return Stores(POSTGRESQL, server.fresh, lambda: server.fresh(template))
    numbers = count()

    def a_file() -> Path:
        return tmp_path / f"{next(numbers)}.db"

    return Stores(SQLITE, a_file, lambda: migrated.a_file(a_file()))


@pytest.fixture
def where(stores: Stores) -> Path | str:
    """The address of an empty store, for Store.open: of SQLite, then of PostgreSQL."""
    return stores.migrated()


@pytest.fixture
async def store(where: Path | str) -> AsyncIterator[Store]:
    """An open store, of SQLite, then of PostgreSQL."""
    async with Store.open(where) as store:
        yield store
