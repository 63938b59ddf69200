"""The walk test over the broker: what a sign sees and decides while somebody walks before it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from gangvakt.errors import OrderFailed, SignMute, SignRefused
from gangvakt.orders.asking import Asking
from gangvakt.provision.walking import KERB_FIELDS, POSE_FIELDS, Glimpse, Site, read_glimpse

RENEW_S = 10.0  # the sign ends it after 30 s without a word
SILENT_S = 8.0
# A telephone that is forgotten in a pocket costs the sign's battery no more than this.
LONGEST_S = 600.0
ENDS_S = 5.0

Tell = Callable[[Glimpse], None]


async def read_site(asking: Asking) -> Site:
    """The crossing as the sign knows it."""
    values = await asking.config(*POSE_FIELDS)
    return Site.of(values | await asking.config(*KERB_FIELDS))


async def walk(
    asking: Asking, site: Site, tell: Tell, *, renew_s: float = RENEW_S, longest_s: float = LONGEST_S
) -> None:
    """Tells each glimpse for `longest_s`, or until cancelled; SignMute when the sign falls silent, and what
    `ask` raises."""
    deadline = asyncio.get_running_loop().time() + longest_s
    try:
        while (left_s := deadline - asyncio.get_running_loop().time()) > 0:
            await _walk_once(asking, site, tell, min(renew_s, left_s))
    finally:
        with contextlib.suppress(OrderFailed, SignRefused, TimeoutError):
            async with asyncio.timeout(ENDS_S):
                await asking.ask("walk", False)


async def _walk_once(asking: Asking, site: Site, tell: Tell, lasts_s: float) -> None:
    """Until it must be asked for anew."""
    loop = asyncio.get_running_loop()
    async with asking.commander.telling(asking.sign, "walk", True, asking.user) as (answer, told):
        asking.checked("walk", answer)
        until = loop.time() + lasts_s
        while (left_s := until - loop.time()) > 0:
            try:
                async with asyncio.timeout(min(left_s, SILENT_S)):
                    tell(read_glimpse(await told.get(), site))
            except TimeoutError:
                if left_s > SILENT_S:
                    raise SignMute(str(asking.sign), "walk", SILENT_S) from None
