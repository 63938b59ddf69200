"""A certificate authority, a broker on a free loopback port, and a registry with a bundle."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gangvakt.broker import EmbeddedBroker
from gangvakt.provision.pki import server_context

from .bundles import HeldBundle, a_bundle
from .office import Desk, a_desk
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
