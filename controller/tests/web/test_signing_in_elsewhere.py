"""Log-in at a municipality's provider through the pages: a real one on loopback, there and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from gangvakt.api.auth import SESSION_COOKIE
from gangvakt.provision.oidc_wire import ProviderOptions
from gangvakt.store.login_providers import FLOW_LIFE_MS, Provider

from ..oidc_provider import (  # noqa: TID252 (there is no absolute name for the tests' own modules)
    CLIENT,
    SECRET,
    OidcProvider,
    Person,
    an_oidc_provider,
)
from .support import PageServer

SEE_OTHER, FORBIDDEN, UNPROCESSABLE, BAD_GATEWAY = 303, 403, 422, 502
WANTED = "/street/drammen/storgata"
GRANTED = {"traffic": {"drammen": "operator"}}


@pytest.fixture(scope="module")
def running() -> Iterator[OidcProvider]:
    with an_oidc_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: OidcProvider, server: PageServer) -> OidcProvider:
    """Known to the controller as `drammen`."""
    vars(running).update(vars(OidcProvider(running.port, key=running.key, clock_s=lambda: server.clock_s)))
    options = ProviderOptions.model_validate({"title": "Drammen", "roles_claim": "groups", "roles": GRANTED})
    known = Provider("drammen", running.issuer, CLIENT, SECRET, options.model_dump(mode="json"))
    server.first_password()
    server.ask(server.staff.providers.save(known, 1, "test"))
    return running


class Browser:
    """Follows one redirect at a time, and keeps cookies."""

    def __init__(self, server: PageServer) -> None:
        self.client = httpx.Client(base_url=server.url)

    def go(self, name: str = "drammen", page: str = WANTED) -> str:
        """To the provider; where that leads back to."""
        sent = self.client.get(f"/login/with/{name}", params={"next": page})
        assert sent.status_code == SEE_OTHER, sent.text
        answer = self.client.get(sent.headers["location"])
        return str(answer.headers["location"])

    def come_back(self, url: str) -> httpx.Response:
        return self.client.get(url)

    @property
    def session(self) -> str | None:
        return self.client.cookies.get(SESSION_COOKIE)


@pytest.fixture
def browser(server: PageServer, provider: OidcProvider) -> Iterator[Browser]:
    browser = Browser(server)
    yield browser
    browser.client.close()


def refused(browser: Browser, answer: httpx.Response, status: int = BAD_GATEWAY) -> bool:
    """With the form that says so in words, and no session."""
    return (answer.status_code, 'role="alert"' in answer.text, browser.session) == (status, True, None)


def test_the_button_leads_there_and_back_to_the_page_that_was_wanted(
    server: PageServer, provider: OidcProvider, stranger: Page
) -> None:
    stranger.goto(f"{server.url}{WANTED}")
    stranger.get_by_role("link", name="Drammen").or_(stranger.get_by_role("button", name="Drammen")).click()
    expect(stranger).to_have_url(f"{server.url}{WANTED}")
    expect(stranger.get_by_role("button", name="Log out")).to_be_visible()
    (session,) = [one for one in stranger.context.cookies() if one.get("name") == SESSION_COOKIE]
    assert (session.get("httpOnly"), session.get("sameSite")) == (True, "Lax")


def test_who_comes_back_is_in_with_a_new_session(browser: Browser, server: PageServer) -> None:
    browser.client.cookies.set(SESSION_COOKIE, "planted by somebody else")
    answer = browser.come_back(browser.go())
    assert (answer.status_code, answer.headers["location"]) == (SEE_OTHER, WANTED)
    assert browser.client.cookies.get(SESSION_COOKIE, domain="127.0.0.1") != "planted by somebody else"
    login = server.ask(server.auth.login_of(browser.client.cookies.get(SESSION_COOKIE, domain="127.0.0.1")))
    assert login is not None
    assert login.user == "kari"


def test_a_way_back_works_once(browser: Browser) -> None:
    back = browser.go()
    state = browser.client.cookies.get("gangvakt_state")
    assert browser.come_back(back).status_code == SEE_OTHER
    browser.client.cookies.clear()
    browser.client.cookies.set("gangvakt_state", str(state), path="/login")
    assert refused(browser, browser.come_back(back)), "a replayed link, with the very cookie of then"


def test_a_way_back_that_another_browser_began_logs_nobody_in(browser: Browser, server: PageServer) -> None:
    back = browser.go()
    victim = Browser(server)
    assert refused(victim, victim.come_back(back)), "it has no state"
    victim.go()
    assert refused(victim, victim.come_back(back)), "its own state is another one"
    victim.client.close()
    assert browser.come_back(back).status_code == SEE_OTHER, "whoever began it goes on"


def test_what_the_provider_refuses_is_said_and_nobody_is_in(browser: Browser) -> None:
    state = httpx.URL(browser.go()).params["state"]
    answer = browser.client.get("/login/back", params={"state": state, "error": "access_denied"})
    assert refused(browser, answer)
    assert "access_denied" not in answer.text, "words of others do not get into our page"


@pytest.mark.parametrize("query", ["", "state=x&code=y", "code=y", "state=%00&code=%ff", "state=&code="])
def test_a_way_back_of_nobody_is_refused(browser: Browser, query: str) -> None:
    assert refused(browser, browser.client.get(f"/login/back?{query}"))


@pytest.mark.parametrize("path", ["/login/back?state=" + "x" * 3000, "/login/with/Not%20a%20name!"])
def test_what_is_out_of_bounds_is_refused(browser: Browser, path: str) -> None:
    assert browser.client.get(path).status_code == UNPROCESSABLE
    assert browser.session is None


def test_a_provider_that_is_not_known_is_refused(browser: Browser) -> None:
    assert refused(browser, browser.client.get("/login/with/nobody"))


@pytest.mark.parametrize(
    "claims", [{"nonce": "of another log-in"}, {"nonce": None}, {"exp": 1_700_000_000}, {"aud": "another"}]
)
def test_a_token_that_is_not_for_this_log_in_lets_nobody_in(
    browser: Browser, provider: OidcProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert refused(browser, browser.come_back(browser.go()))


def test_who_took_too_long_begins_again(browser: Browser, server: PageServer) -> None:
    back = browser.go()
    server.clock_s += FLOW_LIFE_MS / 1000 + 1
    assert refused(browser, browser.come_back(back))


def test_who_has_no_role_here_is_told_so(browser: Browser, provider: OidcProvider) -> None:
    provider.person = Person(groups=("cleaning",))
    assert refused(browser, browser.come_back(browser.go()), FORBIDDEN)


@pytest.mark.parametrize(
    "page", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"]
)
def test_nobody_is_led_to_another_site_afterwards(browser: Browser, page: str) -> None:
    assert browser.come_back(browser.go(page=page)).headers["location"] == "/"
