"""Somebody in the street scans the code on a sign and reports a fault; staff deal with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gangvakt.provision.public_wire import PublicPageIn

from ..office import SITE, a_site  # noqa: TID252 (there is no absolute name for the tests' own modules)
from .support import NORTH, PageServer, Street

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def opened(server: PageServer, street: Street) -> None:
    assert server.services.patrol is not None
    server.ask(server.services.patrol.restore())
    server.ask(server.services.registry.sites.add(a_site(SITE)))
    page = PublicPageIn(is_open=True, contact="Kari Nordmann, vei@drammen.example.no, 32 04 00 00")
    server.ask(server.services.registry.public_pages.put_municipality("drammen", page))
    street.status(NORTH)


@pytest.mark.usefixtures("opened")
def test_a_fault_is_reported_from_the_street_and_dealt_with_at_the_office(
    server: PageServer,
    open_browser: Callable[..., BrowserContext],
    enter: Callable[..., Page],
) -> None:
    page = open_browser(locale="nb-NO", viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"{server.url}/sign/{NORTH}")
    expect(page.get_by_text("Skiltet virker")).to_be_visible()
    page.get_by_label("Det blinker ikke").check()
    page.get_by_label("Hva så du, og når?").fill("Helt mørkt i går kveld")
    page.get_by_label("Telefon eller e-post").fill("91 23 45 67")
    page.get_by_role("button", name="Send meldingen").click()
    expect(page.get_by_role("heading", name="Takk")).to_be_visible()
    page.get_by_role("link", name="Tilbake til gangfeltet").click()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Report a fault")).to_be_visible()

    office = enter("/alarms")
    office.get_by_role("link", name="Somebody in the street has reported a fault").click()
    expect(office.get_by_text("Helt mørkt i går kveld")).to_be_visible()
    expect(office.get_by_text("Can be reached: 91 23 45 67")).to_be_visible()
    office.get_by_role("button", name="It is dealt with").click()
    expect(office.get_by_text("Helt mørkt i går kveld")).to_have_count(0)
    expect(office.locator(".steps li").first).to_contain_text("over")


@pytest.mark.usefixtures("opened")
def test_the_page_is_readable_by_day_and_by_night(
    server: PageServer, open_browser: Callable[..., BrowserContext]
) -> None:
    for scheme in ("light", "dark"):
        page = open_browser(color_scheme=scheme).new_page()
        page.goto(f"{server.url}/public/drammen/storgata")
        expect(page.get_by_role("heading", level=1)).to_have_text("Storgata")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.goto(f"{server.url}/public")
    expect(page.get_by_role("link", name="Storgata")).to_be_visible()
