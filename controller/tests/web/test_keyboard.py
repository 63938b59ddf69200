"""Somebody with a keyboard alone: where the focus is, what it does, and that it comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gangvakt.fleet.alarm import Condition

from ..office import a_site  # noqa: TID252 (there is no absolute name for the tests' own modules)
from .support import NORTH, SOUTH, STREET, PageServer, Street

MOST_TABS = 60
# Its name, and whether somebody sees that it has the focus: by an outline, or by the frame of its field.
FOCUS = """() => {
  const on = document.activeElement;
  const name = on.getAttribute("aria-label") || on.labels?.[0]?.innerText || on.innerText || "";
  const outlined = on === document.body || getComputedStyle(on).outlineStyle !== "none";
  return { name: name.trim().split("\\n").pop(), seen: outlined || on.closest(".q-field--focused") !== null };
}"""

# What a screen reader has of the queue, among other things, while its alarm is marked.
SAID_OF_THE_QUEUE = """
- main:
  - link "Skip to the content"
  - 'link "Open alarms: 1"'
  - navigation "Pages":
    - link "Alarms"
  - region "Alarms":
    - heading "Alarms" [level=1]
    - search
    - list "Alarms":
      - listitem:
        - checkbox [checked]
        - link "The radar says nothing"
    - region "1 chosen":
      - button "Take" [pressed]
      - textbox /Note/
"""


@pytest.fixture
def page(server: PageServer, street: Street, enter: Callable[..., Page]) -> Page:
    """The overview of storgata, one pole of which has an alarm."""
    assert server.services.patrol is not None
    server.ask(server.services.registry.sites.add(a_site(STREET)))
    street.status(NORTH)
    street.status(SOUTH)
    server.ask(server.services.patrol.alarms.report("test", {Condition("radar_silent", str(NORTH))}))
    return enter("/")


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until it is there; everything on the way is seen to have the focus."""
    names = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        names.append(focus["name"])
        assert focus["seen"], f"nobody sees that {focus['name']!r} has the focus"
        if focus["name"] == name:
            return
    raise AssertionError(f"no way by Tab to {name!r}, but to {names}")


def test_the_three_pages_of_a_morning_by_keyboard_alone(page: Page) -> None:
    page.locator(".ov-row").first.wait_for()
    tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    tab_to(page, "With an alarm")
    page.keyboard.press("Space")
    expect(page.locator(".ov-row")).to_have_count(1)
    tab_to(page, "Storgata")
    page.keyboard.press("Enter")

    page.locator(".card").first.wait_for()
    tab_to(page, "More ▾")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Audit")).to_be_visible()
    tab_to(page, "Audit")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Audit")).to_be_hidden()
    expect(page.get_by_role("button", name="More")).to_be_focused()
    tab_to(page, "What")
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="Mute").wait_for()
    page.keyboard.type("Mute")
    page.keyboard.press("Enter")
    tab_to(page, "Send")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Keep 2 signs dark")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Send")).to_be_focused()

    page.get_by_role("link", name="Gangvakt").focus()
    page.keyboard.press("Enter")
    page.locator(".ov-row").first.wait_for()
    tab_to(page, "Open alarms: 1")
    page.keyboard.press("Enter")
    page.locator(".alarm-row").first.wait_for()
    tab_to(page, "Choose all that are shown")
    page.keyboard.press("Space")
    tab_to(page, "Take")
    page.keyboard.press("Enter")
    page.get_by_label("Note").wait_for()
    expect(page.locator("body")).to_match_aria_snapshot(SAID_OF_THE_QUEUE)
