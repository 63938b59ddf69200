"""Every page of the house where something is wrong: session, right, name, or nothing there yet. By HTTP."""

from __future__ import annotations

import html
from collections.abc import Iterator

import httpx
import pytest
from nicegui import Client

from gangvakt.api.auth import FIRST_USER, SESSION_COOKIE
from gangvakt.api.rights import role_of_page
from gangvakt.fleet.roles import ALL_RIGHTS, Grants, Role
from gangvakt.store.sessions import Stage
from gangvakt.web.texts import TABLE

from .support import PASSWORD, PageServer

# Each page as it is registered: how it is asked for about something that nobody knows, and what it says where
# there is nothing at all (a key of the texts). None where a page is about one thing, or about nothing.
PAGES: dict[str, tuple[str | None, str | None]] = {
    "/": (None, "no_signs"),
    "/live": (None, "no_signs"),
    "/street/{municipality}/{site}": (None, None),  # a simulated one may appear at any moment
    "/alarms": (None, "alarms_none_hint"),
    "/alarms/{number}": ("/alarms/7654321", None),
    "/approvals": (None, "approvals_none_hint"),
    "/audit": (None, None),  # it only grows
    "/commands": (None, "command_no_places_hint"),
    "/rollouts": (None, "rollout_empty_hint"),
    "/rollouts/new": (None, "rollout_no_updates_hint"),
    "/rollouts/{number}": ("/rollouts/7654321", None),
    "/config": (None, "steer_no_places_hint"),
    "/config/{municipality}/template": ("/config/drammen/template?name=nowhere", None),
    "/config/{municipality}/group": ("/config/drammen/group?name=nowhere", None),
    "/config/{municipality}/sign/{site}/{sign}": ("/config/drammen/sign/storgata/nowhere", None),
    "/config/{municipality}/plan/{number}": ("/config/drammen/plan/7654321", None),
    "/config/{municipality}/new-plan": (None, None),
    "/crossing/{municipality}/{site}": ("/crossing/drammen/nowhere", None),
    "/crossing/{municipality}/{site}/replay/{sign}/{name}": ("/crossing/drammen/a/replay/b/c.gvfr", None),
    "/crossing/{municipality}/{site}/zone/{sign}": ("/crossing/drammen/storgata/zone/nowhere", None),
    "/planning": (None, "plan_none_hint"),
    "/planning/{municipality}/{site}": ("/planning/drammen/nowhere", None),
    "/case/{municipality}/{site}": ("/case/drammen/nowhere", None),
    "/reports/{municipality}/{site}": ("/reports/drammen/nowhere", None),
    "/reports/{municipality}/{site}/{month}": ("/reports/drammen/nowhere/2026-05", None),
    "/council/{municipality}/{month}": ("/council/drammen/2026-77", None),
    "/compare/{municipality}/{site}/{before}/{after}": ("/compare/drammen/nowhere/2026-04/2026-05", None),
    "/job": (None, "job_qr_hint"),
    "/job/{municipality}/{site}/{sign}": ("/job/drammen/storgata/nowhere", None),
    "/people": (None, None),  # there is always one
    "/account": (None, None),
    "/settings": (None, None),
    "/settings/municipalities": (None, "set_no_municipality_hint"),
    "/settings/contacts": (None, "set_no_contacts_hint"),
    "/settings/relays": (None, "set_no_relays_hint"),
    "/settings/logins": (None, "set_no_logins_hint"),
    "/settings/dead-letters": (None, "set_no_letters_hint"),
}
ABOUT = {
    "municipality": "drammen",
    "site": "storgata",
    "sign": "north",
    "number": "1",
    "month": "2026-05",
} | {
    "name": "a.gvfr",
    "before": "2026-04",
    "after": "2026-05",
}
OF_ROLE = [path for path in PAGES if (role_of_page(path) or Role.VIEWER) > Role.VIEWER]


