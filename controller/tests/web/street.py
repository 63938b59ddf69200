"""The pages' own services, joined to a real broker with light signs on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from gangvakt.broker import Endpoint
from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.cli.ending import end_tasks
from gangvakt.fleet import SignId
from gangvakt.ingest import Ingest, Link
from gangvakt.ingest.topics import piece_topic
from gangvakt.provision.pki import CONTROLLER_NAME, client_context
from gangvakt.upkeep import OfferFolder, Updater

from ..apis import Wire  # noqa: TID252 (there is no absolute name for the tests' own modules)
from ..brokers import Door, make_broker  # noqa: TID252
from ..support import Keys, eventually  # noqa: TID252
from .support import PageServer

ROUND_S = 0.05


@asynccontextmanager
async def a_broker(
    server: PageServer, keys: Keys, folder: Path, signs: Sequence[SignId]
) -> AsyncIterator[int]:
    """The port for signs; while it runs, what the pages do reaches them, and what they say is heard."""
    broker = make_broker("embedded", keys, folder, Door(keys, known={str(sign) for sign in signs}))
    assert isinstance(broker, EmbeddedBroker)
    await broker.start()
    services = server.services
    assert services.orders is not None
    assert services.rollouts is not None
    assert services.steering is not None
    ingest = Ingest(services.fleet, server.store.journal)
    endpoint = Endpoint("127.0.0.1", broker.endpoint.port)
    link = Link(endpoint, client_context(keys.files(CONTROLLER_NAME)), ingest)
    offers = OfferFolder(server.folder / "updates")
    updater = Updater(offers, link.send_offer, link.send_piece, lambda sign: len(piece_topic(sign)))
    ingest.updates, ingest.on_answer = updater, services.orders.commander.put
    server.wire.__init__(link.send_desired, link.send_command, link.connected.is_set)  # type: ignore[misc]
    runs = (
        link.run(),
        ingest.run(link.send_acks),
        updater.run(ROUND_S),
        services.rollouts.run(ROUND_S),
        services.steering.plans.run(),
    )
    working = [asyncio.ensure_future(one) for one in runs]
    try:
        await eventually(link.connected.is_set, "the link")
        yield broker.signs_port
    finally:
        await end_tasks(working)
        server.wire.__init__(*vars(Wire()).values())  # type: ignore[misc]
        await broker.stop()
