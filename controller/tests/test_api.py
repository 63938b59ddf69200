"""The REST interface: who may come in, what it tells, and how it refuses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.routing import Route

from gangvakt.api import Health, Services, create_app
from gangvakt.api.auth import (
    ADDRESS_LOCKS_AT,
    IDLE_LIFE_S,
    SESSION_COOKIE,
    SESSION_LIFE_S,
    USER_LOCKS_AT,
    AuthService,
)
from gangvakt.api.guard import OPEN_PATHS
from gangvakt.api.limit import LARGEST_BODY
from gangvakt.api.passwords import Passwords, one_time_password
from gangvakt.api.throttle import FIRST_LOCK_S, LONGEST_LOCK_S, Throttle
from gangvakt.errors import LoginLocked, UnknownUser
from gangvakt.fleet import EventKey, LiveFleet
from gangvakt.ingest.messages import parse_status
from gangvakt.provision.lifetimes import Kind, Lifetime
from gangvakt.provision.pki import Pki
from gangvakt.registry import Registry
from gangvakt.store import NewEvent, Store, Work

from .migrated import a_store
from .support import NORTH, SOUTH
from .wire import NOW_MS, status

API = "/api/v1"
NEW_PASSWORD = "correct horse battery"  # of a test
LIFETIMES = (
    Lifetime(Kind.AUTHORITY, "Gangvakt CA", datetime(2099, 1, 1, tzinfo=UTC), "ab" * 32),
    Lifetime(Kind.SIGN, str(NORTH), datetime(2001, 1, 1, tzinfo=UTC), "cd" * 32),
)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the real one takes a tenth of a second


@dataclass
class Rig:
    """The API on a real store, without sockets."""

    app: FastAPI
    client: httpx.AsyncClient
    services: Services
    store: Store
    one_time: str
    health: list[Health]
    now_s: list[float]

    async def log_in(self, password: str, user: str = "admin") -> httpx.Response:
        return await self.client.post(f"{API}/login", json={"user": user, "password": password})

    async def settle(self) -> None:
        """Logs in and chooses a password."""
        assert (await self.log_in(self.one_time)).status_code == 200
        answer = await self.client.post(f"{API}/password", json={"new_password": NEW_PASSWORD})
        assert answer.status_code == 200


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with a_store(tmp_path / "x.db") as store:
        now_s, health = [1_800_000_000.0], [Health(broker_connected=True, store_writing=True)]
        auth = AuthService(store.staff, b"k" * 32, Passwords(CHEAP), clock_s=lambda: now_s[0])
        one_time = await auth.first_password()
        assert one_time is not None
        registry = Registry(store, lambda: Pki.open(tmp_path / "pki"))
        services = Services(LiveFleet(), store.events, auth, lambda: health[0], registry, lambda: LIFETIMES)
        app = create_app(services)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Rig(app, client, services, store, one_time, health, now_s)


def api_routes(app: FastAPI) -> list[tuple[str, str]]:
    document = app.openapi()
    listed = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]
    plain = [("GET", route.path) for route in app.routes if isinstance(route, Route)]
    return listed + plain


async def test_no_route_is_open_but_health_and_login(rig: Rig) -> None:
    routes = api_routes(rig.app)
    assert len(routes) >= 8
    for method, path in routes:
        # What stands in the braces does not matter: nobody comes so far.
        answer = await rig.client.request(method, re.sub(r"\{[^}]+\}", "x", path))
        assert (answer.status_code == 401) == (path not in OPEN_PATHS), path
    assert (await rig.client.get("/api/anything")).status_code == 401


async def test_the_one_time_password_opens_only_the_choice_of_another(rig: Rig) -> None:
    answer = await rig.log_in(rig.one_time)
    assert answer.json()["must_change"] is True
    refused = await rig.client.get(f"{API}/signs")
    assert (refused.status_code, refused.json()["detail"]) == (403, "choose a new password first")
    await rig.client.post(f"{API}/password", json={"new_password": NEW_PASSWORD})
    assert (await rig.client.get(f"{API}/signs")).status_code == 200
    assert (await rig.log_in(rig.one_time)).status_code == 401
    assert (await rig.log_in(NEW_PASSWORD)).json()["must_change"] is False


async def test_the_first_password_is_made_once(rig: Rig) -> None:
    assert await rig.services.auth.first_password() is None
    assert rig.one_time != one_time_password()
    assert re.fullmatch(r"[a-z0-9]{5}(-[a-z0-9]{5}){3}", rig.one_time)


@pytest.mark.parametrize("password", ["short", "x" * 11, "aaaaaaaaaaaa", "adminadminadmin", "x" * 300])
async def test_a_weak_password_is_refused_and_not_repeated(rig: Rig, password: str) -> None:
    await rig.log_in(rig.one_time)
    answer = await rig.client.post(f"{API}/password", json={"new_password": password})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "new_password"
    assert password not in answer.text


async def test_the_one_time_password_cannot_be_kept(rig: Rig) -> None:
    await rig.log_in(rig.one_time)
    answer = await rig.client.post(f"{API}/password", json={"new_password": rig.one_time})
    assert answer.status_code == 422


async def test_the_cookie_is_kept_from_scripts_and_other_sites(rig: Rig) -> None:
    cookie = (await rig.log_in(rig.one_time)).headers["set-cookie"]
    assert SESSION_COOKIE in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_programs_use_the_token(rig: Rig) -> None:
    await rig.settle()
    token = (await rig.log_in(NEW_PASSWORD)).json()["token"]
    rig.client.cookies.clear()
    answer = await rig.client.get(f"{API}/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["user"] == "admin"
    forged = await rig.client.get(f"{API}/me", headers={"Authorization": f"Bearer {token[:-2]}xx"})
    assert forged.status_code == 401


async def test_a_session_ends_at_logout_with_a_new_password_and_with_the_day(rig: Rig) -> None:
    await rig.settle()
    auth = rig.services.auth
    first, second = [await auth.login("admin", NEW_PASSWORD, "1.2.3.4") for _ in range(2)]
    await auth.logout(first)
    assert await auth.login_of(first.token) is None
    assert await auth.login_of(second.token) is not None
    await auth.reset_password("admin")
    assert await auth.login_of(second.token) is None


async def test_a_session_ends_with_the_day_however_busy_and_earlier_when_it_is_idle(rig: Rig) -> None:
    auth = rig.services.auth
    busy, idle = [await auth.login("admin", rig.one_time, "1.2.3.4") for _ in range(2)]
    for _ in range(SESSION_LIFE_S // IDLE_LIFE_S):
        rig.now_s[0] += IDLE_LIFE_S - 1
        assert await auth.login_of(busy.token) is not None
    assert await auth.login_of(idle.token) is None
    rig.now_s[0] += IDLE_LIFE_S - 1
    assert await auth.login_of(busy.token) is None


async def test_wrong_passwords_lock_the_address_and_time_opens_it(rig: Rig) -> None:
    for _ in range(ADDRESS_LOCKS_AT):
        assert (await rig.log_in("wrong")).status_code == 401
    locked = await rig.log_in(rig.one_time)
    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) <= FIRST_LOCK_S + 1
    rig.now_s[0] += FIRST_LOCK_S + 1
    assert (await rig.log_in(rig.one_time)).status_code == 200


async def test_guessing_from_many_addresses_locks_the_user(rig: Rig) -> None:
    for number in range(USER_LOCKS_AT):
        with pytest.raises(Exception, match="wrong"):
            await rig.services.auth.login("admin", "wrong", f"10.0.0.{number}")
    with pytest.raises(LoginLocked):
        await rig.services.auth.login("admin", rig.one_time, "10.0.1.1")


async def test_an_unknown_user_is_answered_like_a_wrong_password(rig: Rig) -> None:
    nobody, wrong = await rig.log_in("x", "nobody"), await rig.log_in("x")
    assert nobody.json() | {"request_id": ""} == wrong.json() | {"request_id": ""}
    with pytest.raises(UnknownUser):
        await rig.services.auth.reset_password("nobody")


def test_each_further_failure_doubles_the_wait_up_to_a_bound() -> None:
    now_s = [0.0]
    throttle = Throttle(2, lambda: now_s[0])
    waits = []
    for _ in range(12):
        throttle.failed("a")
        try:
            throttle.check("a")
        except LoginLocked as locked:
            waits.append(locked.retry_after_s - 1)
    assert waits[:3] == [FIRST_LOCK_S, 2 * FIRST_LOCK_S, 4 * FIRST_LOCK_S]
    assert waits[-1] == LONGEST_LOCK_S
    throttle.succeeded("a")
    throttle.check("a")


async def test_health_is_open_and_says_when_something_fails(rig: Rig) -> None:
    assert (await rig.client.get(f"{API}/health")).json()["ok"] is True
    rig.health[0] = Health(broker_connected=True, store_writing=False)
    answer = await rig.client.get(f"{API}/health")
    assert (answer.status_code, answer.json()["store_writing"]) == (503, False)


@pytest.mark.parametrize("chunks", [1, 100])
async def test_an_endless_request_is_cut_off(rig: Rig, chunks: int) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(chunks):
            yield b" " * (LARGEST_BODY // chunks + 1)

    headers = {"Content-Type": "application/json"} | (
        {"Content-Length": str(LARGEST_BODY + 1)} if chunks == 1 else {}
    )
    answer = await rig.client.post(f"{API}/login", content=body(), headers=headers)
    assert answer.status_code == 413


async def test_signs_are_told(rig: Rig) -> None:
    await rig.settle()
    read = parse_status(status())
    assert read is not None
    rig.services.fleet.put_status(NORTH, read, NOW_MS)
    listed = (await rig.client.get(f"{API}/signs")).json()["items"]
    one = (await rig.client.get(f"{API}/signs/{NORTH}")).json()
    assert listed == [one]
    assert (one["id"], one["online"], one["status"]["schema_hash"]) == (str(NORTH), True, "0123abcd")
    assert one["status"]["faults"][0]["why"] == "5000..30000"
    missing = await rig.client.get(f"{API}/signs/{SOUTH}")
    assert (missing.status_code, missing.json()["status"]) == (404, 404)


async def test_events_are_paged(rig: Rig) -> None:
    await rig.settle()
    events = [
        NewEvent(EventKey(NORTH, "9f3ac01b", 1, n), "boot", n, "utc", n, n, {"cause": "power"})
        for n in range(5)
    ]
    await rig.store.journal.write(Work(tuple(events)))
    first = (await rig.client.get(f"{API}/events", params={"limit": 3, "sign": str(NORTH)})).json()
    rest = (await rig.client.get(f"{API}/events", params={"after": first["next"]})).json()
    assert [e["seq"] for e in first["items"] + rest["items"]] == list(range(5))
    assert first["items"][0]["detail"] == {"cause": "power"}
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("limit=0", "limit", "0"),
        ("after=-1", "after", "-1"),
        ("limit=x", "limit", "x"),
        ("sign=A/b/c", "municipality", "A"),
    ],
)
async def test_a_refusal_names_field_value_and_what_is_allowed(
    rig: Rig, query: str, field: str, value: str
) -> None:
    await rig.settle()
    answer = await rig.client.get(f"{API}/events?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert (error["field"], error["value"]) == (field, value)
    assert error["allowed"]


async def test_the_description_of_the_interface_is_served(rig: Rig) -> None:
    await rig.settle()
    document = (await rig.client.get(f"{API}/openapi.json")).json()
    assert document["openapi"].startswith("3.")
    assert {f"{API}/signs", f"{API}/events", f"{API}/health", f"{API}/login"} <= set(document["paths"])


async def test_certificates_are_listed_with_the_first_to_end_first(rig: Rig) -> None:
    await rig.settle()
    first, second = (await rig.client.get(f"{API}/certificates")).json()["items"]
    assert (first["kind"], first["name"], first["state"]) == ("sign", str(NORTH), "ended")
    assert first["days_left"] < 0
    assert (second["kind"], second["state"], second["ends_ms"]) == ("authority", "good", 4_070_908_800_000)


async def test_another_municipalitys_signs_are_not_there(rig: Rig) -> None:
    await rig.settle()
    read = parse_status(status())
    assert read is not None
    rig.services.fleet.put_status(NORTH, read, NOW_MS)
    assert (await rig.client.get(f"{API}/signs/{NORTH}")).status_code == 200
    await rig.store.staff.set_municipalities("admin", frozenset({"elsewhere"}))
    one = await rig.client.get(f"{API}/signs/{NORTH}")
    assert (one.status_code, (await rig.client.get(f"{API}/signs")).json()) == (
        404,
        {"items": [], "next": None},
    )
    event = NewEvent(EventKey(NORTH, "9f3ac01b", 1, 1), "boot", 1, "utc", 1, 1, {"cause": "power"})
    await rig.store.journal.write(Work((event,)))
    assert (await rig.client.get(f"{API}/events")).json()["items"] == []
    assert [one["kind"] for one in (await rig.client.get(f"{API}/certificates")).json()["items"]] == [
        "authority"
    ]
    await rig.store.staff.set_municipalities("admin", frozenset({"drammen"}))
    assert len((await rig.client.get(f"{API}/events")).json()["items"]) == 1
    assert (await rig.client.get(f"{API}/alarms")).status_code != 403
