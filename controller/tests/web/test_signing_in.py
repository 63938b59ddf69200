"""Log-in in the browser: the one-time password, a password of one's own, refusals, the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gangvakt.api.auth import FIRST_USER

from .support import PASSWORD, PageServer, Watch

OWN_PASSWORD = "ni reinsdyr i tåka"
DENIED = "401 (Unauthorized)", "422 (Unprocessable", "429 (Too Many"


def log_in(page: Page, password: str) -> None:
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def choose(page: Page, password: str, again: str) -> None:
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password again").fill(again)
    page.get_by_role("button", name="Choose a password").click()


def test_the_one_time_password_leads_to_a_password_of_ones_own(server: PageServer, stranger: Page) -> None:
    once = server.first_password()
    stranger.goto(server.url)
    log_in(stranger, once)
    expect(stranger).to_have_url(f"{server.url}/password")
    stranger.goto(f"{server.url}/")
    expect(stranger).to_have_url(f"{server.url}/password")
    choose(stranger, OWN_PASSWORD, OWN_PASSWORD)
    expect(stranger.get_by_text("No sign has reported yet.")).to_be_visible()

    stranger.get_by_role("button", name="Log out").click()
    expect(stranger).to_have_url(f"{server.url}/login")
    log_in(stranger, OWN_PASSWORD)
    expect(stranger.get_by_role("button", name="Log out")).to_be_visible()


def test_a_wrong_password_is_refused_in_words(server: PageServer, stranger: Page, watch: Watch) -> None:
    watch.allow(*DENIED)
    server.first_password()
    stranger.goto(f"{server.url}/street/drammen/storgata")
    log_in(stranger, "wrong")
    expect(stranger.get_by_role("alert")).to_have_text("Wrong user or password.")


def test_after_the_log_in_one_is_where_one_wanted_to_go(server: PageServer, stranger: Page) -> None:
    server.session()
    stranger.goto(f"{server.url}/street/drammen/storgata")
    log_in(stranger, PASSWORD)
    expect(stranger).to_have_url(f"{server.url}/street/drammen/storgata")


def test_guessing_is_locked_out_even_with_the_right_password(
    server: PageServer, stranger: Page, watch: Watch
) -> None:
    watch.allow(*DENIED)
    once = server.first_password()
    stranger.goto(server.url)
    for _ in range(5):
        log_in(stranger, "wrong")
        stranger.get_by_role("alert").wait_for()
    log_in(stranger, once)
    expect(stranger.get_by_role("alert")).to_contain_text("Too many wrong passwords. Try again in")


@pytest.mark.parametrize(
    ("password", "again", "error"),
    [
        ("short", "short", "Choose 12 to 256 characters"),
        (OWN_PASSWORD, OWN_PASSWORD + "!", "two passwords differ"),
    ],
)
def test_a_bad_new_password_is_refused_in_words(
    server: PageServer, stranger: Page, watch: Watch, password: str, again: str, error: str
) -> None:
    watch.allow(*DENIED)
    once = server.first_password()
    stranger.goto(server.url)
    log_in(stranger, once)
    choose(stranger, password, again)
    expect(stranger.get_by_role("alert")).to_contain_text(error)


def test_the_form_speaks_the_browsers_language_until_another_is_chosen(
    server: PageServer, open_browser: Callable[..., Any]
) -> None:
    page = open_browser(locale="nb-NO").new_page()
    page.goto(server.url)
    expect(page.get_by_role("button", name="Logg inn")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_after_the_session_ends_an_open_page_goes_to_the_log_in(
    server: PageServer, enter: Callable[..., Page]
) -> None:
    page = enter()
    server.ask(server.staff.sessions.end_all(FIRST_USER))
    expect(page).to_have_url(f"{server.url}/login")
