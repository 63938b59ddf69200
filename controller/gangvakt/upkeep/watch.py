"""Knows when every certificate ends, and says so in the log once a day while one ends soon."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from cryptography import x509

from gangvakt.errors import GangvaktError, NameRefused
from gangvakt.fleet import SignId
from gangvakt.provision.lifetimes import Kind, Lifetime
from gangvakt.provision.pki import Pki
from gangvakt.upkeep.tls import LiveTls

LOG = logging.getLogger(__name__)

ROUND_S = 20.0
MOST_SIGNS = 10_000  # kept in mind; far more than one controller serves


class Watch:
    """Keeps `tls` fresh and remembers the certificate of every sign that was connected since the start.

    `connected` is `Broker.certificates`, `authorities` are those of bundles.
    """

    def __init__(
        self,
        pki: Pki,
        tls: LiveTls,
        connected: Callable[[], Mapping[str, x509.Certificate]],
        *,
        now: Callable[[], datetime],
        authorities: Callable[[], Sequence[x509.Certificate]] = tuple,
    ) -> None:
        self._pki, self._tls, self._connected = pki, tls, connected
        self._now, self._authorities = now, authorities
        self._signs: dict[str, Lifetime] = {}
        self._told: date | None = None

    async def run(self, round_s: float = ROUND_S) -> None:
        """Round after round, until cancelled."""
        while True:
            try:
                self.round()
            except Exception:  # the next round must come, whatever went wrong with this one
                LOG.exception("looking at certificates")
            await asyncio.sleep(round_s)

    def round(self) -> None:
        """One look."""
        self._tls.refresh()
        self._see_signs()
        today = self._now().date()
        if today != self._told:
            self._told = today
            for warning in self.warnings():
                LOG.warning("%s", warning)

    def lifetimes(self) -> tuple[Lifetime, ...]:
        """Of all certificates known."""
        self._see_signs()
        try:
            own = self._pki.lifetimes()
        except GangvaktError as error:
            LOG.error("%s", error)
            own = ()
        bundles = (Lifetime.of(Kind.BUNDLE, certificate) for certificate in self._authorities())
        return (*own, *bundles, *self._signs.values())

    def warnings(self) -> Iterator[str]:
        """A line for each that ends soon or has ended."""
        now = self._now()
        for lifetime in self.lifetimes():
            if warning := lifetime.warning(now):
                yield warning

    def _see_signs(self) -> None:
        for name, certificate in self._connected().items():
            try:
                SignId.parse(name)
            except NameRefused:
                continue  # the controller itself, or the simulator
            if name in self._signs or len(self._signs) < MOST_SIGNS:
                self._signs[name] = Lifetime.of(Kind.SIGN, certificate)
