"""How relays are put together for a running controller."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gangvakt.api.auth import session_key
from gangvakt.relay import Links, Notifier, RelayDesk, Relays

if TYPE_CHECKING:
    from gangvakt.relay.notifier import Acknowledge
    from gangvakt.settings import Settings
    from gangvakt.store import Store

LOG = logging.getLogger(__name__)


def relay_desk(store: Store, settings: Settings, address: str, acknowledge: Acknowledge | None) -> RelayDesk:
    """What runs: `desk.relays.run()` and `desk.notifier.run()`; events go out from now on.

    `address` is where people reach the pages, where a relay to people does not say it. `acknowledge` is
    given an alarm's number and who has taken it.
    """
    relays = Relays(store.outbox, store.relays, store.notices)
    store.journal.on_stored = relays.on_stored
    links = Links(session_key(settings.links_key))
    notifier = Notifier(store.notices, store.relays, links, address, acknowledge or _unheard)
    return RelayDesk(relays, notifier, store.notices)


async def _unheard(alarm: str, who: str) -> None:
    LOG.warning("%s has acknowledged alarm %s, and nobody keeps alarms here", who, alarm)
