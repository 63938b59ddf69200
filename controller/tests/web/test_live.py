"""Events and signs in the browser, as they happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import Client
from playwright.sync_api import Page, expect

from gangvakt.fleet import Fault, SignId

from .support import NORTH, PageServer, Street

EAST, WEST, SQUARE = (
    SignId("drammen", site, sign)
    for site, sign in (("skolegata", "east"), ("skolegata", "west"), ("torget", "north"))
)
APPROACH = {"reason": "approach", "t_kerb_ms": 2100, "range_mm": 3200}


def card(page: Page, sign: SignId) -> Any:
    return page.locator(f'.card[data-sign="{sign}"]')


def test_an_empty_fleet_says_what_to_do(enter: Callable[..., Page]) -> None:
    page = enter("/live")
    expect(page.get_by_text("No sign has reported yet.")).to_be_visible()
    expect(page.get_by_text("make run")).to_be_visible()
    expect(page.get_by_text("No events yet.")).to_be_visible()


def test_a_sign_appears_and_flashes_while_its_lamps_do(street: Street, enter: Callable[..., Page]) -> None:
    page = enter("/live")
    street.status(NORTH)
    state = card(page, NORTH).locator(".state")
    expect(state).to_have_text("Dark")
    street.status(NORTH, on=True)
    expect(state).to_have_text("Flashing")
    left, right = (
        card(page, NORTH)
        .locator(f".lamps .{side}")
        .evaluate("lamp => getComputedStyle(lamp, '::after').animation")
        for side in ("left", "right")
    )
    assert "1s" in left
    assert "-0.5s" in right
    street.status(NORTH)
    expect(state).to_have_text("Dark")


def test_the_lamps_do_not_start_anew_when_something_else_changes(
    street: Street, enter: Callable[..., Page]
) -> None:
    page = enter("/live")
    street.status(NORTH, on=True)
    lamp = card(page, NORTH).locator(".lamps.flashing .left")
    lamp.evaluate("lamp => { lamp.marked = lamp.getAnimations({ subtree: true })[0]; }")
    street.status(NORTH, on=True, faults=(Fault("radar_silent"),))
    expect(card(page, NORTH)).to_contain_text("the radar says nothing")
    assert lamp.evaluate("lamp => lamp.marked === lamp.getAnimations({ subtree: true })[0]")


def test_a_card_tells_mode_faults_versions_and_age(
    server: PageServer, street: Street, enter: Callable[..., Page]
) -> None:
    page = enter("/live")
    street.status(EAST, mode="shadow")
    street.status(WEST, faults=(Fault("config", "hold_min_ms", "-3", "5000..30000"),))
    street.status(SQUARE)
    server.feed(server.fleet.put_offline, SQUARE, 0)
    expect(card(page, EAST).locator(".state")).to_have_text("Shadow")
    expect(card(page, SQUARE).locator(".state")).to_have_text("Silent")
    for text in ("hold_min_ms is -3, allowed: 5000..30000", "0.1.0", "version 1", "0.48 s", "Active"):
        expect(card(page, WEST)).to_contain_text(text)
    expect(card(page, WEST).locator(".seen")).to_have_text("2 s ago")


def test_an_event_appears_in_words_and_can_be_filtered_by_sign(
    street: Street, enter: Callable[..., Page]
) -> None:
    page = enter("/live")
    street.status(NORTH)
    street.status(WEST)
    street.event(WEST, "fault_on", code="radar_silent")
    street.event(NORTH, "activation_on", **APPROACH)
    stream = page.get_by_role("log").locator(".what")
    sentence = "Activated: person heading for the kerb, 2.1 s before the kerb, 3.2 m away"
    expect(stream).to_have_text([sentence, "Fault: the radar says nothing"])
    expect(page.get_by_role("log").locator(".number")).to_have_text(["#2", "#1"])  # for `export --event`
    page.get_by_label("Show").select_option(str(WEST))
    expect(stream).to_have_text(["Fault: the radar says nothing"])
    street.event(WEST, "fault_off", code="radar_silent")
    expect(stream.first).to_have_text("Fault gone: the radar says nothing")
    page.get_by_label("Show").select_option("")
    expect(stream).to_have_count(3)


def test_events_are_told_in_the_readers_time_zone(street: Street, enter: Callable[..., Page]) -> None:
    page = enter("/live", timezone_id="Asia/Kathmandu")
    street.event(NORTH, "boot", cause="power")
    shown = page.get_by_role("log").locator("time")
    local = shown.evaluate("time => new Date(time.dateTime).toLocaleTimeString('en-GB')")
    expect(shown).to_have_text(local)


def test_the_page_in_norwegian(street: Street, enter: Callable[..., Page]) -> None:
    page = enter("/live", locale="nb-NO")
    street.status(NORTH, on=True)
    street.event(NORTH, "activation_off", on_ms=12300, cause="hold")
    expect(card(page, NORTH).locator(".state")).to_have_text("Blinker")
    expect(page.get_by_text("Lampene av etter 12,3 s")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "nb-NO")
    page.get_by_role("link", name="English").click()
    expect(card(page, NORTH).locator(".state")).to_have_text("Flashing")


def test_a_lost_connection_is_told_and_recovers(street: Street, enter: Callable[..., Page]) -> None:
    page = enter("/live")
    street.status(NORTH)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.evaluate("window.socket.disconnect()")
    expect(page.get_by_role("alert")).to_contain_text("No connection to the controller")
    page.evaluate("window.socket.connect()")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    street.status(NORTH, on=True)
    expect(card(page, NORTH).locator(".state")).to_have_text("Flashing")


def test_everything_can_be_reached_with_the_keyboard(street: Street, enter: Callable[..., Page]) -> None:
    page = enter("/live")
    street.status(NORTH)
    street.event(NORTH, "boot", cause="power")
    page.get_by_role("log").wait_for()
    reached = []
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached[0] == "Skip to the content"
    assert any("Norsk" in text for text in reached)
    assert any("All signs" in text for text in reached)


def test_a_left_page_costs_the_controller_nothing(
    server: PageServer, street: Street, enter: Callable[..., Page]
) -> None:
    page = enter("/live")
    street.status(NORTH)
    card(page, NORTH).wait_for()
    (client,) = [one for one in Client.instances.values() if one.has_socket_connection]
    assert len(server.fleet._broadcast) == 1
    server.feed(client.delete)
    assert len(server.fleet._broadcast) == 0
