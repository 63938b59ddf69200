"""The street in the browser: it moves, it glows, and it says when it is old."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .support import NORTH, PageServer, Street, Watch

PATH = "/street/drammen/storgata"

# Counts amber pixels around the north sign's pole.
AMBER = """canvas => {
  const [w, h] = [canvas.width, canvas.height];
  const copy = new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(w * 0.45, 0, w * 0.25, h * 0.45);
  let amber = 0;
  for (let i = 0; i < data.length; i += 4) amber += data[i] > 200 && data[i + 1] > 120 && data[i + 2] < 120;
  return amber;
}"""
# How many different pictures there are in 80 ms in which no message comes.
FRAMES_SEEN = """async canvas => {
  const seen = new Set();
  for (const end = performance.now() + 80; performance.now() < end; ) {
    seen.add(canvas.toDataURL());
    await new Promise(requestAnimationFrame);
  }
  return seen.size;
}"""


MESSAGES_TRIED = 20


def moves_after_a_message(street: Street, page: Page) -> bool:
    street.run(page, 1)
    return bool(page.locator(".street canvas").evaluate(FRAMES_SEEN) > 1)


@pytest.mark.alone
def test_the_street_moves_between_world_messages(street: Street, enter: Callable[..., Page]) -> None:
    street.scene()
    page = enter(PATH)
    # A busy browser may show nothing in the short time for which it draws ahead: it gets another message.
    assert any(moves_after_a_message(street, page) for _ in range(MESSAGES_TRIED))
    expect(page.locator(".people")).to_have_text("People: 4")
    expect(page.locator(".cars")).to_have_text("Cars: 2")


def test_the_lamps_glow_as_captured(street: Street, enter: Callable[..., Page]) -> None:
    street.scene()
    page = enter(PATH)
    canvas = page.locator(".street canvas")
    street.run(page, 1, flashing=False)
    dark = canvas.evaluate(AMBER)
    expect(page.locator(".lit")).to_have_text("Flashing: –")
    street.run(page, 1)
    expect(page.locator(".lit")).to_have_text("Flashing: south, north")
    assert canvas.evaluate(AMBER) > dark + 100


def test_the_street_appears_by_itself_when_the_simulation_starts(
    street: Street, enter: Callable[..., Page]
) -> None:
    page = enter(PATH)
    expect(page.get_by_text("There is no simulated crossing called drammen/storgata.")).to_be_visible()
    street.scene()
    expect(page.get_by_text("Simulated crossing", exact=True)).to_be_visible()
    expect(page.get_by_text("Waiting for the simulation")).to_be_visible()


def test_an_old_picture_says_so(street: Street, enter: Callable[..., Page]) -> None:
    street.scene()
    page = enter(PATH)
    street.run(page, 0.5)
    note = page.locator(".street-note")
    expect(note).to_have_text("")
    expect(note).to_have_text("No data from the simulation for 2 s. The picture is old.")
    street.run(page, 0.5)
    expect(note).to_have_text("")


def test_the_overview_leads_to_the_street(street: Street, enter: Callable[..., Page]) -> None:
    street.scene()
    street.status(NORTH)
    page = enter()
    page.get_by_role("link", name="Street view").first.click()
    expect(page).to_have_title("Gangvakt – drammen/storgata")
    expect(page.get_by_role("img", name="Street seen from above: Storgata")).to_be_visible()


def test_a_name_that_cannot_be_is_not_found(
    server: PageServer, enter: Callable[..., Page], watch: Watch
) -> None:
    watch.allow("404 (Not Found)")
    page = enter()
    answer = page.goto(f"{server.url}/street/Drammen/..%2Fetc")
    assert answer is not None
    assert answer.status == 404
