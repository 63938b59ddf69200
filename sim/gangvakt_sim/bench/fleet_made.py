"""A large fleet, written straight into a controller's store."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from gangvakt.api.auth import AuthService, session_key
from gangvakt.clock import utc_ms
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.identity import GroupKey
from gangvakt.provision.registration import RegistrationState
from gangvakt.provision.wire import SiteKit
from gangvakt.settings import Settings
from gangvakt.store import SeenSign, Store, Work
from gangvakt.store.address import address_of
from gangvakt.store.records import CertificateRecord, NewRegistration, SiteRecord
from gangvakt.store.registrations import insert_registration
from gangvakt.store.sites import insert_site

SIGNS_A_SITE = 2
MUNICIPALITIES = 20
INCARNATION = "9f3ac01b"
PASSWORD = "bench-of-a-large-fleet"  # of a controller that lives for a minute
WRITTEN_AT_ONCE = 500
YEAR_MS = 365 * 86_400_000
STATUS = {
    "v": 1,
    "online": True,
    "incarnation": INCARNATION,
    "boot": 3,
    "uptime_ms": 1234,
    "t": None,
    "q": "uptime",
    "fw": "0.1.0",
    "schema": "0123abcd",
    "board": "esp32-devkitc",
    "mode": "active",
    "config_version": 1,
    "lamps": {"on": False, "pattern": "alternating", "dim_pct": 100, "current_proved": True},
    "armed_ms": 480,
    "faults": [],
}


def sign_names(count: int) -> list[str]:
    """`municipality/site/sign`, with board addresses for names."""
    return [str(_site(number).sign(f"30aea4{number:06x}")) for number in range(count)]


async def make_fleet(settings: Settings, count: int) -> str:
    """Sites, registrations with certificates, and what each sign said last; the token of a log-in."""
    async with Store.open(address_of(settings)) as store:
        auth = AuthService(store.staff, session_key(settings.session_key))
        login = await auth.login("admin", await auth.first_password() or "", "bench")
        login = await auth.change_password(login, PASSWORD)
        await _sites(store, count)
        await _registrations(store, count)
        names = sign_names(count)
        for start in range(0, count, WRITTEN_AT_ONCE):
            seen = (
                SeenSign(SignId.parse(name), utc_ms(), json.dumps(STATUS))
                for name in names[start : start + WRITTEN_AT_ONCE]
            )
            await store.journal.write(Work(signs=tuple(seen)))
        return login.token


def folder_of(data: Path) -> Settings:
    """A controller's settings in this folder, which is made."""
    data.mkdir(parents=True, exist_ok=True)
    return Settings(data)


async def _sites(store: Store, count: int) -> None:
    async with store.exclusive() as connection:
        for number in range(0, count, SIGNS_A_SITE):
            kit = SiteKit(
                site=str(_site(number)),
                title=f"Crossing {number}",
                brokers=(("127.0.0.1", 8883),),
                config={},
                config_version=1,
                wifi=None,
                address="http://127.0.0.1:8080",
                group_key=GroupKey.first(),
            )
            await insert_site(connection, SiteRecord(kit, utc_ms()))


async def _registrations(store: Store, count: int) -> None:
    now_ms = utc_ms()
    async with store.exclusive() as connection:
        for name in sign_names(count):
            sign = SignId.parse(name)
            new = NewRegistration(
                sign,
                sign.sign,
                "esp32-devkitc",
                RegistrationState.REGISTERED,
                "authority",
                INCARNATION,
                now_ms,
                registered_ms=now_ms,
            )
            print_ = hashlib.sha256(name.encode()).hexdigest()
            certificate = CertificateRecord(print_, print_[:38], now_ms + YEAR_MS, now_ms)
            await insert_registration(connection, new, certificate)


def _site(number: int) -> SiteId:
    crossing = number // SIGNS_A_SITE
    return SiteId(f"kommune{crossing % MUNICIPALITIES}", f"crossing{crossing}")
