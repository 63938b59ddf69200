"""Orders to a simulated street: somebody walks or runs, and a sign is given a fault."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable

from gangvakt.errors import Missing, SettingRefused, StreetAway
from gangvakt.fleet import LiveFleet, SiteId

ID_BYTES = 6
PEOPLE = ("walk", "run", "stop", "go")
SHORTEST_S, LONGEST_S = 1, 120

Send = Callable[[SiteId, bytes], Awaitable[bool]]


class Streets:
    """Only where there is a simulated scene that takes orders.

    What becomes of one stands in the street's next world, under its id.
    """

    def __init__(self, fleet: LiveFleet, send: Send) -> None:
        self._fleet, self._send = fleet, send

    async def people(self, site: SiteId, order: object) -> str:
        """One of PEOPLE; the order's id. Missing, SettingRefused, StreetAway."""
        self._faults(site)
        if order not in PEOPLE:
            raise SettingRefused("street", "order", str(order)[:80], ", ".join(PEOPLE))
        return await self._order(site, {"order": order})

    async def fault(self, site: SiteId, sign: object, fault: object, for_s: object) -> str:
        """A fault of one sign for so many seconds; its id."""
        faults = self._faults(site)
        name = self._sign(site, sign)
        if fault not in faults:
            raise SettingRefused("street", "fault", str(fault)[:80], ", ".join(faults))
        is_number = isinstance(for_s, int) and not isinstance(for_s, bool)
        if not is_number or not SHORTEST_S <= int(str(for_s)) <= LONGEST_S:
            raise SettingRefused("street", "for_s", str(for_s)[:80], f"{SHORTEST_S}..{LONGEST_S}")
        return await self._order(site, {"order": "fault", "sign": name, "fault": fault, "for_s": for_s})

    async def mend(self, site: SiteId, sign: object) -> str:
        """All faults of one sign end now; the order's id."""
        self._faults(site)
        return await self._order(site, {"order": "mend", "sign": self._sign(site, sign)})

    def _faults(self, site: SiteId) -> tuple[str, ...]:
        scene = self._fleet.scene(site)
        if scene is None or not scene.faults:
            raise Missing("simulated street", str(site), "start one with `gangvakt-sim run`")
        return scene.faults

    def _sign(self, site: SiteId, sign: object) -> str:
        """That of the scene; SettingRefused for any other."""
        scene = self._fleet.scene(site)
        names = [one.sign for one in scene.signs] if scene else []
        if sign not in names:
            raise SettingRefused("street", "sign", str(sign)[:80], ", ".join(names))
        return str(sign)

    async def _order(self, site: SiteId, told: dict[str, object]) -> str:
        ident = secrets.token_hex(ID_BYTES)
        if not await self._send(site, json.dumps({"v": 1, "id": ident, **told}).encode()):
            raise StreetAway(str(site))
        return ident
