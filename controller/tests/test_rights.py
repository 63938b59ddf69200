"""Every route for every role, in one's own municipality and in another's: made from the routes themselves."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from gangvakt.api.auth import IDLE_LIFE_S
from gangvakt.api.rights import OPEN, OPERATOR_VERBS, OWN, OWN_OF_PROGRAMS, RIGHTS, least_role
from gangvakt.api.scope import FOR_EVERYBODY
from gangvakt.clock import utc_ms
from gangvakt.fleet import SignId
from gangvakt.fleet.roles import ALL_RIGHTS, EVERYWHERE, Grants, Role
from gangvakt.store.api_tokens import NewToken
from gangvakt.store.sessions import Stage

from .apis import Office, an_office
from .support import NORTH

OURS, THEIRS = "drammen", "baerum"
PATH_VALUES = {
    "municipality": OURS,
    "site": "storgata",
    "sign": "north",
    "bundle": "0123abcd",
    "notice": "0" * 16,
    "name": "x",
}
UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
PASSES = "passes"
TOKEN_DAYS, DAY_S = 30, 86_400


@dataclass(frozen=True)
class Somebody:
    """`grants` None: what he comes with is over; `name` None: nobody is logged in. A program comes with a
    token, cut down to `grants`, of an administrator of everything."""

    name: str | None
    grants: Grants | None
    is_program: bool = False

    def __str__(self) -> str:
        return self.name or "nobody"


ROLES_HERE = [Somebody(f"{role.word}-here", Grants({OURS: role})) for role in Role]
ROLES_EVERYWHERE = [
    Somebody(f"{role.word}-everywhere", Grants({EVERYWHERE: role}))
    for role in (Role.VIEWER, Role.ADMINISTRATOR)
]
EVERYBODY = [
    Somebody(None, None),
    Somebody("expired", None),
    Somebody("expired-token", None, is_program=True),
    Somebody("token-of-a-technician-here", Grants({OURS: Role.TECHNICIAN}), is_program=True),
    Somebody("without-a-role", Grants()),
    Somebody("administrator-elsewhere", Grants({THEIRS: Role.ADMINISTRATOR})),
    Somebody("mixed", Grants({OURS: Role.OPERATOR, THEIRS: Role.TECHNICIAN})),
    *ROLES_HERE,
    *ROLES_EVERYWHERE,
]


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of everything that is answered below /api, also what the document keeps silent of."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.path and route.path.startswith("/api/"):
            yield from ((method, route.path) for method in sorted(route.methods or ()))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as office:
        assert office.services.live is not None
        office.services.live.close()  # its answer would have no end
        office.hear(NORTH, SignId(THEIRS, "torget", "south"))
        yield office


def wanted(somebody: Somebody, method: str, path: str) -> int | str:
    """What the table says, told in other words than the guard's."""
    if f"{method} {path}" in OPEN:
        return PASSES
    if somebody.grants is None:
        return UNAUTHORIZED
    if f"{method} {path}" in OWN:
        return FORBIDDEN if somebody.is_program and f"{method} {path}" not in OWN_OF_PROGRAMS else PASSES
    least = least_role(method, path)
    held = {where: role for where, role in somebody.grants.items() if role >= least}
    if "{municipality}" in path:
        if not {OURS, EVERYWHERE} & set(somebody.grants):
            return NOT_FOUND
        return PASSES if {OURS, EVERYWHERE} & set(held) else FORBIDDEN
    if path in FOR_EVERYBODY:
        return PASSES if held else FORBIDDEN
    return PASSES if EVERYWHERE in held else FORBIDDEN


async def ask(office: Office, token: str | None, method: str, path: str) -> httpx.Response:
    filled = re.sub(r"\{(\w+)\}", lambda found: PATH_VALUES.get(found[1], "1"), path)
    headers = {"Authorization": f"Bearer {token}" if token else ""}
    return await office.client.request(method, filled, headers=headers, json={})


async def come(office: Office, somebody: Somebody) -> str | None:
    """A new session of his, or a program's token; where it shall be over the controller's clock goes on."""
    if somebody.name is None:
        return None
    staff = office.store.staff
    grants = ALL_RIGHTS if somebody.grants is None or somebody.is_program else somebody.grants
    await staff.add(somebody.name, "-", must_change=False, grants=grants)
    if somebody.is_program:
        token = await a_token(office, somebody)
    else:
        token = await staff.sessions.begin(somebody.name, Stage.OPEN, utc_ms(), "here", "test")
    if somebody.grants is None:
        life_s = TOKEN_DAYS * DAY_S if somebody.is_program else IDLE_LIFE_S
        office.services.auth.clock_s = lambda: time.time() + life_s
    return token