def session_of(server: PageServer, user: str, grants: Grants) -> str:
    """A token of somebody with these roles; making a password would take longer than all the rest."""
    server.ask(server.staff.add(user, "-", must_change=False, grants=grants))
    begun = server.staff.sessions.begin(user, Stage.OPEN, int(server.clock_s * 1000), "192.0.2.9", "test")
    return server.ask(begun)


@pytest.fixture
def browser(server: PageServer) -> Iterator[httpx.Client]:
    """Of an administrator, in Norwegian."""
    headers = {"accept": "text/html", "accept-language": "nb"}
    cookies = {SESSION_COOKIE: session_of(server, "admin", ALL_RIGHTS)}
    with httpx.Client(base_url=server.url, headers=headers, cookies=cookies) as made:
        yield made


def get(browser: httpx.Client, path: str) -> tuple[int, str]:
    """Status, and the page with the texts that its scripts draw."""
    answer = browser.get(path)
    return answer.status_code, html.unescape(answer.text).replace("&#36;", "$")


def words(key: str) -> str:
    return TABLE[key][1]


def test_no_page_is_forgotten_here(server: PageServer) -> None:
    assert set(Client.page_routes.values()) - {"/404"} == set(PAGES)


def test_a_session_that_is_over_leads_to_the_log_in_and_back_with_all_of_the_address(
    server: PageServer,
) -> None:
    with httpx.Client(base_url=server.url, cookies={SESSION_COOKIE: "over"}) as browser:
        for path in PAGES:
            wanted = f"{path.format(**ABOUT)}?search=kirke%20gata&state=open"
            led = browser.get(wanted)
            assert led.status_code == 303, path
            form = browser.get(led.headers["location"])
            told = html.unescape(form.text).partition('name="next" value="')[2].partition('"')[0]
            assert told == wanted


def test_whoever_logs_in_again_comes_back_to_his_page(server: PageServer) -> None:
    server.session()
    told = {"user": FIRST_USER, "password": PASSWORD, "next": "/alarms?search=kirke"}
    with httpx.Client(base_url=server.url, headers={"origin": server.url}) as browser:
        answer = browser.post("/login", data=told)
    assert (answer.status_code, answer.headers["location"]) == (303, "/alarms?search=kirke")


def test_a_missing_right_says_which_it_is_and_who_can_give_it(
    server: PageServer, browser: httpx.Client
) -> None:
    for user, place in (("kari", "drammen"), ("lise", "lier")):
        session_of(server, user, Grants({place: Role.ADMINISTRATOR}))
    browser.cookies.clear()
    browser.cookies.set(SESSION_COOKIE, session_of(server, "vera", Grants({"drammen": Role.VIEWER})))
    assert len(OF_ROLE) > 10
    for path in OF_ROLE:
        status, page = get(browser, path.format(**ABOUT))
        needed = role_of_page(path)
        assert needed is not None
        assert (status, words(needed.word) in page) == (403, True), path
        assert f"{words('viewer')}. Disse kan gi deg den: admin, kari." in page, path


def test_what_nobody_knows_is_a_404_with_a_way_back(browser: httpx.Client) -> None:
    for path in [asked for asked, _ in PAGES.values() if asked]:
        status, page = get(browser, path)
        assert status == 404, path
        assert '"href":"/' in page, f"{path}: no link leads back"
        assert words("lost_missing") not in page, f"{path}: the page itself knows more than that"


def test_an_address_without_a_page_says_so(browser: httpx.Client) -> None:
    status, page = get(browser, "/no-such-page")
    assert (status, words("lost_missing") in page) == (404, True)


def test_an_empty_database_says_what_to_do_first(browser: httpx.Client) -> None:
    for path, (_, key) in PAGES.items():
        if key is not None:
            status, page = get(browser, path)
            assert (status, words(key) in page) == (200, True), f"{path} does not say {words(key)!r}"


def test_without_map_data_the_overview_says_how_to_take_some_in(browser: httpx.Client) -> None:
    assert browser.get("/overview/ground").status_code == 204
    assert words("ov_no_ground") in get(browser, "/")[1]
