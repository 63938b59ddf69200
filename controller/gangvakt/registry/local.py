"""The registry in the data folder of a controller on this computer, which may be running meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from gangvakt.files import make_folder
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.issuer import KeyIssuer
from gangvakt.provision.passphrase import Passphrase, from_environment
from gangvakt.provision.pki import Pki
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt.provision.wire import (
    AbandonIn,
    BundleIn,
    BundleKit,
    BundleOut,
    ConfirmIn,
    Issued,
    RegistrationOut,
    RequestIn,
    SiteChange,
    SiteIn,
    SiteOut,
    SyncIn,
    SyncResult,
)
from gangvakt.registry.local_files import LocalFiles
from gangvakt.registry.service import Registry
from gangvakt.settings import Settings
from gangvakt.store import Store
from gangvakt.store.address import address_of, known_address

PROBE_S = 1.0

T = TypeVar("T")

_TURN = threading.Lock()  # migrations use what there is one of in a process


class LocalOffice:
    """Opens the store for each question, so that nothing stays open; one may serve several threads.

    AuthorityMissing where something is to be signed and there is no authority yet.
    """

    def __init__(self, data: Path, passphrase: Passphrase = from_environment) -> None:
        self._settings = Settings(data=data)
        self._passphrase = passphrase
        self.files = LocalFiles(self._ask)

    def begin(self, wanted: RequestIn) -> Issued:
        return self._ask(lambda registry: registry.signs.begin(wanted))

    def confirm(self, sign: SignId, done: ConfirmIn) -> None:
        self._ask(lambda registry: registry.signs.confirm(sign, done))

    def abandon(self, sign: SignId, begun: AbandonIn) -> None:
        self._ask(lambda registry: registry.signs.abandon(sign, begun))

    def online(self, sign: SignId) -> bool | None:
        """Whether the running controller has stored a word of the sign."""
        return self._ask(lambda registry: _was_heard(registry, sign))

    def why_unseen(self, sign: SignId) -> str | None:
        """Of the site's brokers none answers this computer: the controller may not run."""
        brokers = self.site(sign.site_id).brokers
        if any(_answers(broker) for broker in brokers):
            return None
        names = ", ".join(f"{host}:{port}" for host, port in brokers)
        return f"no broker answers at {names}: is `gangvakt serve` running?"

    def add_site(self, new: SiteIn) -> SiteOut:
        """The first one may make the store."""
        make_folder(self._settings.data)
        return self._ask(lambda registry: registry.sites.add(new), may_be_new=True)

    def change_site(self, site: SiteId, change: SiteChange) -> SiteOut:
        return self._ask(lambda registry: registry.sites.change(site, change))

    def site(self, site: SiteId) -> SiteOut:
        return self._ask(lambda registry: registry.sites.one(site))

    def sites(self) -> tuple[SiteOut, ...]:
        return self._ask(lambda registry: registry.sites.all())

    def registration(self, sign: SignId) -> RegistrationOut:
        return self._ask(lambda registry: registry.signs.one(sign))

    def registrations(self, site: SiteId | None = None) -> tuple[RegistrationOut, ...]:
        return self._ask(lambda registry: registry.signs.all(site))

    def revoke(self, sign: SignId) -> RegistrationOut:
        return self._ask(lambda registry: registry.signs.revoke(sign))

    def make_bundle(self, wanted: BundleIn) -> BundleKit:
        return self._ask(lambda registry: registry.bundles.make(wanted))

    def bundles(self) -> tuple[BundleOut, ...]:
        return self._ask(lambda registry: registry.bundles.all())

    def revoke_bundle(self, bundle: str) -> BundleOut:
        return self._ask(lambda registry: registry.bundles.revoke(bundle))

    def sync(self, bundle: str, told: SyncIn) -> tuple[SyncResult, ...]:
        return self._ask(lambda registry: registry.bundles.sync(bundle, told))

    def _pki(self) -> Pki:
        """Never a new one: what signs for a street needs a passphrase, which nobody is asked for here."""
        return Pki.load(self._settings.pki_dir, passphrase=self._passphrase)

    def _ask(self, question: Callable[[Registry], Awaitable[T]], *, may_be_new: bool = False) -> T:
        if not may_be_new:
            known_address(self._settings)
        with _TURN:
            return asyncio.run(self._answer(question))

    async def _answer(self, question: Callable[[Registry], Awaitable[T]]) -> T:
        keys = UpdateKeys(self._settings.update_keys_dir)
        async with Store.open(address_of(self._settings)) as store:
            return await question(
                Registry(store, self._pki, trusted=keys.trusted, photos=self._settings.photos_dir)
            )


class LocalIssuer(KeyIssuer):
    """Signs by the authority in the folder `data`, whose key `passphrase` opens."""

    def __init__(self, data: Path, passphrase: Passphrase = from_environment) -> None:
        super().__init__(LocalOffice(data, passphrase))


async def _was_heard(registry: Registry, sign: SignId) -> bool:
    registered = await registry.signs.one(sign)
    for seen in await registry.ground.store.signs.all():
        if seen.sign == sign and seen.status is not None:
            status = json.loads(seen.status)
            if status.get("incarnation") == registered.incarnation:
                return True
    return False


def _answers(broker: tuple[str, int]) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(broker, PROBE_S):
        return True
    return False