async def a_token(office: Office, somebody: Somebody) -> str:
    """For TOKEN_DAYS."""
    ((where, role),) = (somebody.grants or ALL_RIGHTS).items()
    names = None if where == EVERYWHERE else frozenset({where})
    wanted = NewToken(str(somebody.name), "x", role, names, utc_ms() + TOKEN_DAYS * DAY_S * 1000)
    made = await office.store.staff.tokens.add(wanted, utc_ms(), "test")
    assert made is not None
    return made[1]


async def a_session(office: Office, name: str) -> str:
    """Of one of EVERYBODY, by his name."""
    token = await come(office, next(one for one in EVERYBODY if one.name == name))
    assert token is not None
    return token


def judged(reply: httpx.Response) -> int | str:
    """401 and 403 are the guards' alone, 404 is theirs when it names the municipality."""
    is_foreign = reply.status_code == NOT_FOUND and reply.json()["detail"] == f"there is no {OURS}"
    refused = reply.status_code in (UNAUTHORIZED, FORBIDDEN) or is_foreign
    return reply.status_code if refused else PASSES


@pytest.mark.parametrize("somebody", EVERYBODY, ids=str)
async def test_every_route_is_open_to_those_whom_the_table_names_and_to_nobody_else(
    office: Office, somebody: Somebody
) -> None:
    routes = list(routes_of(office.app))
    assert len(routes) >= 70
    # What ends the session that asks comes last.
    routes.sort(key=lambda route: route[1].endswith("/logout"))
    wrong, token = [], await come(office, somebody)
    for method, path in routes:
        reply = await ask(office, token, method, path)
        expected = wanted(somebody, method, path)
        if judged(reply) != expected and not (path.endswith("/login") and reply.status_code == 422):
            wrong.append(f"{method} {path}: {reply.status_code}, wanted {expected}: {reply.text[:120]}")
    assert wrong == []


def test_every_line_of_the_table_is_a_route(office: Office) -> None:
    routes = {f"{method} {path}" for method, path in routes_of(office.app)}
    assert [line for line in RIGHTS if line not in routes] == []


async def test_a_route_that_nobody_entered_is_for_administrators_of_everything(office: Office) -> None:
    assert least_role("GET", "/api/v1/of-tomorrow") is Role.ADMINISTRATOR
    assert wanted(ROLES_HERE[-1], "GET", "/api/v1/of-tomorrow") == FORBIDDEN


@pytest.mark.parametrize("path", ["/signs", "/map", "/registrations", "/sites", "/alarms"])
async def test_a_list_shows_nothing_of_a_municipality_without_a_role(office: Office, path: str) -> None:
    token = await a_session(office, "viewer-here")
    reply = await office.get(path, headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 200
    assert THEIRS not in reply.text


@pytest.mark.parametrize(
    ("user", "verb", "refused"),
    [
        ("operator-here", "flash", False),
        ("operator-here", "mute", False),
        ("operator-here", "restart", True),
        ("operator-here", "config-put", True),
        ("operator-here", "of-tomorrow", True),
        ("technician-here", "config-put", False),
        ("viewer-here", "status", True),
    ],
)
async def test_a_command_takes_the_role_of_its_verb(
    office: Office, user: str, verb: str, refused: bool
) -> None:
    token = await a_session(office, user)
    reply = await office.client.post(
        f"/api/v1/signs/{NORTH}/commands", headers={"Authorization": f"Bearer {token}"}, json={"verb": verb}
    )
    assert (reply.status_code == FORBIDDEN) == refused, reply.text
    assert "restart" not in OPERATOR_VERBS


async def test_a_role_that_is_taken_away_ends_its_sessions(office: Office) -> None:
    token = await a_session(office, "technician-here")
    asked = {"Authorization": f"Bearer {token}"}
    assert (await office.get("/signs", headers=asked)).status_code == 200
    await office.store.staff.set_grants("technician-here", Grants({OURS: Role.VIEWER}))
    assert (await office.get("/signs", headers=asked)).status_code == UNAUTHORIZED
