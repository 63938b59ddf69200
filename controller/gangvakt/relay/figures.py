"""How each relay does, in figures for whoever watches the controller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gangvakt.store.outbox import OutboxTable
from gangvakt.store.relays import RelayTable


@dataclass(frozen=True)
class Figures:
    """Of one relay. `behind` are messages of the outbox after its place, wanted or not; `retries` the failed
    tries since the controller's start; `missed` what it lost by lagging too far behind."""

    name: str
    delivered: int
    undelivered: int
    missed: int
    behind: int
    retries: int


async def figures_of(
    relays: RelayTable, outbox: OutboxTable, retries: Mapping[str, int]
) -> tuple[Figures, ...]:
    """By their names."""
    records, undelivered, head = await relays.all(), await relays.count_undelivered(), await outbox.head()
    return tuple(
        Figures(
            one.name,
            one.delivered,
            undelivered.get(one.id, 0),
            one.missed,
            max(0, head - one.position.row),
            retries.get(one.name, 0),
        )
        for one in records
    )
