"""The second factor at log-in, one's own account and people, in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlparse

import pyotp
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from gangvakt.api.auth import FIRST_USER
from gangvakt.fleet.roles import Grants, Role
from gangvakt.store.sessions import Stage

from .support import PASSWORD, PageServer, Watch
from .test_signing_in import DENIED, log_in


def code_of(page: Page, server: PageServer) -> str:
    """What an authenticator shows that was told the secret by hand."""
    secret = page.locator(".hint code").inner_text()
    return pyotp.TOTP(secret).at(server.clock_s)


def send(page: Page, code: str) -> None:
    page.get_by_label("Code", exact=True).fill(code)
    page.locator("form").first.get_by_role("button").click()


def test_a_second_factor_is_set_up_and_asked_for(
    server: PageServer, enter: Callable[..., Page], watch: Watch, artefacts: Path
) -> None:
    watch.allow(*DENIED)
    page = enter("/account")
    page.get_by_role("link", name="Set up a second factor").click()
    page.get_by_label("Your password now").fill(PASSWORD)
    page.get_by_role("button").first.click()
    expect(page.locator(".qr svg")).to_be_visible()
    picture = artefacts / "second-factor.png"
    page.screenshot(path=picture)
    (read,) = zxingcpp.read_barcodes(Image.open(picture))
    assert pyotp.parse_uri(read.text).secret == page.locator(".hint code").inner_text()
    secret = page.locator(".hint code").inner_text()
    send(page, "000000")
    expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    send(page, code_of(page, server))
    expect(page.locator(".codes li")).to_have_count(10)
    recovery = page.locator(".codes li").first.inner_text()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("Recovery codes left: 10")).to_be_visible()

    page.get_by_role("button", name="Log out").click()
    log_in(page, PASSWORD)
    assert urlparse(page.url).path == "/code"
    server.clock_s += 60
    send(page, pyotp.TOTP(secret).at(server.clock_s))
    expect(page.locator(".top-bar")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    log_in(page, PASSWORD)
    send(page, recovery)
    expect(page.locator(".top-bar")).to_be_visible()


def test_other_sessions_are_ended_and_a_token_is_made_and_revoked(
    server: PageServer, enter: Callable[..., Page]
) -> None:
    page = enter("/account")
    now_ms = int(server.clock_s * 1000)
    server.ask(server.staff.sessions.begin(FIRST_USER, Stage.OPEN, now_ms, "192.0.2.9", "Another/1"))
    page.reload()
    expect(page.get_by_text("Another/1")).to_be_visible()
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_text("Another/1")).to_have_count(0)
    page.get_by_label("What for").fill("weather screen")
    page.get_by_role("button", name="Make a token").click()
    token = page.locator(".secret").inner_text()
    login = server.ask(server.auth.login_of(token))
    assert login is not None
    assert login.granted == Grants({"*": Role.VIEWER})
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("weather screen", exact=True)).to_have_count(0)
    assert server.ask(server.auth.login_of(token)) is None


def test_an_administrator_adds_somebody_and_others_do_not_find_the_page(
    server: PageServer, enter: Callable[..., Page]
) -> None:
    page = enter("/people")
    page.get_by_label("User", exact=True).fill("kari")
    page.get_by_label("Municipality").fill("lillestrom")
    page.get_by_role("button", name="Add somebody").click()
    once = page.locator(".secret").inner_text()
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("cell", name="Viewer – lillestrom")).to_be_visible()
    login = server.ask(server.auth.login("kari", once, "192.0.2.1"))
    assert login.granted == Grants({"lillestrom": Role.VIEWER})

    server.ask(server.staff.add("ola", "-", must_change=False))
    server.ask(server.staff.set_grants(FIRST_USER, Grants({"lillestrom": Role.TECHNICIAN})))
    expect(page).to_have_url(f"{server.url}/login?next=/people")


def test_what_is_refused_is_said_and_changes_nothing(server: PageServer, enter: Callable[..., Page]) -> None:
    page = enter("/people", locale="nb-NO")
    page.get_by_role("button", name="Sperr").click()
    page.get_by_role("button", name="Ja").click()
    expect(page.get_by_text("er den siste som administrerer alle kommuner")).to_be_visible()
    member = server.ask(server.staff.get(FIRST_USER))
    assert member is not None
    assert not member.locked
