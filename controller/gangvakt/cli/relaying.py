"""How relays are put together for a running controller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gangvakt.api.auth import session_key
from gangvakt.clock import ClockMs, utc_ms
from gangvakt.fleet.alarm import Step
from gangvakt.fleet.alarm_states import Kind
from gangvakt.relay import Links, Notifier, RelayDesk, Relays

if TYPE_CHECKING:
    from gangvakt.alarms import Alarms
    from gangvakt.relay.notifier import Acknowledge
    from gangvakt.settings import Settings
    from gangvakt.store import Store


def relay_desk(store: Store, settings: Settings, address: str, acknowledge: Acknowledge) -> RelayDesk:
    """What runs: `desk.relays.run()` and `desk.notifier.run()`; events go out from now on.

    `address` is where people reach the pages, where a relay to people does not say it. `acknowledge` is
    given an alarm's number and who has taken it.
    """
    relays = Relays(store.outbox, store.relays, store.notices)
    store.journal.on_stored = relays.on_stored
    links = Links(session_key(settings.links_key))
    notifier = Notifier(store.notices, store.relays, links, address, acknowledge)
    return RelayDesk(relays, notifier, store.notices)


def acknowledging(alarms: Alarms, clock_ms: ClockMs = utc_ms) -> Acknowledge:
    """Alarms are taken by those who open a link."""

    async def acknowledge(alarm: str, who: str) -> None:
        await alarms.act(int(alarm), Step(Kind.ACKNOWLEDGE, clock_ms(), who))

    return acknowledge
