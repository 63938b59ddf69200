"""The overview in the browser: five seconds to see what needs a hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gangvakt.fleet import Fault, SignId
from gangvakt.fleet.alarm import Condition
from gangvakt.provision.file_wire import SiteFileIn
from gangvakt.provision.wire import SiteIn

from .support import PageServer, Street

KIRKEGATA, TORGET, LIERBYEN = (
    SignId(municipality, site, "north")
    for municipality, site in (("drammen", "kirkegata"), ("drammen", "torget"), ("lier", "lierbyen"))
)
PLACES = {KIRKEGATA: (59.744, 10.204), TORGET: (59.742, 10.209), LIERBYEN: (59.787, 10.245)}


@pytest.fixture
def town(server: PageServer, street: Street) -> Street:
    """Three crossings of two municipalities; one sign has an alarm, one is in shadow mode."""
    for sign, (latitude, longitude) in PLACES.items():
        site = SiteIn(site=str(sign.site_id), title=sign.site.title(), brokers=(("127.0.0.1", 8883),))
        place = SiteFileIn(lat_deg=latitude, lon_deg=longitude)
        server.ask(server.services.registry.sites.add(site))
        server.ask(server.services.registry.site_files.put(sign.site_id, place))
    street.status(KIRKEGATA)
    street.status(TORGET, faults=(Fault("radar_silent"),))
    street.status(LIERBYEN, mode="shadow")
    report_radar(server)
    return street


def report_radar(server: PageServer) -> None:
    assert server.services.patrol is not None
    condition = Condition("radar_silent", str(TORGET))
    server.ask(server.services.patrol.alarms.report(str(TORGET), [condition]))


def names(page: Page) -> list[str]:
    return page.locator(".ov-row").evaluate_all("rows => rows.map((row) => row.dataset.sign)")


def test_an_empty_fleet_says_what_to_do(enter: Callable[..., Page]) -> None:
    page = enter()
    expect(page.get_by_text("No sign has reported yet.")).to_be_visible()
    expect(page.get_by_text("make run")).to_be_visible()


def test_what_needs_a_hand_comes_first_and_filters_stay_in_the_address(
    server: PageServer, town: Street, enter: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = enter()
    expect(page.locator(".ov-row")).to_have_count(3)
    assert names(page)[0] == str(TORGET)
    expect(page.locator('[data-count="alarm"] strong')).to_have_text("1")
    expect(page.get_by_role("link", name="Open alarms: 1")).to_be_visible()
    assert axe(page) == []

    page.locator('[data-count="alarm"]').click()
    expect(page.locator(".ov-row")).to_have_count(1)
    page.get_by_label("Municipality").select_option("lier")
    expect(page.get_by_text("No sign fits.")).to_be_visible()
    assert page.url.endswith("/?in=lier&show=alarm")
    page.go_back()
    expect(page.locator(".ov-row")).to_have_count(1)
    page.go_back()
    expect(page.locator(".ov-row")).to_have_count(3)
    page.get_by_role("searchbox", name="Search").fill("lierb")
    expect(page.locator(".ov-row")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("lierb")
    expect(page.locator(".ov-row a").first).to_have_attribute("href", "/crossing/lier/lierbyen")
    assert "3 signs" not in page.get_by_role("status").first.inner_text()


def test_it_goes_on_live_after_a_lost_connection_and_keeps_what_was_typed(
    server: PageServer, town: Street, enter: Callable[..., Page]
) -> None:
    page = enter()
    state = page.locator(f'.ov-row[data-sign="{KIRKEGATA}"] .state')
    town.status(KIRKEGATA, on=True)
    expect(state).to_have_text("Flashing")
    page.get_by_role("searchbox", name="Search").fill("kirke")
    page.evaluate("window.socket.disconnect()")
    expect(page.get_by_role("alert")).to_contain_text("No connection to the controller")
    town.status(KIRKEGATA)
    page.evaluate("window.socket.connect()")
    expect(state).to_have_text("Dark")
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("kirke")


def test_on_a_phone_the_menu_opens_and_the_list_comes_first(
    town: Street, enter: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "locale": "nb-NO", "color_scheme": "dark"}
    page = enter("/", **phone)
    expect(page.get_by_role("link", name="Brukere")).to_be_hidden()
    page.get_by_role("button", name="Meny").click()
    expect(page.get_by_role("link", name="Brukere")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".ov-row")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert axe(page) == []
