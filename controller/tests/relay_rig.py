"""The API on a real store with relays at work, people on call, and a target."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from gangvakt.api import Services, create_app
from gangvakt.api.auth import AuthService
from gangvakt.api.passwords import Passwords
from gangvakt.fleet import EventKey, LiveFleet
from gangvakt.provision.pki import Pki
from gangvakt.registry import Registry
from gangvakt.relay import RelayDesk
from gangvakt.relay.case import Cases
from gangvakt.store import NewEvent, Store, Work

from .migrated import a_store
from .relaying import Target, a_target, running
from .support import NORTH, healthy
from .telling import Staff, staff_of

API = "/api/v1"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ONE_EVENT = NewEvent(EventKey(NORTH, "9f3ac01b", 3, 12), "warning", 1_780_000_000_000, "utc", 1, 1, {})


@dataclass
class Rig:
    app: FastAPI
    token: str
    client: httpx.AsyncClient
    outside: httpx.AsyncClient  # nobody is logged in
    staff: Staff
    store: Store
    target: Target

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.client.post(f"{API}{path}", json=body)

    async def webhook(self, **changes: Any) -> httpx.Response:
        options = {"url": self.target.url, "allow_private": True}
        return await self.post(
            "/relays", {"name": "hook", "type": "webhook", "options": options, "kinds": ["*"]} | changes
        )


@asynccontextmanager
async def a_rig(folder: Path, where: Path | str | None = None) -> AsyncIterator[Rig]:
    """On the store at `where`; without, on one of SQLite."""
    async with AsyncExitStack() as stack:
        opening = a_store(folder / "x.db") if where is None else Store.open(where)
        store = await stack.enter_async_context(opening)
        await store.journal.write(Work((ONE_EVENT,)))
        target = await stack.enter_async_context(a_target())
        staff = await stack.enter_async_context(staff_of(store, group_s=0))
        await store.relays.change("on-call", {"paused": True})
        relays = await stack.enter_async_context(running(store))
        auth = AuthService(store.staff, b"k" * 32, Passwords(CHEAP))
        first = await auth.first_password()
        pki = Pki.open(folder / "pki")
        desk = RelayDesk(relays, staff.notifier, store.notices)
        cases = Cases(store, folder / "recordings", folder / "seal", lambda: pki)
        registry = Registry(store, lambda: pki)
        app = create_app(
            Services(LiveFleet(), store.events, auth, healthy, registry, relays=desk, cases=cases)
        )
        transport = httpx.ASGITransport(app)
        client, outside = [
            await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://t"))
            for _ in range(2)
        ]
        await client.post(f"{API}/login", json={"user": "admin", "password": first})
        chosen = await client.post(f"{API}/password", json={"new_password": "correct horse battery"})
        yield Rig(app, chosen.json()["token"], client, outside, staff, store, target)
