"""Keeps a Mosquitto's files in step with who may come in, and cuts off who may not any more."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable

from gangvakt.broker.access import AccessList
from gangvakt.broker.cutting import cut
from gangvakt.broker.mosquitto_folder import MosquittoFolder
from gangvakt.broker.port import Endpoint
from gangvakt.errors import GangvaktError
from gangvakt.provision.pki import KeyFiles

LOG = logging.getLogger(__name__)

ROUND_S = 5.0
# Whoever came in again before the broker had read its files anew is cut again. Ours reads them at once; when
# an external one does is up to who runs it: cut until the promised minute is nearly over.
CUTS, CUTS_EXTERNAL = 2, 9

ReadAccess = Callable[[], Awaitable[AccessList]]


class Guard:
    """One round every ROUND_S, and one when `wake` is called. `reread` tells the broker to read its files."""

    def __init__(
        self,
        folder: MosquittoFolder,
        access: ReadAccess,
        server: Callable[[], KeyFiles],
        tls: ssl.SSLContext,
        reread: Callable[[], None],
        cuts: int = CUTS,
    ) -> None:
        self._folder, self._access, self._server = folder, access, server
        self._tls, self._reread, self._times = tls, reread, cuts
        self._shut_out: frozenset[str] | None = None  # fingerprints; None before the first look
        self._cuts: dict[str, int] = {}
        self._waking = asyncio.Event()

    async def write(self) -> bool:
        """Writes what has changed, and tells the broker; whether anything had."""
        access = await self._access()
        changed = self._folder.write(access, self._server())
        if changed:
            self._reread()
        self._cuts |= self._to_cut(access)
        self._shut_out = frozenset(access.shut_out)
        return changed

    def _to_cut(self, access: AccessList) -> dict[str, int]:
        """At the first look those that may have been revoked while no controller ran; later, what is news."""
        if self._shut_out is None:
            return {name: 1 for name in access.shut_out.values() if name not in access.signs}
        return {access.shut_out[mark]: self._times for mark in access.shut_out.keys() - self._shut_out}

    async def run(self, endpoint: Callable[[], Endpoint]) -> None:
        """Round after round, until cancelled."""
        while True:
            try:
                await self.round(endpoint())
            except GangvaktError as error:
                LOG.error("who may come in stays as it is at the broker: %s", error)
            except Exception:  # the next round must come, whatever went wrong with this one
                LOG.exception("who may come in at the broker")
            try:
                async with asyncio.timeout(ROUND_S):
                    await self._waking.wait()
            except TimeoutError:
                pass
            self._waking.clear()

    async def round(self, endpoint: Endpoint) -> None:
        """One look."""
        await self.write()
        for name in list(self._cuts):
            if await cut(name, endpoint, self._tls):
                self._cuts[name] -= 1
                if not self._cuts[name]:
                    del self._cuts[name]

    async def wake(self) -> None:
        """Something has changed: look now."""
        self._waking.set()
