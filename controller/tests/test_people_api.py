"""People, tokens and sessions by the API; other sites' requests, planted sessions, guessing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from gangvakt.api.auth import SESSION_COOKIE
from gangvakt.clock import utc_ms
from gangvakt.errors import LoginLocked
from gangvakt.fleet.roles import Grants, Role
from gangvakt.relay.rate import Rate
from gangvakt.store.sessions import Stage

from .apis import API, PASSWORD, Office, an_office

DAY_MS = 86_400_000
LILLESTROM, BAERUM = "lillestrom", "baerum"
FORBIDDEN = 403


class Desk:
    """The API, asked as somebody of a role."""

    def __init__(self, office: Office) -> None:
        self.office, self.store = office, office.store

    async def add(self, user: str, **roles: Role) -> None:
        grants = Grants({"*" if where == "everywhere" else where: role for where, role in roles.items()})
        await self.store.staff.add(user, "-", must_change=False, grants=grants)

    async def ask(self, user: str | None, method: str, path: str, body: Any = None) -> httpx.Response:
        """`user` None: the first administrator."""
        token = self.office.client.headers["Authorization"]
        if user is not None:
            token = f"Bearer {await self.token(user)}"
        return await self.office.client.request(
            method, f"{API}{path}", json=body, headers={"Authorization": token}
        )

    async def token(self, user: str) -> str:
        return await self.store.staff.sessions.begin(user, Stage.OPEN, utc_ms(), "here", "test")

    async def with_token(self, token: str, method: str, path: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.office.client.request(method, f"{API}{path}", headers=headers, json={})


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with an_office(tmp_path) as office:
        desk = Desk(office)
        await desk.add("ida", lillestrom=Role.ADMINISTRATOR)
        await desk.add("kari", lillestrom=Role.OPERATOR)
        await desk.add("ola", baerum=Role.TECHNICIAN)
        yield desk


async def test_an_administrator_sees_and_changes_people_of_his_municipality_alone(desk: Desk) -> None:
    listed = (await desk.ask("ida", "GET", "/people")).json()["items"]
    assert [(one["user"], one["roles"]) for one in listed] == [
        ("ida", {LILLESTROM: "administrator"}),
        ("kari", {LILLESTROM: "operator"}),
    ]
    assert (await desk.ask("ida", "GET", "/people/ola")).status_code == 404
    assert (await desk.ask("ida", "POST", "/people/ola/lock")).status_code == 404
    assert (await desk.ask("kari", "GET", "/people")).status_code == FORBIDDEN


async def test_nobody_gives_a_role_where_he_does_not_administer(desk: Desk) -> None:
    for roles in ({BAERUM: "viewer"}, {"*": "viewer"}, {LILLESTROM: "viewer", BAERUM: "viewer"}):
        for method, path, body in (
            ("PUT", "/people/kari/roles", {"roles": roles}),
            ("POST", "/people", {"user": "per", "roles": roles}),
        ):
            assert (await desk.ask("ida", method, path, body)).status_code == FORBIDDEN, roles
    assert await desk.store.staff.get("per") is None


async def test_roles_elsewhere_stay_when_one_administrator_changes_his(desk: Desk) -> None:
    await desk.store.staff.set_grants("ola", Grants({LILLESTROM: Role.VIEWER, BAERUM: Role.TECHNICIAN}))
    told = await desk.ask("ida", "PUT", "/people/ola/roles", {"roles": {LILLESTROM: "operator"}})
    assert told.json()["roles"] == {LILLESTROM: "operator"}
    member = await desk.store.staff.get("ola")
    assert member is not None
    assert member.grants == Grants({LILLESTROM: Role.OPERATOR, BAERUM: Role.TECHNICIAN})
    for method, path in (("POST", "/lock"), ("POST", "/password"), ("DELETE", ""), ("DELETE", "/sessions")):
        refused = await desk.ask("ida", method, f"/people/ola{path}")
        assert refused.status_code == FORBIDDEN, "his account is another's business as well"


async def test_the_last_administrator_of_everything_stays(desk: Desk) -> None:
    for method, path, body in (
        ("DELETE", "/people/admin", None),
        ("POST", "/people/admin/lock", None),
        ("PUT", "/people/admin/roles", {"roles": {LILLESTROM: "administrator"}}),
    ):
        assert (await desk.ask(None, method, path, body)).status_code == 409
    assert (await desk.ask(None, "GET", "/me")).json()["roles"] == {"*": "administrator"}


async def test_who_is_locked_comes_in_neither_with_session_nor_token_nor_password(desk: Desk) -> None:
    session = await desk.token("kari")
    token = (await desk.ask("kari", "POST", "/tokens", {"name": "x", "role": "operator"})).json()["token"]
    assert (await desk.ask(None, "POST", "/people/kari/lock")).json()["locked"] is True
    for held in (session, token):
        assert (await desk.with_token(held, "GET", "/signs")).status_code == 401
    assert (await desk.ask(None, "POST", "/people/kari/unlock")).json()["locked"] is False
    assert (await desk.with_token(token, "GET", "/signs")).status_code == 200


async def test_a_token_is_told_once_and_kept_hashed(desk: Desk, tmp_path: Path) -> None:
    made = (await desk.ask("kari", "POST", "/tokens", {"name": "screen", "days": 30})).json()
    (listed,) = (await desk.ask("kari", "GET", "/tokens")).json()["items"]
    assert "token" not in listed
    assert listed["expires_ms"] - listed["created_ms"] == 30 * DAY_MS
    assert listed["used_ms"] is None
    assert (await desk.with_token(made["token"], "GET", "/me")).json()["is_token"] is True
    (listed,) = (await desk.ask("kari", "GET", "/tokens")).json()["items"]
    assert listed["used_ms"] is not None
    written = b"".join(path.read_bytes() for path in tmp_path.glob("x.db*"))
    assert made["token"].encode() not in written


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"role": "operator"}, 201),
        ({"role": "technician"}, FORBIDDEN),
        ({"role": "viewer", "municipalities": [LILLESTROM]}, 201),
        ({"role": "viewer", "municipalities": [BAERUM]}, FORBIDDEN),
        ({"role": "viewer", "municipalities": ["*"]}, 422),
        ({"role": "viewer", "municipalities": []}, 422),
        ({"days": 366}, 422),
        ({"days": 0}, 422),
        ({"name": ""}, 422),
        ({"name": "a\nb"}, 422),
        ({"role": "owner"}, 422),
    ],
)
async def test_a_token_has_at_most_the_rights_of_its_owner_and_a_year(
    desk: Desk, wanted: dict[str, object], status: int
) -> None:
    assert (await desk.ask("kari", "POST", "/tokens", {"name": "x"} | wanted)).status_code == status


async def test_a_token_shrinks_with_its_owner_and_ends(desk: Desk) -> None:
    made = (await desk.ask("kari", "POST", "/tokens", {"name": "x", "role": "operator"})).json()
    asked = (made["token"], "POST", "/alarms/7/comment")
    assert (await desk.with_token(*asked)).status_code == 422, "an operator may"
    await desk.store.staff.set_grants("kari", Grants({LILLESTROM: Role.VIEWER}))
    assert (await desk.with_token(*asked)).status_code == FORBIDDEN
    assert (await desk.ask("kari", "DELETE", f"/tokens/{made['id']}")).status_code == 204
    assert (await desk.with_token(made["token"], "GET", "/me")).status_code == 401
    assert (await desk.ask("kari", "DELETE", f"/tokens/{made['id']}")).status_code == 404
    assert (await desk.ask("ola", "DELETE", f"/tokens/{made['id']}")).status_code == 404


async def test_a_token_neither_makes_another_nor_touches_the_account(desk: Desk) -> None:
    token = (await desk.ask("kari", "POST", "/tokens", {"name": "x"})).json()["token"]
    for method, path in (
        ("POST", "/tokens"),
        ("GET", "/tokens"),
        ("POST", "/password"),
        ("POST", "/second-factor"),
        ("DELETE", "/sessions"),
        ("POST", "/logout"),
    ):
        assert (await desk.with_token(token, method, path)).status_code == FORBIDDEN, path


async def test_a_program_that_asks_too_often_waits(desk: Desk) -> None:
    token = (await desk.ask("kari", "POST", "/tokens", {"name": "x"})).json()["token"]
    desk.office.services.auth._asked = Rate(2)
    for _ in range(2):
        assert (await desk.with_token(token, "GET", "/me")).status_code == 200
    refused = await desk.with_token(token, "GET", "/me")
    assert (refused.status_code, int(refused.headers["Retry-After"]) >= 1) == (429, True)


async def test_ones_own_sessions_are_listed_and_ended(desk: Desk) -> None:
    first, second = await desk.token("kari"), await desk.token("kari")
    listed = (await desk.with_token(first, "GET", "/sessions")).json()["items"]
    assert sorted(one["current"] for one in listed) == [False, True]
    other = next(one["id"] for one in listed if not one["current"])
    assert (await desk.with_token(await desk.token("ola"), "DELETE", f"/sessions/{other}")).status_code == 404
    assert (await desk.with_token(first, "DELETE", f"/sessions/{other}")).status_code == 204
    assert (await desk.with_token(second, "GET", "/me")).status_code == 401
    await desk.token("kari")
    assert (await desk.with_token(first, "DELETE", "/sessions")).json() == {"ended": 1}
    assert (await desk.with_token(first, "GET", "/me")).status_code == 200


async def test_a_session_is_not_enough_to_change_what_protects_the_account(desk: Desk) -> None:
    body = {"new_password": "another good one"}
    refused = await desk.ask(None, "POST", "/password", body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "password")
    wrong = await desk.ask(None, "POST", "/password", body | {"password": "wrong"})
    assert wrong.status_code == 401
    assert (await desk.ask(None, "POST", "/second-factor", {"password": "wrong"})).status_code == 401
    assert (await desk.ask(None, "POST", "/password", body | {"password": PASSWORD})).status_code == 200


async def test_a_second_factor_by_the_api_from_its_secret_to_the_next_log_in(desk: Desk) -> None:
    begun = (await desk.ask(None, "POST", "/second-factor", {"password": PASSWORD})).json()
    assert "<svg" in begun["svg"]
    totp, now_s = pyotp.TOTP(begun["secret"]), desk.office.services.auth.clock_s()
    done = (await desk.ask(None, "POST", "/second-factor/confirm", {"code": totp.at(now_s)})).json()
    assert (await desk.with_token(done["token"], "GET", "/me")).status_code == 200
    waiting = (
        await desk.office.client.post(f"{API}/login", json={"user": "admin", "password": PASSWORD})
    ).json()
    assert waiting["needs"] == "code"
    refused = await desk.with_token(waiting["token"], "GET", "/signs")
    assert (refused.status_code, "code" in refused.json()["detail"]) == (FORBIDDEN, True)
    headers = {"Authorization": f"Bearer {waiting['token']}"}
    opened = await desk.office.client.post(
        f"{API}/login/code", json={"code": done["codes"][0]}, headers=headers
    )
    assert (opened.status_code, opened.json()["needs"]) == (200, None)
    assert (await desk.with_token(waiting["token"], "GET", "/me")).status_code == 401
    reset = await desk.ask("ida", "DELETE", "/people/admin/second-factor")
    assert reset.status_code == 404, "she does not administer everything"


OTHER_SITES = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", OTHER_SITES)
async def test_another_sites_page_changes_nothing_with_our_cookie(
    desk: Desk, headers: dict[str, str]
) -> None:
    cookie = {"Cookie": f"{SESSION_COOKIE}={await desk.token('kari')}", "Authorization": ""}
    for path in ("/alarms/1/acknowledge", "/logout", "/tokens", "/login"):
        sent = await desk.office.client.post(f"{API}{path}", headers=cookie | headers, json={"name": "x"})
        assert (sent.status_code, "another site" in sent.json()["detail"]) == (FORBIDDEN, True), path
    reading = await desk.office.client.get(f"{API}/me", headers=cookie | headers)
    assert reading.status_code == 200


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://test"}, {}])
async def test_our_own_pages_and_programs_may(desk: Desk, headers: dict[str, str]) -> None:
    cookie = {"Cookie": f"{SESSION_COOKIE}={await desk.token('kari')}", "Authorization": ""}
    sent = await desk.office.client.post(f"{API}/tokens", headers=cookie | headers, json={"name": "x"})
    assert sent.status_code == 201


async def test_a_session_that_was_planted_before_the_log_in_is_not_the_one_after_it(desk: Desk) -> None:
    planted = await desk.token("ola")
    headers = {"Cookie": f"{SESSION_COOKIE}={planted}", "Authorization": ""}
    body = {"user": "admin", "password": PASSWORD}
    opened = (await desk.office.client.post(f"{API}/login", headers=headers, json=body)).json()["token"]
    assert opened != planted
    assert (await desk.with_token(opened, "GET", "/me")).json()["user"] == "admin"
    assert (await desk.with_token(planted, "GET", "/me")).status_code == 401


async def test_too_many_log_ins_of_one_address_wait_even_right_ones(desk: Desk) -> None:
    auth = desk.office.services.auth
    auth._rate = Rate(2)
    for _ in range(2):
        await auth.login("admin", PASSWORD, "192.0.2.1")
    with pytest.raises(LoginLocked):
        await auth.login("admin", PASSWORD, "192.0.2.1")


async def test_a_lock_out_stands_in_the_audit_and_names_nobody_who_does_not_exist(desk: Desk) -> None:
    auth = desk.office.services.auth
    for user in ("kari", "a password that was typed as a name"):
        for number in range(25):
            with pytest.raises(Exception, match=r"wrong|wait"):
                await auth.login(user, "wrong", f"10.0.{len(user)}.{number}")
    rows = [row for row in await desk.store.audit.page() if row.action == "login.locked"]
    assert rows
    assert {row.subject for row in rows} == {"kari"}


async def test_a_provider_is_set_up_without_telling_its_secret_again(desk: Desk) -> None:
    body = {
        "issuer": "https://id.example.no",
        "client_id": "gangvakt",
        "client_secret": "s3cret",
        "options": {"title": "Lillestrøm"},
    }
    told = await desk.ask(None, "PUT", "/login-providers/lillestrom", body)
    assert (told.json()["has_secret"], "s3cret" in told.text) == (True, False)
    again = await desk.ask(None, "PUT", "/login-providers/lillestrom", {**body, "client_secret": None})
    assert again.json()["has_secret"] is True
    moved = {**body, "client_secret": None, "issuer": "https://evil.example"}
    assert (await desk.ask(None, "PUT", "/login-providers/lillestrom", moved)).json()["has_secret"] is False
    assert (await desk.ask("ida", "GET", "/login-providers")).status_code == FORBIDDEN
    assert (await desk.ask(None, "DELETE", "/login-providers/lillestrom")).status_code == 204
    assert (await desk.ask(None, "DELETE", "/login-providers/lillestrom")).status_code == 404
