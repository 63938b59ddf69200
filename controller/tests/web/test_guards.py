"""Who may see what, and what a page may load."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from gangvakt.api.auth import SESSION_COOKIE, Hurdle
from gangvakt.api.passwords import LONGEST
from gangvakt.fleet.roles import ALL_RIGHTS, Grants, Role
from gangvakt.store.records import Member
from gangvakt.web.guards import LanguageChoice, SecurityHeaders, SessionGuard
from gangvakt.web.lost import LostPages
from gangvakt.web.signing_in import local_path

VIEWER = Grants({"drammen": Role.VIEWER})
BASE = "http://signs.example"


@dataclass
class _Login:
    hurdle: Hurdle | None
    granted: Grants = ALL_RIGHTS
    user: str = "kari"


class _Staff:
    async def all(self) -> list[Member]:
        return [Member("lise", "-", must_change=False)]


class _Auth:
    """Knows two sessions by their tokens."""

    staff = _Staff()

    async def login_of(self, token: str | None) -> _Login | None:
        return {
            "good": _Login(None),
            "one-time": _Login(Hurdle.PASSWORD),
            "viewer": _Login(None, VIEWER),
        }.get(token or "")


def _client(token: str | None = None) -> httpx.AsyncClient:
    app = FastAPI()
    pages = HTMLResponse("<script>1</script><script defer></script>", headers={"x-nicegui-content": "page"})
    app.add_api_route("/", lambda: pages, methods=["GET", "POST"], response_model=None)
    for path in ("/password", "/login", "/assets/a.css", "/api/v1/signs"):
        app.add_api_route(path, lambda: "here", methods=["GET", "POST"])
    app.add_middleware(LostPages)
    app.add_middleware(SessionGuard, auth=_Auth())
    app.add_middleware(LanguageChoice)
    app.add_middleware(SecurityHeaders)
    cookies = {SESSION_COOKIE: token} if token else None
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE, cookies=cookies)


@pytest.mark.parametrize(
    ("token", "path", "target"),
    [
        (None, "/", "/login"),
        (None, "/street/drammen/storgata", "/login?next=/street/drammen/storgata"),
        (
            None,
            "/street/drammen/storgata?sign=30aea4120001&a=%0a",
            "/login?next=/street/drammen/storgata%3Fsign%3D30aea4120001%26a%3D%250a",
        ),
        (None, f"/street?a={'a' * LONGEST}", "/login"),
        ("forged", "/", "/login"),
        ("one-time", "/", "/password"),
        ("good", "/password", "/"),
        (None, "/loginx", "/login?next=/loginx"),
    ],
)
async def test_who_may_not_see_a_page_is_led_to_the_one_he_may(
    token: str | None, path: str, target: str
) -> None:
    async with _client(token) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, target)


@pytest.mark.parametrize(
    ("token", "path"),
    [
        (None, "/login"),
        (None, "/assets/a.css"),
        (None, "/api/v1/signs"),
        ("one-time", "/password"),
        ("good", "/"),
    ],
)
async def test_open_paths_and_sessions_pass(token: str | None, path: str) -> None:
    async with _client(token) as client:
        assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/people", "/a-page-of-tomorrow"])
async def test_who_lacks_the_role_is_told_so_in_his_language(path: str) -> None:
    async with _client("viewer") as client:
        answer = await client.get(path, headers={"accept-language": "nb"})
    assert answer.status_code == 403
    assert "Rollen din åpner ikke denne siden" in answer.text
    assert "Disse kan gi deg den: lise." in answer.text


async def test_a_page_that_is_not_there_leads_to_the_overview() -> None:
    async with _client("good") as client:
        lost = await client.get("/crosing/drammen", headers={"accept": "text/html"})
        program = await client.get("/api/v1/nothing")
    assert (lost.status_code, program.status_code) == (404, 404)
    assert "There is no such page" in lost.text
    assert "There is no such page" not in program.text


@pytest.mark.parametrize(("origin", "status"), [("https://evil.example", 403), ("null", 403), (BASE, 200)])
async def test_another_sites_page_cannot_post_here(origin: str, status: int) -> None:
    async with _client("good") as client:
        assert (await client.post("/", headers={"origin": origin})).status_code == status


@pytest.mark.parametrize(("token", "origin"), [(None, BASE), ("good", "https://evil.example")])
async def test_a_websocket_without_session_or_from_elsewhere_is_closed(
    token: str | None, origin: str
) -> None:
    sent = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(b"host", b"signs.example"), (b"origin", origin.encode())]
    if token:
        headers.append((b"cookie", f"{SESSION_COOKIE}={token}".encode()))
    scope = {"type": "websocket", "path": "/_nicegui_ws/socket.io/", "headers": headers, "query_string": b""}
    await SessionGuard(None, _Auth())(scope, None, send)  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_each_page_has_a_nonce_of_its_own_on_each_script() -> None:
    async with _client("good") as client:
        answers = [await client.get("/"), await client.get("/")]
    nonces = []
    for answer in answers:
        (in_policy,) = re.findall(r"'nonce-([\w-]+)'", answer.headers["content-security-policy"])
        assert re.findall(r'<script nonce="([\w-]+)"', answer.text) == [in_policy, in_policy]
        nonces.append(in_policy)
    assert nonces[0] != nonces[1]


@pytest.mark.parametrize("path", ["/", "/login", "/api/v1/signs", "/nowhere"])
async def test_every_answer_carries_the_security_headers(path: str) -> None:
    async with _client("good") as client:
        headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[-1].split(";")[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("/street/drammen/storgata", "/street/drammen/storgata"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\r\nset-cookie: a=b", "/"),
        ("", "/"),
    ],
)
def test_a_log_in_leads_only_to_our_own_pages(path: str, safe: str) -> None:
    assert local_path(path) == safe
